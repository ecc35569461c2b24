"""A line to type in: words and numbers."""

from collections.abc import Sequence
from decimal import Decimal

from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, only, said, written


class Text:
    """Serves texts, whole numbers and fractions."""

    name = "text"

    def serves(self, question: Question) -> bool:
        """Tell whether the type is text or a number."""
        kind = question.type
        return isinstance(kind, type) and (
            issubclass(kind, str | float | Decimal) or kind is int
        )

    def control(self, question: Question) -> Control:
        """Return a line, with the right keyboard for numbers on a phone."""
        attributes = {"autocomplete": question.ask.autocomplete}
        keyboard = _keyboard(question.type)
        if keyboard:
            attributes["inputmode"] = keyboard
        if longest := question.limit("max_length"):
            attributes["maxlength"] = str(longest)
        return Control(
            kind="text",
            name=question.name,
            attributes=attributes,
            number=bool(keyboard),
        )

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return the text without the space around it."""
        return only(said(raw))

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the text, or the number as it is written."""
        return written(value)


def _keyboard(kind: object) -> str | None:
    """Return the ``inputmode`` of a number (HTML standard); None for other types."""
    if kind is int:
        return "numeric"
    is_fraction = isinstance(kind, type) and issubclass(kind, float | Decimal)
    return "decimal" if is_fraction else None
