"""What a condition makes of values: its tables, its laws, and its days."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any as Anything

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.errors import ConfigError
from onboarding.segments.model import (
    Age,
    All,
    Answered,
    Any,
    Condition,
    Declined,
    Mark,
    Not,
    Truth,
)
from onboarding.segments.rules import (
    atoms,
    born_before,
    changes_at,
    comes_of_age,
    compiled,
)

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
F, U, T = Truth
MARKS = (Mark.ABSENT, Mark.DECLINED, Mark.UNKNOWN)


def truth(condition: Condition, today: date = TODAY, **seen: Anything) -> Truth:
    """Return what a condition makes of what is known."""
    return compiled(condition).test(seen, today)


# ── the tables ───────────────────────────────────────────────────────────────


def standing(value: Truth) -> Anything:
    """Return what an answer must be for ``Answered("q")`` to have a truth."""
    return {T: "x", U: Mark.UNKNOWN, F: Mark.ABSENT}[value]


@pytest.mark.parametrize(("one", "other"), list(product(Truth, repeat=2)))
def test_and_or_and_not_are_kleenes(one: Truth, other: Truth) -> None:
    """And is the least, or the greatest; not swaps true and false: each cell."""
    p, q = Answered("p"), Answered("q")
    seen = {"p": standing(one), "q": standing(other)}
    assert truth(All(p, q), **seen) is min(one, other)
    assert truth(Any(p, q), **seen) is max(one, other)
    assert truth(Not(p), **seen) is {T: F, U: U, F: T}[one]


@pytest.mark.parametrize(
    ("atom", "value", "expected"),
    [
        *[
            (atom, mark, U if mark is Mark.UNKNOWN else F)
            for atom in (
                Answered("q"),
                Answered("q", is_in=["a"]),
                Answered("q", has=["a"]),
                Answered("q", at_least=1),
                Age("q", at_least=18),
            )
            for mark in MARKS
        ],
        (Declined("q"), Mark.ABSENT, F),
        (Declined("q"), Mark.DECLINED, T),
        (Declined("q"), Mark.UNKNOWN, U),
        (Declined("q"), "a", F),
        (Answered("q"), "", T),
        (Answered("q"), False, T),
        (Answered("q", is_in=["a", "b"]), "b", T),
        (Answered("q", is_in=["a", "b"]), "c", F),
        (Answered("q", is_in=[1]), 1, T),
        (Answered("q", is_in=[1]), True, F),
        (Answered("q", is_in=[1]), "1", F),
        (Answered("q", is_in=[True]), 1, F),
        (Answered("q", is_in=[["a", "b"]]), ["a", "b"], T),
        (Answered("q", is_in=[["a", "b"]]), ["b", "a"], F),
        (Answered("q", has=["a", "b"]), ["c", "b"], T),
        (Answered("q", has=["a", "b"]), ["c"], F),
        (Answered("q", has=["a"]), [], F),
        (Answered("q", has=["a"]), "a", F),
        (Answered("q", has=[1]), [True], F),
        (Answered("q", at_least=2), 1, F),
        (Answered("q", at_least=2), 2, T),
        (Answered("q", at_most=2), 2, T),
        (Answered("q", at_most=2), 3, F),
        (Answered("q", above=2), 2, F),
        (Answered("q", above=2), 2.5, T),
        (Answered("q", below=2), 2, F),
        (Answered("q", below=2), 1, T),
        (Answered("q", at_least=0), 0, T),
        (Answered("q", at_least=2), "10.50", T),
        (Answered("q", at_least=11), "10.50", F),
        (Answered("q", at_least=2), None, F),
        (Answered("q", at_least=2), [3], F),
        (Age("q", at_least=18), "2008-03-01T23:59:00+00:00", T),
        (Answered("q", at_least=date(2026, 3, 1)), "2026-03-01", T),
        (Answered("q", at_least=date(2026, 3, 1)), "2026-02-28", F),
        (Answered("q", above=date(2026, 3, 1)), "2026-03-01", F),
        (Answered("q", at_most=date(2026, 3, 1)), None, F),
        (Answered("q", is_in=[1, 2], above=1), 1, F),
        (Answered("q", is_in=[1, 2], above=1), 2, T),
        (Answered("q", is_in=[1, 2], above=1), 3, F),
    ],
)
def test_an_atom(atom: Condition, value: Anything, expected: Truth) -> None:
    """What an atom makes of a value or a mark, each cell."""
    assert truth(atom, q=value) is expected


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        ("2008-03-01", date(2026, 2, 28), 17),
        ("2008-03-01", date(2026, 3, 1), 18),
        ("2008-02-29", date(2026, 2, 28), 17),  # a common year: the first of March
        ("2008-02-29", date(2026, 3, 1), 18),
        ("2008-02-29", date(2028, 2, 28), 19),
        ("2008-02-29", date(2028, 2, 29), 20),  # a leap year: the day itself
        ("2008-02-28", date(2028, 2, 29), 20),
        ("2009-03-01", date(2028, 2, 29), 18),
        ("2009-02-28", date(2028, 2, 29), 19),
    ],
)
def test_an_age(born: str, today: date, years: int) -> None:
    """A year of age begins at midnight; a leap day has its day in common years."""
    assert truth(Age("q", at_least=years), today, q=born) is T
    assert truth(Age("q", at_least=years + 1), today, q=born) is F
    assert truth(Age("q", below=years + 1), today, q=born) is T
    assert truth(Age("q", below=years), today, q=born) is F
    assert truth(Age("q", at_least=years, below=years + 1), today, q=born) is T


def test_who_is_not_born_has_no_age() -> None:
    """Neither too young nor old enough, until the day on which they are born."""
    for age in (Age("q", at_least=1), Age("q", below=18)):
        assert truth(age, q="2026-03-02") is F
    assert truth(Age("q", below=18), q="2026-03-01") is T
    assert truth(Age("q", below=18), q=None) is F


@pytest.mark.parametrize(
    "years",
    [
        {},
        {"at_least": 0},
        {"below": 151},
        {"at_least": True},
        {"at_least": 18.0},
        {"at_least": 18, "below": 0},
    ],
)
def test_an_age_that_is_none_is_refused(years: dict[str, Anything]) -> None:
    """Nobody is judged by an age that cannot be."""
    with pytest.raises(ConfigError, match=r"Age\('born'\): say how many years"):
        Age("born", **years)
    assert Age("born", at_least=1, below=150).below == 150


def test_a_name_alone_is_any_answer_to_it() -> None:
    """As it stands among needs: there is an answer, whichever."""
    either = Any("p", "q")
    assert truth(either, p=Mark.DECLINED, q="x") is T
    assert truth(either, p=Mark.DECLINED, q=Mark.UNKNOWN) is U
    assert truth(either, p=Mark.DECLINED, q=Mark.ABSENT) is F


@pytest.mark.parametrize("join", [All, Any])
def test_one_part_is_joined_with_nothing(join: type[All | Any]) -> None:
    """To join needs two parts."""
    with pytest.raises(ConfigError, match="joins two parts or more, not 1"):
        join(Answered("q"))
    assert len(join(Answered("p"), Answered("q")).parts) == 2


# ── the laws ─────────────────────────────────────────────────────────────────

NAMES = ("p", "q", "r")
ATOMS = st.one_of(
    st.sampled_from(NAMES).map(Answered),
    st.sampled_from(NAMES).map(Declined),
    st.sampled_from(NAMES).map(lambda name: Answered(name, is_in=["a"])),
    st.sampled_from(NAMES).map(lambda name: Age(name, at_least=18)),
)
CONDITIONS: st.SearchStrategy[Anything] = st.recursive(
    ATOMS,
    lambda parts: st.one_of(
        parts.map(Not),
        st.lists(parts, min_size=2, max_size=3).map(lambda found: All(*found)),
        st.lists(parts, min_size=2, max_size=3).map(lambda found: Any(*found)),
    ),
    max_leaves=8,
)
REPLIES = st.sampled_from(["2000-01-01", "2020-01-01", Mark.DECLINED, Mark.ABSENT])
SEEN = st.fixed_dictionaries(
    {n: st.one_of(REPLIES, st.just(Mark.UNKNOWN)) for n in NAMES}
)


def naive(condition: Anything, seen: Anything) -> Truth:
    """Evaluate a condition as its words say."""
    match condition:
        case All(parts):
            return min(naive(part, seen) for part in parts)
        case Any(parts):
            return max(naive(part, seen) for part in parts)
        case Not(part):
            return Truth(2 - naive(part, seen))
    value = seen[condition.question]
    if value is Mark.UNKNOWN:
        return U
    if isinstance(condition, Declined):
        return T if value is Mark.DECLINED else F
    if isinstance(value, Mark):
        return F
    if isinstance(condition, Age):
        return T if value == "2000-01-01" else F
    return T if condition.is_in is None or value in condition.is_in else F


def inward(condition: Anything, *, turned: bool = False) -> Anything:
    """Return a condition with each ``Not`` moved to the atoms, by De Morgan's laws."""
    match condition:
        case Not(part):
            return inward(part, turned=not turned)
        case All(parts) | Any(parts):
            is_all = isinstance(condition, All) != turned
            return (All if is_all else Any)(*[inward(p, turned=turned) for p in parts])
    return Not(condition) if turned else condition


@given(condition=CONDITIONS, seen=SEEN)
def test_compiled_agrees_with_its_words_and_de_morgan(
    condition: Anything, seen: dict[str, Anything]
) -> None:
    """A naive reading, and the same with every not moved inwards, say the same."""
    found = truth(condition, **seen)
    assert found is naive(condition, seen)
    assert found is truth(inward(condition), **seen)
    assert compiled(condition).names == tuple(
        dict.fromkeys(atom.question for atom in atoms(condition))
    )


@given(condition=CONDITIONS, seen=SEEN, data=st.data())
def test_what_is_decided_stays_decided(
    condition: Anything, seen: dict[str, Anything], data: st.DataObject
) -> None:
    """True and false stay so, whatever is said next to what was unknown."""
    more = {
        name: data.draw(REPLIES) if value is Mark.UNKNOWN else value
        for name, value in seen.items()
    }
    before, after = truth(condition, **seen), truth(condition, **more)
    assert after is not U
    assert before in (U, after)


@given(condition=CONDITIONS, seen=SEEN)
def test_it_waits_for_what_is_unknown_and_left(
    condition: Anything, seen: dict[str, Anything]
) -> None:
    """It waits for something in an undecided part, or for nothing where decided."""
    waits = compiled(condition).waits(seen, TODAY)
    assert (waits is None) == (truth(condition, **seen) is not U)

    def left(one: Anything) -> set[str]:
        if naive(one, seen) is not U:
            return set()
        if isinstance(one, All | Any):
            return set().union(*map(left, one.parts))
        return left(one.part) if isinstance(one, Not) else {one.question}

    assert waits is None or waits in left(condition)


def test_it_waits_for_the_first_in_the_order_of_its_words() -> None:
    """Parts that are decided are passed over."""
    condition = All(Any(Answered("p"), Answered("q")), Not(Declined("r")))
    waits = compiled(condition).waits
    unknown = dict.fromkeys(NAMES, Mark.UNKNOWN)
    assert waits(unknown, TODAY) == "p"
    assert waits({**unknown, "p": Mark.DECLINED}, TODAY) == "q"
    assert waits({**unknown, "p": "a"}, TODAY) == "r"
    assert waits({**unknown, "r": Mark.DECLINED}, TODAY) is None
    assert [atom.question for atom in atoms(Any("p", Answered("q")))] == ["p", "q"]
    assert compiled(Any("p", Answered("q"))).test(unknown, TODAY) is U  # type: ignore[arg-type]  # of needs


def test_a_condition_is_told_by_its_words() -> None:
    """Compiled twice it is one and the same, and it prints as it is written."""
    one, other = (compiled(Not(Answered("p", is_in=["a"]))) for _ in range(2))
    assert one == other
    assert one != compiled(Not(Answered("p", is_in=["b"])))
    assert repr(one) == f"Compiled(condition={one.condition!r}, names=('p',))"


# ── days ─────────────────────────────────────────────────────────────────────

DAYS = st.one_of(
    st.dates(date(1850, 1, 1), date(2150, 12, 31)),
    st.integers(463, 537).map(
        lambda n: date(4 * n, 2, 29) if n % 25 else date(4 * n, 3, 1)
    ),
)
YEARS = st.integers(1, 150)


@given(born=DAYS, today=DAYS, years=YEARS)
def test_the_day_of_age_and_the_day_of_birth_agree(
    born: date, today: date, years: int
) -> None:
    """Who was born by that day has come of age by this one, and nobody else."""
    assert (born <= born_before(today, years)) == (comes_of_age(born, years) <= today)


@given(born=DAYS, years=YEARS)
def test_who_comes_of_age_does_so_on_that_day(born: date, years: int) -> None:
    """On that day, and not the day before."""
    day = comes_of_age(born, years)
    age = Age("q", at_least=years)
    assert truth(age, day, q=born.isoformat()) is T
    assert truth(age, day - timedelta(days=1), q=born.isoformat()) is F


@given(born=DAYS, now=DAYS, years=YEARS, below=YEARS)
def test_time_changes_a_condition_when_it_says(
    born: date, now: date, years: int, below: int
) -> None:
    """Nothing changes before that instant; without one, nothing changes at all."""
    condition = Any(Age("q", at_least=years), Not(Age("q", below=below)), Declined("r"))
    seen = {"q": born.isoformat(), "r": Mark.UNKNOWN}
    at = datetime(now.year, now.month, now.day, 12, tzinfo=UTC)
    change = changes_at(condition, seen, at)
    last = (
        date(2500, 1, 1) if change is None else (change - timedelta(seconds=1)).date()
    )
    for atom in condition.parts:
        for day in (now, last):
            assert truth(atom, day, **seen) is truth(atom, now, **seen)
    assert change is None or change > at


@pytest.mark.parametrize(
    ("seen", "change"),
    [
        ({"q": "2008-03-02"}, datetime(2026, 3, 2, tzinfo=UTC)),
        ({"q": "2008-03-01"}, datetime(2047, 3, 1, tzinfo=UTC)),  # today is past
        ({"q": "2005-03-02"}, datetime(2026, 3, 2, tzinfo=UTC)),
        ({"q": "2030-01-01"}, datetime(2030, 1, 1, tzinfo=UTC)),  # not born yet
        ({"q": "1900-01-01"}, None),
        ({"q": "9990-01-01"}, datetime(9990, 1, 1, tzinfo=UTC)),
        ({"q": "9999-01-01"}, datetime(9999, 1, 1, tzinfo=UTC)),
        ({"q": Mark.UNKNOWN}, None),
    ],
)
def test_when_time_changes_a_condition(
    seen: dict[str, Anything], change: datetime | None
) -> None:
    """At the midnight of an age, above or below it, and of a day of birth."""
    condition = Any(Age("q", at_least=18), Not(Age("q", below=39)), Answered("q"))
    if seen["q"] == "2005-03-02":
        condition = Any(Age("q", below=21), Answered("q"))
    assert changes_at(condition, seen, NOW) == change


def test_midnight_itself_is_past() -> None:
    """At the instant of a change the next one is told."""
    age = Age("q", at_least=18)
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert changes_at(age, {"q": "2008-03-02"}, midnight) is None
    assert truth(age, midnight.date(), q="2008-03-02") is T
