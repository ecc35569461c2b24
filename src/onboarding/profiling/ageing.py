"""What time alone makes of answers, and so of decisions.

An answer may have two edges. Past the first it counts, and is asked for again, softly:
is this still right? Past the second it is as if nobody had said anything.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from onboarding.attention.model import AttentionPolicy, Verdict
from onboarding.errors import ConfigError
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
    """Return when answers stop being fresh, and when they stop counting.

    A no does neither.
    """
    return [
        answer.answered_at + limit
        for name, question in plan.aging.items()
        if (answer := answers.get(name)) and answer.reply is not AnswerKind.DECLINED
        for limit in (question.ask.fresh_for, question.ask.valid_for)
        if limit
    ]


# ── what attention has to leave room for ─────────────────────────────────────


def check_gaps(features: Mapping[str, Plan], policy: AttentionPolicy) -> None:
    """Refuse answers that grow old sooner than their question may come again, softly.

    What a feature needs is asked whenever somebody opens it. All else, and "is this
    still right?", waits for the gaps of attention: an edge that comes sooner is one at
    which nobody is asked.

    Args:
        features: By name.
        policy: How often a person may be interrupted.

    Raises:
        ConfigError: Naming the feature, the question and both durations.
    """
    name = "item_gap" if policy.item_gap >= policy.any_gap else "any_gap"
    gap: timedelta = getattr(policy, name)
    rests = f"softly it comes again after {_written(gap)} (AttentionPolicy.{name})"
    advice = f"make it that long at least, or {name} shorter"
    for feature, plan in features.items():
        for question, one in plan.path.items():
            fresh_for, valid_for = one.ask.fresh_for, one.ask.valid_for
            where = f"Feature {feature!r}: an answer to {question!r}"
            if fresh_for and fresh_for < gap:
                raise ConfigError(
                    f"{where} is asked for again after {_written(fresh_for)} "
                    f"(Ask.fresh_for), but {rests}; {advice}"
                )
            if valid_for and valid_for < gap and question not in plan.hard:
                raise ConfigError(
                    f"{where}, which no need asks for, counts for "
                    f"{_written(valid_for)} (Ask.valid_for), but {rests}, so in "
                    f"between there is none; {advice}"
                )


def _written(duration: timedelta) -> str:
    """Return a duration as a host writes it."""
    return repr(duration).removeprefix("datetime.")
