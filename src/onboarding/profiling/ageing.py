"""What time alone makes of answers, and so of decisions.

An answer may have two edges. Past the first it counts, and is asked for again, softly:
is this still right? Past the second it is as if nobody had said anything.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from onboarding.attention.model import Verdict
from onboarding.profiling.model import Answer, AnswerKind, Plan, Question
from onboarding.segments.model import Seen
from onboarding.segments.rules import changes_at


def is_stale(question: Question, answer: Answer, now: datetime) -> bool:
    """Tell whether an answer is so old that it is asked for again, softly."""
    fresh_for = question.ask.fresh_for
    return fresh_for is not None and answer.answered_at + fresh_for <= now


def is_over(question: Question, answer: Answer, now: datetime) -> bool:
    """Tell whether an answer is so old that it counts no more; a no never is."""
    valid_for = question.ask.valid_for
    if valid_for is None or answer.reply is AnswerKind.DECLINED:
        return False
    return answer.answered_at + valid_for <= now


def next_change(
    plan: Plan,
    answers: Mapping[str, Answer],
    found: Seen,
    now: datetime,
    withheld: Iterable[Verdict],
) -> datetime | None:
    """Return the first instant at which time alone may change a decision."""
    ends = [verdict.until for verdict in withheld]
    if not (ends or plan.aging or plan.ages):
        return None
    ends += _edges(plan, answers)
    ends += [changes_at(condition, found, now) for condition in plan.ages]
    return min((end for end in ends if end is not None and end > now), default=None)


def _edges(plan: Plan, answers: Mapping[str, Answer]) -> list[datetime]:
    """Return when answers stop being fresh, and when they stop counting."""
    return [
        answer.answered_at + limit
        for name, question in plan.aging.items()
        if (answer := answers.get(name)) is not None
        for limit in (question.ask.fresh_for, question.ask.valid_for)
        if limit
    ]
