"""The ledger of attention in SQL."""

from onboarding.attention.model import Act, Attention
from onboarding.stores.sql.executor import Row
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import Table
from onboarding.stores.sql.values import from_us, to_us

TABLES = (
    Table(
        Attention,
        "onboarding_attention",
        "account_id item act visit at hard",
        lambda a: (a.account_id, a.item, a.act, a.visit, to_us(a.at), int(a.hard)),
    ),
)

LIST_ATTENTION = """
SELECT account_id, item, act, visit, at, hard FROM onboarding_attention
WHERE account_id = $1 ORDER BY at, item, act, visit
"""


class AttentionReading(Reading):
    """Reads the ledger."""

    async def list_attention(self, account_id: str) -> list[Attention]:
        """Return the ledger of an account, oldest first."""
        return [_line(row) for row in await self._read(LIST_ATTENTION, account_id)]


def _line(row: Row) -> Attention:
    account_id, item, act, visit, at, hard = row
    return Attention(
        account_id=account_id,
        item=item,
        act=Act(act),
        visit=visit,
        at=from_us(at),
        hard=bool(hard),
    )
