"""What needs and guards are as sentences, with the words of the host's questions."""

from typing import TYPE_CHECKING
from typing import Any as Anything

from onboarding.jsonvalue import JsonValue
from onboarding.locales.texts import Texts
from onboarding.profiling.guards import Reader
from onboarding.profiling.needs import Linked, Need, Proven
from onboarding.profiling.values import value_in_words
from onboarding.segments.model import Age, Answered, Any, Condition
from onboarding.segments.sentences import joined, sentence_of

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue


class Wording:
    """Tells conditions over one catalogue in one language.

    Args:
        catalogue: The questions.
        texts: The language.
    """

    def __init__(self, catalogue: "Catalogue[Anything]", texts: Texts):
        self._catalogue = catalogue
        self._texts = texts
        self._reader = Reader(catalogue.drafts, catalogue.questions)

    def knows(self, name: str) -> bool:
        """Tell whether a name is that of a question, and not of a fact."""
        return name in self._catalogue.questions

    def question(self, name: str) -> str:
        """Return a question as people read it."""
        return self._texts.say(self._catalogue.questions[name].ask.question)

    def answer(self, name: str, value: JsonValue) -> str:
        """Return an answer to a question, or one of several, as people read it."""
        is_several = self._catalogue.controls[name].multiple
        is_part = is_several and not isinstance(value, list)
        whole: JsonValue = [value] if is_part else value
        return value_in_words(name, whole, texts=self._texts, catalogue=self._catalogue)

    def condition(self, condition: Condition) -> str:
        """Return a condition with JSON values, such as a compiled guard, as words."""
        return sentence_of(condition, self._texts, self)

    def need(self, need: Need) -> str:
        """Return a need, as the host declared it, as words."""
        match need:
            case str():
                question = self.question(need)
                return self._texts.plain("condition.answered", question=question)
            case Proven():
                return self._texts.plain("condition.proven")
            case Linked(None):
                return self._texts.plain("condition.linked")
            case Linked(provider):
                return self._texts.plain("condition.linked_with", provider=provider)
            case Any(parts):
                said = [self.need(part) for part in parts]  # type: ignore[arg-type]  # each is a need
                return joined(said, self._texts, is_all=False)
            case Answered() | Age():
                read = self._reader.compiled("a need", need)
                return self.condition(read.condition)
