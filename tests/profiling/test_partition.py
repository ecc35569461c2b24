"""The kinds of answer that conditions tell apart: each is there, and nothing else."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from typing import Any as Anything

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, create_model

from onboarding.errors import InvalidAnswer
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.guards import Reader
from onboarding.profiling.model import Ask
from onboarding.profiling.partition import MOST_OPTIONS, Parts, parts_of
from onboarding.profiling.validation import check, stored
from onboarding.segments.model import Age, Answered
from onboarding.segments.rules import Compiled

TODAY = date(2026, 3, 1)
DAYS = [date(2008, 2, 29), date(2008, 3, 1), date(2008, 3, 2), date(2026, 2, 28)]
Letters = list[Literal["a", "b", "c"]]
VALUES: Mapping[Anything, list[Anything]] = {
    int: [-1, 0, 1, 2, 3, 4, 5, 100],
    float: [-0.5, 0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 99.5],
    Decimal: [Decimal(n) for n in ("-1", "0", "1", "1.5", "2", "2.25", "3", "90")],
    date: [
        date(1900, 1, 1),
        *DAYS,
        date(2010, 1, 1),
        *(date(2026, 3, n) for n in (1, 2, 9)),
        *(date(2030, 1, n) for n in (1, 2, 3)),
    ],
    datetime: [datetime(d.year, d.month, d.day, 9, tzinfo=UTC) for d in DAYS],
    str: ["a", "b", "abc", "something else", "1"],
    Literal["a", "b", "c"]: ["a", "b", "c"],
    bool: [True, False],
    Letters: [["a"], ["b"], ["a", "b"], ["b", "a"], ["c"], ["a", "b", "c"]],
    int | str: [1, 2, "a", "1", "something else"],
    list[str]: [["a"], ["b", "a"], ["z"], ["a", "z"], ["a", "b", "z"]],
}
"""Answers of each type, of which every drawn kind has some."""
TYPED = (datetime, int | str, list[str])
"""Types that have no widget but the one that is asked for."""


def catalogue(kind: Anything, **limits: Anything) -> Catalogue[BaseModel]:
    """Return a profile with one question."""
    ask = Ask("What?", why="w", widget="text" if kind in TYPED else None)
    asked = Annotated[kind | None, ask, Field(**limits)]
    return build_catalogue(create_model("Profile", q=(asked, None)))


def ready(of: Catalogue[BaseModel], *atoms: Answered | Age) -> list[Compiled]:
    """Return conditions, as the catalogue reads them."""
    reader = Reader(of.drafts, of.questions)
    return [reader.compiled("test", atom) for atom in atoms]


def kinds(of: Catalogue[BaseModel], tests: list[Compiled]) -> Parts:
    """Return the kinds of answer to the one question."""
    looks: list[Anything] = [one.condition for one in tests]
    return parts_of(of.drafts, of.questions["q"], looks, TODAY)


def kind_of(tests: list[Compiled], value: JsonValue) -> tuple[int, ...]:
    """Return what all conditions make of one answer."""
    return tuple(one.test({"q": value}, TODAY) for one in tests)


def taken(of: Catalogue[BaseModel], value: Anything) -> JsonValue:
    """Return an answer as it is stored; None where the model refuses it."""
    raw = value.isoformat() if isinstance(value, date) else value
    try:
        return stored(of.drafts, "q", check(of.drafts, {}, "q", raw))
    except InvalidAnswer:
        return None


@st.composite
def asked(draw: st.DrawFn) -> tuple[Anything, dict[str, Anything], list[Anything]]:
    """Draw a type, limits of it, and what looks at it."""
    kind = draw(st.sampled_from(list(VALUES)))
    values = st.sampled_from(VALUES[kind])
    has_order = kind in (int, float, Decimal, date)
    limits: dict[str, Anything] = {}
    if has_order:
        name = draw(st.sampled_from(["", "ge", "gt", "le", "lt"]))
        limits = {name: draw(values)} if name else {}
    if kind is str:
        limits = {draw(st.sampled_from(["min_length", "max_length"])): 1}
        limits = {"min_length": 3} if draw(st.booleans()) else limits
    named = [v for v in VALUES[kind] if taken(catalogue(kind, **limits), v) is not None]
    atoms: list[Anything] = []
    for _ in range(draw(st.integers(1, 3)) if named else 0):
        ways = ["is_in"] if kind is not datetime else ["age"]
        ways += ["bound", "bounds"] if has_order else []
        ways += ["age"] if kind is date else []
        ways += ["has"] if kind in (Letters, list[str]) else []
        way = draw(st.sampled_from(ways))
        some = st.lists(st.sampled_from(named), min_size=1, max_size=2)
        if way == "age":
            how = draw(st.sampled_from(["at_least", "below"]))
            atoms.append(Age("q", **{how: draw(st.sampled_from([1, 18, 50]))}))
        elif way == "is_in":
            atoms.append(Answered("q", is_in=draw(some)))
        elif way == "has":
            parts = st.lists(st.sampled_from(["a", "b"]), min_size=1, unique=True)
            atoms.append(Answered("q", has=draw(parts)))
        else:
            names = ["at_least", "at_most", "above", "below"]
            bounds = {draw(st.sampled_from(names)): draw(values)}
            bounds |= {draw(st.sampled_from(names)): draw(values)} if way[6:] else {}
            atoms.append(Answered("q", **bounds))
    return kind, limits, atoms


@given(found=asked())
def test_every_answer_is_of_one_of_the_kinds(
    found: tuple[Anything, dict[str, Anything], list[Anything]],
) -> None:
    """Whatever a model takes, one of the kinds is as it; and takes each of these."""
    kind, limits, atoms = found
    of = catalogue(kind, **limits)
    tests = ready(of, *atoms)
    parts = kinds(of, tests)
    assert parts.is_exact
    if not atoms:
        return
    there = {kind_of(tests, value) for value in parts.values}
    assert len(there) == len(parts.values)
    for value in parts.values:
        assert check(of.drafts, {}, "q", value) is not None
    for value in VALUES[kind]:
        told = taken(of, value)
        assert told is None or kind_of(tests, told) in there


def test_what_nothing_tells_apart_is_one_kind() -> None:
    """Any answer, and maybe none: nothing more is looked at."""
    of = catalogue(str)
    for tests in ([], ready(of, Answered("q"))):
        parts = kinds(of, tests)
        assert (len(parts.values), parts.may_decline, parts.is_exact) == (1, True, True)


def _even(number: int) -> int:
    if number % 2:
        raise ValueError
    return number


def test_where_a_host_refuses_for_its_own_reasons_kinds_may_be_missing() -> None:
    """It is not known whether another answer of that kind would be taken."""
    asked = Annotated[int | None, Ask("What?", why="w"), AfterValidator(_even)]
    of = build_catalogue(create_model("Profile", q=(asked, None)))
    odd = ready(of, Answered("q", above=2, below=4))
    assert not kinds(of, odd).is_exact
    assert kinds(of, ready(of, Answered("q", at_least=1))).is_exact


@pytest.mark.parametrize("extra", [0, 1])
def test_of_too_many_options_not_every_selection_is_tried(extra: int) -> None:
    """And it is said; what is named in a condition is among those that are."""
    options = tuple(f"o{n}" for n in range(MOST_OPTIONS + extra))
    of = catalogue(list[Literal[options]])  # type: ignore[valid-type]  # made of data
    tests = ready(of, Answered("q", has=["o0"]), Answered("q", has=["o1"]))
    parts = kinds(of, tests)
    assert parts.is_exact is (extra == 0)
    assert {kind_of(tests, v) for v in parts.values} == {(2, 0), (0, 2), (2, 2), (0, 0)}


@pytest.mark.parametrize("kind", [float, Decimal])
def test_between_two_bounds_there_is_a_number(kind: type) -> None:
    """Also where no whole one is."""
    of = catalogue(kind)
    tests = ready(of, Answered("q", above=10, below=11))
    assert {kind_of(tests, v) for v in kinds(of, tests).values} == {(0,), (2,)}


@pytest.mark.parametrize("kind", [int, float, Decimal])
def test_within_a_limit_there_is_a_number(kind: type) -> None:
    """However far it lies from what conditions name."""
    of = catalogue(kind, gt=kind(100))
    tests = ready(of, Answered("q", at_least=1))
    assert [kind_of(tests, v) for v in kinds(of, tests).values] == [(2,)]


@pytest.mark.parametrize(
    ("named", "limits"),
    [
        ("a", {"max_length": 1}),
        ("abcdefgh", {"min_length": 8}),
        ("1234", {"pattern": r"^\d{4}$"}),
        ("12", {"pattern": r"^\d+$"}),
        ("abcde", {"pattern": r"^[a-z]{5}$"}),
        ("me@example.org", {"pattern": "^.+@.+$"}),
    ],
)
def test_beside_what_is_named_there_is_another_text(
    named: str, limits: dict[str, Anything]
) -> None:
    """However long it must be, and of the patterns that are common."""
    of = catalogue(str, **limits)
    tests = ready(of, Answered("q", is_in=[named]))
    parts = kinds(of, tests)
    assert parts.is_exact
    assert {kind_of(tests, v) for v in parts.values} == {(0,), (2,)}


@pytest.mark.parametrize("how", ["ge", "gt", "le", "lt"])
def test_within_a_limit_there_is_a_day(how: str) -> None:
    """Wherever the days lie that conditions name, and whatever day it is."""
    first, last = date(1990, 1, 1), date(2040, 1, 1)
    far = last if how[0] == "g" else first
    of = catalogue(date, **{how: far})
    tests = ready(of, Answered("q", at_least=date(2008, 3, 1)))
    [value] = kinds(of, tests).values
    assert kind_of(tests, value) == ((2,) if far == last else (0,))


@pytest.mark.parametrize("kind", [set[str], frozenset[str], tuple[str, ...]])
def test_of_what_takes_several_otherwise_it_is_not_said_that_these_are_all(
    kind: Anything,
) -> None:
    """So no condition over it is taken for one that nothing meets."""
    ask = Ask("What?", why="w", widget="text")
    of = build_catalogue(create_model("Profile", q=(Annotated[kind | None, ask], None)))
    tests = ready(of, Answered("q", has=["a"]))
    parts = kinds(of, tests)
    assert not parts.is_exact
    assert (2,) in {kind_of(tests, value) for value in parts.values}
