"""Intents and receipts in SQL."""

from datetime import datetime

from onboarding.accounts.model import Intent, Purpose, Receipt
from onboarding.jsonvalue import from_json, to_json
from onboarding.stores.sql.executor import Row
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import Table
from onboarding.stores.sql.values import from_us, to_us

TABLES = (
    Table(
        Intent,
        "onboarding_intents",
        "id purpose secret_hash account_id data next expires_at",
        lambda i: (
            i.id,
            i.purpose,
            i.secret_hash,
            i.account_id,
            to_json(i.data),
            i.next,
            to_us(i.expires_at),
        ),
    ),
    Table(
        Receipt,
        "onboarding_receipts",
        "source target at moved",
        lambda r: (r.source, r.target, to_us(r.at), to_json(r.moved)),
    ),
)

INTENT = """
SELECT id, purpose, secret_hash, account_id, data, next, expires_at
FROM onboarding_intents
"""

FIND_INTENT = f"{INTENT} WHERE id = $1"

LIST_EXPIRED_INTENTS = f"""
{INTENT} WHERE expires_at < $1 ORDER BY expires_at, id LIMIT $2
"""

RECEIPT = "SELECT source, target, at, moved FROM onboarding_receipts"

FIND_RECEIPT = f"{RECEIPT} WHERE source = $1"

LIST_RECEIPTS = f"{RECEIPT} WHERE target = $1 ORDER BY at, source"


class IntentReading(Reading):
    """Finds intents that nobody has used yet, and receipts of merges."""

    async def find_intent(self, id: str) -> Intent | None:
        """Return an intent that nobody has used yet."""
        row = await self._first(FIND_INTENT, id)
        return _intent(row) if row else None

    async def list_receipts(self, target: str) -> list[Receipt]:
        """Return what was merged into an account, oldest first."""
        return [_receipt(r) for r in await self._read(LIST_RECEIPTS, target)]

    async def find_receipt(self, source: str) -> Receipt | None:
        """Return the receipt of the merge of an account."""
        row = await self._first(FIND_RECEIPT, source)
        return _receipt(row) if row else None

    async def list_expired_intents(self, before: datetime, limit: int) -> list[Intent]:
        """Return intents whose life is over."""
        rows = await self._scan(LIST_EXPIRED_INTENTS, to_us(before), limit)
        return [_intent(row) for row in rows]


def _intent(row: Row) -> Intent:
    id, purpose, secret_hash, account_id, data, next, expires_at = row
    return Intent(
        id=id,
        purpose=Purpose(purpose),
        secret_hash=secret_hash,
        account_id=account_id,
        data=from_json(data),
        next=next,
        expires_at=from_us(expires_at),
    )


def _receipt(row: Row) -> Receipt:
    source, target, at, moved = row
    return Receipt(source=source, target=target, at=from_us(at), moved=from_json(moved))
