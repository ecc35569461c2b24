"""Whether a feature is open, and what to ask: three-valued logic over answers.

A question may have a guard: it applies only where something is true of other answers.
Two-valued logic takes a guard over an unanswered question for false, skips the
question, opens the feature, and locks it again when the person answers. So truth has
three values here (``onboarding.segments.rules``). What is true or false stays so
whatever is answered next; only changing or taking back an answer, time, or what is
proven elsewhere can close what was open.

What is known of a question, seen through its guard:

===============  ===========  =========  ============
guard / answer   none         a value    declined
===============  ===========  =========  ============
true, or none    UNKNOWN      VALUE      DECLINED
unknown          UNKNOWN      UNKNOWN    UNKNOWN
false            ABSENT       ABSENT     ABSENT
===============  ===========  =========  ============

What a guard makes of that, and what a need does:

===============  ==========================  ==================================
state            a guard that looks at it    a need of it
===============  ==========================  ==================================
VALUE            is it as the guard says?    true, or is it as its test says?
ABSENT           false                       true: there is nothing to ask
DECLINED         false, or ``Declined``      false, or true where the feature
                                             says what it does ``without``
UNKNOWN          unknown                     unknown
===============  ==========================  ==================================

Of several needs of which one is enough, those that are absent are passed over; of the
others one that is true is enough, and one that is unknown may still be.

A feature is OPEN when all of its needs are true, DENIED when one is false, and
otherwise it ASKs. A hidden answer is kept and returns when its guard turns true. One
behind an undecided guard does not count yet, although no future could close on it:
the host reads None for it, and an open feature may rely on what it reads.

The question to ask for an unknown need is the need itself, or, while it is not
decided whether that applies, one that its guard waits for and that can be answered.
None is asked in vain: each is in what is left of the feature's condition. And ASK
always has at least one, or a fact to prove.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime

from onboarding.frozen import dataclass
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import Answer, AnswerKind, AnswerState, Plan, Status
from onboarding.profiling.needs import Alternative, Group
from onboarding.segments.model import ABSENT, DECLINED, UNSAID, Mark, Seen, Truth
from onboarding.segments.rules import Test

Answers = Mapping[str, Answer]
"""Usable answers, by the name of the question."""

BY_WEAKEST: Mapping[Truth, Status] = {
    Truth.TRUE: Status.OPEN,
    Truth.UNKNOWN: Status.ASK,
    Truth.FALSE: Status.DENIED,
}
"""What becomes of a feature, by its weakest need."""

IN_A_WORD: Mapping[Mark, AnswerState] = {
    Mark.ABSENT: AnswerState.ABSENT,
    Mark.DECLINED: AnswerState.DECLINED,
    Mark.UNKNOWN: AnswerState.UNKNOWN,
}
"""What a mark says of a question."""

TRUE, UNKNOWN, FALSE = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
VALUE = AnswerKind.VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What a decision hangs on beside answers.

    Attributes:
        now: The present instant.
        facts: What is proven elsewhere, as ``Proven.fact`` and ``Linked.fact`` say.
    """

    now: datetime
    facts: frozenset[str] = frozenset()


# ── what is known ────────────────────────────────────────────────────────────


def told(truth: Truth, answer: Answer | None) -> JsonValue | Mark:
    """Return what is known of a question, by its guard and its answer."""
    if truth is FALSE:
        return ABSENT
    if truth is UNKNOWN or answer is None:
        return UNSAID
    return answer.value if answer.reply is VALUE else DECLINED


def seen(
    steps: Iterable[tuple[str, Test | None]], answers: Answers, today: date
) -> dict[str, JsonValue | Mark]:
    """Return what is known of each question, seen through the guards.

    Args:
        steps: Names, and what tells whether each applies, after all that looks at.
        answers: What was said and is usable.
        today: The day in UTC.
    """
    found: dict[str, JsonValue | Mark] = {}
    look(found, steps, answers, today)
    return found


def look(
    found: dict[str, JsonValue | Mark],
    steps: Iterable[tuple[str, Test | None]],
    answers: Answers,
    today: date,
) -> int:
    """Put down what is known of each question, as ``seen``; return of how many."""
    get, known = answers.get, 0
    for name, guard in steps:
        answer = get(name)
        if guard is not None and (truth := guard(found, today)) is not TRUE:
            found[name] = ABSENT if truth is FALSE else UNSAID
        elif answer is None:
            found[name] = UNSAID
        elif answer.reply is VALUE:
            found[name] = answer.value
            known += 1
        else:
            found[name] = DECLINED
    return known


def state(value: JsonValue | Mark) -> AnswerState:
    """Return what is known of one question, in a word."""
    return IN_A_WORD[value] if isinstance(value, Mark) else AnswerState.VALUE


# ── whether it is open ───────────────────────────────────────────────────────


def status(
    plan: Plan, answers: Answers, now: datetime, facts: Collection[str] = ()
) -> Status:
    """Return whether a feature is open, and nothing more."""
    today = day_of(now)
    found, _ = known_to(plan, answers, today, facts)
    return status_of([met(group, found, today) for group in plan.groups])


def day_of(now: datetime) -> date:
    """Return the day in UTC on which ages are looked at."""
    return (now if now.tzinfo is UTC else now.astimezone(UTC)).date()


def known_to(
    plan: Plan, answers: Answers, today: date, facts: Collection[str]
) -> tuple[dict[str, JsonValue | Mark], int]:
    """Return what is known of all that a feature looks at, and of how much it is."""
    found: dict[str, JsonValue | Mark] = {}
    known = look(found, plan.steps, answers, today)
    for fact in plan.facts:
        name = fact.fact
        found[name] = True if name in facts else UNSAID
        known += name in facts
    return found, known


def met(group: Group, found: Seen, today: date) -> Truth:
    """Tell whether a need is met.

    Args:
        group: The need.
        found: What is known of everything that it looks at.
        today: The day in UTC.
    """
    if len(group.ways) == 1:
        truth = meets(group.ways[0], found, today)
        return TRUE if truth is None else truth
    truths = [meets(way, found, today) for way in group.ways]
    applying = [truth for truth in truths if truth is not None]
    return max(applying, default=TRUE)


def meets(way: Alternative, found: Seen, today: date) -> Truth | None:
    """Tell whether one way to meet a need does; None where it does not apply."""
    value = found[way.name]
    if isinstance(value, Mark):
        if value is DECLINED:
            return TRUE if way.is_spared else FALSE
        return UNKNOWN if value is UNSAID else None
    return TRUE if way.test is None else way.test(found, today)


def status_of(truths: list[Truth]) -> Status:
    """Return what becomes of a feature by its needs."""
    return BY_WEAKEST[min(truths, default=TRUE)]
