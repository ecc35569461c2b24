"""What nobody finished goes by itself, while an application runs."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from typing_extensions import override

from onboarding.accounts.intents import IntentService
from onboarding.accounts.model import Intent, Purpose
from onboarding.accounts.sweeping import Sweeper
from onboarding.changes import Change, RemoveAll
from onboarding.core import Core
from onboarding.errors import StoreUnavailable
from onboarding.events import Entry
from onboarding.stores.sql.store import SqlStore
from onboarding.stores.sql.temporary import TemporarySqlite
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids
from tests.world import KEY, World

pytestmark = pytest.mark.anyio

LIFE = timedelta(minutes=10)


async def leave(intents: IntentService) -> None:
    """Begin to confirm something, and go away."""
    await intents.open(Purpose.CONFIRM, life=LIFE, address="kim@example.org")


class Swept(SqlStore):
    """Tells when something was swept, and how often anything was committed."""

    def __init__(self) -> None:
        super().__init__(TemporarySqlite())
        self.swept = asyncio.Event()
        self.commits = 0

    @override
    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        await super().commit(*changes, events=events)
        self.commits += 1
        if any(isinstance(change, RemoveAll) for change in changes):
            self.swept.set()

    async def left(self) -> int:
        """Return how many intents there are."""
        return len(await self.query("SELECT id FROM onboarding_intents"))


@asynccontextmanager
async def running(sweeper: Sweeper) -> AsyncIterator[None]:
    """Let it run for as long as the block lasts."""
    task = asyncio.create_task(sweeper.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_running_application_sweeps_what_is_over() -> None:
    """Nobody runs a command for it; what is alive stays."""
    clock = FrozenClock()
    async with Core(
        url="https://shop.example/welcome",
        mailer=None,
        secret_key=KEY,
        database=(store := Swept()),
        clock=clock,
    ) as core:
        await asyncio.sleep(0)  # so that it has begun to wait
        await leave(core.intents)
        clock.advance(LIFE)
        alive = await core.intents.open(Purpose.SIGN_IN, life=LIFE)
        clock.advance(timedelta.resolution)

        core.sweeper.wake()

        await asyncio.wait_for(store.swept.wait(), 10)
        assert 1 == await store.left()
        assert await core.intents.peek(alive, Purpose.SIGN_IN) is not None


@asynccontextmanager
async def opened(store: Swept) -> AsyncIterator[World]:
    """Yield the services over an opened store."""
    await store.open()
    yield World(store)
    await store.close()


async def test_it_looks_again_after_each_pause() -> None:
    """By itself, however often somebody goes away."""
    async with opened(store := Swept()) as world:
        async with running(Sweeper(world.intents, pause=timedelta(0))):
            for _ in range(3):
                await leave(world.intents)
                world.clock.advance(2 * LIFE)
                await asyncio.wait_for(store.swept.wait(), 10)
                store.swept.clear()
        assert 0 == await store.left()


class Away(Swept):
    """Cannot be read the first time, and breaks the second."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[Exception] = [StoreUnavailable("away"), ValueError("a bug")]

    @override
    async def list_expired_intents(self, before: datetime, limit: int) -> list[Intent]:
        if self.errors:
            raise self.errors.pop(0)
        return await super().list_expired_intents(before, limit)


async def test_what_goes_wrong_once_is_logged_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever it is: a loop that ends leaves addresses for ever, in silence."""
    async with opened(store := Away()) as world:
        await leave(world.intents)
        world.clock.advance(2 * LIFE)
        async with running(Sweeper(world.intents, pause=timedelta(0))):
            await asyncio.wait_for(store.swept.wait(), 10)
    said = [(one.levelno, one.getMessage().partition(":")[0]) for one in caplog.records]
    assert said == [
        (logging.WARNING, "sweep_waits"),
        (logging.ERROR, "sweep_failed"),
    ]


async def test_many_go_in_few_commits() -> None:
    """Each commit waits for the disk, and holds everybody else's up."""
    async with opened(store := Swept()) as world:
        for _ in range(7):
            await leave(world.intents)
        world.clock.advance(2 * LIFE)
        store.commits = 0
        assert 7 == await world.intents.sweep(batch=3)
        assert 3 == store.commits
        assert 0 == await store.left()


async def test_two_who_sweep_at_once_do_not_disturb() -> None:
    """As several processes do."""
    async with opened(store := Swept()) as world:
        for _ in range(20):
            await leave(world.intents)
        world.clock.advance(2 * LIFE)
        another = IntentService(store, world.clock, Ids(world.clock))
        await asyncio.gather(*(i.sweep(batch=4) for i in (world.intents, another) * 3))
        assert 0 == await store.left()
