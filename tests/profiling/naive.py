"""The whole of profiling written down naively, as an oracle for wide catalogues.

The words of conditions and needs are read as they are written; nothing of the rules
of the library is used. Truth is True, False, or None where it is not known.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any as Anything

from onboarding.profiling.model import Feature
from onboarding.profiling.needs import Linked, Proven
from onboarding.segments.model import Age, All, Answered, Any, Declined, Not

DECLINED, ABSENT, UNKNOWN = "<declined>", "<absent>", "<unknown>"
MARKS = (DECLINED, ABSENT, UNKNOWN)


@dataclass(frozen=True)
class Asked:
    """A question: when it applies, and the two edges of its answers."""

    when: Anything = None
    fresh_for: timedelta | None = None
    valid_for: timedelta | None = None


@dataclass(frozen=True)
class Wide:
    """Questions by name, in any order, and features; the last one is looked at."""

    questions: Mapping[str, Asked]
    features: tuple[Feature, ...]

    @property
    def feature(self) -> Feature:
        """The feature that is looked at."""
        return self.features[-1]


@dataclass(frozen=True)
class Known:
    """What was said, when, what is proven elsewhere, and the present instant."""

    said: Mapping[str, Anything]
    since: Mapping[str, datetime]
    facts: Collection[str]
    now: datetime

    @property
    def today(self) -> date:
        """The present day in UTC."""
        return self.now.date()


# ── conditions ───────────────────────────────────────────────────────────────


def turned(truth: bool | None) -> bool | None:
    """Return the opposite, where something is known."""
    return None if truth is None else not truth


def truth_of(
    condition: Anything, look: Mapping[str, Anything], today: date
) -> Anything:
    """Tell whether a condition holds over what is known."""
    if isinstance(condition, All):
        truths = [truth_of(part, look, today) for part in condition.parts]
        return False if False in truths else None if None in truths else True
    if isinstance(condition, Any):
        truths = [truth_of(part, look, today) for part in condition.parts]
        return True if True in truths else None if None in truths else False
    if isinstance(condition, Not):
        return turned(truth_of(condition.part, look, today))
    value = look[condition.question]
    if value is UNKNOWN:
        return None
    if isinstance(condition, Declined):
        return value is DECLINED
    if value is DECLINED or value is ABSENT:
        return False
    return is_as(condition, value, today)


def is_as(atom: Answered | Age, value: Anything, today: date) -> bool:
    """Tell whether a value is as an atom says."""
    if isinstance(atom, Age):
        years = lived(date.fromisoformat(value), today)
        if years is None or (atom.at_least is not None and years < atom.at_least):
            return False
        return atom.below is None or years < atom.below
    if atom.is_in is not None and not any(same(value, one) for one in atom.is_in):
        return False
    if atom.has is not None and not any(
        same(part, one) for part in value for one in atom.has
    ):
        return False
    bounds = (atom.at_least, atom.at_most, atom.above, atom.below)
    if any(isinstance(bound, date) for bound in bounds):
        value = date.fromisoformat(value)
    return not (
        (atom.at_least is not None and value < atom.at_least)
        or (atom.at_most is not None and value > atom.at_most)
        or (atom.above is not None and value <= atom.above)
        or (atom.below is not None and value >= atom.below)
    )


def same(one: Anything, other: Anything) -> bool:
    """Tell whether two JSON values are one: ``true`` is not ``1``."""
    return type(one) is type(other) and one == other


def lived(born: date, today: date) -> int | None:
    """Count the birthdays that somebody has had; None before they are born."""
    if born > today:
        return None
    had_it = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (0 if had_it else 1)


# ── what is known ────────────────────────────────────────────────────────────


def look_at(wide: Wide, known: Known) -> dict[str, Anything]:
    """Return what is known of every question, seen through the guards, and of facts."""
    look: dict[str, Anything] = {}

    def find(name: str) -> None:
        asked = wide.questions[name]
        for one in looked_at(asked.when):
            find(one)
        applies = asked.when is None or truth_of(asked.when, look, known.today)
        usable = name in known.said and not is_past(known, name, asked.valid_for)
        if applies is False:
            look[name] = ABSENT
        else:
            look[name] = known.said[name] if applies and usable else UNKNOWN

    for name in wide.questions:
        find(name)
    return look


def is_past(known: Known, name: str, limit: timedelta | None) -> bool:
    """Tell whether what was said is older than a limit; a no never is."""
    said, at = known.said[name], known.since[name]
    return limit is not None and said is not DECLINED and known.now - at >= limit


def looked_at(condition: Anything) -> list[str]:
    """Return the names that a condition looks at."""
    if condition is None:
        return []
    if isinstance(condition, All | Any):
        return [name for part in condition.parts for name in looked_at(part)]
    if isinstance(condition, Not):
        return looked_at(condition.part)
    return [condition.question]


# ── needs ────────────────────────────────────────────────────────────────────


def all_needs(wide: Wide, feature: Feature) -> list[tuple[Feature, Anything]]:
    """Return the needs of those that open before a feature, then its own, once each."""
    seen: list[Feature] = []

    def visit(one: Feature) -> None:
        for name in one.after:
            visit(next(f for f in wide.features if f.name == name))
        if one not in seen:
            seen.append(one)

    visit(feature)
    return [(one, need) for one in seen for need in one.needs]


def members(need: Anything) -> tuple[Anything, ...]:
    """Return the ways to meet a need."""
    return need.parts if isinstance(need, Any) else (need,)


def name_of(member: Anything) -> str:
    """Return the question of a need, or what its fact is called."""
    if isinstance(member, Proven | Linked):
        return member.fact
    return member if isinstance(member, str) else member.question


def way(
    feature: Feature, member: Anything, look: Mapping[str, Anything], known: Known
) -> Anything:
    """Tell whether one way to meet a need does, or that it is ABSENT."""
    if isinstance(member, Proven | Linked):
        return True if member.fact in known.facts else None
    value = look[name_of(member)]
    if value is ABSENT:
        return ABSENT
    if value is UNKNOWN:
        return None
    if value is DECLINED:
        return name_of(member) in feature.without
    return isinstance(member, str) or is_as(member, value, known.today)


def need_met(
    feature: Feature, need: Anything, look: Mapping[str, Anything], known: Known
) -> bool | None:
    """Tell whether a need is met."""
    ways = [way(feature, member, look, known) for member in members(need)]
    ways = [one for one in ways if one is not ABSENT]
    if not ways or True in ways:
        return True
    return None if None in ways else False


def status(wide: Wide, known: Known, feature: Feature | None = None) -> str:
    """Return what becomes of a feature."""
    look = look_at(wide, known)
    needs = all_needs(wide, feature or wide.feature)
    truths = [need_met(one, need, look, known) for one, need in needs]
    if False in truths:
        return "denied"
    return "ask" if None in truths else "open"


# ── what to ask ──────────────────────────────────────────────────────────────


def moves(wide: Wide, name: str, look: Mapping[str, Anything], today: date) -> str:
    """Return what can be answered now and moves a name on that is not known."""
    when = wide.questions[name].when if name in wide.questions else None
    if when is None or truth_of(when, look, today) is not None:
        return name
    return moves(wide, first_open(when, look, today), look, today)


def first_open(condition: Anything, look: Mapping[str, Anything], today: date) -> str:
    """Return the first name in the undecided parts of an undecided condition."""
    if isinstance(condition, All | Any):
        parts = [p for p in condition.parts if truth_of(p, look, today) is None]
        return first_open(parts[0], look, today)
    if isinstance(condition, Not):
        return first_open(condition.part, look, today)
    return str(condition.question)


def asked(wide: Wide, known: Known) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Return what has to be asked or proven, in order, and what would do instead."""
    if status(wide, known) != "ask":
        return [], {}
    look = look_at(wide, known)
    found: list[str] = []
    instead: dict[str, tuple[str, ...]] = {}
    for feature, need in all_needs(wide, wide.feature):
        if need_met(feature, need, look, known) is not None:
            continue
        names = []
        for member in members(need):
            if way(feature, member, look, known) is None:
                name = moves(wide, name_of(member), look, known.today)
                names += [name] if name not in names else []
        # A question is asked before a fact is to be proven.
        names.sort(key=lambda name: ":" in name)
        if not set(names) & set(found):
            found.append(names[0])
            if names[1:]:
                instead[names[0]] = tuple(names[1:])
    return found, instead


def residual(wide: Wide, known: Known) -> list[Anything]:
    """Return what is left of a feature's condition: decided parts are dropped."""
    look = look_at(wide, known)

    def left(condition: Anything) -> Anything:
        truth = truth_of(condition, look, known.today)
        if truth is not None:
            return truth
        if isinstance(condition, All | Any):
            kept = [left(part) for part in condition.parts]
            return (
                type(condition).__name__,
                [k for k in kept if k not in (True, False)],
            )
        if isinstance(condition, Not):
            return ("Not", left(condition.part))
        return (repr(condition), of(condition.question))

    def of(name: str) -> Anything:
        value = look.get(name, UNKNOWN)
        when = wide.questions[name].when if name in wide.questions else None
        return (name, value, left(when) if when is not None else True)

    return [
        [(repr(m), of(name_of(m))) for m in members(need)]
        if (truth := need_met(one, need, look, known)) is None
        else truth
        for one, need in all_needs(wide, wide.feature)
    ]
