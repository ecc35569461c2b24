"""The answers to a question that conditions can tell apart: one of each kind.

The atoms that look at a question cut the values it may have into finitely many parts,
and within a part every condition is the same. So whatever is proven of one answer of
each part, and of "I'd rather not say", is proven of all answers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any as Anything
from typing import get_origin

from onboarding.errors import InvalidAnswer
from onboarding.frozen import dataclass
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.days import far_days, is_day, is_instant
from onboarding.profiling.drafts import Drafts
from onboarding.profiling.guards import TAKE_SEVERAL
from onboarding.profiling.model import Question
from onboarding.profiling.validation import readable
from onboarding.profiling.widgets.choice import listed
from onboarding.segments.model import Age, Answered, Atom
from onboarding.segments.rules import atoms, born_before, compiled

MOST_OPTIONS = 8
"""Options of which every selection is tried, where several may be chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The kinds of answer that one question may have.

    Attributes:
        values: One JSON value of each kind.
        may_decline: Whether "I'd rather not say" is one more.
        is_exact: Whether there is no kind beside these; False where the host's own
            validators refused what was tried, or there was too much to try.
    """

    values: tuple[JsonValue, ...]
    may_decline: bool
    is_exact: bool


def parts_of(
    drafts: Drafts[Anything], question: Question, looks: Sequence[Atom], today: date
) -> Parts:
    """Return the kinds of answer that some conditions tell apart.

    Args:
        drafts: Of the host's profile.
        question: The question.
        looks: The atoms that look at it, with JSON values.
        today: The day on which ages are looked at.
    """
    declines = question.ask.declinable
    telling = [a for a in looks if isinstance(a, Age) or _tells(a)]
    if not telling:
        return Parts(values=(True,), may_decline=declines, is_exact=True)
    tests = [compiled(atom).test for atom in telling]
    found: dict[tuple[int, ...], JsonValue] = {}
    tried, is_whole = _candidates(question, telling, today)
    refused: set[tuple[int, ...]] = set()
    for value in tried:
        kind = tuple(test({question.name: value}, today) for test in tests)
        if kind in found:
            continue
        if _takes(drafts, question, value):
            found[kind] = value
        else:
            refused.add(kind)
    is_exact = is_whole and (not (refused - found.keys()) or _is_plain(question))
    return Parts(values=tuple(found.values()), may_decline=declines, is_exact=is_exact)


def _tells(atom: Atom) -> bool:
    if isinstance(atom, Answered):
        return atom.is_in is not None or atom.has is not None or bool(atom.bounds)
    return False


def _is_plain(question: Question) -> bool:
    """Tell whether it is known why an answer is refused: by its type and limits."""
    known = ("ge", "gt", "le", "lt", "min_length", "max_length")
    return all(
        any(getattr(limit, name, None) is not None for name in known)
        for limit in question.constraints
    )


def _takes(drafts: Drafts[Anything], question: Question, value: JsonValue) -> bool:
    try:
        return readable(drafts, question.name, value) is not None
    except InvalidAnswer:
        return False


# ── what to try ──────────────────────────────────────────────────────────────


def _candidates(
    question: Question, looks: Sequence[Atom], today: date
) -> tuple[Iterable[JsonValue], bool]:
    """Return values of which one lies in each part, and whether these are all."""
    kind = question.type
    named = [v for a in looks if isinstance(a, Answered) for v in a.is_in or ()]
    options = listed(question)
    if (get_origin(kind) or kind) in TAKE_SEVERAL:
        has = [v for a in looks if isinstance(a, Answered) for v in a.has or ()]
        tried, is_whole = _lists(options, [*named, *has])  # type: ignore[list-item]
        # What else a set or a tuple may hold is not looked up.
        return tried, is_whole and get_origin(kind) is list
    if options:
        return options, True
    if is_day(kind) or is_instant(kind):
        days = [_day(value) for value in named]
        return _days(question, looks, days, today), True
    if isinstance(kind, type) and issubclass(kind, int | float | Decimal):
        return _numbers(question, looks, named), True
    return [*named, *_others(question)], True  # type: ignore[list-item]


def _lists(
    options: Sequence[JsonValue], named: Sequence[JsonValue]
) -> tuple[Iterator[JsonValue], bool]:
    exact = [value for value in named if isinstance(value, list)]
    parts = [value for value in named if not isinstance(value, list)]
    pool = [*options] or [*parts, "other", "another"]
    is_whole = len(pool) <= MOST_OPTIONS
    some = pool if is_whole else [*dict.fromkeys(map(str, parts))][:MOST_OPTIONS]

    def chosen() -> Iterator[JsonValue]:
        yield from exact
        for size in range(1, len(some) + 1):
            for selection in combinations(some, size):
                yield list(selection)
                yield list(reversed(selection))
        if not is_whole:
            yield list(pool)
            yield from ([one] for one in pool)

    return chosen(), is_whole


def _days(
    question: Question, looks: Sequence[Atom], named: Iterable[date], today: date
) -> Iterator[JsonValue]:
    bounds = {*named, today, *far_days(question.type)}
    for atom in looks:
        if isinstance(atom, Age):
            years = [n for n in (atom.at_least, atom.below) if n is not None]
            bounds |= {born_before(today, n) for n in years}
        elif isinstance(atom, Answered):
            bounds |= {b for b in atom.bounds.values() if isinstance(b, date)}
    for name in ("ge", "gt", "le", "lt"):
        limit = question.limit(name)
        if isinstance(limit, date):
            bounds.add(limit.date() if isinstance(limit, datetime) else limit)
    has_time = is_instant(question.type)
    for bound in sorted(bounds):
        for by in (-1, 0, 1):
            day = bound + timedelta(days=by)
            whole = datetime.combine(day, time(12)) if has_time else day
            yield whole.isoformat()


def _numbers(
    question: Question, looks: Sequence[Atom], named: Iterable[object]
) -> Iterator[JsonValue]:
    bounds = {Decimal(str(value)) for value in named}
    for atom in looks:
        if isinstance(atom, Answered):
            bounds |= {Decimal(str(bound)) for bound in atom.bounds.values()}
    for name in ("ge", "gt", "le", "lt"):
        limit = question.limit(name)
        if isinstance(limit, int | float | Decimal):
            bounds.add(Decimal(str(limit)))
    ordered = sorted(bounds)
    between = [(a + b) / 2 for a, b in pairwise(ordered)]
    kind = question.type
    is_whole = isinstance(kind, type) and issubclass(kind, int)
    for number in (*ordered, *between):
        for near in (number - 1, number, number + 1):
            if is_whole:
                yield int(near)
            else:
                yield float(near) if kind is float else str(near)


def _others(question: Question) -> tuple[str, ...]:
    least = question.limit("min_length")
    size = least if isinstance(least, int) else 1
    return ("·" * size, "x" * max(size, 5), "1" * max(size, 4), "a@example.org")


def _day(value: object) -> date:
    return date.fromisoformat(str(value)[:10])


def looks_at(
    questions: Mapping[str, Question], tests: Iterable[Atom]
) -> dict[str, list[Atom]]:
    """Return the atoms that look at each of some questions.

    Args:
        questions: With their guards.
        tests: What needs ask of answers, beside the guards.
    """
    found: dict[str, list[Atom]] = {name: [] for name in questions}
    for question in questions.values():
        if question.guard:
            for atom in atoms(question.guard.condition):
                found[atom.question].append(atom)
    for test in tests:
        found[test.question].append(test)
    return found
