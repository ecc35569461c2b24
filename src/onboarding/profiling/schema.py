"""Questions as JSON: what to say, what to draw, and a JSON Schema of the answer.

The schema is a hint for clients: it does not know the host's validators. The model
decides, when the answer is posted.
"""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import PydanticUserError, TypeAdapter

from onboarding.jsonvalue import JsonValue
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.model import Question

JsonSchema = dict[str, Any]
"""A JSON object."""


class Descriptions:
    """Describes questions; the schema of each is made once, when first wanted.

    Making one costs about 0.3 ms.
    """

    def __init__(self, catalogue: Catalogue[Any]):
        self._catalogue = catalogue
        self._schemas: dict[str, JsonSchema] = {}

    def describe(
        self, name: str, say: Callable[[str], str], locale: str
    ) -> dict[str, JsonValue]:
        """Return a question as a JSON object.

        Args:
            name: The name of the question.
            say: Translates a text key; returns a plain sentence as it is.
            locale: The language into which it does.
        """
        question = self._catalogue.questions[name]
        if name not in self._schemas:
            self._schemas[name] = answer_schema(question)
        told: dict[str, JsonValue] = {
            "name": name,
            "question": say(question.ask.question),
            "why": say(question.ask.why),
            "declinable": question.ask.declinable,
            "control": self._control(name, say, locale),
            "schema": self._schemas[name],
        }
        return told | self._parts(name, say, locale)

    def _control(
        self, name: str, say: Callable[[str], str], locale: str
    ) -> dict[str, JsonValue]:
        control = self._catalogue.controls[name]
        return {
            "kind": control.kind,
            "multiple": control.multiple,
            "attributes": dict(control.attributes),
            "options": [
                {
                    "value": option.value,
                    "label": say(option.label),
                    "hint": say(option.hint),
                }
                for option in control.options_in(locale)
            ],
        }

    def _parts(
        self, name: str, say: Callable[[str], str], locale: str
    ) -> dict[str, JsonValue]:
        """Return the parts of a question that has some: members of its value."""
        parts: list[JsonValue] = [
            {
                "name": part,
                "question": say(one.ask.question),
                "why": say(one.ask.why),
                "required": one.required,
                "control": self._control(one.name, say, locale),
            }
            for part, one in self._catalogue.parts(name).items()
        ]
        return {"parts": parts} if parts else {}


def answer_schema(question: Question) -> JsonSchema:
    """Return the JSON Schema (draft 2020-12) of one answer; empty where there is none.

    pydantic has none for types that it can check but not describe.
    """
    kind: Any = question.type
    for constraint in question.constraints:
        kind = Annotated[kind, constraint]
    try:
        return TypeAdapter(kind).json_schema()
    except PydanticUserError:
        return {}
