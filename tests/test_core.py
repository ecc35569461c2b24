"""The life of the one object: built, opened, closed, and waited for."""

import asyncio
from typing import Annotated, ClassVar

import pytest
from pydantic import BaseModel

from onboarding.core import Core
from onboarding.errors import ConfigError
from onboarding.events import Entry, Event
from onboarding.profiling.model import Ask, Feature
from onboarding.profiling.no_profile import NoProfile
from onboarding.sinks.relay import PAUSE
from onboarding.testing import FrozenClock, RecordingSink

pytestmark = pytest.mark.anyio

URL = "https://shop.example/welcome"
KEY = "a key for tests, of more than thirty-two bytes"


class Profile(BaseModel):
    """One question."""

    genre: Annotated[str | None, Ask("What do you read?", why="We sort by it.")] = None


class OrderPlaced(Event):
    """A host's event."""

    name: ClassVar[str] = "order_placed"
    order: str


async def test_opening_twice_is_once() -> None:
    """Opening and closing again changes nothing."""
    core = Core(url=URL, secret_key=KEY, database="memory:", mailer=None)
    await core.open()
    await core.open()
    assert core.is_open

    await core.close()
    await core.close()

    assert not core.is_open


def test_a_second_loop_is_refused() -> None:
    """One object serves one event loop; the message says so."""
    core = Core(url=URL, secret_key=KEY, database="memory:", mailer=None)
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    first.run_until_complete(core.open())

    with pytest.raises(ConfigError, match="another event loop"):
        second.run_until_complete(core.open())

    first.run_until_complete(core.close())
    first.close()
    second.close()


async def test_an_unknown_person_has_an_empty_profile() -> None:
    """A visitor's profile is the host's model with nothing in it."""
    async with Core(
        url=URL,
        secret_key=KEY,
        database="memory:",
        mailer=None,
        profile=Profile,
        features=[Feature("shelf", needs=["genre"])],
    ) as core:
        assert Profile() == await core.profile(None)
    async with Core(url=URL, secret_key=KEY, database="memory:", mailer=None) as bare:
        assert NoProfile() == await bare.profile(None)


async def test_what_is_recorded_reaches_the_sinks() -> None:
    """An event of the host's goes through the outbox to every sink."""
    sink = RecordingSink()
    clock = FrozenClock()
    async with Core(
        url=URL,
        secret_key=KEY,
        database="memory:",
        mailer=None,
        sinks=[sink],
        clock=clock,
    ) as core:
        welcome = await core.guests.start()
        await core.record(welcome.account, OrderPlaced(order="7"))

    assert ["guest_started", "order_placed"] == [entry.name for entry in sink.events]
    assert {welcome.account.id} == {entry.account_id for entry in sink.events}


async def test_an_outbox_that_nobody_empties_is_not_filled() -> None:
    """Without a sink no row waits: it would stay there, with each event, for ever."""
    waiting = "SELECT COUNT(*) AS n FROM onboarding_deliveries"

    async def sink(_: Entry) -> None:
        """Take an event."""

    for sinks in ([], [sink]):
        core = Core(
            url=URL, secret_key=KEY, database="memory:", mailer=None, sinks=sinks
        )
        await core.store.open()
        welcome = await core.guests.start()
        await core.record(welcome.account, OrderPlaced(order="7"))
        assert [{"n": 2 * len(sinks)}] == await core.store.query(waiting)
        await core.store.close()


async def test_every_event_is_carried_at_once() -> None:
    """One of ours wakes the relay as one of the host's does: nobody waits for it."""
    arrived = asyncio.Queue[str]()

    async def sink(entry: Entry) -> None:
        await arrived.put(entry.account_id)

    loop = asyncio.get_running_loop()
    async with Core(
        url=URL, secret_key=KEY, database="memory:", mailer=None, sinks=[sink]
    ) as core:
        begun = loop.time()
        for _ in range(5):
            welcome = await core.guests.start()
            assert await arrived.get() == welcome.account.id
        assert loop.time() - begun < PAUSE.total_seconds()


async def test_sync_code_waits_in_its_thread() -> None:
    """A plain function in a thread gets the result of a coroutine of ours."""
    async with Core(url=URL, secret_key=KEY, database="memory:", mailer=None) as core:

        def plain() -> str:
            return core.wait(core.guests.start()).account.id

        account_id = await asyncio.to_thread(plain)

        assert await core.accounts.find(account_id) is not None


async def test_waiting_on_the_loop_itself_is_refused() -> None:
    """Waiting where it would never end, or before opening, says what to do."""
    core = Core(url=URL, secret_key=KEY, database="memory:", mailer=None)
    with pytest.raises(ConfigError, match="after opening"):
        core.wait(core.guests.start())
    async with core:
        with pytest.raises(ConfigError, match="write await"):
            core.wait(core.guests.start())
