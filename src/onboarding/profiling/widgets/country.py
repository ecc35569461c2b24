"""A country, out of all of them."""

from collections.abc import Sequence

from onboarding.jsonvalue import JsonValue
from onboarding.locales.places import countries
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, Option, only, said, written


class CountryList:
    """Serves ``Country``: a list that opens, in the words of the page's language."""

    name = "country"

    def serves(self, question: Question) -> bool:
        """Tell nothing: the type names this look."""
        return False

    def control(self, question: Question) -> Control:
        """Return all countries; a label of the host's is not taken."""
        autofill = question.ask.autocomplete
        return Control(
            kind="select",
            name=question.name,
            options=tuple(
                Option(value=code, label=name) for code, name in countries("en").items()
            ),
            attributes={"autocomplete": autofill},
            named=countries,
        )

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return the code that was chosen."""
        return only(said(raw))

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the code."""
        return written(value)
