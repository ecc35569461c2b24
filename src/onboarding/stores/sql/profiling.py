"""Answers in SQL."""

from onboarding.jsonvalue import from_json, to_json
from onboarding.profiling.model import Answer, Reply, Source
from onboarding.stores.sql.executor import Row
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import Table
from onboarding.stores.sql.values import from_us, to_us

TABLES = (
    Table(
        Answer,
        "onboarding_answers",
        "account_id question reply value source via feature answered_at",
        lambda a: (
            a.account_id,
            a.question,
            a.reply,
            to_json(a.value),
            a.source,
            a.via,
            a.feature,
            to_us(a.answered_at),
        ),
    ),
)

LIST_ANSWERS = """
SELECT account_id, question, reply, value, source, via, feature, answered_at
FROM onboarding_answers WHERE account_id = $1
"""


class ProfilingReading(Reading):
    """Reads answers."""

    async def list_answers(self, account_id: str) -> list[Answer]:
        """Return the answers of an account, by the name of the question."""
        answers = [_answer(row) for row in await self._read(LIST_ANSWERS, account_id)]
        # Not ORDER BY: where "_" stands among letters depends on the collation.
        return sorted(answers, key=lambda answer: answer.question)


def _answer(row: Row) -> Answer:
    account_id, question, reply, value, source, via, feature, answered_at = row
    return Answer(
        account_id=account_id,
        question=question,
        reply=Reply(reply),
        value=from_json(value),
        source=Source(source),
        via=via,
        feature=feature,
        answered_at=from_us(answered_at),
    )
