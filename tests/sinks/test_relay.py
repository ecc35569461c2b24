"""The relay carries every event to every sink, at least once, whatever fails."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import pytest

from onboarding.background import FIRST_RETRY, LONGEST_RETRY, retry_after
from onboarding.changes import Change
from onboarding.errors import StoreUnavailable
from onboarding.events import Entry, Event
from onboarding.log import Recorder
from onboarding.sinks.base import Sink
from onboarding.sinks.outbox import Delivery
from onboarding.sinks.relay import LEASE, PATIENCE, Relay
from onboarding.sinks.rules import LOUD_AFTER
from onboarding.stores.sql.store import SqlStore
from onboarding.stores.sql.temporary import TemporarySqlite
from onboarding.testing.clock import FrozenClock
from onboarding.testing.sinks import RecordingSink
from onboarding.tokens import Ids

pytestmark = pytest.mark.anyio


class OrderPlaced(Event):
    """Somebody bought."""

    name: ClassVar[str] = "order_placed"


class BrokenSink:
    """Fails until it is mended."""

    def __init__(self) -> None:
        self.is_mended = False
        self.tries = 0
        self.events: list[Entry] = []

    async def __call__(self, entry: Entry) -> None:
        """Take an event, or fail with words that no log may repeat."""
        self.tries += 1
        if not self.is_mended:
            raise ConnectionError("password=hunter2 kim@example.org")
        self.events.append(entry)


class OutboxStore(SqlStore):
    """An embedded store with its outbox on, which opens when it is first asked."""

    made: ClassVar[list["OutboxStore"]] = []

    def __init__(self) -> None:
        super().__init__(TemporarySqlite())
        self.outbox = True
        self.made.append(self)

    async def list_deliveries(
        self, *, due_before: datetime, limit: int
    ) -> list[tuple[Delivery, Entry]]:
        """Open, and do what is asked."""
        await self.open()
        return await super().list_deliveries(due_before=due_before, limit=limit)

    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        """Open, and do what is asked."""
        await self.open()
        await super().commit(*changes, events=events)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Close every store that a test has made."""
    yield
    while OutboxStore.made:
        asyncio.run(OutboxStore.made.pop().close())


@dataclass
class Stage:
    """A store with its outbox on, and a relay from it."""

    sinks: list[Sink]
    clock: FrozenClock = field(default_factory=FrozenClock)
    store: OutboxStore = field(default_factory=OutboxStore)

    def __post_init__(self) -> None:
        self.ids = Ids(self.clock)
        self.relay = Relay(self.store, self.sinks, self.clock)

    async def happens(self, times: int = 1) -> list[str]:
        """Commit some events; return their ids."""
        entries = [
            Recorder(self.clock, self.ids).entry("ann", OrderPlaced())
            for _ in range(times)
        ]
        await self.store.commit(events=entries)
        return [entry.id for entry in entries]

    async def waiting(self) -> list[str]:
        """Return the ids of events that are still in the outbox, due or not."""
        later = self.clock() + timedelta(days=1)
        due = await self.store.list_deliveries(due_before=later, limit=1000)
        return [delivery.event_id for delivery, _ in due]


def ids(sink: RecordingSink | BrokenSink) -> list[str]:
    """Return the ids of the events that a sink kept."""
    return [entry.id for entry in sink.events]


async def test_an_event_reaches_every_sink_and_leaves_the_outbox() -> None:
    """Each sink gets each event once when nothing fails, in the order of the log."""
    one, other = RecordingSink(), RecordingSink()
    stage = Stage([one, other])
    happened = await stage.happens(3)
    assert await stage.relay.run_once() == 3
    assert ids(one) == ids(other) == happened
    assert await stage.waiting() == []
    assert await stage.relay.run_once() == 0


async def test_one_broken_sink_takes_nothing_from_another() -> None:
    """The good one has it once; the broken one gets it as soon as it is mended."""
    good, broken = RecordingSink(), BrokenSink()
    stage = Stage([broken, good])
    happened = await stage.happens(2)
    for _ in range(3):
        await stage.relay.run_once()
        stage.clock.advance(LONGEST_RETRY)
    assert ids(good) == happened
    assert await stage.waiting() == happened
    broken.is_mended = True
    await stage.relay.run_once()
    assert (ids(good), ids(broken)) == (happened, happened)
    assert await stage.waiting() == []


async def test_a_failure_is_tried_again_later_and_later() -> None:
    """Nothing is tried before its time, and each wait is twice the last one."""
    broken = BrokenSink()
    stage = Stage([broken])
    await stage.happens()
    await stage.relay.run_once()
    for failures in range(4):
        stage.clock.advance(retry_after(failures) - timedelta(milliseconds=1))
        assert await stage.relay.run_once() == 0
        stage.clock.advance(timedelta(milliseconds=1))
        assert await stage.relay.run_once() == 1
    assert broken.tries == 5


async def test_a_sink_that_hangs_has_failed() -> None:
    """Its event is tried again later; the others have theirs already."""

    async def hanging(_: Entry) -> None:
        await asyncio.Event().wait()

    sink = RecordingSink()
    stage = Stage([hanging, sink])
    happened = await stage.happens()
    relay = Relay(stage.store, stage.sinks, stage.clock, patience=timedelta(0))
    assert await relay.run_once() == 1
    assert ids(sink) == await stage.waiting() == happened


async def test_new_events_do_not_wait_for_old_failures() -> None:
    """What keeps failing steps back behind what has just happened."""
    broken = BrokenSink()
    stage = Stage([broken])
    await stage.happens(120)
    while await stage.relay.run_once():
        pass
    broken.is_mended = True
    happened = await stage.happens()
    stage.clock.advance(FIRST_RETRY)  # it was let rest
    await stage.relay.run_once()
    assert ids(broken)[0] == happened[0]


async def test_a_broken_sink_is_named_at_its_first_failure_and_then_rarely(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Sink, event and kind of error; no message, no address; louder once it lasts."""
    stage = Stage([BrokenSink()])
    (happened,) = await stage.happens()
    with caplog.at_level(logging.DEBUG, logger="onboarding.relay"):
        for _ in range(40):
            await stage.relay.run_once()
            stage.clock.advance(LONGEST_RETRY)
    warnings, errors = [logging.WARNING] * (LOUD_AFTER - 1), [logging.ERROR] * 4
    assert [record.levelno for record in caplog.records] == warnings + errors
    for record in caplog.records:
        said = record.getMessage()
        assert said.startswith("delivery_failed: ")
        assert all(part in said for part in ("BrokenSink", happened, "ConnectionError"))
        assert "hunter2" not in str(vars(record))
        assert "kim@" not in str(vars(record))


async def test_many_failures_at_once_are_one_line_and_recovery_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A sink that is away is no flood in the log, and its return is told."""
    broken = BrokenSink()
    stage = Stage([broken])
    await stage.happens(LOUD_AFTER - 1)
    with caplog.at_level(logging.INFO, logger="onboarding.relay"):
        await stage.relay.run_once()
        assert len(caplog.records) == 1
        await stage.happens()
        await stage.relay.run_once()
        broken.is_mended = True
        stage.clock.advance(LONGEST_RETRY)
        await stage.relay.run_once()
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.WARNING, logging.ERROR, logging.INFO]


async def test_two_relays_share_the_work() -> None:
    """Of two relays that see the same delivery one gets it, so it is carried once."""
    sink = RecordingSink()
    stage = Stage([sink])
    second = Relay(stage.store, [sink], stage.clock)
    happened = await stage.happens(20)
    took = await asyncio.gather(stage.relay.run_once(), second.run_once())
    assert sum(took) == 20
    assert sorted(ids(sink)) == happened


async def test_a_relay_that_dies_loses_nothing() -> None:
    """What it held falls due again once its lease is over, for whoever comes."""
    reached = asyncio.Event()

    async def stuck(_: Entry) -> None:
        reached.set()
        await asyncio.Event().wait()

    stage = Stage([stuck])
    happened = await stage.happens()
    dying = asyncio.create_task(stage.relay.run_once())
    await reached.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    sink = RecordingSink()
    heir = Relay(stage.store, [sink], stage.clock)
    assert await heir.run_once() == 0
    stage.clock.advance(PATIENCE + LEASE)
    assert await heir.run_once() == 1
    assert ids(sink) == happened


@pytest.mark.parametrize("patience", [PATIENCE, timedelta(minutes=10)])
async def test_nobody_takes_what_a_patient_relay_still_holds(
    patience: timedelta,
) -> None:
    """A lease outlasts the patience: otherwise two would carry one slow event."""
    reached = asyncio.Event()

    async def slow(_: Entry) -> None:
        reached.set()
        await asyncio.Event().wait()

    stage = Stage([slow])
    await stage.happens()
    patient = Relay(stage.store, [slow], stage.clock, patience=patience)
    carrying = asyncio.create_task(patient.run_once())
    await reached.wait()
    sink = RecordingSink()
    other = Relay(stage.store, [sink], stage.clock)
    for passed in (patience, LEASE - timedelta(seconds=1)):
        stage.clock.advance(passed)
        assert await other.run_once() == 0
    stage.clock.advance(timedelta(seconds=1))
    assert await other.run_once() == 1
    carrying.cancel()
    await asyncio.gather(carrying, return_exceptions=True)


async def test_it_runs_until_it_is_stopped_and_then_carries_the_rest() -> None:
    """A wake carries at once; stopping carries what came before, and returns."""
    arrived = asyncio.Queue[str]()

    async def sink(entry: Entry) -> None:
        await arrived.put(entry.id)

    stage = Stage([sink])
    await stage.store.open()
    running = asyncio.create_task(stage.relay.run())
    for _ in range(2):
        (happened,) = await stage.happens()
        stage.relay.wake()
        assert await arrived.get() == happened
    (last,) = await stage.happens()
    stage.relay.stop()
    await running
    assert arrived.get_nowait() == last


async def test_what_another_process_wrote_is_found_without_a_wake() -> None:
    """A relay that nobody wakes looks by itself after its rest."""
    idle, arrived = asyncio.Event(), asyncio.Queue[str]()

    class Watched(OutboxStore):
        """Tells when somebody looked and found nothing."""

        async def list_deliveries(
            self, *, due_before: datetime, limit: int
        ) -> list[tuple[Delivery, Entry]]:
            found = await super().list_deliveries(due_before=due_before, limit=limit)
            if not found:
                idle.set()
            return found

    async def sink(entry: Entry) -> None:
        await arrived.put(entry.id)

    stage = Stage([sink], store=Watched())
    relay = Relay(stage.store, [sink], stage.clock, pause=timedelta(0))
    running = asyncio.create_task(relay.run())
    await idle.wait()
    (happened,) = await stage.happens()
    async with asyncio.timeout(20):  # where nothing comes, to say so
        assert happened == await arrived.get()
    relay.stop()
    await running


def test_it_may_run_again_on_another_event_loop() -> None:
    """Closing and opening once more is like opening for the first time."""
    sink = RecordingSink()
    stage = Stage([sink])

    async def one_life() -> None:
        await stage.store.open()
        running = asyncio.create_task(stage.relay.run())
        await stage.happens()
        await asyncio.sleep(0)
        stage.relay.stop()
        await running

    asyncio.run(one_life())
    asyncio.run(one_life())
    assert len(sink.events) == 2


async def test_a_store_that_is_away_does_not_end_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It says that it waits, and goes on when the store is back."""
    arrived = asyncio.Event()

    class Away(OutboxStore):
        """Cannot be reached the first time."""

        is_away = True

        async def list_deliveries(
            self, *, due_before: datetime, limit: int
        ) -> list[tuple[Delivery, Entry]]:
            if self.is_away:
                self.is_away = False
                stage.relay.wake()
                raise StoreUnavailable("the database cannot be reached")
            return await super().list_deliveries(due_before=due_before, limit=limit)

    async def sink(_: Entry) -> None:
        arrived.set()

    stage = Stage([sink], store=Away())
    await stage.happens()
    running = asyncio.create_task(stage.relay.run())
    await arrived.wait()
    stage.relay.stop()
    await running
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "relay_waits: the store says store_unavailable, the database cannot be reached"
    ]


async def test_a_store_that_goes_away_midway_loses_nothing() -> None:
    """Who carries is told, and what could not be held is carried when it is back."""

    class Failing(OutboxStore):
        """Cannot be written the second time that a relay wants to."""

        left = 1

        async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
            if changes:
                self.left -= 1
            if self.left == -1:
                raise StoreUnavailable("the database cannot be written")
            await super().commit(*changes, events=events)

    sink = RecordingSink()
    stage = Stage([sink], store=Failing())
    happened = await stage.happens(3)
    with pytest.raises(StoreUnavailable):
        await stage.relay.run_once()
    stage.clock.advance(PATIENCE + LEASE)
    await stage.relay.run_once()
    assert set(ids(sink)) == set(happened)
    assert await stage.waiting() == []
