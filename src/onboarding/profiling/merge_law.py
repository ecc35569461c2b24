"""Two answers to one question: which one counts.

The maximum by source, then time, then a tie-break over the rest. A maximum of a total
order is associative, commutative and idempotent: neither order nor repetition of a
merge matters.
"""

from dataclasses import replace

from onboarding.jsonvalue import JsonValue, canonical
from onboarding.profiling.model import Answer, AnswerKind


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
