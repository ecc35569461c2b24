"""Runs the SQL inside a transaction of the host's, on its SQLAlchemy connection.

The host begins the transaction and ends it. Each commit of ours is a savepoint in it: a
refused one takes back what it did and nothing else, so that a service may read and
decide again, while all that the host wrote stands. What is kept in the end, the host's
COMMIT says.

Nothing here is shielded from cancellation, as a commit on a connection of ours is: a
host that is cancelled rolls back, and takes ours along.
"""

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError, Conflict, StoreUnavailable
from onboarding.shapes import shown
from onboarding.stores.sql.executor import Dialect, Row
from onboarding.stores.sql.store import SqlCommits, SqlStore
from onboarding.stores.sql.table import SqlStep
from onboarding.stores.sql.values import Values
from onboarding.stores.sql.within_drivers import DRIVERS, Driver

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

OVER = (
    "within(connection) is for an open transaction, and this one has not begun or is "
    "over; write: async with engine.begin() as connection: ours = "
    "onboarding.within(connection)"
)

LOST = (
    "the connection of the host's transaction is lost, and what it wrote with it: roll "
    "back, and do all of it again"
)


class WithinExecutor:
    """Runs SQL on one connection, which is in a transaction of the host's.

    Args:
        connection: Of SQLAlchemy.
        driver: Knows the manners of its driver.
        deadlines: How long anybody waits at most.
    """

    is_temporary = False

    def __init__(
        self, connection: "AsyncConnection", driver: Driver, deadlines: Deadlines
    ):
        self.dialect: Dialect = driver.dialect
        self._connection = connection
        self._driver = driver
        self._deadlines = deadlines
        # One connection does one thing after another, whoever asks at once.
        self._turn = asyncio.Lock()

    def check(self) -> None:
        """Refuse to go on where the host's transaction is not open.

        Raises:
            ConfigError: When it has not begun, or is over.
            StoreUnavailable: When its connection is lost.
        """
        if self._connection.closed:
            raise ConfigError(OVER)
        if self._connection.invalidated:
            raise StoreUnavailable(LOST)
        if not self._connection.in_transaction():
            raise ConfigError(OVER)

    # ── reading ──────────────────────────────────────────────────────────────

    async def read(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT; it sees what the transaction has written so far."""
        return await self._read(sql, values, self._deadlines.for_request())

    def read_now(self, sql: str, values: Values) -> None:
        """Leave it to ``read``: this connection answers from elsewhere."""

    async def scan(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a report."""
        return await self._read(sql, values, self._deadlines.report.total_seconds())

    async def upkeep(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT of what falls due."""
        return await self.scan(sql, values)

    async def _read(self, sql: str, values: Values, seconds: float) -> Sequence[Row]:
        async with self._at_work(seconds):
            rows: Sequence[Row] = (await self._run(sql, values)).all()
        return rows

    async def query(self, sql: str, values: Values) -> list[dict[str, object]]:
        """Run a host's SELECT; it cannot write."""
        seconds = self._deadlines.for_request()
        async with self._at_work(seconds), self._driver.reading_only():
            rows = (await self._run(sql, values)).mappings().all()
            return [dict(row) for row in rows]

    # ── writing ──────────────────────────────────────────────────────────────

    async def apply(self, steps: Sequence[SqlStep]) -> None:
        """Run every step in a savepoint of the host's transaction, or none.

        Raises:
            Conflict: When a step does not change the rows it must.
            StoreUnavailable: When somebody else keeps a lock, the database does not
                answer in time, or the transaction has to be done again as a whole.
        """
        seconds = self._deadlines.for_request()
        async with self._at_work(seconds), self._driver.writing(seconds):
            savepoint = await self._connection.begin_nested()
            try:
                for step in steps:
                    await self._step(step)
            except BaseException:
                await self._take_back(savepoint)
                raise
            await savepoint.commit()

    async def _step(self, step: SqlStep) -> None:
        statement = None if step.is_ours else step.sql
        with self._driver.translating(step.what, statement):
            result = await self._run(step.sql, step.values)
        if step.rows is not None and result.rowcount != step.rows:
            raise Conflict(step.what)

    async def _take_back(self, savepoint: "AsyncTransaction") -> None:
        """Undo a savepoint; where its transaction is gone, so is the connection.

        A full disk, for one, makes SQLite end the whole transaction. A host that goes
        on regardless would write the rest of it into another one, and keep half.
        """
        if self._connection.invalidated:
            return
        if await self._driver.is_in_transaction():
            await savepoint.rollback()
        else:
            await self._connection.invalidate()

    # ── both ─────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def _at_work(self, seconds: float) -> AsyncIterator[None]:
        async with self._turn:
            self.check()
            with self._driver.translating("database", None):
                async with self._driver.limited(seconds):
                    yield

    async def _run(self, sql: str, values: Values) -> Any:  # noqa: ANN401, untyped
        # Past SQLAlchemy's own language: the text is what its driver understands.
        bound = self._driver.bound(values)
        return await self._connection.exec_driver_sql(sql, bound)


class WithinStore(SqlCommits):
    """Keeps everything as part of a transaction of the host's.

    Args:
        executor: Runs SQL in it.
        prefix: What the names of the tables begin with.
    """

    def __init__(self, executor: WithinExecutor, prefix: str):
        super().__init__(executor, prefix)
        self._within = executor

    async def open(self) -> None:
        """Look whether the host's transaction is open.

        Raises:
            ConfigError: When it is not.
            StoreUnavailable: When its connection is lost.
        """
        self._within.check()

    async def close(self) -> None:
        """Leave the connection to the host."""


def store_within(
    store: SqlStore, connection: "AsyncConnection", deadlines: Deadlines
) -> WithinStore:
    """Return a store on a connection of the host's.

    Args:
        store: The one of the application.
        connection: Of SQLAlchemy, to the same database, in a transaction.
        deadlines: How long anybody waits at most.

    Raises:
        ConfigError: When it is something else, has another driver, or is in no
            transaction; says what to write.
        StoreUnavailable: When the connection is lost.
    """
    if store.database.is_temporary:
        raise ConfigError(
            'database="memory:" is a file of ours, which no connection of yours '
            'reaches; write database=f"sqlite:///{tmp_path}/shop.db" in a test'
        )
    checked = _checked(connection)
    found, dialect = checked.dialect, store.database.dialect
    driver = DRIVERS[dialect]
    if (found.name, found.driver) != (dialect, driver.name):
        raise ConfigError(
            f"within() was given a connection of {found.name}+{found.driver}, and "
            f"database= is of {dialect}; write "
            f'create_async_engine("{dialect}+{driver.name}://…") for the same database'
        )
    executor = WithinExecutor(checked, driver(checked), deadlines)
    executor.check()
    within = WithinStore(executor, store.prefix)
    within.outbox = store.outbox
    return within


def _checked(connection: object) -> "AsyncConnection":
    if importlib.util.find_spec("sqlalchemy") is None:
        raise ConfigError(
            "within(connection) wants a connection of SQLAlchemy, which is not "
            "installed; install it with: pip install sqlalchemy"
        )
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

    if isinstance(connection, AsyncSession):
        raise ConfigError(
            "within() wants the connection of a session; write "
            "onboarding.within(await session.connection())"
        )
    if not isinstance(connection, AsyncConnection):
        raise ConfigError(
            f"within() wants an AsyncConnection of SQLAlchemy, not {shown(connection)};"
            " write: engine = create_async_engine(…), async with engine.begin() as "
            "connection: ours = onboarding.within(connection)"
        )
    return connection
