"""Nobody waits for somebody else's slowness: each sink is given events by itself."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from onboarding.background import FIRST_RETRY, LONGEST_RETRY
from onboarding.events import Entry
from onboarding.sinks.lane import CALLS_AT_ONCE, QUEUE
from onboarding.sinks.relay import Relay
from onboarding.sinks.rules import LOUD_AFTER
from onboarding.stores.sql.store import SqlStore
from onboarding.testing.faulty import FaultyStore
from onboarding.testing.sinks import RecordingSink
from tests.sinks.test_supervision import Stage

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
MANY = 2 * (CALLS_AT_ONCE + QUEUE)


class Counting:
    """A sink that is given events one after another by a test, or none."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.given = 0
        self.is_full = asyncio.Event()
        self.taken: list[str] = []
        self.is_broken = False

    async def __call__(self, entry: Entry) -> None:
        """Wait for the gate, then take the event or fail."""
        self.given += 1
        if self.given == CALLS_AT_ONCE:
            self.is_full.set()
        await self.gate.wait()
        if self.is_broken:
            raise ConnectionError
        self.taken.append(entry.id)


class Tally:
    """A sink that tells when it has as many events as a test waits for."""

    def __init__(self, goal: int) -> None:
        self.goal = goal
        self.taken: set[str] = set()
        self.reached = asyncio.Event()

    async def __call__(self, entry: Entry) -> None:
        """Take an event."""
        self.taken.add(entry.id)
        if len(self.taken) >= self.goal:
            self.reached.set()


async def tries_of(store: SqlStore, stage: Stage) -> list[int]:
    """Return how often each delivery that waits was tried in vain."""
    due = await store.list_deliveries(due_before=stage.clock() + DAY, limit=10 * MANY)
    return [delivery.tries for delivery, _ in due]


async def test_a_sink_that_hangs_keeps_no_other_waiting(tmp_path: Path) -> None:
    """However many events come: it is full at some point, and goes without."""
    stage, hanging, healthy = Stage(tmp_path), Counting(), Tally(MANY)
    await stage.store.open()
    relay = Relay(stage.store, [hanging, healthy], stage.clock, patience=DAY)
    happened = await stage.happens(MANY)
    relay.start()
    await asyncio.wait_for(healthy.reached.wait(), 30)
    assert healthy.taken == set(happened)
    assert hanging.given == CALLS_AT_ONCE
    hanging.gate.set()
    await relay.close()
    assert len(hanging.taken) == CALLS_AT_ONCE + QUEUE
    stage.clock.advance(FIRST_RETRY)
    relay.start()
    await relay.close()
    assert set(hanging.taken) == set(happened)
    assert len(hanging.taken) == len(happened)
    await stage.store.close()


async def test_a_sink_that_is_slow_alone_is_waited_for(tmp_path: Path) -> None:
    """Nothing is put off where nobody else could be given it meanwhile."""
    stage, slow = Stage(tmp_path), Counting()
    await stage.store.open()
    relay = Relay(stage.store, [slow], stage.clock, patience=DAY)
    happened = await stage.happens(MANY)
    relay.start()
    await slow.is_full.wait()
    assert set(await tries_of(stage.store, stage)) == {0}
    slow.gate.set()
    await relay.close()
    assert slow.taken == happened
    await stage.store.close()


async def test_a_sink_that_keeps_failing_is_let_rest(tmp_path: Path) -> None:
    """It is given no more than one event at a time, to see if it is back."""
    stage, broken, healthy = Stage(tmp_path), Counting(), RecordingSink()
    broken.is_broken = True
    broken.gate.set()
    await stage.store.open()
    relay = Relay(stage.store, [broken, healthy], stage.clock)
    await stage.happens(CALLS_AT_ONCE)
    await relay.run_once()
    given = broken.given
    assert LOUD_AFTER <= given <= CALLS_AT_ONCE
    await stage.happens(CALLS_AT_ONCE)
    await relay.run_once()
    assert broken.given == given
    assert len(healthy.events) == 2 * CALLS_AT_ONCE
    stage.clock.advance(FIRST_RETRY)
    while await relay.run_once():
        pass
    assert broken.given == given + 1
    broken.is_broken = False
    stage.clock.advance(LONGEST_RETRY)
    while await relay.run_once():
        pass
    assert len(set(broken.taken)) == 2 * CALLS_AT_ONCE
    assert await tries_of(stage.store, stage) == []
    await stage.store.close()


async def test_a_delivery_that_nobody_misses_any_more_goes(tmp_path: Path) -> None:
    """Its last sink was taken out of the settings: it does not wait for ever."""
    stage, broken, healthy = Stage(tmp_path), Counting(), RecordingSink()
    broken.is_broken = True
    broken.gate.set()
    await stage.store.open()
    await stage.happens()
    await Relay(stage.store, [healthy, broken], stage.clock).run_once()
    stage.clock.advance(LONGEST_RETRY)
    await Relay(stage.store, [healthy], stage.clock).run_once()
    assert await tries_of(stage.store, stage) == []
    assert len(healthy.events) == 1
    await stage.store.close()


async def test_an_event_that_only_a_resting_sink_misses_costs_one_write(
    tmp_path: Path,
) -> None:
    """It is put off, and not taken first: a sink may be away for days."""
    stage, broken = Stage(tmp_path), Counting()
    broken.is_broken = True
    broken.gate.set()
    await stage.store.open()
    store = FaultyStore(stage.store)
    relay = Relay(store, [broken], stage.clock)
    await stage.happens(CALLS_AT_ONCE)
    await relay.run_once()
    before = store.commits
    await stage.happens(9)
    assert await relay.run_once() == 9
    assert store.commits == before + 9
    await stage.store.close()
