"""What goes when somebody takes answers back, in words: for the page before it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from onboarding.frozen import dataclass
from onboarding.jsonvalue import JsonValue
from onboarding.locales.texts import Texts
from onboarding.profiling.effects import TakeBack
from onboarding.profiling.model import Answer, AnswerKind
from onboarding.profiling.values import value_in_words
from onboarding.web.views.answers import purpose_words
from onboarding.web.views.questions import feature_title

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingAnswer:
    """An answer that goes.

    Attributes:
        question: The question, in words.
        value: The answer, in words; empty where the person would rather not say.
    """

    question: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTakeBack:
    """What goes, ready for a template.

    Attributes:
        purpose: What is taken back as a whole, in words; empty for single answers.
        answers: What goes.
        closes: What the features are called that close.
        hidden: Questions whose answers count no more, since they hang on what goes.
    """

    purpose: str
    answers: tuple[GoingAnswer, ...]
    closes: tuple[str, ...]
    hidden: tuple[str, ...]


def draw_take_back(
    back: TakeBack,
    answers: Iterable[Answer],
    today: Mapping[str, Answer],
    *,
    purpose: str | None,
    texts: Texts,
    catalogue: "Catalogue[Any]",
) -> DrawnTakeBack:
    """Return what goes, in words.

    Args:
        back: What goes.
        answers: Everything the person said, as it is kept.
        today: The answers that count, by question.
        purpose: The name of the purpose that is taken back, None for single answers.
        texts: In whose language.
        catalogue: The questions and features of the application.
    """
    kept = {answer.question: today.get(answer.question, answer) for answer in answers}

    def asked(name: str) -> str:
        question = catalogue.questions.get(name)
        return texts.say(question.ask.question) if question else f"{name}:"

    def value(answer: Answer) -> str:
        if answer.reply is AnswerKind.DECLINED:
            return ""
        name = answer.question
        return value_in_words(name, answer.value, texts=texts, catalogue=catalogue)

    return DrawnTakeBack(
        purpose=purpose_words(purpose, texts, catalogue) if purpose else "",
        answers=tuple(
            GoingAnswer(question=asked(name), value=value(kept[name]))
            for name in back.questions
        ),
        closes=tuple(feature_title(f, texts, catalogue.plans) for f in back.closes),
        hidden=tuple(asked(n) for n in back.empties if n not in back.questions),
    )


def describe_take_back(
    back: TakeBack, texts: Texts, catalogue: "Catalogue[Any]"
) -> dict[str, JsonValue]:
    """Return what goes as a JSON object."""
    return {
        "questions": list(back.questions),
        "closes": [
            {"feature": name, "title": feature_title(name, texts, catalogue.plans)}
            for name in back.closes
        ],
        "empties": list(back.empties),
    }
