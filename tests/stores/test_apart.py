"""Who reads for one purpose never waits for who reads for another, nor for writers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from onboarding.deadlines import Deadlines
from onboarding.stores.sql.executor import Executor
from onboarding.stores.sql.postgres import (
    CONNECTIONS,
    READERS,
    WRITERS,
    PostgresExecutor,
)
from onboarding.stores.sql.sqlite import SqliteExecutor
from onboarding.stores.sql.table import SqlStep

pytestmark = pytest.mark.anyio

LONG = """
WITH RECURSIVE counted (n) AS (
  SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 2000000
) SELECT COUNT(*) AS n FROM counted
"""
"""A second or so, on any database; it is broken off once it has been in the way."""

PATIENT = Deadlines(request=timedelta(minutes=5), report=timedelta(minutes=5))
"""What is asked is who goes first, however busy the machine is."""

CROWD = 6
"""More than any purpose has connections."""

Work = Callable[[], Awaitable[Sequence[object]]]


@pytest.fixture(params=["sqlite", "postgresql"])
def closed(request: pytest.FixtureRequest, tmp_path: Path) -> Executor:
    """Return a database of either kind, not open yet."""
    if request.param == "sqlite":
        return SqliteExecutor(tmp_path / "shop.db", deadlines=PATIENT)
    return PostgresExecutor(request.getfixturevalue("upgraded_dsn"), PATIENT)


@pytest.fixture
async def executor(closed: Executor) -> AsyncIterator[Executor]:
    """Give it open."""
    await closed.open()
    yield closed
    await closed.close()


def ways(executor: Executor, sql: str) -> dict[str, Work]:
    """Return each way to read, with one statement."""
    return {
        "read": lambda: executor.read(sql, ()),
        "host": lambda: executor.query(sql, ()),
        "upkeep": lambda: executor.upkeep(sql, ()),
        "report": lambda: executor.scan(sql, ()),
    }


@pytest.mark.parametrize("slow", ["host", "upkeep", "report"])
async def test_no_purpose_waits_for_the_slowness_of_another(
    slow: str, executor: Executor
) -> None:
    """A crowd of one kind is at work: all other kinds are answered before it."""
    crowd = [asyncio.ensure_future(ways(executor, LONG)[slow]()) for _ in range(CROWD)]
    others = [way() for name, way in ways(executor, "SELECT 1").items() if name != slow]
    await asyncio.gather(*others)
    await executor.apply([])
    assert not any(one.done() for one in crowd)
    for one in crowd:
        one.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_who_hangs_up_gives_no_connection_back_that_still_works(
    executor: Executor,
) -> None:
    """Those who come next get one that is free, or wait; nobody gets a wrong answer."""
    crowd = [asyncio.ensure_future(executor.scan(LONG, ())) for _ in range(CROWD)]
    await executor.read("SELECT 1", ())  # they are at work
    for one in crowd:
        one.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    found = await asyncio.gather(
        *(executor.scan(f"SELECT {n}", ()) for n in range(2 * CROWD))
    )
    assert [rows[0][0] for rows in found] == list(range(2 * CROWD))


async def test_commits_that_wait_for_a_lock_stop_no_read(upgraded_dsn: str) -> None:
    """More of them wait than PostgreSQL has connections for us: reads go on."""
    executor, host = (PostgresExecutor(upgraded_dsn, PATIENT) for _ in range(2))
    await executor.open()
    await host.open()
    lock = SqlStep("SELECT pg_advisory_xact_lock(4711)", (), None, "lock")
    async with host._lent() as connection, connection.transaction():
        await connection.execute(lock.sql)
        waiting = [
            asyncio.ensure_future(executor.apply([lock]))
            for _ in range(2 * CONNECTIONS)
        ]
        for way in ways(executor, "SELECT 1").values():
            assert await way()
        assert not any(one.done() for one in waiting)
    await asyncio.gather(*waiting)
    await host.close()
    await executor.close()


def test_there_is_always_a_connection_for_a_request() -> None:
    """Whatever the others have, one is left."""
    assert WRITERS + sum(READERS.values()) < CONNECTIONS
