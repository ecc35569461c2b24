"""Our own looks keep the promise of a widget, and draw what a type says."""

from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field

from onboarding.errors import ConfigError
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import Ask
from onboarding.profiling.widgets.base import Control, Option, Widget
from onboarding.profiling.widgets.choice import Choice
from onboarding.profiling.widgets.date import Date
from onboarding.profiling.widgets.scale import Scale
from onboarding.profiling.widgets.text import Text
from onboarding.testing.contracts.widget import WidgetContract, WidgetSample

WHY = "We like to know."


class Genre(StrEnum):
    """What people read."""

    NOVEL = "novel"
    GHOST = "ghost"


class Size(IntEnum):
    """How large."""

    SMALL = 1
    LARGE = 2


class Typed(BaseModel):
    """Questions to type an answer to."""

    town: Annotated[str | None, Ask("Where?", WHY, autocomplete="address-level2")] = (
        None
    )
    code: Annotated[str | None, Field(max_length=6), Ask("Code?", WHY)] = None
    inner: Annotated[Annotated[str, Field(max_length=4)] | None, Ask("In?", WHY)] = None
    books: Annotated[int | None, Field(ge=0), Ask("How many?", WHY)] = None
    price: Annotated[Decimal | None, Ask("How dear?", WHY)] = None
    share: Annotated[float | None, Ask("How much?", WHY)] = None


class Chosen(BaseModel):
    """Questions to choose an answer to."""

    genre: Annotated[
        Genre | None,
        Ask(
            "What do you read?",
            WHY,
            labels={"novel": "Novels"},
            hints={"ghost": "for reading with the lamp on"},
        ),
    ] = None
    size: Annotated[Size | None, Ask("How large?", WHY)] = None
    week: Annotated[Literal[1, 2, "more"] | None, Ask("How often?", WHY)] = None
    news: Annotated[bool | None, Ask("News?", WHY)] = None
    genres: Annotated[list[Genre] | None, Ask("What all?", WHY)] = None


class Days(BaseModel):
    """Questions for a day."""

    birthday: Annotated[
        date | None,
        Field(ge=date(1900, 1, 1), lt=date(2020, 1, 1)),
        Ask("When?", WHY, autocomplete="bday"),
    ] = None
    any_day: Annotated[date | None, Ask("When?", WHY)] = None
    after: Annotated[
        date | None, Field(gt=date(2000, 2, 28), le=date(2001, 1, 1)), Ask("When?", WHY)
    ] = None


class Scored(BaseModel):
    """Questions for a number in a row."""

    likely: Annotated[
        int | None,
        Field(ge=0, le=10),
        Ask("How likely?", WHY, labels={"0": "not at all", "10": "gladly"}),
    ] = None
    stars: Annotated[int | None, Field(gt=0, lt=6), Ask("How many?", WHY)] = None


class TestText(WidgetContract):
    """Words and numbers."""

    widget: ClassVar[Widget] = Text()
    model: ClassVar[type[BaseModel]] = Typed
    samples: ClassVar[list[WidgetSample]] = [
        ("town", ["Den Haag"], "Den Haag"),
        ("books", ["12"], "12"),
        ("price", ["1.50"], "1.50"),
        ("code", ["ab12"], "ab12"),
    ]


class TestChoice(WidgetContract):
    """One of a few, and several of a few."""

    widget: ClassVar[Widget] = Choice()
    model: ClassVar[type[BaseModel]] = Chosen
    samples: ClassVar[list[WidgetSample]] = [
        ("genre", ["ghost"], "ghost"),
        ("size", ["2"], 2),
        ("week", ["1"], 1),
        ("week", ["more"], "more"),
        ("news", ["true"], True),
        ("news", ["false"], False),
        ("genres", ["novel", "ghost"], ["novel", "ghost"]),
        ("genres", ["ghost"], ["ghost"]),
    ]


class TestDate(WidgetContract):
    """A day of the calendar."""

    widget: ClassVar[Widget] = Date()
    model: ClassVar[type[BaseModel]] = Days
    samples: ClassVar[list[WidgetSample]] = [("birthday", ["1990-12-31"], "1990-12-31")]


class TestScale(WidgetContract):
    """A few numbers in a row."""

    widget: ClassVar[Widget] = Scale()
    model: ClassVar[type[BaseModel]] = Scored
    samples: ClassVar[list[WidgetSample]] = [("likely", ["0"], 0), ("stars", ["5"], 5)]


def drawn(model: type[BaseModel], name: str) -> Control:
    """Return what our own widgets draw for a question."""
    return build_catalogue(model).controls[name]


@pytest.mark.parametrize(
    ("model", "name", "kind", "attributes"),
    [
        (Typed, "town", "text", {"autocomplete": "address-level2"}),
        (Typed, "code", "text", {"autocomplete": "off", "maxlength": "6"}),
        (Typed, "inner", "text", {"autocomplete": "off", "maxlength": "4"}),
        (Typed, "books", "text", {"autocomplete": "off", "inputmode": "numeric"}),
        (Typed, "price", "text", {"autocomplete": "off", "inputmode": "decimal"}),
        (Typed, "share", "text", {"autocomplete": "off", "inputmode": "decimal"}),
        (
            Days,
            "birthday",
            "date",
            {"autocomplete": "bday", "min": "1900-01-01", "max": "2019-12-31"},
        ),
        (Days, "any_day", "date", {"autocomplete": "off"}),
        (
            Days,
            "after",
            "date",
            {"autocomplete": "off", "min": "2000-02-29", "max": "2001-01-01"},
        ),
        (Scored, "likely", "scale", {}),
        (Chosen, "genre", "choice", {}),
    ],
)
def test_a_type_finds_its_look(
    model: type[BaseModel], name: str, kind: str, attributes: dict[str, str]
) -> None:
    """Without a widget's name the type decides, and its bounds become attributes."""
    control = drawn(model, name)
    assert (control.kind, control.attributes) == (kind, attributes)


def test_options_have_the_hosts_words() -> None:
    """A label or hint of the host's is taken; else the value itself is the label."""
    assert drawn(Chosen, "genre").options == (
        Option(value="novel", label="Novels"),
        Option(value="ghost", label="ghost", hint="for reading with the lamp on"),
    )


def test_yes_and_no_have_words_in_every_language() -> None:
    """A yes-or-no question is called by text keys, unless the host says otherwise."""
    labels = [option.label for option in drawn(Chosen, "news").options]
    assert labels == ["answer.yes", "answer.no"]


def test_only_a_list_takes_several() -> None:
    """A list of an enum is drawn as a choice of several."""
    assert drawn(Chosen, "genres").multiple
    assert not drawn(Chosen, "genre").multiple


def test_a_scale_names_its_ends() -> None:
    """Each number is its own label; the host's words stand beside it."""
    first, *_, last = drawn(Scored, "likely").options
    assert first == Option(value="0", label="0", hint="not at all")
    assert last == Option(value="10", label="10", hint="gladly")
    assert [o.value for o in drawn(Scored, "stars").options] == list("12345")


def test_two_values_for_one_question_are_not_picked_from() -> None:
    """A form that sends a field twice is told so by the model: no value is chosen."""
    question = build_catalogue(Chosen).questions["genre"]
    assert Choice().parse(question, ["novel", "ghost"]) == ["novel", "ghost"]


@pytest.mark.parametrize(
    ("model", "name", "widget"),
    [(Typed, "town", Text()), (Chosen, "genre", Choice()), (Scored, "stars", Scale())],
    ids=["text", "choice", "scale"],
)
def test_what_was_refused_is_drawn_as_it_was_said(
    model: type[BaseModel], name: str, widget: Widget
) -> None:
    """Two values where one was asked for come back as two, for the form to show."""
    question = build_catalogue(model).questions[name]
    assert widget.raw(question, widget.parse(question, ["a", "b"])) == ("a", "b")


class Colour(Enum):
    """A type that lists what JSON cannot say."""

    RED = (255, 0, 0)


class WrongChoice(BaseModel):
    """Values that cannot be in a form."""

    colour: Annotated[Colour | None, Ask("Which?", WHY)] = None


class NoChoice(BaseModel):
    """A widget that has nothing to draw."""

    town: Annotated[str | None, Ask("Which?", WHY, widget="choice")] = None


class WideScale(BaseModel):
    """A scale that is too long to draw."""

    pages: Annotated[
        int | None, Field(ge=0, le=999), Ask("How many?", WHY, widget="scale")
    ] = None


@pytest.mark.parametrize("model", [WrongChoice, NoChoice, WideScale])
def test_a_look_that_cannot_be_drawn_is_refused(model: type[BaseModel]) -> None:
    """The error names the question and what its widget needs."""
    name = next(iter(model.model_fields))
    with pytest.raises(ConfigError, match=f"{name}: the widget '.*' needs"):
        build_catalogue(model)


class NoScale(BaseModel):
    """Numbers that make no scale."""

    wide: Annotated[int | None, Field(ge=0, le=11), Ask("How many?", WHY)] = None
    endless: Annotated[int | None, Field(ge=0), Ask("How many?", WHY)] = None
    fixed: Annotated[int | None, Field(ge=3, le=3), Ask("How many?", WHY)] = None


@pytest.mark.parametrize("name", NoScale.model_fields)
def test_long_ranges_are_typed(name: str) -> None:
    """A range of more than eleven numbers, without an end, or of one is no scale."""
    assert drawn(NoScale, name).kind == "text"
