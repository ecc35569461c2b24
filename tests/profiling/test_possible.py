"""What no answer can meet is refused when the application is built."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Literal

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    FutureDate,
    PastDate,
    PastDatetime,
    create_model,
)

from onboarding.errors import ConfigError
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import Ask, Feature
from onboarding.profiling.needs import Need
from onboarding.segments.model import Age, All, Answered, Any, Condition, Declined, Not
from tests.profiling.used import the_rest


def _even(number: int) -> int:
    if number % 2:
        raise ValueError
    return number


class Profile(BaseModel):
    """What needs look at."""

    age: Annotated[int | None, Ask("How old?", why="w"), Field(ge=0, le=150)] = None
    born: Annotated[date | None, Ask("When?", why="w")] = None
    kind: Annotated[Literal["a", "b"] | None, Ask("What?", why="w")] = None
    late: Annotated[date | None, Ask("When?", why="w"), Field(ge=date(1999, 1, 1))] = (
        None
    )
    even: Annotated[int | None, Ask("How many?", why="w"), AfterValidator(_even)] = None


@pytest.mark.parametrize(
    "needs",
    [
        [Answered("age", at_least=18), Answered("age", below=16)],
        [Age("born", at_least=18), Age("born", below=18)],
        [Answered("age", above=150)],
        [Answered("age", above=3, below=4)],
        [Answered("kind", is_in=["a"]), "born", Answered("kind", is_in=["b"])],
    ],
)
def test_needs_that_no_answer_meets_are_refused(needs: list[Need]) -> None:
    """Both are named."""
    with pytest.raises(ConfigError) as refused:
        build_catalogue(Profile, [Feature("shut", needs=needs)])
    for need in needs:
        if isinstance(need, Answered | Age):
            assert repr(need) in str(refused.value)


@pytest.mark.parametrize(
    "needs",
    [
        [Answered("age", at_least=18), Answered("age", at_most=18)],
        [Any(Answered("age", above=150), "born")],
        [Age("born", at_least=18), Age("born", below=19)],
        # Whether anybody meets both hangs on the day on which it is asked.
        [Age("born", at_least=30), Answered("born", above=date(1999, 1, 1))],
        [Age("late", at_least=30)],
        [Answered("even", is_in=[2]), Answered("even", above=1, below=3)],
        [Answered("even", at_least=3), Answered("even", at_most=4)],
    ],
)
def test_needs_that_an_answer_meets_are_built(needs: list[Need]) -> None:
    """Also where it is one answer alone, or another way."""
    tight = Feature("tight", needs=needs)
    assert build_catalogue(Profile, [tight, the_rest(Profile)])


A, B = Answered("kind", is_in=["a"]), Answered("kind", is_in=["b"])


def guarded(when: Condition) -> type[BaseModel]:
    """Return a profile in which one question has this guard."""
    ask = Ask("More?", why="w", when=when)
    return create_model(
        "Wide", __base__=Profile, more=(Annotated[str | None, ask], None)
    )


@pytest.mark.parametrize("when", [All(A, B), Not(Any(A, B, Declined("kind")))])
def test_a_guard_that_is_never_true_is_refused(when: Condition) -> None:
    """The question would never be asked."""
    with pytest.raises(ConfigError, match=r"Wide\.more: no answer to 'kind'"):
        build_catalogue(guarded(when))


@pytest.mark.parametrize("when", [Not(Any(A, B)), Any(A, B), Declined("kind")])
def test_a_guard_that_may_be_true_is_built(when: Condition) -> None:
    """Also where nothing but "I'd rather not say" makes it so."""
    assert build_catalogue(guarded(when))


class Nothing(Enum):
    """A type that somebody forgot to fill in."""


@pytest.mark.parametrize("kind", [Nothing, list[Nothing]], ids=["one", "several"])
def test_a_choice_of_nothing_is_refused(kind: object) -> None:
    """Whatever draws it, the page would have nothing to fill in."""
    ask = Ask("Which?", why="w", widget="choice")
    model = create_model("Empty", more=(Annotated[kind | None, ask], None))  # type: ignore[call-overload, operator, valid-type]
    with pytest.raises(ConfigError, match="more: the widget 'choice' needs an Enum"):
        build_catalogue(model)


def test_a_guard_may_be_true_where_what_it_looks_at_does_not_apply() -> None:
    """Nobody is asked the one, and so everybody the other."""

    class Chain(Profile):
        then: Annotated[Literal["x"] | None, Ask("Then?", why="w", when=A)] = None
        last: Annotated[
            str | None,
            Ask(
                "Last?",
                why="w",
                when=Not(Any(Answered("then"), Declined("then"))),
            ),
        ] = None

    assert build_catalogue(Chain)


@pytest.mark.parametrize(
    ("kind", "limits"),
    [
        (int, {"ge": 4, "le": 4}),
        (int, {"ge": 4, "lt": 5}),
        (str, {"min_length": 4, "max_length": 4}),
    ],
)
def test_limits_that_one_answer_is_within_are_built(
    kind: type, limits: dict[str, int]
) -> None:
    """One answer is enough."""
    found = Annotated[kind | None, Ask("More?", why="w"), Field(**limits)]  # type: ignore[call-overload, valid-type]
    assert build_catalogue(create_model("Narrow", more=(found, None)))


@pytest.mark.parametrize(
    ("kind", "limits"),
    [
        (int, {"ge": 5, "le": 4}),
        (int, {"gt": 4, "lt": 4}),
        (int, {"gt": 4, "le": 4}),
        (int, {"ge": 4, "lt": 4}),
        (str, {"min_length": 5, "max_length": 4}),
    ],
)
def test_limits_that_nothing_is_within_are_refused(
    kind: type, limits: dict[str, int]
) -> None:
    """Nobody could answer."""
    found = Annotated[kind | None, Ask("More?", why="w"), Field(**limits)]  # type: ignore[call-overload, valid-type]
    model = create_model("Narrow", more=(found, None))
    with pytest.raises(ConfigError, match=r"Narrow\.more: no answer is within"):
        build_catalogue(model)


@pytest.mark.parametrize("kind", [date, PastDate, FutureDate, datetime, PastDatetime])
def test_every_type_of_day_has_an_age(kind: type) -> None:
    """Those of pydantic are days as well; of two ages that exclude each other none."""
    ask = Ask("When?", why="w", widget="text")
    model = create_model("Born", day=(Annotated[kind | None, ask], None))
    adult = Age("day", at_least=18)
    if kind is not FutureDate:
        assert build_catalogue(model, [Feature("adult", needs=[adult])])
    with pytest.raises(ConfigError, match=r"Age\('day'"):
        build_catalogue(model, [Feature("no", needs=[adult, Age("day", below=18)])])


@pytest.mark.parametrize("kind", [date, PastDate, FutureDate])
def test_every_type_of_day_is_compared_with_days(kind: type) -> None:
    """A bound that is a day is taken, and one that is none is refused."""
    ask = Annotated[kind | None, Ask("When?", why="w")]  # type: ignore[valid-type]
    model = create_model("Born", day=(ask, None))
    late = Answered("day", above=date(1999, 12, 31))
    assert build_catalogue(model, [Feature("late", needs=[late])])
    with pytest.raises(ConfigError, match="days with days"):
        build_catalogue(model, [Feature("n", needs=[Answered("day", above=1)])])
