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
        if question.type is int:
            attributes["inputmode"] = "numeric"
        elif question.type in (float, Decimal):
            attributes["inputmode"] = "decimal"
        if longest := question.limit("max_length"):
            attributes["maxlength"] = str(longest)
        return Control(kind="text", name=question.name, attributes=attributes)

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:  # noqa: ARG002  # the promise of a widget
        """Return the text without the space around it."""
        return only(said(raw))

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:  # noqa: ARG002
        """Return the text, or the number as it is written."""
        return written(value)
