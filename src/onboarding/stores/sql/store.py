"""The store on SQL: the features' questions, the one commit, and its life."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from onboarding.accounts.host_table import HostTable
from onboarding.changes import Change
from onboarding.errors import StoreUnavailable
from onboarding.events import Entry
from onboarding.sinks.outbox import Delivery
from onboarding.stores.sql import DEFAULT_PREFIX
from onboarding.stores.sql.accounts import AccountReading
from onboarding.stores.sql.executor import Database, Executor
from onboarding.stores.sql.feedback import FeedbackReading
from onboarding.stores.sql.host_tables import describe
from onboarding.stores.sql.journey import JourneyReading
from onboarding.stores.sql.mail import MailReading
from onboarding.stores.sql.reading import check_values
from onboarding.stores.sql.revisions import FIND_REVISION, revisions, statements
from onboarding.stores.sql.steps import locks_of, steps_of
from onboarding.stores.sql.table import SqlStep
from onboarding.stores.sql.tables import DELIVERIES, EVENTS


class SqlCommits(AccountReading, FeedbackReading, JourneyReading, MailReading):
    """Reads and writes everything in one SQL database.

    Args:
        executor: Runs SQL on it.
        prefix: What the names of the tables begin with.
    """

    def __init__(self, executor: Executor, prefix: str = DEFAULT_PREFIX):
        super().__init__(executor, prefix)
        self.prefix = prefix
        self.outbox = False
        self.wake: Callable[[], object] = lambda: None

    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        """Apply every change and append the events, or apply nothing."""
        steps = locks_of(changes)
        for change in changes:
            steps += steps_of(change)
        for entry in events:
            steps.append(EVENTS.add(entry))
            if self.outbox:
                steps.append(DELIVERIES.add(Delivery.of(entry)))
        await self._executor.apply([self._ready(step) for step in steps])
        if events and self.outbox:
            self.wake()

    def _ready(self, step: SqlStep) -> SqlStep:
        check_values(step.values)
        sql = self._texts[step.sql] if step.is_ours else step.sql
        return step if sql is step.sql else step._replace(sql=sql)

    async def describe(self, table: str) -> HostTable:
        """Return what the database says of a table of the host's."""
        found = await describe(self._executor, table)
        return replace(found, is_new=self._executor.is_temporary)

    async def query(
        self, sql: str, values: tuple[str | int | None, ...] = ()
    ) -> list[dict[str, object]]:
        """Run a host resource's own SELECT in the portable subset; it cannot write."""
        return await self._executor.query(sql, values)


class SqlStore(SqlCommits):
    """Keeps everything in one SQL database.

    Args:
        database: Runs SQL on it.
        prefix: What the names of the tables begin with.
    """

    def __init__(self, database: Database, prefix: str = DEFAULT_PREFIX):
        super().__init__(database, prefix)
        self.database = database

    async def open(self) -> None:
        """Connect, and check that the tables have the revision of this release.

        In a SQLite database that has none of our tables they are made, so that a
        first run needs no further command; in PostgreSQL they never are.

        Raises:
            ConfigError: When the database is too old.
            StoreUnavailable: When it cannot be reached or has another revision.
        """
        await self.database.open()
        try:
            await self._check_revision()
        except BaseException:
            await self.database.close()
            raise

    async def _check_revision(self) -> None:
        newest = len(revisions())
        found = await self.database.find_revision(self._texts[FIND_REVISION])
        if found is None and self.database.makes_tables:
            _, found = await self._migrate()
        if found is None:
            raise StoreUnavailable(
                f"there are no tables {self.prefix}*; run: onboarding db upgrade"
            )
        if found < newest:
            raise StoreUnavailable(
                f"the tables {self.prefix}* have revision {found}, this release needs "
                f"{newest}; run: onboarding db upgrade"
            )
        if found > newest:
            raise StoreUnavailable(
                f"the tables {self.prefix}* have revision {found}, this release knows "
                f"{newest}: a newer release made them; install that one here too"
            )

    async def upgrade(self) -> tuple[int, int]:
        """Bring the tables to the present revision; the store must not be open.

        Safe to run again, and by several processes at once.

        Returns:
            The revisions before (0: there were no tables) and after.
        """
        await self.database.open()
        try:
            return await self._migrate()
        finally:
            await self.database.close()

    async def _migrate(self) -> tuple[int, int]:
        dialect = self.database.dialect
        return await self.database.migrate(
            self._texts[FIND_REVISION],
            lambda since: statements(dialect, self.prefix, since),
        )

    async def close(self) -> None:
        """Finish what runs, and disconnect; closing twice is once."""
        await self.database.close()
