"""What to ask now: the questions that a decision still hangs on, and no others."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from onboarding.attention.model import Allowance, question_item
from onboarding.profiling.ageing import is_stale, next_change
from onboarding.profiling.model import Decision, Plan, Reason, Status
from onboarding.profiling.rules import (
    FALSE,
    TRUE,
    UNKNOWN,
    Answers,
    day_of,
    known_to,
    met,
    state,
    status_of,
)
from onboarding.segments.model import Mark, Seen, Truth


def decide(
    plan: Plan,
    answers: Answers,
    allowance: Allowance,
    now: datetime,
    facts: Collection[str] = (),
) -> Decision:
    """Decide whether a feature is open, and what to ask now.

    Args:
        plan: The feature.
        answers: What was said and is usable; others are ignored.
        allowance: What attention permits. It binds wants, never needs.
        now: The present instant.
        facts: What is proven elsewhere, as ``Proven.fact`` and ``Linked.fact`` say.
    """
    feature, today = plan.feature, day_of(now)
    found = known_to(plan, answers, today, facts)
    truths = [met(group, found, today) for group in plan.groups]
    status = status_of(truths)
    open_ways = [
        _asks(plan, [m.name for m in group.ways], found, today)
        if truth is UNKNOWN
        else {}
        for group, truth in zip(plan.groups, truths, strict=True)
    ]
    asked, instead = _choose(open_ways)
    must = tuple([n for n in asked if n in plan.path]) if status is Status.ASK else ()
    again = _again(plan, answers, found, now) if plan.is_timed else ()
    wanted: dict[str, None] = {}
    if status is not Status.DENIED:
        wanted |= dict.fromkeys(_asks(plan, feature.wants, found, today).values())
        wanted |= dict.fromkeys(again)
    items = {question_item(n): n for n in wanted if n not in asked}
    granted, withheld = allowance.grant(items)
    known, total = _progress(plan, found, truths, open_ways)
    return Decision(
        feature=feature.name,
        status=status,
        must=must,
        page=must[: feature.per_page],
        instead={name: instead[name] for name in must if name in instead},
        facts=tuple([f for f in plan.facts if f.fact in asked])
        if status is Status.ASK
        else (),
        wants=tuple([name for item, name in items.items() if item in granted]),
        again=tuple([n for n in again if question_item(n) in granted]),
        known=known,
        total=total,
        reasons=_reasons(plan, found, truths, open_ways),
        withheld={items[item]: verdict for item, verdict in withheld.items()},
        next_change_at=next_change(plan, answers, found, now, withheld.values()),
    )


def _choose(
    open_ways: Iterable[Mapping[str, str]],
) -> tuple[dict[str, None], dict[str, tuple[str, ...]]]:
    """Return what to ask for each need that is open, and what would do instead."""
    asked: dict[str, None] = {}
    instead: dict[str, tuple[str, ...]] = {}
    for ways in open_ways:
        names = list(dict.fromkeys(ways.values()))
        if names and not asked.keys() & names:
            first, *others = names
            asked[first] = None
            if others:
                instead[first] = tuple(others)
    return asked, instead


def _asks(plan: Plan, names: Iterable[str], found: Seen, today: date) -> dict[str, str]:
    """Return, for each of these that is unknown, what moves it on."""
    return {
        name: _moves(plan, name, found, today)
        for name in names
        if found[name] is Mark.UNKNOWN
    }


def _moves(plan: Plan, name: str, found: Seen, today: date) -> str:
    """Return what can be answered now and moves an unknown question or fact on.

    That is itself, or a question that its guard waits for.
    """
    while name in plan.path and (guard := plan.path[name].guard):
        waits = guard.waits(found, today)
        if waits is None:
            break
        name = waits
    return name


def _again(plan: Plan, answers: Answers, found: Seen, now: datetime) -> tuple[str, ...]:
    """Return the questions whose answers are so old that they are asked again."""
    return tuple(
        name
        for name, question in plan.path.items()
        if not isinstance(found[name], Mark) and is_stale(question, answers[name], now)
    )


def _progress(
    plan: Plan,
    found: Seen,
    truths: Iterable[Truth],
    open_ways: Iterable[Mapping[str, str]],
) -> tuple[int, int]:
    """Return how many questions on the way are known, and how many there are.

    Of several needs of which one is enough, one counts.
    """
    known = {name for name in plan.hard if not isinstance(found[name], Mark)}
    known |= {fact.fact for fact in plan.facts if found[fact.fact] is True}
    missing: set[str] = set()
    for group, truth, ways in zip(plan.groups, truths, open_ways, strict=True):
        if ways and not missing & ways.keys():
            missing |= _on_the_way(plan, next(iter(ways)), found)
        # Who declines to say what only decided about other questions has decided.
        if truth is FALSE:
            missing |= {m.name for m in group.ways[:1]} - known
    return len(known), len(known) + len(missing)


def _on_the_way(plan: Plan, name: str, found: Seen) -> set[str]:
    """Return a name, and all that its guards hang on, as far as it is unknown."""
    names: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if found[here] is Mark.UNKNOWN and here not in names:
            names.add(here)
            question = plan.path.get(here)
            waiting += question.guard.names if question and question.guard else ()
    return names


def _reasons(
    plan: Plan,
    found: Seen,
    truths: Iterable[Truth],
    open_ways: Iterable[Mapping[str, str]],
) -> tuple[Reason, ...]:
    reasons = []
    for group, truth, ways in zip(plan.groups, truths, open_ways, strict=True):
        if truth is TRUE:
            continue
        need, ask = next(iter(ways.items()), (None, None))
        if need is None:
            applying = [m for m in group.ways if found[m.name] is not Mark.ABSENT]
            need = applying[0].name
        names = tuple([way.name for way in group.ways])
        reasons.append(
            Reason(need=need, state=state(found[need]), ask=ask, among=names)
        )
    return tuple(reasons)
