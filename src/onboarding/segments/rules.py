"""What a condition makes of values: Kleene's logic, compiled once.

An atom over what is unknown is unknown. Over what is absent or declined it is false,
except for ``Declined``. "And" is the least truth of its parts, "or" the greatest, and
"not" swaps true and false (S. C. Kleene, *Introduction to Metamathematics*, §64). So
what is true or false stays so, whatever is said next to what was unknown.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING
from typing import Any as Anything

from onboarding.frozen import dataclass, field
from onboarding.jsonvalue import JsonValue, canonical
from onboarding.segments.model import (
    DECLINED,
    UNSAID,
    Age,
    All,
    Answered,
    Any,
    Condition,
    Declined,
    Mark,
    Not,
    Seen,
    Truth,
)

if TYPE_CHECKING:
    from decimal import Decimal

Test = Callable[[Seen, date], Truth]
"""Tells the truth of a condition, over what is known, on a day in UTC."""

Waits = Callable[[Seen, date], str | None]
"""Tells what a condition waits for, over what is known, on a day in UTC."""

Holds = Callable[[JsonValue, date], bool]
"""Tells whether a value is as an atom says, on a day in UTC."""

COMPARED = {"at_least": ge, "at_most": le, "above": gt, "below": lt}
"""What the bounds of an answer are called, and what they ask."""

FALSE, UNKNOWN, TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
OPPOSITE = {FALSE: TRUE, UNKNOWN: UNKNOWN, TRUE: FALSE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A condition that is ready to be asked.

    Attributes:
        condition: As it was written, with JSON values.
        names: What it looks at, in order, once each.
        test: Tells its truth.
        waits: Names the first that it waits for; None where it is decided. Parts that
            are decided are passed over: what is named is in what is left.
    """

    condition: Condition
    names: tuple[str, ...]
    test: Test = field(repr=False, compare=False)
    waits: Waits = field(repr=False, compare=False)


def compiled(condition: Condition) -> Compiled:
    """Return a condition, whose values are JSON values, ready to be asked."""
    names = dict.fromkeys(atom.question for atom in atoms(condition))
    test, waits = _compiled(condition)
    return Compiled(condition=condition, names=tuple(names), test=test, waits=waits)


def atoms(condition: Condition | str) -> Iterator[Answered | Age | Declined]:
    """Yield the atoms of a condition, in order."""
    if isinstance(condition, All | Any):
        for part in condition.parts:
            yield from atoms(part)
    elif isinstance(condition, Not):
        yield from atoms(condition.part)
    elif isinstance(condition, str):
        yield Answered(condition)
    else:
        yield condition


def born_before(day: date, years: int) -> date:
    """Return the last day of birth of who has lived so many years on a day."""
    try:
        return day.replace(year=day.year - years)
    except (
        ValueError
    ):  # the 29th of February; nobody is older for it than the day before
        return day.replace(year=day.year - years, day=28)


def comes_of_age(born: date, years: int) -> date:
    """Return the day on which somebody has lived so many years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def changes_at(condition: Condition, seen: Seen, now: datetime) -> datetime | None:
    """Return the first instant after now at which time alone may change a condition.

    That is when somebody comes of an age, or is born: before that they have none.
    """
    days = [
        datetime.combine(comes_of_age(born, years), time(), UTC)
        for atom in atoms(condition)
        if isinstance(atom, Age) and (born := _day(seen[atom.question]))
        for years in (0, atom.at_least, atom.below)
        if years is not None and born.year + years <= date.max.year
    ]
    return min((day for day in days if day > now), default=None)


# ── compiling ────────────────────────────────────────────────────────────────


def _compiled(condition: Condition | str) -> tuple[Test, Waits]:
    match condition:
        case All():
            return _joined(condition.parts, ends=FALSE, neutral=TRUE)
        case Any():
            return _joined(condition.parts, ends=TRUE, neutral=FALSE)
        case Not():
            test, waits = _compiled(condition.part)
            return (lambda seen, today: OPPOSITE[test(seen, today)]), waits
        case str():
            return _anything(condition)
        case Declined():
            name = condition.question
            return (lambda seen, _: _declined(seen[name])), _waits(name)
        case Age():
            return _of_value(condition.question, _age(condition))
    name, tests = condition.question, _tests(condition)
    if not tests:
        return _anything(name)
    if len(tests) == 1:
        texts = [one for one in condition.is_in or () if isinstance(one, str)]
        if texts and len(texts) == len(condition.is_in or ()):
            return _one_of(name, texts)
        return _of_value(name, tests[0])
    return _of_value(name, lambda value, today: all(t(value, today) for t in tests))


def _joined(
    parts: Sequence[Condition | str], *, ends: Truth, neutral: Truth
) -> tuple[Test, Waits]:
    pairs = [_compiled(part) for part in parts]
    tests = [test for test, _ in pairs]

    def joined(seen: Seen, today: date) -> Truth:
        truth = neutral
        for test in tests:
            found = test(seen, today)
            if found is ends:
                return ends
            if found is UNKNOWN:
                truth = UNKNOWN
        return truth

    def waits(seen: Seen, today: date) -> str | None:
        first = None
        for test, waiting in pairs:
            found = test(seen, today)
            if found is ends:
                return None
            if found is UNKNOWN and first is None:
                first = waiting
        return None if first is None else first(seen, today)

    return joined, waits


def _declined(value: JsonValue | Mark) -> Truth:
    if value is UNSAID:
        return UNKNOWN
    return TRUE if value is DECLINED else FALSE


def _of_value(name: str, holds: Holds) -> tuple[Test, Waits]:
    def of_value(seen: Seen, today: date) -> Truth:
        value = seen[name]
        if value.__class__ is Mark:
            return UNKNOWN if value is UNSAID else FALSE
        return TRUE if holds(value, today) else FALSE  # type: ignore[arg-type]  # no mark

    return of_value, _waits(name)


# What most conditions are, with one call less.


def _anything(name: str) -> tuple[Test, Waits]:
    def of_anything(seen: Seen, _: date) -> Truth:
        value = seen[name]
        if value.__class__ is Mark:
            return UNKNOWN if value is UNSAID else FALSE
        return TRUE

    return of_anything, _waits(name)


def _one_of(name: str, texts: Collection[str]) -> tuple[Test, Waits]:
    among = frozenset(texts)

    def of_text(seen: Seen, _: date) -> Truth:
        value = seen[name]
        if value.__class__ is str:
            return TRUE if value in among else FALSE
        return UNKNOWN if value is UNSAID else FALSE

    return of_text, _waits(name)


def _waits(name: str) -> Waits:
    return lambda seen, _: name if seen[name] is UNSAID else None


def _age(atom: Age) -> Holds:
    def holds(value: JsonValue, today: date) -> bool:
        born = _day(value)
        if born is None or born > today:
            return False
        old = atom.at_least is None or born <= born_before(today, atom.at_least)
        return old and (atom.below is None or born > born_before(today, atom.below))

    return holds


def _tests(atom: Answered) -> list[Holds]:
    tests: list[Holds] = []
    if atom.is_in is not None:
        is_in = frozenset(map(_key, atom.is_in))
        tests.append(lambda value, _: _key(value) in is_in)
    if atom.has is not None:
        has = frozenset(map(_key, atom.has))
        tests.append(lambda value, _: not has.isdisjoint(map(_key, _listed(value))))
    tests += [_comparison(COMPARED[name], bound) for name, bound in atom.bounds.items()]
    return tests


def _comparison(compare: Callable[[Anything, Anything], bool], bound: object) -> Holds:
    read = _day if isinstance(bound, date) else _number

    def holds(value: JsonValue, _: date) -> bool:
        known = value if value.__class__ is int else read(value)
        return known is not None and compare(known, bound)

    return holds


def _key(value: object) -> object:
    """Return what tells one JSON value from all others: ``true`` is not ``1``."""
    kind = value.__class__
    if kind is str:
        return value
    if kind is bool or kind is int:
        return kind, value
    return kind, canonical(value)  # type: ignore[arg-type]  # a JSON value


def _listed(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, list) else ()


def _number(value: JsonValue | Mark) -> "Decimal | float | None":
    if isinstance(value, str):
        from decimal import Decimal

        return Decimal(value)
    return value if isinstance(value, (int, float)) else None


def _day(value: JsonValue | Mark) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else None
