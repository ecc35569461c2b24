"""An event with a key is written once, however often it is said."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from typing_extensions import override

from onboarding.changes import Change
from onboarding.core import Core
from onboarding.errors import ConfigError, StoreUnavailable
from onboarding.events import Entry
from onboarding.journey.service import JourneyService
from onboarding.stores import DEFAULT_PREFIX, store_from, upgrade
from onboarding.stores.sql.store import SqlStore
from onboarding.stores.sql.temporary import TemporarySqlite
from onboarding.testing import FrozenClock, RecordingSink
from onboarding.tokens import Ids, is_id
from tests.journey.walks import HOUR, AddressGiven, OrderPlaced
from tests.world import KEY, World

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory:", "postgresql"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Yield the services of accounts over an empty, opened store of each kind."""
    if request.param == "memory:":
        store = store_from("memory:")
    else:
        dsn = request.getfixturevalue("postgres_dsn")
        await upgrade(dsn, DEFAULT_PREFIX)
        store = store_from(dsn)
    await store.open()
    yield World(store)
    await store.close()


def journey_of(world: World) -> JourneyService:
    """Return the service, as one of several processes has it."""
    return JourneyService(world.store, world.clock, Ids(world.clock))


async def test_the_same_key_is_the_same_event(world: World) -> None:
    """What is told the second time is what was written the first time."""
    journey = journey_of(world)
    guest = (await world.guest()).account.id
    first = await journey.record(guest, OrderPlaced(), key="2041")
    world.clock.advance(HOUR)

    again = await journey_of(world).record(guest, OrderPlaced(), key="2041")

    assert again == first
    assert is_id(first.id)
    assert first.once is not None
    assert "2041" not in first.once
    assert [e.name for e in await journey.timeline(guest)].count("order_placed") == 1


async def test_a_key_is_for_one_kind_of_event_of_one_person(world: World) -> None:
    """An order has a number, and several things happen to it."""
    journey = journey_of(world)
    one, two = (await world.guest()).account.id, (await world.guest()).account.id
    for account in (one, two):
        for key in ("2041", "2042"):
            await journey.record(account, OrderPlaced(), key=key)
            await journey.record(account, AddressGiven(), key=key)
    for account in (one, two):
        names = [entry.name for entry in await journey.timeline(account)]
        assert names.count("order_placed") == names.count("address_given") == 2


async def test_without_a_key_everything_is_written(world: World) -> None:
    """Twice the same may have happened."""
    journey = journey_of(world)
    guest = (await world.guest()).account.id
    for _ in range(2):
        await journey.record(guest, OrderPlaced())
    assert [e.name for e in await journey.timeline(guest)].count("order_placed") == 2


async def test_said_at_once_it_is_written_once(world: World) -> None:
    """As by two processes that both try again."""
    guest = (await world.guest()).account.id
    said = await asyncio.gather(
        *(journey_of(world).record(guest, OrderPlaced(), key="7") for _ in range(5))
    )
    assert len({entry.id for entry in said}) == 1
    names = [entry.name for entry in await journey_of(world).timeline(guest)]
    assert names.count("order_placed") == 1


async def test_a_guest_who_signs_in_meanwhile_has_it_once(world: World) -> None:
    """It was written for the guest; the survivor is asked the second time."""
    journey = journey_of(world)
    owner, guest = await world.person("kim"), await world.guest()
    first = await journey.record(guest.account.id, OrderPlaced(), key="2041")
    await world.merging.merge(guest.account.id, owner.account.id)
    for account in (owner.account.id, guest.account.id):
        assert await journey.record(account, OrderPlaced(), key="2041") == first
    names = [entry.name for entry in await journey.timeline(owner.account.id)]
    assert names.count("order_placed") == 1


@pytest.mark.parametrize("key", ["", 2041, "a\nb", "\ud800", b"2041"], ids=repr)
async def test_what_is_no_key_is_refused_before_anything_is_written(key: Any) -> None:
    """With an example of one."""
    store = store_from("memory:")
    await store.open()
    world = World(store)
    guest = (await world.guest()).account.id
    with pytest.raises(ConfigError, match='such as key="2041"'):
        await journey_of(world).record(guest, OrderPlaced(), key=key)
    assert ["guest_started"] == await world.names(guest)
    await store.close()


class InDoubt(SqlStore):
    """Loses the connection once, after it has committed or before."""

    def __init__(self, *, committed: bool) -> None:
        super().__init__(TemporarySqlite())
        self._committed = committed
        self.is_shaky = False

    @override
    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        if not self.is_shaky:
            await super().commit(*changes, events=events)
            return
        self.is_shaky = False
        if self._committed:
            await super().commit(*changes, events=events)
        raise StoreUnavailable("the connection was lost")


@pytest.mark.parametrize("committed", [True, False], ids=["written", "not written"])
async def test_a_commit_in_doubt_is_repeated_without_doubling(committed: bool) -> None:
    """A host that was told "unavailable" says it again; sinks hear it once."""
    sink = RecordingSink()
    store = InDoubt(committed=committed)
    async with Core(
        url="https://shop.example/welcome",
        mailer=None,
        secret_key=KEY,
        database=store,
        sinks=[sink],
        clock=(clock := FrozenClock()),
    ) as core:
        guest = (await core.guests.start()).account
        store.is_shaky = True
        with pytest.raises(StoreUnavailable):
            await core.record(guest, OrderPlaced(), key="2041")
        clock.advance(timedelta(seconds=3))
        await core.record(guest, OrderPlaced(), key="2041")
    assert [entry.name for entry in sink.events].count("order_placed") == 1


async def test_an_event_with_a_key_keeps_its_place(world: World) -> None:
    """Within one instant events stand in the order in which they were recorded."""
    journey = journey_of(world)
    guest = (await world.guest()).account.id
    keys = [str(number) for number in range(20)]
    said = [await journey.record(guest, OrderPlaced(), key=key) for key in keys]
    told = [e for e in await journey.timeline(guest) if e.name == "order_placed"]
    assert told == said
