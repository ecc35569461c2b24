"""Which letters are due, and how many codes an address was sent, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from onboarding.accounts.linking import PROOFS
from onboarding.mail.model import Letter
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import LETTERS
from onboarding.stores.sql.values import to_us

LIST_LETTERS = f"""
SELECT {LETTERS.listed("l")} FROM onboarding_letters AS l
WHERE l.due_at < $1 ORDER BY l.due_at, l.id LIMIT $2
"""

PROVING = ", ".join(f"'{one.value}'" for one in PROOFS)

COUNT_PROOFS = f"""
SELECT COUNT(*) FROM onboarding_intents AS i
WHERE i.address = $1 AND i.purpose IN ({PROVING}) AND i.expires_at > $2
"""


class MailReading(Reading):
    """Reads letters, and the intents that asked for them."""

    async def list_letters(
        self, *, due_before: datetime, limit: int
    ) -> Sequence[Letter]:
        """Return letters that are due, oldest first."""
        rows = await self._scan(LIST_LETTERS, to_us(due_before), limit)
        return self._readable(LETTERS, rows)

    async def count_proofs(self, address: str, now: datetime) -> int:
        """Return how many proofs of an address may still be finished."""
        rows = await self._read(COUNT_PROOFS, address, to_us(now))
        return int(rows[0][0] or 0)
