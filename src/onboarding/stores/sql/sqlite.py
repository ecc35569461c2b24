"""Runs the SQL on an embedded SQLite file: one writer, readers beside it.

Write-ahead logging lets readers and the one writer work at the same time, in this
process and in others. Commits go to a thread of their own, one hop each, since they
wait for the disk or for another process; those that pile up there meanwhile share a
transaction (``sqlite_commits``). A read by key takes microseconds when its pages are
in memory, several times less than a hop to a thread, so it runs where it is asked for,
in the event loop; when three in a row turn out slow (a cold file, a slow disk), reads
go to a thread for a minute. What may scan a table goes there always, on connections
that only its own purpose has (``sqlite_readers``).
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from onboarding.deadlines import USUAL, Deadlines
from onboarding.errors import ConfigError
from onboarding.stores.sql.executor import (
    STORE_NOT_OPEN,
    UNHURRIED,
    Bulkhead,
    Dialect,
    Row,
)
from onboarding.stores.sql.sqlite_commits import apply_together
from onboarding.stores.sql.sqlite_connection import (
    Connect,
    Synchronous,
    connect_reader,
    connect_writer,
    is_busy,
    named,
    run,
    transact,
    translated,
)
from onboarding.stores.sql.sqlite_readers import Readers
from onboarding.stores.sql.sqlite_thread import Connected
from onboarding.stores.sql.table import SqlStep
from onboarding.stores.sql.values import Values

T = TypeVar("T")

OLDEST = (3, 25, 0)
"""The first release with all that we use: window functions; UPSERT came in 3.24."""

SLOW = 0.005
"""Seconds after which a read in the event loop was a bad idea."""

IN_A_ROW = 3
"""Slow reads in a row that tell a slow disk from a busy machine."""

AWAY = 60.0
"""Seconds for which reads then go to a thread."""

log = logging.getLogger("onboarding.stores")


class SqliteExecutor:
    """Runs SQL on one SQLite file.

    Args:
        path: The file; its folder must exist.
        synchronous: What a commit waits for: ``full`` for the disk; ``normal`` for
            the operating system alone, so that a power cut may lose the last ones.
        deadlines: How long anybody waits at most.
        version: The version of the SQLite library.
        monotonic: Seconds that only grow, for timing reads.
    """

    dialect: Dialect = "sqlite"
    makes_tables = True
    is_temporary = False

    def __init__(
        self,
        path: Path,
        *,
        synchronous: Synchronous = "full",
        deadlines: Deadlines = USUAL,
        version: tuple[int, ...] = sqlite3.sqlite_version_info,
        monotonic: Callable[[], float] = time.perf_counter,
    ):
        self._path = path
        self._synchronous = synchronous
        self._deadlines = deadlines
        self._version = version
        self._monotonic = monotonic
        self._away_until = float("-inf")
        self._slow = 0
        self._near: sqlite3.Connection | None = None
        self._cursor: sqlite3.Cursor | None = None
        self._readers: Mapping[Bulkhead, Readers] = {}
        self._writer: Connected | None = None

    async def open(self) -> None:
        """Connect: a writer in a thread, a reader in the event loop, more on demand.

        Raises:
            ConfigError: When the SQLite library is too old.
            StoreUnavailable: When the file cannot be opened, or not with
                write-ahead logging.
        """
        if self._version < OLDEST:
            raise ConfigError(
                f"SQLite {_dotted(self._version)} is too old: onboarding needs "
                f"{_dotted(OLDEST)} or later. The library comes with Python or with "
                "the system: use a newer one of either, or PostgreSQL"
            )
        if self._near is not None:
            return
        try:
            self._writer = await self._connected(
                "writer", partial(connect_writer, synchronous=self._synchronous)
            )
            reader = partial(self._connected, "reader", connect_reader)
            self._readers = {purpose: Readers(reader) for purpose in Bulkhead}
            self._near = connect_reader(self._path, 0)
            self._cursor = self._near.cursor()
        except BaseException:
            await self.close()
            raise

    async def _connected(self, role: str, connect: Connect) -> Connected:
        wait = self._deadlines.request.total_seconds()
        return await Connected.open(role, self._path, wait, connect)

    async def close(self) -> None:
        """Finish what runs, and disconnect; leave to itself what takes too long."""
        ends = self._deadlines.for_shutdown()
        near, self._near, self._cursor = self._near, None, None
        readers, self._readers = self._readers, {}
        writer, self._writer = self._writer, None
        if near is not None:
            near.close()
        for purpose in readers.values():
            await purpose.close(ends)
        if writer is not None:
            await writer.close(ends)

    async def read(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT that an index answers, in the event loop while that is fast."""
        rows = self.read_now(sql, values)
        if rows is None:
            rows = await self._in_thread(Bulkhead.READ, _fetch, sql, values)
        return rows

    def read_now(self, sql: str, values: Values) -> Sequence[Row] | None:
        """Run it here; None where it belongs in a thread."""
        cursor = self._cursor
        if cursor is None:
            raise ConfigError(STORE_NOT_OPEN)
        begun = self._monotonic()
        if begun < self._away_until:
            return None
        try:
            rows = run(cursor, sql, values).fetchall()
        except sqlite3.Error as error:
            if is_busy(error):  # rare with write-ahead logging; a thread can wait
                return None
            raise translated(error, self._path) from error
        took = self._monotonic() - begun
        if took > SLOW:
            self._after_slow(took)
        elif self._slow:
            self._slow = 0
        return rows

    def _after_slow(self, took: float) -> None:
        # One may be the operating system's doing: it gave the processor to somebody
        # else meanwhile, and a thread would not be spared that either.
        self._slow += 1
        if self._slow < IN_A_ROW:
            return
        self._slow = 0
        self._away_until = self._monotonic() + AWAY
        log.warning(
            "slow_read: a read of %s took %.0f ms of the event loop's time; reads go "
            "to a thread for %.0f s",
            self._path.name,
            took * 1000,
            AWAY,
        )

    async def scan(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a report over what may be a whole table, in a thread."""
        return await self._in_thread(Bulkhead.REPORT, _fetch, sql, values)

    async def upkeep(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT of what falls due, in a thread."""
        return await self._in_thread(Bulkhead.UPKEEP, _fetch, sql, values)

    async def query(self, sql: str, values: Values) -> list[dict[str, object]]:
        """Run a host's SELECT in a thread, on a connection that cannot write."""
        return await self._in_thread(Bulkhead.HOST, _fetch_named, sql, values)

    async def _in_thread(
        self, purpose: Bulkhead, work: Callable[..., T], sql: str, values: Values
    ) -> T:
        if not self._readers:
            raise ConfigError(STORE_NOT_OPEN)
        seconds = (
            self._deadlines.report.total_seconds()
            if purpose in UNHURRIED
            else self._deadlines.for_request()
        )
        return await self._readers[purpose].run(seconds, work, sql, values)

    async def apply(self, steps: Sequence[SqlStep]) -> None:
        """Run every step or none, on the writer's thread.

        Raises:
            Conflict: When a step does not change the rows it must.
            StoreUnavailable: When the file stays locked, or cannot be written.
            StoreError: When the database refuses a step.
        """
        seconds = self._deadlines.for_request()
        await _open(self._writer).share(apply_together, steps, seconds)

    async def find_revision(self, sql: str) -> int | None:
        """Return the revision of the tables, None when there are none."""
        return await _open(self._writer).run(_revision, sql)

    async def migrate(
        self, revision: str, plan: Callable[[int], Sequence[str]]
    ) -> tuple[int, int]:
        """Bring the tables to the present revision in one transaction."""
        return await _open(self._writer).run(_migrate, revision, plan)


def _fetch(connection: sqlite3.Connection, sql: str, values: Values) -> list[Row]:
    return run(connection, sql, values).fetchall()


def _fetch_named(
    connection: sqlite3.Connection, sql: str, values: Values
) -> list[dict[str, object]]:
    cursor = connection.execute(sql, named(values))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _migrate(
    connection: sqlite3.Connection, revision: str, plan: Callable[[int], Sequence[str]]
) -> tuple[int, int]:
    def work() -> tuple[int, int]:
        before = _revision(connection, revision) or 0
        for statement in plan(before):
            connection.execute(statement)
        return before, _revision(connection, revision) or 0

    return transact(connection, work)


def _open(connected: Connected | None) -> Connected:
    if connected is None:
        raise ConfigError(STORE_NOT_OPEN)
    return connected


def _revision(connection: sqlite3.Connection, sql: str) -> int | None:
    try:
        number: int | None = connection.execute(sql).fetchone()[0]
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    return number


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
