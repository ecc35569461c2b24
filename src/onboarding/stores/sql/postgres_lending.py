"""One connection of the pool, lent for a while and no longer.

A server that is stopped, or a network that swallows packets, answers nothing at all,
not even when it is told to cancel. So a connection whose time is over is dropped, and
the pool makes a new one when it needs it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import Any

from onboarding.changes import KeyTaken
from onboarding.deadlines import OVERTIME
from onboarding.errors import ConfigError, Conflict, StoreError, StoreUnavailable

KEY_TAKEN = "23505"
LOST_RACE = (KEY_TAKEN, "40001", "40P01")
"""unique_violation, serialization_failure, deadlock_detected."""

LOCKED = "55P03"
"""lock_not_available: somebody held it for longer than we wait."""

OUT_OF_REACH = ("08", "28", "3D", "3F", "53", "57", "58")
"""Classes: connection, authorization, database, schema, resources, operator, system.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

UNKNOWN_SETTING = ("42704", "42602", "22023", "55P02")
"""undefined_object, invalid_name, invalid_parameter_value, cant_change_runtime_param.
"""

MISSPELT = "42"
"""The class of an SQL that does not fit the database; its message holds no values."""

LATE = (
    "PostgreSQL did not answer in time, or all connections were in use: is the server "
    "overloaded, or out of reach? What was being committed may or may not be kept. "
    "More time is Deadlines(request=…), for reports Deadlines(report=…)"
)


@asynccontextmanager
async def lent(
    pool: Any,  # noqa: ANN401, untyped
    places: asyncio.Semaphore | None,
    seconds: float,
) -> AsyncIterator[Any]:
    """Lend a connection for so long, waiting for it included.

    Args:
        pool: Of asyncpg.
        places: How many may have one for the same purpose; None where no one counts.
        seconds: When they are over, it is dropped a moment later.

    Raises:
        StoreUnavailable: When the time is over, or the server cannot be reached.
    """
    ends = monotonic() + seconds
    if places is not None:
        await _take(places, seconds)
    try:
        async with _lent(pool, ends) as connection:
            yield connection
    finally:
        if places is not None:
            places.release()


async def _take(places: asyncio.Semaphore, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await places.acquire()
    except TimeoutError:
        raise StoreUnavailable(LATE) from None


@asynccontextmanager
async def _lent(pool: Any, ends: float) -> AsyncIterator[Any]:  # noqa: ANN401, untyped
    dropped: list[bool] = []

    def drop() -> None:
        dropped.append(True)
        connection.terminate()

    try:
        with translating():
            connection = await pool.acquire(timeout=max(ends - monotonic(), OVERTIME))
            left = max(ends - monotonic(), 0) + OVERTIME
            watch = asyncio.get_running_loop().call_later(left, drop)
            try:
                yield connection
            finally:
                watch.cancel()
                await pool.release(connection, timeout=OVERTIME)
    except StoreUnavailable:
        if dropped:
            raise StoreUnavailable(LATE) from None
        raise


@contextmanager
def advising() -> Iterator[None]:
    """Say which setting to take out of the text of the database."""
    import asyncpg

    try:
        yield
    except asyncpg.PostgresError as error:
        if error.sqlstate not in UNKNOWN_SETTING:
            raise
        problem = f"PostgreSQL says: {error.message}; remove it from the text"
        raise ConfigError(f"{problem} of the database") from None
    except asyncpg.ClientConfigurationError as error:
        raise ConfigError(f"the text of the database cannot be used: {error}") from None


@contextmanager
def translating(what: str = "database", statement: str | None = None) -> Iterator[None]:
    """Let out our own errors only, and no value that stood in a row."""
    import asyncpg

    try:
        yield
    except asyncpg.PostgresError as error:
        ours = _translated(error, what, statement)
        raise ours from ours.__cause__
    except TimeoutError:
        raise StoreUnavailable(LATE) from None
    except (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
        # The middle one is what is raised when the server ended an idle connection.
        raise StoreUnavailable(f"PostgreSQL cannot be reached: {error}") from error


def _translated(
    error: Any,  # noqa: ANN401, untyped
    what: str,
    statement: str | None,
) -> StoreError:
    state = error.sqlstate or ""
    if state in LOST_RACE:
        conflict = Conflict(what)
        if state == KEY_TAKEN and statement is not None:
            conflict.__cause__ = KeyTaken(statement)
        return conflict
    if state == LOCKED:
        return StoreUnavailable(
            f"a {what} stayed locked in PostgreSQL: another connection keeps its "
            "transaction open. If it is this app's own, call onboarding before it "
            "begins or after it has committed, or in its transaction: "
            "onboarding.within(connection)"
        )
    if state[:2] in OUT_OF_REACH:
        return StoreUnavailable(f"PostgreSQL cannot be used: {error.message}")
    said = error.message if state[:2] == MISSPELT else type(error).__name__
    return StoreError(f"the database refused a statement: {said} ({state})")
