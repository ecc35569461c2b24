"""A transaction of the host's ends: who is told, and who is not."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from onboarding.events import Entry
from tests.within import OrderPlaced, Shop, place, shop_on

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(any_database: str) -> AsyncIterator[Shop]:
    """Give a shop with one table."""
    async with shop_on(any_database) as shop:
        yield shop


# ── sinks ────────────────────────────────────────────────────────────────────


async def test_sinks_are_told_after_the_commit(shop: Shop) -> None:
    """At once, and of nothing before it."""
    kim = await shop.guest()
    await shop.sink.told("guest_started")
    async with shop.engine.begin() as connection:
        await shop.onboarding.within(connection).record(kim, OrderPlaced(number=1))
        assert 0 == await shop.onboarding.relay.run_once()
        assert "order_placed" not in [one.name for one in shop.sink.events]

    async with asyncio.timeout(4):  # a relay that nobody wakes looks after five
        [told] = await shop.sink.told("order_placed")
    assert {"number": 1} == told.data


async def test_sinks_are_told_of_nothing_that_was_undone(shop: Shop) -> None:
    """The outbox has it no more than the log."""
    kim = await shop.guest()
    await shop.sink.told("guest_started")
    async with shop.other() as connection:
        await connection.begin()
        await shop.onboarding.within(connection).record(kim, OrderPlaced(number=1))
        await connection.rollback()

    await shop.onboarding.record(kim, OrderPlaced(number=2))
    assert [2] == [one.data["number"] for one in await shop.sink.told("order_placed")]


# ── whoever hangs up ─────────────────────────────────────────────────────────


async def test_whoever_hangs_up_in_the_middle_undoes_all_of_it(shop: Shop) -> None:
    """The host's code is cancelled while it waits: nothing of both is kept."""
    written = asyncio.Event()
    ids = []

    async def handler() -> None:
        async with shop.engine.begin() as connection:
            ours = shop.onboarding.within(connection)
            kim = (await ours.guests.start()).account
            ids.append(kim.id)
            await place(connection, 1, kim)
            written.set()
            while True:
                await ours.record(kim, OrderPlaced(number=1))

    task = asyncio.create_task(handler())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [] == await shop.orders()
    assert None is await shop.onboarding.accounts.find(ids[0])
    async with shop.engine.begin() as connection:  # and the engine works on
        await shop.onboarding.within(connection).guests.start()


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_whoever_is_killed_leaves_all_or_nothing(
    any_database: str, moment: str
) -> None:
    """A worker that dies in the middle; after its commit, another one tells sinks."""
    async with shop_on(any_database, is_open=False) as shop:
        kim = await asyncio.to_thread(_killed, any_database, moment)
        async with shop.onboarding:
            if moment == "before":
                await shop.onboarding.guests.start()
                assert ["guest_started"] == [e.name for e in await _all(shop)]
                assert [] == await shop.orders()
                assert None is await shop.onboarding.accounts.find(kim)
                return
            [told] = await shop.sink.told("order_placed")
            assert kim == told.account_id
            assert [(1, kim)] == await shop.orders()


def _killed(database: str, moment: str) -> str:
    """Run a worker until it says that it has written, and kill it."""
    command = [sys.executable, "-m", "tests.within", database, moment]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as worker:
        assert worker.stdout
        said = worker.stdout.readline().strip()
        worker.kill()
    return said


async def _all(shop: Shop) -> list[Entry]:
    """Return everything that sinks were told, once a new guest has come."""
    await shop.sink.told("guest_started")
    return shop.sink.events
