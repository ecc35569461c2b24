"""Runs the SQL on PostgreSQL, with asyncpg, which is imported only when it is used."""

import asyncio
import importlib.util
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

from onboarding.deadlines import USUAL, Deadlines
from onboarding.errors import ConfigError, Conflict
from onboarding.stores.sql.dsn import Dsn
from onboarding.stores.sql.executor import (
    STORE_NOT_OPEN,
    Bulkhead,
    Dialect,
    Row,
    outliving,
)
from onboarding.stores.sql.postgres_lending import advising, lent, translating
from onboarding.stores.sql.table import SqlStep
from onboarding.stores.sql.values import Values

log = logging.getLogger("onboarding.stores")

UPGRADE = timedelta(days=1)
"""How long an upgrade may take: it has nobody waiting, and is one transaction."""

CONNECTIONS = 12
"""Connections of one process at most; PostgreSQL allows 100 unless told otherwise."""

WRITERS = 6
"""How many of them commits have at most: what waits for a lock stops no read."""

READERS = {Bulkhead.HOST: 2, Bulkhead.REPORT: 2, Bulkhead.UPKEEP: 1}
"""How many each purpose has at most. So there is always one for a request's reads."""

UPGRADE_LOCK = 0x6F6E626F617264
"""The advisory lock that lets one process upgrade at a time ("onboard" in ASCII)."""


class PostgresExecutor:
    """Runs SQL on a PostgreSQL database.

    Args:
        dsn: ``postgresql://user:password@host:port/name``, with libpq's parameters.
        deadlines: How long anybody waits at most.

    Raises:
        ConfigError: When asyncpg is not installed, or the text has a parameter that
            cannot be had.
    """

    dialect: Dialect = "postgresql"
    makes_tables = False
    is_temporary = False

    def __init__(self, dsn: str, deadlines: Deadlines = USUAL):
        if importlib.util.find_spec("asyncpg") is None:
            raise ConfigError(
                "PostgreSQL needs asyncpg; install it with: "
                'pip install "onboarding[postgres]"'
            )
        self._dsn = Dsn.parse(dsn)
        self._deadlines = deadlines
        self._pool: Any = None
        self._running: set[asyncio.Task[None]] = set()
        self._places: dict[Bulkhead, asyncio.Semaphore] = {}
        self._writers = asyncio.Semaphore(WRITERS)

    async def open(self) -> None:
        """Connect.

        Raises:
            ConfigError: When the text of the database has a setting that the server
                or its driver does not know.
            StoreUnavailable: When the server cannot be reached, or refuses.
        """
        import asyncpg

        if self._pool is not None:
            return
        self._writers = asyncio.Semaphore(WRITERS)
        self._places = {p: asyncio.Semaphore(places) for p, places in READERS.items()}
        wait = min(self._deadlines.request, self._dsn.connect_timeout)
        with translating(), advising():
            self._pool = await asyncpg.create_pool(
                self._dsn.text,
                min_size=1,
                max_size=CONNECTIONS,
                timeout=wait.total_seconds(),
                reset=_leave,
            )

    async def close(self) -> None:
        """Finish the commits that run, and disconnect; break off what takes long."""
        pool, self._pool = self._pool, None  # from here on, nothing new begins
        if pool is None:
            return
        try:
            async with asyncio.timeout(self._deadlines.shutdown.total_seconds()):
                await asyncio.gather(*self._running, return_exceptions=True)
                await pool.close()
        except TimeoutError:
            log.warning("close_late: PostgreSQL is still at work; it is left to it")
            pool.terminate()

    def _lent(
        self, places: asyncio.Semaphore | None = None, seconds: float | None = None
    ) -> AbstractAsyncContextManager[Any]:
        """Lend a connection, for so long; unless told otherwise, what a request has."""
        if self._pool is None:
            raise ConfigError(STORE_NOT_OPEN)
        if seconds is None:
            seconds = self._deadlines.for_request()
        return lent(self._pool, places, seconds)

    async def read(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT."""
        async with self._lent() as connection:
            rows: Sequence[Row] = await connection.fetch(
                sql, *values, timeout=self._deadlines.for_request()
            )
        return rows

    def read_now(self, sql: str, values: Values) -> None:
        """Leave it to ``read``: the answer comes over a network."""

    async def scan(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a report, on one of the connections that reports may have."""
        return await self._read_unhurried(Bulkhead.REPORT, sql, values)

    async def upkeep(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT of what falls due, on the connection that it may have."""
        return await self._read_unhurried(Bulkhead.UPKEEP, sql, values)

    async def _read_unhurried(
        self, purpose: Bulkhead, sql: str, values: Values
    ) -> Sequence[Row]:
        seconds = self._deadlines.report.total_seconds()
        async with self._lent(self._places.get(purpose), seconds) as connection:
            rows: Sequence[Row] = await connection.fetch(sql, *values, timeout=seconds)
        return rows

    async def query(self, sql: str, values: Values) -> list[dict[str, object]]:
        """Run a host's SELECT in a transaction that cannot write."""
        seconds = self._deadlines.for_request()
        lent = self._lent(self._places.get(Bulkhead.HOST), seconds)
        async with lent as connection, connection.transaction(readonly=True):
            rows = await connection.fetch(sql, *values, timeout=seconds)
            return [dict(row) for row in rows]

    async def apply(self, steps: Sequence[SqlStep]) -> None:
        """Run every step in one transaction, also when the caller is cancelled.

        Raises:
            Conflict: When a step does not change the rows it must, or the database
                ended this transaction for the good of another.
            StoreUnavailable: When the connection is lost, or the server does not answer
                in time. Were that in the very moment of the commit, nobody knows
                whether it was applied.
        """
        seconds = self._deadlines.for_request()
        lent = self._lent(self._writers, seconds)
        task = asyncio.create_task(_apply(lent, steps, seconds))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await outliving(task)

    async def find_revision(self, sql: str) -> int | None:
        """Return the revision of the tables, None when there are none."""
        async with self._lent() as connection:
            return await _revision(connection, sql)

    async def migrate(
        self, revision: str, plan: Callable[[int], Sequence[str]]
    ) -> tuple[int, int]:
        """Bring the tables to the present revision in one transaction."""
        lent = self._lent(seconds=UPGRADE.total_seconds())
        async with lent as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", UPGRADE_LOCK)
            before = await _revision(connection, revision) or 0
            for statement in plan(before):
                await connection.execute(statement)
            return before, await _revision(connection, revision) or 0


async def _apply(
    lent: AbstractAsyncContextManager[Any], steps: Sequence[SqlStep], seconds: float
) -> None:
    async with lent as connection:
        # The server gives a lock up by itself: a connection that we drop would hold a
        # place there until it gets it. Two statements, one way there and back.
        wait = max(1, int(1000 * seconds))
        await connection.execute(f"BEGIN; SET LOCAL lock_timeout = {wait}")
        try:
            for step in steps:
                await _run(connection, step)
        except BaseException:
            await _roll_back(connection)
            raise
        await connection.execute("COMMIT")


async def _run(connection: Any, step: SqlStep) -> None:  # noqa: ANN401, untyped
    with translating(step.what, None if step.is_ours else step.sql):
        status = await connection.execute(step.sql, *step.values)
    if step.rows is not None and _changed(status) != step.rows:
        raise Conflict(step.what)


async def _roll_back(connection: Any) -> None:  # noqa: ANN401, untyped
    """Undo a transaction; where that fails, its connection goes, and it with it."""
    try:
        await connection.execute("ROLLBACK")
    except Exception:  # noqa: BLE001  # what failed before is what is told
        connection.terminate()


async def _leave(connection: object) -> None:
    """Give a connection back as it is: nothing we do leaves anything on it.

    asyncpg's own reset would cost every read a second way to the server and back.
    """


async def _revision(connection: Any, sql: str) -> int | None:  # noqa: ANN401, untyped
    import asyncpg

    try:
        async with connection.transaction():  # a savepoint, where one runs already
            number: int | None = await connection.fetchval(sql)
    except asyncpg.UndefinedTableError:
        return None
    return number


def _changed(status: str) -> int:
    """Return how many rows a command's tag tells of, such as ``UPDATE 1``."""
    return int(status.rpartition(" ")[2])
