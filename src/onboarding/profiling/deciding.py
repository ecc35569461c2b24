"""What to ask now: the questions that a decision still hangs on, and no others."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from onboarding.attention.model import Allowance, Verdict, question_item
from onboarding.profiling.ageing import is_stale, next_change
from onboarding.profiling.model import AnswerState, Decision, NeedRow, Plan, Reason
from onboarding.profiling.needs import Fact, Group
from onboarding.profiling.rules import (
    BY_WEAKEST,
    FALSE,
    TRUE,
    UNKNOWN,
    Answers,
    day_of,
    known_to,
    met,
    state,
)
from onboarding.segments.model import ABSENT, UNSAID, Mark, Seen, Truth

Soft = tuple[tuple[str, ...], tuple[str, ...], dict[str, Verdict]]
"""What is wanted and offered, what of it is answered, and what is kept back."""


Gaps = tuple[dict[str, None], dict[str, tuple[str, ...]], list[Reason], set[str]]
"""What the needs come to that are not met.

Questions and facts that move them on, one for each, in order; others of which one is
enough, by the question that is asked; a reason for each; and what counts as missing.
"""


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
    found, known = known_to(plan, answers, today, facts)
    weakest, (asked, instead, reasons, missing) = _unmet(plan, found, today)
    must: tuple[str, ...] = ()
    proofs: tuple[Fact, ...] = ()
    if weakest is UNKNOWN:
        must = tuple(asked)
        if plan.facts:
            must = tuple([name for name in asked if name in plan.path])
            proofs = tuple([fact for fact in plan.facts if fact.fact in asked])
    soft: Soft = (), (), {}
    if (feature.wants or plan.aging) and weakest is not FALSE:
        again = _again(plan, answers, found, now)
        wanted = _wanted(plan, found, today)
        items = {question_item(n): n for n in (*wanted, *again) if n not in asked}
        soft = _granted(items, again, allowance)
    wants, still, withheld = soft
    if plan.soft or weakest is FALSE:
        # What only wants hang on is not on the way; what closes counts as missing.
        passed = (*plan.soft, *missing)
        known -= len([name for name in passed if found[name].__class__ is not Mark])
    return Decision(
        feature=feature.name,
        status=BY_WEAKEST[weakest],
        must=must,
        page=must[: feature.per_page],
        instead=instead if must else {},
        facts=proofs,
        wants=wants,
        again=still,
        known=known,
        total=known + len(missing),
        reasons=tuple(reasons),
        withheld=withheld,
        next_change_at=next_change(plan, answers, found, now, withheld.values())
        if withheld or plan.aging or plan.ages
        else None,
    )


def needed(
    plan: Plan, answers: Answers, now: datetime, facts: Collection[str] = ()
) -> frozenset[str]:
    """Return what a feature can only open by: no answer to one of these is missing.

    Where one of several is enough, all of these; what is known, or would only be
    liked to be known, is none of them.
    """
    today = day_of(now)
    found, _ = known_to(plan, answers, today, facts)
    _, (asked, instead, _, _) = _unmet(plan, found, today)
    return frozenset(asked).union(*instead.values())


# ── needs ────────────────────────────────────────────────────────────────────


def _unmet(plan: Plan, found: Seen, today: date) -> tuple[Truth, Gaps]:
    """Return the weakest truth of the needs, and where the gaps are."""
    weakest = TRUE
    gaps: Gaps = {}, {}, [], set()
    for row in plan.needs:
        name, test, _, _, group = row
        if not name:
            truth = met(group, found, today)
        else:
            value = found[name]
            if value is UNSAID:
                truth = UNKNOWN
            elif value.__class__ is Mark:
                truth = met(group, found, today)
            elif test is None:
                continue
            else:
                truth = test(found, today)
        if truth is UNKNOWN:
            if weakest is TRUE:
                weakest = UNKNOWN
            if name:
                _ask(plan, row, found, today, gaps)
            else:
                _ask_one_of(plan, group, found, today, gaps)
        elif truth is FALSE:
            weakest = FALSE
            _close(group, found, gaps)
    return weakest, gaps


def _ask(plan: Plan, row: NeedRow, found: Seen, today: date, gaps: Gaps) -> None:
    """Note a need that stands alone, and is unknown."""
    asked, _, reasons, missing = gaps
    name, _, guard, told, _ = row
    if guard is None:
        asked[name] = None
        reasons.append(told[name])
        missing.add(name)
        return
    waits = guard.waits(found, today)
    ask = name if waits is None else _moves(plan, waits, found, today)
    asked[ask] = None
    reasons.append(told[ask])
    _miss(plan, name, found, missing)


def _ask_one_of(plan: Plan, group: Group, found: Seen, today: date, gaps: Gaps) -> None:
    """Note a need that several may meet, of which one is unknown and none enough."""
    asked, instead, reasons, missing = gaps
    names = [name for name in group.names if found[name] is UNSAID]
    moves = dict.fromkeys(_moves(plan, name, found, today) for name in names)
    if len(moves) == 1 or not asked.keys() & moves:
        # A question before a fact: it is answered where one is.
        first, *others = sorted(moves, key=lambda name: name not in plan.path)
        asked[first] = None
        if others and first in plan.path:
            instead[first] = tuple(others)
    need = names[0]
    ask = _moves(plan, need, found, today)
    unknown = AnswerState.UNKNOWN
    reasons.append(Reason(need=need, state=unknown, ask=ask, among=group.names))
    if missing.isdisjoint(names):  # of those of which one is enough, one counts
        _miss(plan, need, found, missing)


def _close(group: Group, found: Seen, gaps: Gaps) -> None:
    """Note a need that is not met, whatever is answered to what is unknown."""
    _, _, reasons, missing = gaps
    need = next(name for name in group.names if found[name] is not ABSENT)
    reason = Reason(need=need, state=state(found[need]), ask=None, among=group.names)
    reasons.append(reason)
    # An answer that closes counts as missing, as a no does. Who declines to say what
    # only decided about other questions has decided.
    missing.add(need)


def _moves(plan: Plan, name: str, found: Seen, today: date) -> str:
    """Return what can be answered now and moves an unknown question or fact on.

    That is itself, or a question that its guard waits for.
    """
    while (guard := plan.guards.get(name)) is not None:
        waits = guard.waits(found, today)
        if waits is None:
            break
        name = waits
    return name


def _miss(plan: Plan, name: str, found: Seen, missing: set[str]) -> None:
    """Count a name, and all that its guards hang on, as far as it is unknown."""
    waiting = [name]
    for here in waiting:
        if found[here] is UNSAID and here not in missing:
            missing.add(here)
            guard = plan.guards.get(here)
            if guard is not None:
                waiting += guard.names


# ── wants ────────────────────────────────────────────────────────────────────


def _wanted(plan: Plan, found: Seen, today: date) -> list[str]:
    """Return what moves on what a feature would like to know."""
    names = [name for name in plan.feature.wants if found[name] is UNSAID]
    return [_moves(plan, name, found, today) for name in names]


def _granted(
    items: Mapping[str, str], again: Collection[str], allowance: Allowance
) -> Soft:
    """Return what attention lets be offered; ``items`` are its names of questions."""
    granted, withheld = allowance.grant(items)
    return (
        tuple([name for item, name in items.items() if item in granted]),
        tuple([name for name in again if question_item(name) in granted]),
        {items[item]: verdict for item, verdict in withheld.items()},
    )


def _again(plan: Plan, answers: Answers, found: Seen, now: datetime) -> tuple[str, ...]:
    """Return the questions whose answers are so old that they are asked again."""
    return tuple(
        name
        for name, question in plan.aging.items()
        if not isinstance(found[name], Mark) and is_stale(question, answers[name], now)
    )
