"""Runs the SQL on PostgreSQL, with asyncpg, which is imported only when it is used."""

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
)
from typing import Any

from onboarding.errors import ConfigError, Conflict, StoreError, StoreUnavailable
from onboarding.stores.sql.executor import (
    STORE_NOT_OPEN,
    Dialect,
    Purpose,
    Row,
    outliving,
)
from onboarding.stores.sql.table import SqlStep
from onboarding.stores.sql.values import Values

CONNECT_TIMEOUT = 10.0
"""Seconds to wait for a connection: an answer that says so beats a hanging page."""

CONNECTIONS = 12
"""Connections of one process at most; PostgreSQL allows 100 unless told otherwise."""

WRITERS = 6
"""How many of them commits have at most: what waits for a lock stops no read."""

READERS = {Purpose.HOST: 2, Purpose.REPORT: 2, Purpose.UPKEEP: 1}
"""How many each purpose has at most. So there is always one for a request's reads."""

UPGRADE_LOCK = 0x6F6E626F617264
"""The advisory lock that lets one process upgrade at a time ("onboard" in ASCII)."""

LOST_RACE = ("23505", "40001", "40P01")
"""unique_violation, serialization_failure, deadlock_detected."""

OUT_OF_REACH = ("08", "28", "3D", "3F", "53", "57", "58")
"""Classes: connection, authorization, database, schema, resources, operator, system.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

MISSPELT = "42"
"""The class of an SQL that does not fit the database; its message holds no values."""


class PostgresExecutor:
    """Runs SQL on a PostgreSQL database.

    Args:
        dsn: ``postgresql://user:password@host:port/name``, with libpq's parameters.

    Raises:
        ConfigError: When asyncpg is not installed.
    """

    dialect: Dialect = "postgresql"
    makes_tables = False

    def __init__(self, dsn: str):
        if importlib.util.find_spec("asyncpg") is None:
            raise ConfigError(
                "PostgreSQL needs asyncpg; install it with: "
                'pip install "onboarding[postgres]"'
            )
        self._dsn = dsn
        self._pool: Any = None
        self._running: set[asyncio.Task[None]] = set()
        self._places: dict[Purpose, asyncio.Semaphore] = {}
        self._writers = asyncio.Semaphore(WRITERS)

    async def open(self) -> None:
        """Connect.

        Raises:
            StoreUnavailable: When the server cannot be reached, or refuses.
        """
        import asyncpg

        if self._pool is not None:
            return
        self._writers = asyncio.Semaphore(WRITERS)
        self._places = {p: asyncio.Semaphore(places) for p, places in READERS.items()}
        with _translating():
            self._pool = await asyncpg.create_pool(
                self._dsn,
                min_size=1,
                max_size=CONNECTIONS,
                timeout=CONNECT_TIMEOUT,
                reset=_leave,
            )

    async def close(self) -> None:
        """Finish the commits that run, and disconnect."""
        pool, self._pool = self._pool, None  # from here on, nothing new begins
        if pool is not None:
            await asyncio.gather(*self._running, return_exceptions=True)
            await pool.close()

    def _lent(self) -> AbstractAsyncContextManager[Any]:
        if self._pool is None:
            raise ConfigError(STORE_NOT_OPEN)
        return _lent(self._pool)

    async def read(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT."""
        async with self._lent() as connection:
            rows: Sequence[Row] = await connection.fetch(sql, *values)
        return rows

    def read_now(self, sql: str, values: Values) -> None:
        """Leave it to ``read``: the answer comes over a network."""

    async def scan(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a report, on one of the connections that reports may have."""
        return await self._read_for(Purpose.REPORT, sql, values)

    async def upkeep(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT of what falls due, on the connection that it may have."""
        return await self._read_for(Purpose.UPKEEP, sql, values)

    async def _read_for(
        self, purpose: Purpose, sql: str, values: Values
    ) -> Sequence[Row]:
        lent = self._lent()
        async with self._places[purpose]:
            async with lent as connection:
                rows: Sequence[Row] = await connection.fetch(sql, *values)
            return rows

    async def query(self, sql: str, values: Values) -> list[dict[str, object]]:
        """Run a host's SELECT in a transaction that cannot write."""
        lent = self._lent()
        async with (
            self._places[Purpose.HOST],
            lent as connection,
            connection.transaction(readonly=True),
        ):
            return [dict(row) for row in await connection.fetch(sql, *values)]

    async def apply(self, steps: Sequence[SqlStep]) -> None:
        """Run every step in one transaction, also when the caller is cancelled.

        Raises:
            Conflict: When a step does not change the rows it must, or the database
                ended this transaction for the good of another.
            StoreUnavailable: When the connection is lost. Were it lost in the very
                moment of the commit, nobody knows whether it was applied.
        """
        task = asyncio.create_task(_apply(self._writers, self._lent(), steps))
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
        async with self._lent() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", UPGRADE_LOCK)
            before = await _revision(connection, revision) or 0
            for statement in plan(before):
                await connection.execute(statement)
            return before, await _revision(connection, revision) or 0


@asynccontextmanager
async def _lent(pool: Any) -> AsyncIterator[Any]:  # noqa: ANN401, untyped
    with _translating():
        async with pool.acquire(timeout=CONNECT_TIMEOUT) as connection:
            yield connection


async def _apply(
    writers: asyncio.Semaphore,
    lent: AbstractAsyncContextManager[Any],
    steps: Sequence[SqlStep],
) -> None:
    async with writers, lent as connection, connection.transaction():
        for sql, values, rows, what, _ in steps:
            with _translating(what):
                status = await connection.execute(sql, *values)
            if rows is not None and _changed(status) != rows:
                raise Conflict(what)


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


@contextmanager
def _translating(what: str = "database") -> Iterator[None]:
    """Let out our own errors only, and no value that stood in a row."""
    import asyncpg

    try:
        yield
    except asyncpg.PostgresError as error:
        raise _translated(error, what) from None
    except (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
        # The middle one is what is raised when the server ended an idle connection.
        raise StoreUnavailable(f"PostgreSQL cannot be reached: {error}") from error


def _translated(error: Any, what: str) -> StoreError:  # noqa: ANN401, untyped
    state = error.sqlstate or ""
    if state in LOST_RACE:
        return Conflict(what)
    if state[:2] in OUT_OF_REACH:
        return StoreUnavailable(f"PostgreSQL cannot be used: {error.message}")
    said = error.message if state[:2] == MISSPELT else type(error).__name__
    return StoreError(f"the database refused a statement: {said} ({state})")
