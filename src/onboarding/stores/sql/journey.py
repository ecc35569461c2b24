"""The log of events in SQL, the outbox that tells of them, and the funnel."""

from datetime import datetime
from typing import Any, cast

from onboarding.events import Entry
from onboarding.journey.model import Funnel, FunnelReport
from onboarding.journey.rules import FunnelRow, funnel_report
from onboarding.journey.sql import funnel_sql
from onboarding.jsonvalue import from_json, to_json
from onboarding.stores.base import Delivery
from onboarding.stores.sql.executor import Row
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import Step, Table
from onboarding.stores.sql.values import from_us, to_us

DELIVERIES = Table(
    Delivery,
    "onboarding_deliveries",
    "account_id event_id due_at tries taken",
    lambda d: (d.account_id, d.event_id, to_us(d.due_at), d.tries, d.taken),
)

TABLES = (DELIVERIES,)

APPEND = """
INSERT INTO onboarding_events (account_id, id, at, day, name, data)
VALUES ($1, $2, $3, $4, $5, $6)
"""

ENTRY = "e.id, e.account_id, e.at, e.name, e.data"

LIST_ENTRIES = f"""
SELECT {ENTRY} FROM onboarding_events AS e WHERE e.account_id = $1 ORDER BY e.at, e.id
"""

FAMILY = """
WITH RECURSIVE family (member) AS (
  SELECT CAST($1 AS TEXT)
  UNION
  SELECT a.id FROM onboarding_accounts AS a
  INNER JOIN family AS f ON a.merged_into = f.member
)
"""
"""An account and all that were merged into it, directly or by way of others."""

LIST_JOURNEY = f"""{FAMILY}
SELECT {ENTRY} FROM onboarding_events AS e
INNER JOIN family AS f ON e.account_id = f.member
ORDER BY e.at, e.id
"""

LIST_DELIVERIES = f"""
SELECT d.due_at, d.tries, d.taken, {ENTRY}
FROM onboarding_deliveries AS d
INNER JOIN onboarding_events AS e
  ON e.account_id = d.account_id AND e.id = d.event_id
WHERE d.due_at < $1 ORDER BY d.due_at, d.account_id, d.event_id LIMIT $2
"""


def append(entry: Entry) -> Step:
    """Return the statement that appends an event to the log."""
    data = entry.data
    values = (
        entry.account_id,
        entry.id,
        to_us(entry.at),
        entry.day,
        entry.name,
        to_json(data) if data else None,
    )
    return Step(APPEND, values, 1, Entry.__name__)


class JourneyReading(Reading):
    """Reads the event log and the outbox."""

    async def list_entries(self, account_id: str) -> list[Entry]:
        """Return the events of one account, oldest first."""
        return [_entry(row) for row in await self._read(LIST_ENTRIES, account_id)]

    async def list_journey(self, account_id: str) -> list[Entry]:
        """Return the events of an account and of those merged into it, oldest first."""
        return [_entry(row) for row in await self._read(LIST_JOURNEY, account_id)]

    async def list_deliveries(
        self, *, due_before: datetime, limit: int
    ) -> list[tuple[Delivery, Entry]]:
        """Return what is due, oldest first, with its event."""
        rows = await self._scan(LIST_DELIVERIES, to_us(due_before), limit)
        return [_delivery(row) for row in rows]

    async def report_funnel(
        self, funnel: Funnel, *, since: datetime, until: datetime
    ) -> FunnelReport:
        """Count who reached which step; the first step lies in [since, until)."""
        sql = funnel_sql(
            funnel, events="onboarding_events", accounts="onboarding_accounts"
        )
        rows = await self._scan(sql, to_us(since), to_us(until))
        return funnel_report(funnel, (cast(FunnelRow, tuple(row)) for row in rows))


def _delivery(row: Row) -> tuple[Delivery, Entry]:
    due_at, tries, taken, *rest = row
    entry = _entry(rest)
    delivery = Delivery(
        account_id=entry.account_id,
        event_id=entry.id,
        due_at=from_us(due_at),
        tries=tries,
        taken=taken,
    )
    return delivery, entry


def _entry(row: Row) -> Entry:
    id, account_id, at, name, data = row
    known: dict[str, Any] = from_json(data) if data else {}
    return Entry(id=id, account_id=account_id, at=from_us(at), name=name, data=known)
