"""Rows of a host's table whose retention period ends: how long, and what is over."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from onboarding.accounts.host_table import HostTable, HostTables
from onboarding.accounts.periods import After
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query
from onboarding.accounts.rules import NEVER
from onboarding.changes import Statement
from onboarding.errors import ConfigError
from onboarding.events.entry import EPOCH
from onboarding.frozen import dataclass
from onboarding.shapes import shown

# In the portable subset, but for {at}: what the database says of reading the column as
# microseconds since 1970. $1 is the account, but for OVERDUE, where it is the instant.
LAST = """
SELECT COUNT(*) AS n, COUNT({at}) AS dated, MAX({at}) AS last
FROM {table} WHERE {owner} = $1
"""
LATER = """
UPDATE {table} SET {owner} = {owner}
WHERE {owner} = $1 AND ({at} IS NULL OR {at} > $2)
"""
ALL = "DELETE FROM {table} WHERE {owner} = $1"
PERIOD_OVER = "FROM {table} WHERE {owner} = $1 AND {at} < $2"
OVERDUE = """
SELECT DISTINCT {owner} AS id FROM {table} WHERE {owner} IN ({places}) AND {at} < $1
"""
SAMPLE = """
SELECT {column} AS held, {at} AS us FROM {table} WHERE {column} IS NOT NULL LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class TablePeriod:
    """The retention period of the rows of a table.

    Args:
        table: The table.
        owner: The column that holds the account id.
        after: From when on, and how long.
        at: The SQL that reads the column of ``after`` as microseconds since 1970.
    """

    table: str
    owner: str
    after: After
    at: str

    def _sql(self, text: str, **names: str) -> str:
        return text.format(table=self.table, owner=self.owner, at=self.at, **names)

    def _since(self, now: datetime) -> int:
        """Return which rows are over: those from before this, in microseconds."""
        try:
            since = now - self.after.duration
        except OverflowError:  # of a period that never ends
            since = NEVER
        return (since - EPOCH) // timedelta(microseconds=1)

    async def _last(self, query: Query, account_id: str) -> tuple[int, int | None]:
        """Return how many rows there are, and the last instant, where all have one."""
        (row,) = await query(self._sql(LAST), (account_id,))
        count, is_dated = int(str(row["n"])), row["n"] == row["dated"]
        return count, int(str(row["last"] or 0)) if is_dated else None

    def _end(self, last: int) -> datetime | None:
        try:
            return EPOCH + timedelta(microseconds=last) + self.after.duration
        except OverflowError:  # of a period that never ends
            return None

    async def end(self, query: Query, account_id: str) -> datetime | None:
        """Return when the last row's period is over, None where nobody can tell."""
        count, last = await self._last(query, account_id)
        return None if last is None or not count else self._end(last)

    async def plan_purge(self, query: Query, account_id: str, reason: str) -> Planned:
        """Plan a veto that lasts until the last row's period is over; then all go.

        What the host writes between this look and the commit is a veto as well.
        """
        count, last = await self._last(query, account_id)
        if last is None:
            return Planned(outcome=Outcome.KEPT, count=count, reason=reason)
        return Planned(
            changes=[
                Statement(self._sql(LATER), (account_id, last), rows=0),
                Statement(self._sql(ALL), (account_id,)),
            ],
            outcome=Outcome.KEPT if count else Outcome.NOTHING,
            count=count,
            reason=reason,
            until=self._end(last),
        )

    async def plan_expiry(
        self, query: Query, account_id: str, now: datetime
    ) -> Planned:
        """Plan the removal of those rows whose period is over."""
        over, values = self._sql(PERIOD_OVER), (account_id, self._since(now))
        (row,) = await query(f"SELECT COUNT(*) AS n {over}", values)
        count = int(str(row["n"]))
        return Planned(
            changes=[Statement(f"DELETE {over}", values)] if count else (),
            outcome=Outcome.ERASED if count else Outcome.NOTHING,
            count=count,
        )

    async def overdue(
        self, query: Query, account_ids: Sequence[str], now: datetime
    ) -> list[str]:
        """Return those of some accounts that have rows whose period is over."""
        places = ", ".join(f"${n}" for n, _ in enumerate(account_ids, 2))
        values: tuple[str | int | None, ...] = (self._since(now), *account_ids)
        return [
            str(row["id"])
            for row in await query(self._sql(OVERDUE, places=places), values)
        ]


async def check_instants(
    where: str, table: str, column: str, found: HostTable, tables: HostTables
) -> str:
    """Check that a column can be read as an instant, and return the SQL that does.

    Looks at one row that is there: a column of SQLite's may hold anything.

    Raises:
        ConfigError: Naming the column, and what it should hold.
    """
    at = found.instant(column)
    if at is None:
        raise ConfigError(
            f"{where}: {column!r} holds no instants, and until=After(…) reckons from "
            "them; make it TIMESTAMPTZ, or a BIGINT of seconds since 1970"
        )
    if not found.columns:
        return at
    names = {"column": column, "at": at, "table": table}
    for row in await tables.query(SAMPLE.format(**names)):
        if row["us"] is None:
            raise ConfigError(
                f"{where}: {column!r} holds {shown(row['held'])}, which cannot be read "
                "as an instant; write ISO 8601 text, such as "
                f"{datetime(2026, 11, 3, tzinfo=UTC).isoformat()!r}, or seconds since "
                "1970"
            )
    return at
