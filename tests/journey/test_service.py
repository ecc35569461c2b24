"""Recording, timelines and funnels, on real stores."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from onboarding.errors import AccountEnded, ConfigError
from onboarding.events import Entry, Event
from onboarding.journey.service import JourneyService
from onboarding.stores import store_from
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids
from tests.journey.walks import (
    FUNNEL,
    HOUR,
    START,
    AddressGiven,
    CartFilled,
    OrderPlaced,
)
from tests.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Yield the services of accounts over an empty, opened store."""
    store = store_from("memory:")
    await store.open()
    yield World(store, FrozenClock(START))
    await store.close()


@pytest.fixture
def journey(world: World) -> JourneyService:
    """Return the service over the same store."""
    return JourneyService(world.store, world.clock, Ids(world.clock))


async def test_what_happened_stands_in_the_timeline(
    world: World, journey: JourneyService
) -> None:
    """With the account's own events, in order, stamped with now."""
    account = (await world.guest()).account
    world.clock.advance(HOUR)
    entry = await journey.record(account.id, OrderPlaced())
    assert (entry.at, entry.account_id) == (START + HOUR, account.id)
    assert (await journey.timeline(account.id))[-1] == entry


async def test_recording_makes_nobody_decide_again(
    world: World, journey: JourneyService
) -> None:
    """The account's version stays, so a sign-in under way is not disturbed."""
    account = (await world.guest()).account
    before = await world.account(account.id)
    await journey.record(account.id, OrderPlaced())
    assert await world.account(account.id) == before


async def test_nothing_happens_to_who_is_gone(
    world: World, journey: JourneyService
) -> None:
    """Under an erased account nothing is written, nor under what it had taken over."""
    guest, owner, lapsed = [(await world.guest()).account for _ in range(3)]
    await world.merging.merge(guest.id, owner.id)
    await journey.record(guest.id, OrderPlaced())
    assert "order_placed" in [one.name for one in await journey.timeline(owner.id)]

    await world.data.erase(owner.id)
    world.clock.advance(48 * HOUR)
    assert 1 == (await world.guests.purge()).gone

    for ended in (owner, guest, lapsed):
        before = await world.names(ended.id)
        with pytest.raises(AccountEnded):
            await journey.record(ended.id, OrderPlaced())
        assert before == await world.names(ended.id)


async def test_a_funnel_follows_a_guest_into_the_account_they_join(
    world: World, journey: JourneyService
) -> None:
    """Two accounts that became one are one person, with the path of both."""
    guest, owner = [(await world.guest()).account for _ in range(2)]
    await journey.record(guest.id, CartFilled())
    world.clock.advance(HOUR)
    await journey.record(guest.id, AddressGiven())
    await world.merging.merge(guest.id, owner.id)
    world.clock.advance(HOUR / 2)
    await journey.record(owner.id, OrderPlaced())
    world.clock.advance(HOUR)
    report = await journey.funnel(FUNNEL, since=START)
    assert [(s.people, s.median) for s in report.steps] == [
        (1, None),
        (1, HOUR),
        (1, HOUR / 2),
    ]
    timeline = [entry.name for entry in await journey.timeline(owner.id)]
    walked = [name for name in timeline if name in {s.event for s in report.steps}]
    assert walked == ["cart_filled", "address_given", "order_placed"]


@pytest.mark.parametrize("back", [timedelta(seconds=5), HOUR / 2, 365 * 24 * HOUR])
async def test_order_is_not_the_clocks(
    world: World, journey: JourneyService, back: timedelta
) -> None:
    """A clock that is set back between two steps turns no walk round."""
    since = world.clock()
    account = (await world.guest()).account
    world.clock.advance(timedelta(seconds=2))  # this world has two makers of ids
    await journey.record(account.id, CartFilled())
    world.clock.advance(timedelta(seconds=2) - back)
    await journey.record(account.id, AddressGiven())
    world.clock.advance(timedelta(seconds=2))
    await journey.record(account.id, OrderPlaced())
    timeline = [entry.name for entry in await journey.timeline(account.id)]
    listed = await world.store.list_of(Entry, account.id)
    names = ["guest_started", "cart_filled", "address_given", "order_placed"]
    assert timeline == [entry.name for entry in listed] == names
    if back < HOUR:
        until = since + HOUR
        report = await journey.funnel(FUNNEL, since=since, until=until)
        assert [step.people for step in report.steps] == [1, 1, 1]
        assert report.steps[1].median == timedelta(0)


async def test_a_funnel_looks_at_its_period(
    world: World, journey: JourneyService
) -> None:
    """Who began before it or at its end is not in it; the default end is now."""
    for _ in range(3):
        account = (await world.guest()).account
        await journey.record(account.id, CartFilled())
        world.clock.advance(HOUR)
    first = {"since": START + HOUR, "until": START + 2 * HOUR}
    assert (await journey.funnel(FUNNEL, **first)).steps[0].people == 1
    assert (await journey.funnel(FUNNEL, since=START)).steps[0].people == 3


async def test_a_period_is_told_in_aware_instants(journey: JourneyService) -> None:
    """A naive instant would mean another moment on every machine."""
    naive = datetime(2026, 3, 1)  # noqa: DTZ001  # that is the mistake
    with pytest.raises(ValueError, match="tzinfo"):
        await journey.funnel(FUNNEL, since=naive)
    with pytest.raises(ValueError, match="tzinfo"):
        await journey.funnel(FUNNEL, since=START, until=naive)


class Paid(Event, about="order", worth="cents"):
    """An event whose older entries do not say what they are worth."""

    name: ClassVar[str] = "paid"
    order: str
    cents: int


def older(number: int, data: dict[str, Any], name: str = "paid") -> Entry:
    """Return an entry of before its class said what it is about."""
    return Entry(
        id=f"{number:020}", account_id=f"a{number % 3}", at=START, name=name, data=data
    )


async def test_older_entries_learn_what_they_are_worth(
    world: World, journey: JourneyService
) -> None:
    """In batches that may be broken off; what does not fit, or is unknown, stays."""
    entries = [older(n, {"order": f"o{n}", "cents": n * 100}) for n in range(7)]
    odd = [older(7, {"order": True}), older(8, {"x": 1}, "unknown"), older(9, {})]
    await world.store.commit(events=[*entries, *odd])
    heard: list[int] = []

    written = await journey.backfill(batch=2, kinds={"paid": Paid}, told=heard.append)

    assert written == 7
    assert heard == sorted(heard)
    assert len(heard) == 4
    found = [e for a in ("a0", "a1", "a2") for e in await world.store.list_of(Entry, a)]
    assert {e.id: (e.about, e.worth) for e in found} == {
        **{e.id: (e.data["order"], e.data["cents"]) for e in entries},
        **{e.id: (None, None) for e in odd},
    }
    assert await journey.backfill(batch=2, kinds={"paid": Paid}) == 0


async def test_an_event_is_recorded_by_one_class(journey: JourneyService) -> None:
    """A second class of the name is refused before it is written."""

    class Paid(Event):
        name: ClassVar[str] = "paid"

    await journey.record("a", Paid())
    with pytest.raises(ConfigError, match="two events are called 'paid'"):
        await journey.record("a", globals()["Paid"](order="1", cents=1))
    assert [entry.data for entry in await journey.timeline("a")] == [{}]
