"""The log of events in SQL, the outbox that tells of them, and the funnel."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from onboarding.errors import StoreError
from onboarding.events import Entry
from onboarding.journey.model import Funnel, FunnelReport
from onboarding.journey.rules import FunnelRow, funnel_report
from onboarding.journey.sql import funnel_sql
from onboarding.sinks.outbox import Delivery, Unreadable
from onboarding.stores.sql.executor import Row
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import DELIVERIES, EVENTS
from onboarding.stores.sql.values import to_us

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
SELECT {EVENTS.listed("e")} FROM onboarding_events AS e
INNER JOIN family AS f ON e.account_id = f.member
ORDER BY e.id, e.account_id
"""
"""In the order of the ids: a clock that is set back between two events says another."""

LIST_DELIVERIES = f"""
SELECT {DELIVERIES.listed("d")}, {EVENTS.listed("e")}
FROM onboarding_deliveries AS d
INNER JOIN onboarding_events AS e
  ON e.account_id = d.account_id AND e.id = d.event_id
WHERE d.due_at < $1 ORDER BY d.due_at, d.account_id, d.event_id LIMIT $2
"""


def list_undeclared_sql(names: int) -> str:
    """Return the question for entries of so many names, behind one of them."""
    places = ", ".join(f"${n}" for n in range(4, names + 4))
    return f"""
SELECT {EVENTS.listed("e")} FROM onboarding_events AS e
WHERE e.account_id >= $1 AND (e.account_id > $1 OR e.id > $2)
  AND e.about IS NULL AND e.worth IS NULL AND e.data IS NOT NULL
  AND e.name IN ({places})
ORDER BY e.account_id, e.id LIMIT $3
"""


def _event(row: Row) -> Entry | Unreadable:
    try:
        return EVENTS.read(row)
    except StoreError as error:
        return Unreadable(problem=str(error))


class JourneyReading(Reading):
    """Reads the event log and the outbox."""

    async def list_journey(self, account_id: str) -> list[Entry]:
        """Return the events of an account and of those merged into it, oldest first."""
        return [EVENTS.read(row) for row in await self._read(LIST_JOURNEY, account_id)]

    async def list_deliveries(
        self, *, due_before: datetime, limit: int
    ) -> list[tuple[Delivery, Entry | Unreadable]]:
        """Return what is due, oldest first, with its event, or why that is none."""
        rows = await self._upkeep(LIST_DELIVERIES, to_us(due_before), limit)
        width = len(DELIVERIES.fields)
        return [(DELIVERIES.read(row[:width]), _event(row[width:])) for row in rows]

    async def report_funnel(
        self, funnel: Funnel, *, since: datetime, until: datetime
    ) -> FunnelReport:
        """Count who reached which step; the first step lies in [since, until)."""
        sql = funnel_sql(
            funnel, events="onboarding_events", accounts="onboarding_accounts"
        )
        rows = await self._scan(sql, to_us(since), to_us(until))
        return funnel_report(funnel, (cast(FunnelRow, tuple(row)) for row in rows))

    async def list_undeclared(
        self, names: Sequence[str], *, after: tuple[str, str], limit: int
    ) -> list[Entry]:
        """Return entries of these names that say neither about nor worth, with data."""
        if not names:
            return []
        sql = list_undeclared_sql(len(names))
        rows = await self._scan(sql, *after, limit, *names)
        return self._readable(EVENTS, rows)
