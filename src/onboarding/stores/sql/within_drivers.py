"""The manners of the two drivers on which SQLAlchemy lends a connection.

How values are bound, whose transaction is open, how long a lock is waited for, and what
an error means: nothing of it is the same for aiosqlite and asyncpg.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from onboarding.changes import KeyTaken
from onboarding.deadlines import OVERTIME
from onboarding.errors import ConfigError, Conflict, StoreUnavailable
from onboarding.stores.sql.executor import Dialect
from onboarding.stores.sql.postgres_lending import translating as translating_asyncpg
from onboarding.stores.sql.sqlite_commits import TAKEN
from onboarding.stores.sql.sqlite_connection import is_busy, named, translated
from onboarding.stores.sql.values import Value, Values

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

AGAIN = (
    "somebody wrote after this transaction had begun to read, and it may not write on "
    "that: roll back, and do all of it again"
)

HELD = (
    "another connection keeps its write transaction open, longer than this one waits; "
    "nothing of this commit was done, and your transaction stands"
)

DROPPED = (
    "the database did not answer in time, and the connection was dropped, with the "
    "transaction on it: roll back, and do all of it again. More time is "
    "Deadlines(request=…), for reports Deadlines(report=…)"
)

AUTOCOMMIT = (
    "within(connection) is for a transaction, and this connection commits each "
    'statement by itself; take isolation_level="AUTOCOMMIT" away from it'
)

SERIALIZATION_FAILURE = "40001"
NO_TRANSACTION = "25P01"


class Driver(Protocol):
    """What differs from one driver to the other, on one connection."""

    dialect: ClassVar[Dialect]
    name: ClassVar[str]
    """As SQLAlchemy calls it."""

    def __init__(self, connection: "AsyncConnection"): ...

    def bound(self, values: Values) -> Any:  # noqa: ANN401, each driver's own
        """Return the values for ``$1``, ``$2`` … as the driver wants them."""
        ...

    async def is_in_transaction(self) -> bool:
        """Tell whether the database itself is in one."""
        ...

    def limited(self, seconds: float) -> Any:  # noqa: ANN401, a context manager
        """End what takes longer; some moments later, the connection as well."""
        ...

    def writing(self, seconds: float) -> Any:  # noqa: ANN401, a context manager
        """See that a savepoint may begin, and that no lock is waited for longer."""
        ...

    def reading_only(self) -> Any:  # noqa: ANN401, a context manager
        """Refuse every write meanwhile."""
        ...

    def translating(self, what: str, statement: str | None) -> Any:  # noqa: ANN401
        """Let out our own errors only, and no value that stood in a row."""
        ...


class Aiosqlite:
    """SQLite, by aiosqlite."""

    dialect: ClassVar[Dialect] = "sqlite"
    name: ClassVar[str] = "aiosqlite"

    def __init__(self, connection: "AsyncConnection"):
        self._connection = connection

    def bound(self, values: Values) -> dict[str, Value]:
        """By name."""
        return named(values)

    async def is_in_transaction(self) -> bool:
        """Ask the driver: SQLAlchemy itself cannot know."""
        return bool((await self._driver()).in_transaction)

    async def _driver(self) -> Any:  # noqa: ANN401, untyped
        return (await self._connection.get_raw_connection()).driver_connection

    @asynccontextmanager
    async def limited(self, seconds: float) -> AsyncIterator[None]:
        """Interrupt what runs: its thread is the connection's, and stays with it."""
        watch = asyncio.create_task(_interrupt(await self._driver(), seconds))
        try:
            yield
        finally:
            watch.cancel()

    @asynccontextmanager
    async def writing(self, seconds: float) -> AsyncIterator[None]:
        """Begin, where the driver has not: a savepoint alone would be kept at once.

        Python's driver begins a transaction with the first INSERT, UPDATE or DELETE. A
        savepoint before these is the transaction, and its end a COMMIT: the host's
        rollback would find nothing to take back.
        """
        # Erased is erased: what is deleted is overwritten, as on our own connections.
        await self._pragma("secure_delete = ON")
        usual = await self._pragma("busy_timeout")
        wait = timedelta(seconds=seconds) // timedelta(milliseconds=1)
        await self._pragma(f"busy_timeout = {wait}")
        try:
            if not await self.is_in_transaction():
                await self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield
        finally:
            if not self._connection.invalidated:
                await self._pragma(f"busy_timeout = {usual}")

    async def _pragma(self, pragma: str) -> int:
        result = await self._connection.exec_driver_sql(f"PRAGMA {pragma}")
        return int(result.scalar() or 0) if result.returns_rows else 0

    @asynccontextmanager
    async def reading_only(self) -> AsyncIterator[None]:
        """By a pragma."""
        await self._pragma("query_only = 1")
        try:
            yield
        finally:
            if not self._connection.invalidated:
                await self._pragma("query_only = 0")

    @contextmanager
    def translating(self, what: str, statement: str | None) -> Iterator[None]:
        """By SQLite's result codes."""
        from sqlalchemy.exc import DBAPIError

        try:
            yield
        except DBAPIError as wrapped:
            error = wrapped.orig
            if not isinstance(error, sqlite3.Error):
                raise
            raise self._ours(error, what, statement) from error

    def _ours(
        self, error: sqlite3.Error, what: str, statement: str | None
    ) -> Exception:
        code = getattr(error, "sqlite_errorcode", 0)
        if code in TAKEN:
            conflict = Conflict(what)
            if statement is not None:
                conflict.__cause__ = KeyTaken(statement)
            return conflict
        if code == sqlite3.SQLITE_BUSY_SNAPSHOT:
            return StoreUnavailable(AGAIN)
        if is_busy(error):
            return StoreUnavailable(HELD)
        return translated(error, Path(self._connection.engine.url.database or ""))


class Asyncpg:
    """PostgreSQL, by asyncpg."""

    dialect: ClassVar[Dialect] = "postgresql"
    name: ClassVar[str] = "asyncpg"

    def __init__(self, connection: "AsyncConnection"):
        self._connection = connection

    def bound(self, values: Values) -> Values:
        """By place."""
        return values

    async def is_in_transaction(self) -> bool:
        """SQLAlchemy knows: the server ends none by itself and keeps its connection."""
        return bool(self._connection.in_transaction())

    @asynccontextmanager
    async def limited(self, seconds: float) -> AsyncIterator[None]:
        """Give up; SQLAlchemy drops a connection that is left in the middle."""
        try:
            async with asyncio.timeout(seconds + OVERTIME):
                yield
        except TimeoutError:
            raise StoreUnavailable(DROPPED) from None

    @asynccontextmanager
    async def writing(self, seconds: float) -> AsyncIterator[None]:
        """Let the server give locks up; where the host says how long, that holds."""
        usual = await self._lock_timeout("SELECT current_setting('lock_timeout')")
        if usual != "0":
            yield
            return
        wait = max(1, int(1000 * seconds))
        await self._lock_timeout(f"SET LOCAL lock_timeout = {wait}")
        try:
            yield
        finally:
            if not self._connection.invalidated:
                await self._lock_timeout("SET LOCAL lock_timeout = 0")

    async def _lock_timeout(self, sql: str) -> str:
        result = await self._connection.exec_driver_sql(sql)
        return str(result.scalar()) if result.returns_rows else ""

    @asynccontextmanager
    async def reading_only(self) -> AsyncIterator[None]:
        """In a savepoint, whose end gives back what was set in it."""
        savepoint = await self._connection.begin_nested()
        try:
            await self._connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            yield
        finally:
            if not self._connection.invalidated:
                await savepoint.rollback()

    @contextmanager
    def translating(self, what: str, statement: str | None) -> Iterator[None]:
        """As on our own connections, but that nobody does the host's part again."""
        import asyncpg
        from sqlalchemy.exc import DBAPIError

        with translating_asyncpg(what, statement):
            try:
                yield
            except DBAPIError as wrapped:
                error = getattr(wrapped.orig, "__cause__", None) or wrapped.orig
                state = getattr(error, "sqlstate", None)
                if state == SERIALIZATION_FAILURE:
                    raise StoreUnavailable(AGAIN) from None
                if state == NO_TRANSACTION:
                    raise ConfigError(AUTOCOMMIT) from None
                if isinstance(error, asyncpg.PostgresError):
                    raise error from None
                if isinstance(error, BaseException):
                    raise error from wrapped
                raise


async def _interrupt(driver: Any, seconds: float) -> None:  # noqa: ANN401, untyped
    await asyncio.sleep(seconds)
    with suppress(sqlite3.Error, ValueError):  # it was closed meanwhile
        await driver.interrupt()


DRIVERS: Mapping[Dialect, type[Driver]] = {
    Aiosqlite.dialect: Aiosqlite,
    Asyncpg.dialect: Asyncpg,
}
"""The driver for each kind of database."""
