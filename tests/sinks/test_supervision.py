"""Nothing ends the relay but who runs it: foreign sinks, damaged rows, bugs of ours."""

import asyncio
import logging
import sqlite3
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from onboarding import Onboarding
from onboarding.background import LONGEST_RETRY
from onboarding.errors import StoreError
from onboarding.events import Entry, Event
from onboarding.log import Recorder
from onboarding.sinks.base import Sink
from onboarding.sinks.logging import log_event
from onboarding.sinks.outbox import Delivery, Unreadable
from onboarding.sinks.relay import Relay
from onboarding.stores.sql.sqlite import SqliteExecutor
from onboarding.stores.sql.store import SqlStore
from onboarding.testing.clock import FrozenClock
from onboarding.testing.sinks import RecordingSink
from onboarding.tokens import Ids

pytestmark = pytest.mark.anyio


class Happened(Event):
    """Something."""

    name: ClassVar[str] = "supervised_happened"


async def cancels_itself(_: Entry) -> None:
    """Let a CancelledError of its own out, as some HTTP clients do."""
    raise asyncio.CancelledError


async def cancels_its_task(_: Entry) -> None:
    """Cancel the task that it runs in."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


async def leaves(_: Entry) -> None:
    """End the process, it thinks."""
    sys.exit(1)


async def breaks(_: Entry) -> None:
    """Raise something that is no Exception."""
    raise BaseExceptionGroup("several", [asyncio.CancelledError(), ValueError()])


def forgets_to_be_async(_: Entry) -> None:
    """Return nothing that could be awaited."""


HOSTILE = [cancels_itself, cancels_its_task, leaves, breaks]


class Stage:
    """A store with its outbox on in a file, and what happens there."""

    def __init__(self, folder: Path):
        self.path = folder / "shop.db"
        self.clock = FrozenClock()
        self.store = SqlStore(SqliteExecutor(self.path))
        self.store.outbox = True

    async def happens(self, times: int = 1) -> list[str]:
        """Commit some events; return their ids."""
        log = Recorder(self.clock, Ids(self.clock))
        entries = [log.entry("ann", Happened()) for _ in range(times)]
        await self.store.commit(events=entries)
        return [entry.id for entry in entries]

    def damage(self, column: str, value: str, event_id: str) -> None:
        """Write into the row of an event what we never would."""
        with sqlite3.connect(self.path) as connection:
            connection.execute(
                f"UPDATE onboarding_events SET {column} = ? WHERE id = ?",
                (value, event_id),
            )
        connection.close()

    async def waiting(self) -> list[str]:
        """Return the ids of what is still in the outbox, due or not."""
        due = await self.store.list_deliveries(
            due_before=self.clock() + timedelta(days=1), limit=100
        )
        return [delivery.event_id for delivery, _ in due]


@pytest.mark.parametrize(
    "hostile", [*HOSTILE, forgets_to_be_async], ids=lambda sink: sink.__name__
)
async def test_a_sink_can_fail_only_its_own_delivery(
    hostile: Sink, tmp_path: Path
) -> None:
    """Whatever it lets out, the others get theirs, and the relay goes on."""
    stage = Stage(tmp_path)
    arrived = asyncio.Queue[str]()

    async def good(entry: Entry) -> None:
        await arrived.put(entry.id)

    await stage.store.open()
    relay = Relay(stage.store, [hostile, good], stage.clock)
    relay.start()
    for _ in range(2):
        (happened,) = await stage.happens()
        relay.wake()
        assert await asyncio.wait_for(arrived.get(), 5) == happened
    await relay.close()
    assert len(await stage.waiting()) == 2
    await stage.store.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", "{broken"),
        ("data", "[1]"),
        ("data", "null"),
        ("data", "[" * 100_000),
        ("at", "yesterday"),
        ("at", str(10**18 * 9)),
    ],
)
async def test_a_row_that_is_damaged_is_set_aside_and_named(
    column: str, value: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are carried; it waits for whoever mends it, and is carried then."""
    stage, sink = Stage(tmp_path), RecordingSink()
    await stage.store.open()
    relay = Relay(stage.store, [sink], stage.clock)
    bad, *good = await stage.happens(3)
    stage.damage(column, value, bad)
    assert await relay.run_once() == 3
    assert [entry.id for entry in sink.events] == good
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith(f"event_unreadable: no sink can be given event {bad}")
    assert f"column {column}" in said
    assert value[:9] not in said
    assert await relay.run_once() == 0
    with pytest.raises(StoreError, match=f"its column {column}"):
        await stage.store.list_journey("ann")
    with sqlite3.connect(stage.path) as connection:
        connection.execute("UPDATE onboarding_events SET data = NULL, at = 0")
    connection.close()
    stage.clock.advance(LONGEST_RETRY)
    assert await relay.run_once() == 1
    assert [entry.id for entry in sink.events] == [*good, bad]
    await stage.store.close()


class Buggy(SqlStore):
    """Meets a bug of ours the first time that the outbox is read."""

    def __init__(self, path: Path, then: Callable[[], object]):
        super().__init__(SqliteExecutor(path))
        self.outbox = True
        self.left = 1
        self.then = then

    async def list_deliveries(
        self, *, due_before: datetime, limit: int
    ) -> list[tuple[Delivery, Entry | Unreadable]]:
        """Fail once."""
        if self.left:
            self.left -= 1
            self.then()
            raise ZeroDivisionError("kim@example.org")
        return await super().list_deliveries(due_before=due_before, limit=limit)


async def test_what_nobody_thought_of_is_logged_and_the_work_begun_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The relay outlives a bug; the log names its kind and repeats no value."""
    stage = Stage(tmp_path)
    stage.store = Buggy(stage.path, lambda: relay.wake())  # noqa: PLW0108  # made below  # noqa: PLW0108  # made below
    arrived = asyncio.Event()

    async def sink(_: Entry) -> None:
        arrived.set()

    await stage.store.open()
    relay = Relay(stage.store, [sink], stage.clock)
    await stage.happens()
    with caplog.at_level(logging.INFO, logger="onboarding.relay"):
        relay.start()
        await asyncio.wait_for(arrived.wait(), 5)
    await relay.close()
    await stage.store.close()
    said = [record.getMessage() for record in caplog.records]
    assert said == ["relay_failed: ZeroDivisionError; it begins again"]


# One that is not async is refused before there is a relay: when it is built.
CARRIED = [*(sink for sink in HOSTILE if sink is not forgets_to_be_async), log_event]


@pytest.mark.parametrize("is_cancelled", [True, False], ids=["cancelled", "running"])
@pytest.mark.parametrize("sink", CARRIED, ids=lambda s: s.__name__)
async def test_closing_gives_everything_back_whatever_became_of_the_relay(
    is_cancelled: bool, sink: Sink, tmp_path: Path
) -> None:
    """The store is closed, also where a host cancelled all tasks, and opens again."""
    shop = Onboarding(
        url="http://localhost:8000/welcome",
        secret_key="a-key-of-32-bytes-for-tests-0123456789",
        database=f"sqlite:///{tmp_path / 'shop.db'}",
        sinks=[sink],
    )
    others = asyncio.all_tasks()
    await shop.open()
    if is_cancelled:
        for task in asyncio.all_tasks() - others:
            task.cancel()
        await asyncio.sleep(0)
    await shop.close()
    assert not shop.is_open
    async with shop:
        assert shop.is_open
