"""What a condition may compare, list and name: a table of types; and circles."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Literal
from typing import Any as Anything

import pytest
from pydantic import BaseModel, create_model

from onboarding import Onboarding
from onboarding.errors import ConfigError
from onboarding.mailers.base import Message
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import Ask, Feature
from onboarding.profiling.needs import Linked, Need, Proven
from onboarding.providers import Google
from onboarding.segments.model import Age, All, Answered, Any, Declined, Not
from tests.profiling.used import the_rest

DAY, INSTANT = date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)


class Size(IntEnum):
    """Numbers that have names."""

    SMALL = 1
    LARGE = 2


class Profile(BaseModel):
    """A question of each type."""

    flag: Annotated[bool | None, Ask("Is it?", why="w")] = None
    number: Annotated[int | None, Ask("How many?", why="w")] = None
    real: Annotated[float | None, Ask("How much?", why="w")] = None
    price: Annotated[Decimal | None, Ask("How dear?", why="w")] = None
    day: Annotated[date | None, Ask("When?", why="w")] = None
    instant: Annotated[datetime | None, Ask("When?", why="w", widget="text")] = None
    text: Annotated[str | None, Ask("What?", why="w")] = None
    size: Annotated[Size | None, Ask("How big?", why="w")] = None
    several: Annotated[list[Literal["x", "y"]] | None, Ask("Which?", why="w")] = None
    pair: Annotated[
        tuple[str, ...] | None, Ask("Which two?", why="w", widget="text")
    ] = None


def guarded(when: Anything) -> type[BaseModel]:
    """Return a profile with one more question, of which this is the guard."""
    asked = Annotated[str | None, Ask("More?", why="w", when=when)]
    return create_model("Guarded", __base__=Profile, more=(asked, None))


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("number", [1, 1.5, Decimal(1)]),
        ("real", [1, 1.5]),
        ("price", [1, Decimal("1.50")]),
        ("day", [DAY]),
        ("size", [1.5]),
    ],
)
def test_what_is_compared(name: str, bounds: list[Anything]) -> None:
    """Numbers with numbers, and days with days; in guards and needs alike."""
    for bound in bounds:
        for how in ("at_least", "at_most", "above", "below"):
            atom = Answered(name, **{how: bound})
            model = guarded(atom)
            features = [Feature("f", needs=[atom]), the_rest(model)]
            catalogue = build_catalogue(model, features)
            guard = catalogue.questions["more"].guard
            assert guard is not None
            assert guard.condition == atom


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("flag", [1, True]),
        ("number", [True, "1", DAY]),
        ("real", [DAY, INSTANT, True]),
        ("price", ["1.50", DAY]),
        ("day", [1, "2026-03-01", INSTANT]),
        ("instant", [INSTANT, DAY, 1]),
        ("text", ["a", 1, DAY]),
        ("several", [1, ["x"]]),
    ],
)
def test_what_cannot_be_compared_is_refused(name: str, bounds: list[Anything]) -> None:
    """When the application is built, with what to write instead."""
    for bound in bounds:
        atom = Answered(name, at_least=bound)
        with pytest.raises(ConfigError, match="cannot be compared with an answer to"):
            build_catalogue(guarded(atom))
        with pytest.raises(ConfigError, match="cannot be compared with an answer to"):
            build_catalogue(Profile, [Feature("f", needs=[atom])])


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (Age("text", at_least=18), "needs the day on which somebody was born"),
        (Age("number", at_least=18), "needs the day on which somebody was born"),
        (Answered("text", has=["x"]), "'text' takes one answer"),
        (Answered("text", is_in="x"), "list the answers"),
        (Answered("several", has=[]), "list the answers"),
        (Answered("several", has=["z"]), "'z' is never an answer to 'several'"),
        (Answered("number", is_in=["x"]), "'x' is never an answer to 'number'"),
        (Not(Answered("nothing")), "its guard looks at .*'nothing'"),
        (All(Answered("text"), Declined("nothing")), "its guard looks at .*'nothing'"),
        (Any(Answered("text"), "several"), "'several' is no condition"),
    ],
)
def test_a_guard_that_means_nothing_is_refused(when: Anything, told: str) -> None:
    """It says what is wrong with it."""
    with pytest.raises(ConfigError, match=told):
        build_catalogue(guarded(when))


@pytest.mark.parametrize(
    ("when", "read"),
    [
        (Age("day", at_least=18), Age("day", at_least=18)),
        (Age("instant", below=18), Age("instant", below=18)),
        (Answered("several", has=["x"]), Answered("several", has=["x"])),
        (Answered("pair", has=["x"]), Answered("pair", has=["x"])),
        (Answered("size", is_in=[Size.SMALL]), Answered("size", is_in=[1])),
        (
            Any(Not(Declined("text")), All(Answered("text"), Answered("flag"))),
            Any(Not(Declined("text")), All(Answered("text"), Answered("flag"))),
        ),
    ],
)
def test_a_guard_is_read_with_json_values(when: Anything, read: Anything) -> None:
    """Each word of it."""
    guard = build_catalogue(guarded(when)).questions["more"].guard
    assert guard is not None
    assert guard.condition == read


# ── features ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("features", "told"),
    [
        ([Feature("a", after=["a"])], r"\(a → a\)"),
        ([Feature("a", after=["b"]), Feature("b", after=["a"])], r"\(a → b → a\)"),
        (
            [
                Feature("a", after=["b"]),
                Feature("b", after=["c"]),
                Feature("c", after=["b"]),
            ],
            r"\(b → c → b\)",
        ),
        (
            [
                Feature("a", after=["b"]),
                Feature("b", after=["a", "c"]),
                Feature("c"),
            ],
            r"\(a → b → a\)",
        ),
        ([Feature("a", after=["bb"]), Feature("bbb")], "comes after .*'bbb'"),
        ([Feature("a", needs=["txt"])], "did you mean 'text'"),
        ([Feature("a", needs=[Answered("txt")])], "did you mean 'text'"),
        ([Feature("a", needs=["text", "text"])], "names 'text' twice"),
        (
            [Feature("a", needs=["text"], without={"number": "s"})],
            "without has .*'number'",
        ),
    ],
)
def test_a_feature_that_means_nothing_is_refused(
    features: list[Feature], told: str
) -> None:
    """It says what is wrong with it: a circle is told as it goes round."""
    with pytest.raises(ConfigError, match=told):
        build_catalogue(Profile, features)


def test_who_may_not_decline_is_not_spared() -> None:
    """What a feature does without an answer is for who may say no."""

    class Strict(BaseModel):
        name: Annotated[str | None, Ask("Who?", why="w", declinable=False)] = None

    with pytest.raises(ConfigError, match="which nobody may decline"):
        build_catalogue(Strict, [Feature("f", needs=["name"], without={"name": "s"})])


def test_what_comes_before_comes_once_and_in_its_order() -> None:
    """However many ways lead to it."""
    catalogue = build_catalogue(
        Profile,
        [
            Feature("d", needs=["day"], after=["b", "c"]),
            Feature("b", needs=["flag"], after=["a"]),
            Feature("c", needs=["number"], after=["a"]),
            Feature("a", needs=["text"]),
            the_rest(Profile),
        ],
    )
    groups = catalogue.plans["d"].groups
    assert [(g.feature, *g.names) for g in groups] == [
        ("a", "text"),
        ("b", "flag"),
        ("c", "number"),
        ("d", "day"),
    ]


# ── facts ────────────────────────────────────────────────────────────────────


def app(*needs: Need, **more: Anything) -> Onboarding[Anything]:
    """Return an application in which a feature has these needs."""
    return Onboarding(
        url="http://localhost:8000/welcome",
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        features=[Feature("f", needs=needs)],
        **{"providers": [], "mailer": None, **more},
    )


def test_a_fact_is_called_as_no_question_may_be() -> None:
    """Each by a name of its own."""
    facts = [Proven(), Linked(), Linked("google")]
    assert [f.fact for f in facts] == ["proven:email", "linked:", "linked:google"]
    with pytest.raises(ConfigError, match="only addresses of mail are proven"):
        Proven("phone")


def test_what_nobody_could_prove_is_refused() -> None:
    """An address where nothing sends mail; a provider that is not there."""
    with pytest.raises(ConfigError, match="nothing sends mail"):
        app(Proven())
    with pytest.raises(ConfigError, match="Feature 'f' needs .*'google'"):
        app(Any(Linked("google"), Linked()))
    google = Google(client_id="42-x.apps.googleusercontent.com", client_secret="hush")
    assert app(Linked("google"), Linked("passkey"), Linked(), providers=[google])


def test_what_can_be_proven_is_built() -> None:
    """With what sends mail, also beside other facts."""

    async def send(_: Message) -> None: ...

    assert app(Proven(), Linked(), mailer=send)
