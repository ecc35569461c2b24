"""A few whole numbers in a row, such as 0 to 10."""

from collections.abc import Sequence

from onboarding.errors import ConfigError
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, Option, only, said, written

MOST_STEPS = 11
"""A scale has at most as many steps as 0 to 10; longer ones are typed."""


class Scale:
    """Serves whole numbers that lie between two bounds, at most eleven of them."""

    name = "scale"

    def serves(self, question: Question) -> bool:
        """Tell whether the type is a whole number with two near bounds."""
        return question.type is int and 2 <= len(_steps(question)) <= MOST_STEPS

    def control(self, question: Question) -> Control:
        """Return the numbers as options; a label becomes the words beside its number.

        Raises:
            ConfigError: When the question has no two near bounds.
        """
        if not self.serves(question):
            raise ConfigError(
                f"{question.name}: the widget 'scale' needs an int between two bounds "
                f"with at most {MOST_STEPS} steps; write Field(ge=0, le=10)"
            )
        return Control(
            kind="scale",
            name=question.name,
            options=tuple(
                Option(value=text, label=text, hint=question.ask.labels.get(text, ""))
                for text in map(str, _steps(question))
            ),
        )

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return the number that was picked."""
        by_text = {str(n): n for n in _steps(question)}
        return only([by_text.get(text, text) for text in said(raw)])

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the number as it is written."""
        return written(value)


def _steps(question: Question) -> range:
    low, above = question.limit("ge"), question.limit("gt")
    high, below = question.limit("le"), question.limit("lt")
    if isinstance(above, int):
        low = above + 1
    if isinstance(below, int):
        high = below - 1
    if isinstance(low, int) and isinstance(high, int):
        return range(low, high + 1)
    return range(0)
