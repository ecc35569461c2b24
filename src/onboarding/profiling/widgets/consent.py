"""A statement to tick."""

from collections.abc import Sequence

from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, only, said

TICKED = "true"
"""What the form sends for a tick."""


class Tick:
    """Serves ``Consent``: one box; without a tick nothing is said."""

    name = "consent"

    def serves(self, question: Question) -> bool:
        """Tell nothing: the type names this look."""
        return False

    def control(self, question: Question) -> Control:
        """Return the one option."""
        return Control(kind="consent", name=question.name)

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return True for a tick."""
        return only([True if text == TICKED else text for text in said(raw)])

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return what the form sends for a stored value."""
        values = value if isinstance(value, list) else [value]
        return tuple(
            str(one).lower() if isinstance(one, bool) else str(one)
            for one in values
            if one is not None
        )
