"""Whether a feature is open, and what to ask: three-valued logic over answers.

A question may have a guard: it applies only where another answer is one of a few.
Two-valued logic takes a guard over an unanswered question for false, skips the
question, opens the feature, and locks it again when the person answers. So truth
has three values here (S. C. Kleene, *Introduction to Metamathematics*, §64):
``FALSE < UNKNOWN < TRUE``, "and" is the minimum. What is true or false stays so
whatever is answered next; only changing or taking back an answer can close what
was open.

What is known of a question, seen through its guard (``SAID``):

===============  ===========  =========  ============
guard / answer   none         a value    declined
===============  ===========  =========  ============
true, or none    UNKNOWN      VALUE      DECLINED
unknown          UNKNOWN      UNKNOWN    UNKNOWN
false            ABSENT       ABSENT     ABSENT
===============  ===========  =========  ============

What a guard makes of that (``SEEN``), and what a need does (``MET``):

===============  ==========================  ==================================
state            a guard that looks at it    a need of it
===============  ==========================  ==================================
VALUE            is the value in the list?   true
ABSENT           false                       true: there is nothing to ask
DECLINED         false                       false
UNKNOWN          unknown                     unknown
===============  ==========================  ==================================

A feature is OPEN when all of its needs are true, DENIED when one is false, and
otherwise it ASKs. A hidden answer is kept and returns when its guard turns true. One
behind an undecided guard does not count yet, although no future could close on it:
the host reads None for it, and an open feature may rely on what it reads.

The question to ask for an unknown need is the need itself, or, while it is not
decided whether that applies, the nearest question its guards hang on that can be
answered. Every one of these must be answered on every way to OPEN, so none is
asked in vain; and ASK always has at least one.

**Two answers to one question** (``better``): the maximum by source, then time,
then a tie-break over the rest. A maximum of a total order is associative,
commutative and idempotent: neither order nor repetition of a merge matters.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import IntEnum

from onboarding.attention.model import Allowance, question_item
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    AnswerState,
    Decision,
    Guard,
    Plan,
    Question,
    Reason,
    Status,
)

Answers = Mapping[str, Answer]
"""Usable answers, by the name of the question."""


class Truth(IntEnum):
    """A truth value of Kleene's logic, ordered so that "and" is ``min``."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


SAID: Mapping[tuple[Truth, AnswerKind | None], AnswerState] = {
    (Truth.TRUE, None): AnswerState.UNKNOWN,
    (Truth.TRUE, AnswerKind.VALUE): AnswerState.VALUE,
    (Truth.TRUE, AnswerKind.DECLINED): AnswerState.DECLINED,
    (Truth.UNKNOWN, None): AnswerState.UNKNOWN,
    (Truth.UNKNOWN, AnswerKind.VALUE): AnswerState.UNKNOWN,
    (Truth.UNKNOWN, AnswerKind.DECLINED): AnswerState.UNKNOWN,
    (Truth.FALSE, None): AnswerState.ABSENT,
    (Truth.FALSE, AnswerKind.VALUE): AnswerState.ABSENT,
    (Truth.FALSE, AnswerKind.DECLINED): AnswerState.ABSENT,
}
"""What is known of a question, by its guard and what was answered."""

SEEN: Mapping[AnswerState, Truth] = {
    AnswerState.ABSENT: Truth.FALSE,
    AnswerState.DECLINED: Truth.FALSE,
    AnswerState.UNKNOWN: Truth.UNKNOWN,
}
"""What a guard makes of a question that has no value."""

MET: Mapping[AnswerState, Truth] = {
    AnswerState.VALUE: Truth.TRUE,
    AnswerState.ABSENT: Truth.TRUE,
    AnswerState.DECLINED: Truth.FALSE,
    AnswerState.UNKNOWN: Truth.UNKNOWN,
}
"""Whether a need of a question is met."""

STATUS: Mapping[Truth, Status] = {
    Truth.TRUE: Status.OPEN,
    Truth.UNKNOWN: Status.ASK,
    Truth.FALSE: Status.DENIED,
}
"""What becomes of a feature, by its weakest need."""


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: JsonValue) -> str:
    """Return one text for one JSON value: ``true`` and ``1`` stay apart.

    Raises:
        ValueError: When a number is not finite, or has thousands of digits.
    """
    return _ENCODER.encode(value)


def states(path: Iterable[Question], answers: Answers) -> dict[str, AnswerState]:
    """Return what is known of each question, seen through the guards.

    Args:
        path: Questions, each after the one that its guard looks at.
        answers: What was said and is usable.
    """
    found: dict[str, AnswerState] = {}
    always = Truth.TRUE
    # Many questions may have the same guard, and telling its truth writes JSON.
    truths: dict[tuple[str, frozenset[str]], Truth] = {}
    for question in path:
        truth = always
        if guard := question.guard:
            key = guard.question, guard.is_in
            if key not in truths:
                truths[key] = applies(guard, found, answers)
            truth = truths[key]
        found[question.name] = said(truth, answers.get(question.name))
    return found


def said(truth: Truth, answer: Answer | None) -> AnswerState:
    """Return what is known of a question, by its guard and its answer."""
    return SAID[truth, answer.reply if answer else None]


def applies(guard: Guard, found: Mapping[str, AnswerState], answers: Answers) -> Truth:
    """Tell whether a question with this guard applies.

    Args:
        guard: The guard of the question; one without any always applies.
        found: What is known of the question that the guard looks at.
        answers: What was said and is usable.
    """
    state = found[guard.question]
    if state is AnswerState.VALUE:
        is_in = canonical(answers[guard.question].value) in guard.is_in
        return Truth.TRUE if is_in else Truth.FALSE
    return SEEN[state]


def status(plan: Plan, answers: Answers) -> Status:
    """Return whether a feature is open, and nothing more."""
    found = states(plan.path.values(), answers)
    return _status([found[need] for need in plan.feature.needs])


def _status(needs: Iterable[AnswerState]) -> Status:
    return STATUS[min([MET[state] for state in set(needs)], default=Truth.TRUE)]


def decide(plan: Plan, answers: Answers, allowance: Allowance) -> Decision:
    """Decide whether a feature is open, and what to ask now.

    Args:
        plan: The feature.
        answers: What was said and is usable; others are ignored.
        allowance: What attention permits. It binds wants, never needs.
    """
    feature = plan.feature
    found = states(plan.path.values(), answers)
    needs = {name: found[name] for name in feature.needs}
    status = _status(needs.values())
    asks = _asks(plan, feature.needs, found)
    needed = dict.fromkeys(asks.values())
    must = tuple(needed) if status is Status.ASK else ()
    offers = feature.wants if status is not Status.DENIED else ()
    wanted = dict.fromkeys(_asks(plan, offers, found).values())
    items = {question_item(name): name for name in wanted if name not in needed}
    granted, withheld = allowance.grant(items)
    known, total = _progress(plan, found, needs.values())
    ends = [verdict.until for verdict in withheld.values() if verdict.until]
    return Decision(
        feature=feature.name,
        status=status,
        must=must,
        page=must[: feature.per_page],
        wants=tuple([name for item, name in items.items() if item in granted]),
        known=known,
        total=total,
        reasons=_reasons(needs, asks),
        withheld={items[item]: verdict for item, verdict in withheld.items()},
        next_change_at=min(ends, default=None),
    )


def _progress(
    plan: Plan, found: Mapping[str, AnswerState], needs: Iterable[AnswerState]
) -> tuple[int, int]:
    """Return how many questions on the way are known, and how many there are."""
    on_the_way = [found[name] for name in plan.hard]
    known = on_the_way.count(AnswerState.VALUE)
    unknown = on_the_way.count(AnswerState.UNKNOWN)
    # Who declines to say what only decided about other questions has decided.
    return known, known + unknown + list(needs).count(AnswerState.DECLINED)


def _asks(
    plan: Plan, names: Iterable[str], found: Mapping[str, AnswerState]
) -> dict[str, str]:
    """Return, for each of these that is unknown, the question that moves it on."""
    unknown = AnswerState.UNKNOWN
    return {n: _moves(plan, n, found) for n in names if found[n] is unknown}


def _reasons(
    needs: Mapping[str, AnswerState], asks: Mapping[str, str]
) -> tuple[Reason, ...]:
    met = Truth.TRUE
    return tuple(
        [
            Reason(need=need, state=state, ask=asks.get(need))
            for need, state in needs.items()
            if MET[state] is not met
        ]
    )


def _moves(plan: Plan, name: str, found: Mapping[str, AnswerState]) -> str:
    """Return the question that can be answered now and moves an unknown one on."""
    while guard := plan.path[name].guard:
        if found[guard.question] is not AnswerState.UNKNOWN:
            break
        name = guard.question
    return name


def better(one: Answer, other: Answer) -> Answer:
    """Return the answer that survives when two meet on one question."""
    return max(one, other, key=_rank)


def together(one: Answer, other: Answer) -> Answer:
    """Return the answer that survives, with what the other one said as suggestions.

    Nobody can know which of two a person means today. So the better one counts, and
    the other value is kept until they say so themselves. In whatever order several
    accounts come together, the same is left.
    """
    winner = better(one, other)
    said = {
        canonical(value): value
        for answer in (one, other)
        for value in (*answer.suggested, *_value(answer))
    }
    if winner.reply is AnswerKind.VALUE:
        said.pop(canonical(winner.value), None)
    return replace(winner, suggested=tuple(said[text] for text in sorted(said)))


def _value(answer: Answer) -> tuple[JsonValue, ...]:
    return (answer.value,) if answer.reply is AnswerKind.VALUE else ()


def _rank(answer: Answer) -> tuple[object, ...]:
    return (
        answer.source,
        answer.answered_at,
        answer.reply is AnswerKind.DECLINED,
        canonical(answer.value),
        answer.via or "",
        answer.because or "",
        answer.feature or "",
        answer.account_id,
    )
