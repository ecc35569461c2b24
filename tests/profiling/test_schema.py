"""Questions as clients get them."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field

from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import Ask
from onboarding.profiling.schema import Descriptions

WHY = "We sort your shelf by it."


class Genre(StrEnum):
    """What people read."""

    NOVEL = "novel"


class Odd:
    """A type that pydantic cannot describe."""


class Profile(BaseModel):
    """Questions of several kinds."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    genre: Annotated[
        Genre | None,
        Ask("What do you read?", WHY, labels={"novel": "Novels"}, declinable=False),
    ] = None
    likely: Annotated[int | None, Field(ge=0, le=10), Ask("How likely?", WHY)] = None
    birthday: Annotated[date | None, Ask("When?", WHY)] = None
    odd: Annotated[Odd | None, Ask("Odd?", WHY, widget="text")] = None


@pytest.fixture
def descriptions() -> Descriptions:
    """Return the descriptions of the profile."""
    return Descriptions(build_catalogue(Profile))


def test_a_question_is_described_whole(descriptions: Descriptions) -> None:
    """Texts, control and schema: all that a client needs to ask it."""
    assert descriptions.describe("genre", str, "en") == {
        "name": "genre",
        "question": "What do you read?",
        "why": WHY,
        "declinable": False,
        "control": {
            "kind": "choice",
            "multiple": False,
            "attributes": {},
            "options": [{"value": "novel", "label": "Novels", "hint": ""}],
        },
        "schema": {
            "enum": ["novel"],
            "title": "Genre",
            "type": "string",
            "description": "What people read.",
        },
    }


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("likely", {"type": "integer", "minimum": 0, "maximum": 10}),
        ("birthday", {"type": "string", "format": "date"}),
        ("odd", {}),
    ],
)
def test_the_schema_has_the_bounds(
    descriptions: Descriptions, name: str, schema: dict[str, object]
) -> None:
    """It describes an answer, never None; where pydantic has no words it is empty."""
    assert descriptions.describe(name, str, "en")["schema"] == schema


def test_texts_are_translated_at_each_call(descriptions: Descriptions) -> None:
    """The schema is made once, for all languages; the texts by who asks."""
    loud = descriptions.describe("genre", str.upper, "en")
    quiet = descriptions.describe("genre", str.lower, "en")
    assert (loud["question"], quiet["question"]) == (
        "WHAT DO YOU READ?",
        "what do you read?",
    )
    assert loud["schema"] is quiet["schema"]
