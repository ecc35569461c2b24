"""SQLite on a slow disk: reads leave the event loop while they would hold it up."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add
from onboarding.stores.sql.sqlite import AWAY, SLOW, SqliteExecutor
from onboarding.stores.sql.store import SqlStore
from onboarding.testing.contracts.store_nouns import FIRST, SECOND, account

pytestmark = pytest.mark.anyio


class Ticks:
    """Seconds that grow by as much with every look, so that a read takes that long."""

    def __init__(self) -> None:
        self.now = 0.0
        self.step = 0.0

    def __call__(self) -> float:
        """Look at the clock."""
        self.now += self.step
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    """Give the clock by which reads are timed."""
    return Ticks()


@pytest.fixture
async def timed(tmp_path: Path, ticks: Ticks) -> AsyncIterator[SqlStore]:
    """Give a store whose reads take as long as the clock says."""
    store = SqlStore(SqliteExecutor(tmp_path / "shop.db", monotonic=ticks))
    await store.open()
    await store.commit(Add(account()))
    yield store
    await store.close()


async def reads_in_the_loop(store: SqlStore) -> bool:
    """Read, and tell whether nobody else had a turn meanwhile."""
    turns: list[str] = []
    asyncio.get_running_loop().call_soon(turns.append, "somebody else")
    assert await store.find(Account, FIRST) == account()
    assert await store.find(Account, SECOND) is None
    return not turns


async def test_a_quick_read_stays_in_the_event_loop(
    timed: SqlStore, ticks: Ticks
) -> None:
    """A read of microseconds is not worth the way to a thread."""
    ticks.step = SLOW * 0.9
    assert await reads_in_the_loop(timed)
    assert await reads_in_the_loop(timed)


async def test_slow_reads_go_to_a_thread_for_a_minute(
    timed: SqlStore, ticks: Ticks, caplog: pytest.LogCaptureFixture
) -> None:
    """Three in a row that took over 5 ms are logged, once, and the next go away."""
    ticks.step = SLOW * 1.1
    with caplog.at_level(logging.WARNING, logger="onboarding.stores"):
        await timed.find(Account, FIRST)
        assert await reads_in_the_loop(timed)
    assert [record.message[:9] for record in caplog.records] == ["slow_read"]
    ticks.step = 0
    assert not await reads_in_the_loop(timed)
    ticks.now += AWAY - 1
    assert not await reads_in_the_loop(timed)
    ticks.now += 1
    assert await reads_in_the_loop(timed)
    assert len(caplog.records) == 1


async def test_a_few_slow_reads_change_nothing(
    timed: SqlStore, ticks: Ticks, caplog: pytest.LogCaptureFixture
) -> None:
    """The operating system may have been elsewhere; that is no slow disk."""
    for step in (SLOW * 2, SLOW * 2, 0, SLOW * 2, SLOW * 2, 0):
        ticks.step = step
        await timed.find(Account, FIRST)
    ticks.step = 0
    assert await reads_in_the_loop(timed)
    assert caplog.records == []
