"""What is compiled of a profile and its features."""

import subprocess
import sys
from datetime import date
from enum import StrEnum
from typing import Annotated

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from onboarding.jsonvalue import JsonValue
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.model import Ask, Feature, Question
from onboarding.profiling.widgets.base import Control
from onboarding.profiling.widgets.text import Text
from onboarding.segments.model import Answered

WHY = "We sort your shelf by it."


class Genre(StrEnum):
    """What people read."""

    NOVEL = "novel"
    GHOST = "ghost"


def kind(text: str) -> str:
    """Check nothing: a validator has an address, which no version may show."""
    return text


class Profile(BaseModel):
    """A profile with a guard whose question is declared after it."""

    lamp: Annotated[
        str | None,
        Ask("Which lamp?", WHY, when=Answered(question="genre", is_in=[Genre.GHOST])),
    ] = None
    genre: Annotated[
        Genre | None, Ask("What do you read?", WHY, labels={"novel": "Novels"})
    ] = None
    town: Annotated[str | None, AfterValidator(kind), Ask("Where?", WHY)] = None
    birthday: Annotated[date | None, Ask("When?", WHY)] = None


FEATURES = [
    Feature("shelf", needs=["lamp"], wants=["birthday"]),
    Feature("club", needs=["genre", "town"]),
    Feature("gift", wants=["birthday"]),
]


@pytest.fixture
def catalogue() -> Catalogue[Profile]:
    """Return the compiled profile."""
    return build_catalogue(Profile, FEATURES)


def test_each_question_follows_the_one_its_guard_looks_at(
    catalogue: Catalogue[Profile],
) -> None:
    """The order is the model's, but for guards, which come first."""
    assert list(catalogue.questions) == ["genre", "lamp", "town", "birthday"]
    assert catalogue.order == {"genre": 0, "lamp": 1, "town": 2, "birthday": 3}


def test_a_path_brings_what_guards_look_at(catalogue: Catalogue[Profile]) -> None:
    """Whatever the names' order, it has the catalogue's, and nothing twice."""
    assert list(catalogue.path(["town", "lamp", "genre"])) == ["genre", "lamp", "town"]
    assert catalogue.path([]) == {}


def test_a_plan_holds_what_a_feature_may_ever_ask(
    catalogue: Catalogue[Profile],
) -> None:
    """Guards of needs are hard as the needs are; wants are on the path, not hard."""
    shelf = catalogue.plans["shelf"]
    assert list(shelf.path) == ["genre", "lamp", "birthday"]
    assert shelf.hard == {"genre", "lamp"}
    assert catalogue.dependents == {
        "genre": {"shelf", "club"},
        "lamp": {"shelf"},
        "town": {"club"},
        "birthday": set(),
    }


def test_a_form_is_read_by_the_questions_that_were_asked(
    catalogue: Catalogue[Profile],
) -> None:
    """Other fields of a form say nothing; a question without a field said nothing."""
    form = {"genre": ["novel"], "town": ["Delft"], "do": ["answer"], "admin": ["yes"]}
    said = catalogue.parse(["genre", "birthday", "no_such"], form, "en")
    assert said == {"genre": "novel", "birthday": None}


@pytest.mark.parametrize(
    ("name", "value", "raw"),
    [
        ("genre", "novel", ("novel",)),
        ("genre", "poem", ("poem",)),
        ("genre", None, ()),
        ("town", "Delft", ("Delft",)),
    ],
)
def test_a_stored_value_is_shown_again(
    catalogue: Catalogue[Profile], name: str, value: JsonValue, raw: tuple[str, ...]
) -> None:
    """A form gets what it would send, also for an old value."""
    assert catalogue.raw(name, value, "en") == raw
    assert catalogue.fields(name, value, "en") == tuple((name, text) for text in raw)


class Bounded(BaseModel):
    """The same bound, within None and around it."""

    within: Annotated[Annotated[int, Field(ge=3)] | None, Ask("How many?", WHY)] = None
    around: Annotated[int | None, Field(ge=3), Ask("How many?", WHY)] = None


@pytest.mark.parametrize("name", ["within", "around"])
def test_bounds_are_found_on_both_sides_of_none(name: str) -> None:
    """A question knows its type and limits, wherever Annotated has them."""
    question = build_catalogue(Bounded).questions[name]
    assert (question.type, question.limit("ge")) == (int, 3)
    assert question.limit("le") is None


class Stars(Text):
    """A host's own look."""

    name = "stars"

    def serves(self, question: Question) -> bool:
        """Serve what is called so."""
        return question.name == "town"

    def control(self, question: Question) -> Control:
        """Draw stars."""
        return Control(kind="stars", name=question.name)


def test_a_hosts_look_is_tried_first() -> None:
    """A widget of the host's takes the questions that it serves, before ours."""
    catalogue = build_catalogue(Profile, FEATURES, widgets=[Stars()])
    assert catalogue.controls["town"].kind == "stars"
    assert catalogue.controls["genre"].kind == "choice"


class Named(BaseModel):
    """A question that asks for a look by its name."""

    pages: Annotated[
        int | None, Field(ge=0, le=5), Ask("How many?", WHY, widget="text")
    ] = None


def test_a_look_may_be_named() -> None:
    """The name in Ask wins over what the type would find."""
    assert build_catalogue(Named).controls["pages"].kind == "text"


class Deferred(BaseModel):
    """A model whose validators pydantic has not built yet, with every switch on."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    genre: Annotated[Genre | None, Field(alias="g"), Ask("What?", WHY)] = None


def test_a_deferred_model_is_built() -> None:
    """A model may be frozen, strict about extras, aliased and built late."""
    assert list(build_catalogue(Deferred).questions) == ["genre"]


def test_a_catalogue_is_its_own_identity(catalogue: Catalogue[Profile]) -> None:
    """It can be a key, whatever it holds."""
    assert {catalogue: 1}[catalogue] == 1


CHANGES = {
    "another question": Feature("shelf", needs=["lamp", "town"], wants=["birthday"]),
    "no longer wanted": Feature("shelf", needs=["lamp"]),
    "another button": Feature("shelf", needs=["lamp"], wants=["birthday"], button="Go"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_version_tells_changes(catalogue: Catalogue[Profile], change: str) -> None:
    """What people could notice gives another version."""
    other = build_catalogue(Profile, [CHANGES[change], *FEATURES[1:]])
    assert other.version != catalogue.version


def test_the_version_is_the_same_in_every_process(
    catalogue: Catalogue[Profile],
) -> None:
    """Neither memory addresses, hash seeds nor the order of features are in it."""
    code = (
        "from tests.profiling.test_catalogue import Profile, FEATURES\n"
        "from onboarding.profiling.catalogue import build_catalogue\n"
        "print(build_catalogue(Profile, FEATURES[::-1]).version)"
    )
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", code],
            env={
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": ":".join(filter(None, sys.path)),
            },
            capture_output=True,
            check=True,
            text=True,
        )
        assert told.stdout.strip() == catalogue.version
