"""What to ask now: the questions that a decision still hangs on, and no others."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from onboarding.attention.model import Allowance, question_item
from onboarding.profiling.ageing import is_stale, next_change
from onboarding.profiling.model import AnswerState, Decision, Plan, Reason, Status
from onboarding.profiling.needs import Group
from onboarding.profiling.rules import (
    BY_WEAKEST,
    FALSE,
    TRUE,
    Answers,
    day_of,
    known_to,
    met,
    state,
)
from onboarding.segments.model import Mark, Seen, Truth

NOTHING_GRANTED: frozenset[str] = frozenset()
"""What attention grants where nothing is wanted."""


class OpenNeed(NamedTuple):
    """A need that is not met.

    Attributes:
        moves: What moves on each way that may still meet it, by the way's name; none
            where the need is closed.
    """

    group: Group
    moves: Mapping[str, str]


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
    weakest, unmet = _unmet(plan, found, today)
    status = BY_WEAKEST[weakest]
    asked, instead = _choose(plan, unmet)
    is_asking = status is Status.ASK
    must = tuple([n for n in asked if n in plan.path]) if is_asking else ()
    again = _again(plan, answers, found, now) if plan.is_timed else ()
    wanted: dict[str, None] = {}
    if status is not Status.DENIED and (feature.wants or again):
        wanted |= dict.fromkeys(_asks(plan, feature.wants, found, today).values())
        wanted |= dict.fromkeys(again)
    items = {question_item(n): n for n in wanted if n not in asked}
    granted, withheld = allowance.grant(items) if items else (NOTHING_GRANTED, {})
    known, total = _progress(plan, found, unmet)
    return Decision(
        feature=feature.name,
        status=status,
        must=must,
        page=must[: feature.per_page],
        instead={name: instead[name] for name in must if name in instead},
        facts=tuple([f for f in plan.facts if f.fact in asked]) if is_asking else (),
        wants=tuple([name for item, name in items.items() if item in granted]),
        again=tuple([n for n in again if question_item(n) in granted]),
        known=known,
        total=total,
        reasons=tuple([_reason(need, found) for need in unmet]),
        withheld={items[item]: verdict for item, verdict in withheld.items()},
        next_change_at=next_change(plan, answers, found, now, withheld.values()),
    )


def needed(
    plan: Plan, answers: Answers, now: datetime, facts: Collection[str] = ()
) -> frozenset[str]:
    """Return what a feature can only open by: no answer to one of these is missing.

    Where one of several is enough, all of these; what is known, or would only be
    liked to be known, is none of them.
    """
    today = day_of(now)
    _, unmet = _unmet(plan, known_to(plan, answers, today, facts), today)
    return frozenset(name for need in unmet for name in need.moves.values())


def _unmet(plan: Plan, found: Seen, today: date) -> tuple[Truth, list[OpenNeed]]:
    """Return the weakest truth of the needs, and those that are not met."""
    weakest, unmet = TRUE, []
    for group in plan.groups:
        names, truth = group.names, met(group, found, today)
        if truth is TRUE:
            continue
        if truth is FALSE:
            weakest, names = FALSE, ()
        elif weakest is TRUE:
            weakest = truth
        if len(names) == 1:
            [name] = names
            unmet.append(OpenNeed(group, {name: _moves(plan, name, found, today)}))
        else:
            unmet.append(OpenNeed(group, _asks(plan, names, found, today)))
    return weakest, unmet


def _choose(
    plan: Plan, unmet: Iterable[OpenNeed]
) -> tuple[dict[str, None], dict[str, tuple[str, ...]]]:
    """Return what to ask for each need that is open, and what would do instead."""
    asked: dict[str, None] = {}
    instead: dict[str, tuple[str, ...]] = {}
    for _, moves in unmet:
        if len(moves) == 1:
            [first] = moves.values()
            asked[first] = None
        elif moves and not asked.keys() & moves.values():
            # A question before a fact: it is answered where one is.
            names = sorted(
                dict.fromkeys(moves.values()), key=lambda n: n not in plan.path
            )
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
    while name in plan.guards:
        waits = plan.guards[name].waits(found, today)
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


def _progress(plan: Plan, found: Seen, unmet: Iterable[OpenNeed]) -> tuple[int, int]:
    """Return how many questions on the way are known, and how many there are.

    Of several needs of which one is enough, one counts.
    """
    missing: set[str] = set()
    for group, moves in unmet:
        if not moves:
            # An answer that closes counts as missing, as a no does. Who declines to say
            # what only decided about other questions has decided.
            missing.add(next(n for n in group.names if found[n] is not Mark.ABSENT))
        elif missing.isdisjoint(moves):
            first = next(iter(moves))
            if first in plan.guards:
                missing |= _on_the_way(plan, first, found)
            else:
                missing.add(first)
    known = [n for n in plan.hard if found[n].__class__ is not Mark]
    known += [fact.fact for fact in plan.facts if found[fact.fact] is True]
    counted = len([name for name in known if name not in missing])
    return counted, counted + len(missing)


def _on_the_way(plan: Plan, name: str, found: Seen) -> set[str]:
    """Return a name, and all that its guards hang on, as far as it is unknown."""
    names: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if found[here] is Mark.UNKNOWN and here not in names:
            names.add(here)
            waiting += plan.guards[here].names if here in plan.guards else ()
    return names


def _reason(unmet: OpenNeed, found: Seen) -> Reason:
    names = unmet.group.names
    for need, ask in unmet.moves.items():
        return Reason(need=need, state=AnswerState.UNKNOWN, ask=ask, among=names)
    need = next(name for name in names if found[name] is not Mark.ABSENT)
    return Reason(need=need, state=state(found[need]), ask=None, among=names)
