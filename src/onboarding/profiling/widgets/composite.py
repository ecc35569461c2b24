"""One question with parts, such as an address."""

from collections.abc import Sequence

from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, only, said

IN_PARTS = "parts"
"""The kind of a control whose parts are drawn, each as a question of its own."""


class Composite:
    """Serves pydantic models: the catalogue reads each part by the part's own look."""

    name = IN_PARTS

    def serves(self, question: Question) -> bool:
        """Tell whether the question has parts."""
        return bool(question.parts)

    def control(self, question: Question) -> Control:
        """Return a frame for the parts."""
        return Control(kind=IN_PARTS, name=question.name)

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return what was sent under the name of the whole, which no form does."""
        return only(said(raw))

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return nothing: the parts are drawn, and not the whole."""
        return ()
