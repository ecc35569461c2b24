"""The purge: who goes and when, why the rest is kept, and what it costs to find out."""

import math
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from typing_extensions import override

from onboarding import After, Anonymise, DeleteRows, GuestPolicy, KeepRows
from onboarding.accounts.model import (
    Account,
    Contact,
    CurrentSession,
    Ending,
    Intent,
    Purpose,
)
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query, Resource
from onboarding.changes import Add
from onboarding.errors import StoreUnavailable
from onboarding.events import ContactGiven, Entry, GuestStarted
from onboarding.guests.model import Hold, HoldKind, Purged
from onboarding.guests.tally import MOST_REASONS
from onboarding.log import Recorder
from onboarding.stores import store_from, upgrade
from onboarding.stores.base import Store
from onboarding.stores.sql import sqlite
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids
from tests.security.stale import slowed
from tests.stores.host import Host, connected
from tests.world import World

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
YEAR = 365 * DAY
BOUGHT = "somebody paid for it"
TAX = "tax law"
TABLES = """
CREATE TABLE carts (account_id TEXT, book TEXT);
CREATE TABLE orders (account_id TEXT, street TEXT, placed_at {instant});
CREATE TABLE wishes (account_id TEXT, book TEXT, added_at {instant});
"""
RESOURCES = (
    Resource.table("carts", owner="account_id", purge=DeleteRows()),
    Resource.table(
        "orders",
        owner="account_id",
        purge=KeepRows(BOUGHT),
        erase=Anonymise(
            columns=["street"], reason=TAX, until=After("placed_at", 10 * YEAR)
        ),
    ),
    Resource.table(
        "wishes",
        owner="account_id",
        purge=KeepRows("it may be a present", until=After("added_at", 60 * DAY)),
    ),
)
ORDERS = Hold(HoldKind.RESOURCE, "orders", BOUGHT)
WISHES = Hold(HoldKind.RESOURCE, "wishes", "it may be a present")


class Shop(World):
    """A world with a host's tables, and the host's own connection to them."""

    host: Host

    async def put(self, table: str, account_id: str, what: str = "x") -> None:
        """Write a row now, as the host does; carts have no date."""
        at = "" if table == "carts" else f", '{self.now.isoformat()}'"
        await self.host.run(
            f"INSERT INTO {table} VALUES ('{account_id}', '{what}'{at})"
        )

    async def rows(self, table: str) -> list[Any]:
        """Return owner and thing of each row, in order."""
        found = await self.host.ask(f"SELECT * FROM {table}")
        return sorted((row[0], row[1]) for row in found)

    async def kept(self) -> dict[Hold, int]:
        """Purge, and return what held whom back."""
        return dict((await self.guests.purge()).kept)

    async def seen(self, after: timedelta) -> CurrentSession:
        """Make a guest who comes back after so long."""
        guest = await self.guest()
        self.clock.advance(after)
        await self.sessions.touch(guest.session)
        return guest

    async def ended(self, guest: CurrentSession) -> Ending | None:
        """Return how a guest ended, if they did."""
        return (await self.account(guest.account.id)).ending

    async def foreseen(self, **batch: int) -> Purged:
        """Return what a purge would do."""
        return [found async for found in self.guests.plan_purge(**batch)][-1]


@pytest.fixture(params=["sqlite", "postgresql"])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """Give a shop with its tables."""
    database, instant = f"sqlite:///{tmp_path / 'shop.db'}", "TEXT"
    if request.param == "postgresql":
        database, instant = request.getfixturevalue("postgres_dsn"), "TIMESTAMPTZ"
    await upgrade(database)
    async with connected(database) as host:
        await host.run(TABLES.format(instant=instant))
        store = store_from(database)
        await store.open()
        yield await opened(store, host, GuestPolicy())
        await store.close()


async def opened(
    store: Store, host: Host, policy: GuestPolicy, clock: FrozenClock | None = None
) -> Shop:
    """Return a shop on a store that is open, its tables looked at."""
    shop = Shop(store, clock or FrozenClock(), resources=RESOURCES, policy=policy)
    await shop.belongings.check(store)
    shop.host = host
    return shop


async def under(shop: Shop, policy: GuestPolicy) -> Shop:
    """Return the same shop with another policy."""
    return await opened(shop.store, shop.host, policy, shop.clock)


# ── each state has its age ───────────────────────────────────────────────────


async def test_an_orphan_goes_after_a_day(shop: Shop) -> None:
    """A guest whose cookie never came back is purged, row and session."""
    guest = await shop.guest()
    shop.clock.advance(DAY)
    assert Purged() == await shop.guests.purge()
    shop.clock.advance(timedelta(seconds=1))

    assert Purged(gone=1) == await shop.guests.purge()

    assert Ending.EXPIRED is await shop.ended(guest)
    assert Purged() == await shop.guests.purge()


async def test_a_guest_who_came_back_stays_for_as_long_as_a_session(
    shop: Shop,
) -> None:
    """One who was seen again is purged only when their session is over."""
    await shop.seen(timedelta(minutes=1))
    shop.clock.advance(30 * DAY)
    assert Purged() == await shop.guests.purge()

    shop.clock.advance(timedelta(seconds=1))

    assert Purged(gone=1) == await shop.guests.purge()


async def test_whoever_left_an_address_is_no_orphan(shop: Shop) -> None:
    """They may come back by a letter; they stay for as long as that was decided."""
    guest = await shop.guest()
    await shop.guests.give_contact(guest.account, "emma@example.org")
    patient = await under(shop, GuestPolicy(with_contact=90 * DAY))
    shop.clock.advance(30 * DAY)
    assert Purged() == await shop.guests.purge()
    shop.clock.advance(60 * DAY)
    assert Purged() == await patient.guests.purge()
    shop.clock.advance(timedelta(seconds=1))

    assert Purged(gone=1) == await shop.foreseen()
    assert Purged(gone=1) == await patient.guests.purge()


async def by_phone(shop: Shop) -> Account:
    """Make the guest of an order by phone, as ``orders.register`` does: no session."""
    account = Account(id=Ids(shop.clock).new(), created_at=shop.now)
    contact = Contact(
        account_id=account.id,
        address="emma@example.org",
        typed="emma@example.org",
        given_at=shop.now,
    )
    log = Recorder(shop.clock, Ids(shop.clock))
    entries = [log.entry(account.id, GuestStarted())]
    await shop.store.commit(Add(account), Add(contact), events=entries)
    return account


async def test_whoever_ordered_by_phone_is_no_orphan(shop: Shop) -> None:
    """No browser could bring them back: they count from when they were made."""
    guest = await by_phone(shop)
    await shop.put("carts", guest.id)
    shop.clock.advance(30 * DAY)
    assert Purged() == await shop.guests.purge()
    shop.clock.advance(timedelta(seconds=1))

    assert Purged(gone=1) == await shop.guests.purge()
    assert [] == await shop.rows("carts")


async def test_what_was_ordered_by_phone_holds_its_guest(shop: Shop) -> None:
    """For as long as its rows say, as it holds anybody."""
    buyer, wisher = await by_phone(shop), await by_phone(shop)
    await shop.put("orders", buyer.id)
    await shop.put("wishes", wisher.id)
    shop.clock.advance(60 * DAY)
    assert {ORDERS: 1, WISHES: 1} == await shop.kept()
    shop.clock.advance(timedelta(seconds=1))
    assert Purged(gone=1, kept={ORDERS: 1}) == await shop.guests.purge()
    shop.clock.advance(20 * YEAR)
    assert {ORDERS: 1} == await shop.kept()


async def test_a_second_order_by_phone_is_the_last_that_was_seen(shop: Shop) -> None:
    """It stands in the log alone; whoever placed it is not erased by the first."""
    shop = await under(shop, GuestPolicy(with_orders=YEAR))
    guest = await by_phone(shop)
    await shop.put("orders", guest.id, "Lane 1")
    shop.clock.advance(YEAR - DAY)
    await shop.put("orders", guest.id, "Lane 2")
    again = Recorder(shop.clock, Ids(shop.clock)).entry(guest.id, ContactGiven())
    await shop.store.commit(events=[again])
    shop.clock.advance(YEAR)
    assert {ORDERS: 1} == await shop.kept()
    shop.clock.advance(timedelta(seconds=1))

    assert Purged(erased=1) == await shop.guests.purge()
    assert {None} == {street for _, street in await shop.rows("orders")}


async def test_registered_people_are_never_purged(shop: Shop) -> None:
    """However long nobody comes, a registered account stays."""
    person = await shop.person("kim")
    shop.clock.advance(1000 * DAY)

    assert Purged() == await shop.guests.purge()
    assert (await shop.account(person.account.id)).is_live


# ── why somebody is kept ─────────────────────────────────────────────────────


async def test_a_guest_with_an_open_intent_stays(shop: Shop) -> None:
    """Who is at a provider finds their guest when they come back; later it goes."""
    guest = await shop.guest()
    shop.clock.advance(2 * DAY)
    await shop.intents.open(
        Purpose.SIGN_IN, life=timedelta(minutes=10), account_id=guest.account.id
    )

    assert {Hold(HoldKind.SIGN_IN): 1} == await shop.kept()

    shop.clock.advance(timedelta(minutes=10))
    assert Purged(gone=1) == await shop.guests.purge()
    assert [] == await shop.store.list_of(Intent, guest.account.id)


async def test_what_somebody_bought_holds_them_back(shop: Shop) -> None:
    """For as long as its rows are there, unless that was decided otherwise."""
    buyer, other = await shop.guest(), await shop.guest()
    await shop.put("orders", buyer.account.id)
    await shop.put("carts", other.account.id)
    shop.clock.advance(100 * YEAR)

    assert Purged(gone=1, kept={ORDERS: 1}) == await shop.guests.purge()

    assert [] == await shop.rows("carts")
    assert (None, Ending.EXPIRED) == (await shop.ended(buyer), await shop.ended(other))


async def test_a_resource_holds_back_for_its_own_time(shop: Shop) -> None:
    """To the end of its last row's period; then its rows go with the guest."""
    guest = await shop.guest()
    await shop.put("wishes", guest.account.id, "Emma")
    shop.clock.advance(20 * DAY)
    await shop.put("wishes", guest.account.id, "Walden")
    shop.clock.advance(60 * DAY)
    assert {WISHES: 1} == await shop.kept()
    assert 2 == len(await shop.rows("wishes"))

    shop.clock.advance(timedelta(seconds=1))

    assert Purged(gone=1) == await shop.guests.purge()
    assert [] == await shop.rows("wishes")


async def test_a_row_without_a_date_is_no_old_one(shop: Shop) -> None:
    """It may be of today: nobody can tell, and its guest is kept."""
    guest = await shop.guest()
    await shop.host.run(
        f"INSERT INTO wishes VALUES ('{guest.account.id}', 'Emma', NULL)"
    )
    shop.clock.advance(100 * YEAR)

    assert {WISHES: 1} == await shop.kept()


async def test_those_who_are_kept_hide_nobody_behind_them(shop: Shop) -> None:
    """However many are kept, every other guest is looked at, batch after batch."""
    buyer, *others = [await shop.guest() for _ in range(4)]
    await shop.put("orders", buyer.account.id)
    shop.clock.advance(2 * DAY)

    told = [purged async for purged in shop.guests.purge_in_batches(batch=1)]

    assert Purged(gone=3, kept={ORDERS: 1}) == told[-1]
    assert {Ending.EXPIRED} == {await shop.ended(other) for other in others}
    assert [0, 1, 2, 3] == sorted({purged.gone for purged in told})


# ── guests with orders ───────────────────────────────────────────────────────


async def test_a_guest_with_orders_is_erased_when_their_time_is_over(
    shop: Shop,
) -> None:
    """As if they had asked for it: what law demands stays, without who it was."""
    shop = await under(shop, GuestPolicy(with_orders=YEAR))
    guest = await shop.seen(DAY)
    await shop.guests.give_contact(guest.account, "emma@example.org")
    await shop.put("orders", guest.account.id, "Lane 1")
    await shop.put("carts", guest.account.id)
    shop.clock.advance(YEAR)
    assert {ORDERS: 1} == await shop.kept()
    shop.clock.advance(timedelta(seconds=1))

    assert Purged(erased=1) == await shop.guests.purge()

    assert Ending.ERASED is await shop.ended(guest)
    assert [(guest.account.id, None)] == await shop.rows("orders")
    assert [] == await shop.rows("carts")
    assert "account_erased" == (await shop.names(guest.account.id))[-1]


async def test_what_was_left_of_a_guest_goes_in_its_time(shop: Shop) -> None:
    """The same purge that erases guests takes what an erasure had left."""
    shop = await under(shop, GuestPolicy(with_orders=YEAR))
    guest = await shop.guest()
    await shop.put("orders", guest.account.id, "Lane 1")
    shop.clock.advance(2 * YEAR)
    assert Purged(erased=1) == await shop.guests.purge()
    shop.clock.advance(8 * YEAR)
    assert Purged() == await shop.guests.purge()
    shop.clock.advance(timedelta(seconds=1))

    assert Purged(expired=1) == await shop.guests.purge()
    assert [] == await shop.rows("orders")


@pytest.mark.parametrize("read", ["list_of", "list_merged"])
async def test_a_guest_who_does_something_is_not_erased(shop: Shop, read: str) -> None:
    """Between look and delete: the write itself has the guest's version as guard."""
    shop = await under(shop, GuestPolicy(with_orders=YEAR))
    guest = await shop.guest()
    await shop.put("orders", guest.account.id, "Lane 1")
    shop.clock.advance(YEAR + DAY)
    slow, stale = slowed(shop, read)
    await slow.belongings.check(slow.store)

    purged = await stale.meanwhile(
        slow.guests.purge(),
        lambda: shop.guests.give_contact(guest.account, "emma@example.org"),
    )

    assert Purged(kept={Hold(HoldKind.CHANGED): 1}) == purged
    assert [(guest.account.id, "Lane 1")] == await shop.rows("orders")
    assert await shop.ended(guest) is None


async def test_what_comes_late_to_an_erasure_is_erased(shop: Shop) -> None:
    """Also under what the guest was before, up to the very commit."""
    shop = await under(shop, GuestPolicy(with_orders=YEAR))
    before, guest = await shop.guest(), await shop.guest()
    await shop.merging.merge(before.account.id, guest.account.id)
    await shop.put("orders", guest.account.id, "Lane 1")
    shop.clock.advance(YEAR + DAY)
    slow, stale = slowed(shop, "list_lapsed_guests")
    await slow.belongings.check(slow.store)

    purged = await stale.meanwhile(
        slow.guests.purge(), lambda: shop.put("orders", before.account.id, "Lane 2")
    )

    assert Purged(erased=1) == purged
    assert {None} == {street for _, street in await shop.rows("orders")}


async def test_the_last_visit_of_several_browsers_counts(shop: Shop) -> None:
    """A guest with orders was seen when any session of theirs was."""
    shop = await under(shop, GuestPolicy(with_orders=YEAR))
    nonce = shop.guests.new_nonce()
    first, second = [await shop.guests.start(nonce) for _ in "ab"]
    await shop.put("orders", first.account.id, "Lane 1")
    shop.clock.advance(29 * DAY)
    await shop.sessions.touch(second.session)
    shop.clock.advance(YEAR)
    assert {ORDERS: 1} == await shop.kept()
    shop.clock.advance(timedelta(seconds=1))

    assert Purged(erased=1) == await shop.guests.purge()


async def test_a_wish_that_comes_during_a_purge_is_a_veto(shop: Shop) -> None:
    """A newer row holds its guest back up to the very commit."""
    guest = await shop.guest()
    await shop.put("wishes", guest.account.id, "Emma")
    shop.clock.advance(61 * DAY)
    shop.resources = [RESOURCES[-1]]
    slow, stale = slowed(shop, "query")
    await slow.belongings.check(shop.store)

    purged = await stale.meanwhile(
        slow.guests.purge(), lambda: shop.put("wishes", guest.account.id, "Walden")
    )

    assert Purged(kept={Hold(HoldKind.CHANGED): 1}) == purged
    assert 2 == len(await shop.rows("wishes"))


# ── looking ahead ────────────────────────────────────────────────────────────


async def crowd(shop: Shop) -> None:
    """Let everything there is to purge or to keep be there, by the present instant."""
    await shop.seen(DAY)
    buyer, reader = [await shop.guest() for _ in range(2)]
    await shop.put("orders", buyer.account.id, "Lane 1")
    erased, first, second = [await shop.guest() for _ in range(3)]
    await shop.put("orders", erased.account.id, "Lane 2")
    await shop.data.erase(erased.account.id)
    shop.clock.advance(10 * YEAR + DAY)
    recent, wisher = [await shop.guest() for _ in range(2)]
    await shop.put("orders", recent.account.id, "Lane 3")
    await shop.merging.merge(first.account.id, second.account.id)
    await shop.put("orders", first.account.id, "Lane 4")
    await shop.put("wishes", wisher.account.id, "Emma")
    shop.clock.advance(2 * DAY)
    await shop.intents.open(
        Purpose.PROVE, life=timedelta(minutes=10), account_id=reader.account.id
    )


@pytest.mark.parametrize("batch", [1, 3, 500])
async def test_a_dry_run_counts_what_a_purge_does(shop: Shop, batch: int) -> None:
    """To the last guest and reason, late rows included; and it writes nothing."""
    shop = await under(shop, GuestPolicy(with_orders=YEAR))
    await crowd(shop)
    before = [await shop.rows(table) for table in ("carts", "orders", "wishes")]

    foreseen = await shop.foreseen(batch=batch)

    after = [await shop.rows(table) for table in ("carts", "orders", "wishes")]
    assert before == after
    assert foreseen == await shop.foreseen()
    assert foreseen == await shop.guests.purge(batch=batch)
    assert foreseen.gone == 1
    assert foreseen.erased == 2
    assert foreseen.settled == 1
    assert foreseen.expired == 1
    expected = {ORDERS: 1, WISHES: 1, Hold(HoldKind.SIGN_IN): 1}
    assert expected == dict(foreseen.kept)


async def test_a_purge_that_is_stopped_goes_on_where_it_was(shop: Shop) -> None:
    """Between two batches nothing is half done, and the next one does the rest."""
    for _ in range(5):
        await shop.guest()
    shop.clock.advance(2 * DAY)
    async for purged in shop.guests.purge_in_batches(batch=2):
        if purged.gone:
            break

    assert Purged(gone=3) == await shop.guests.purge()


async def test_a_store_that_fails_is_told_and_nobody_is_half_gone(shop: Shop) -> None:
    """What others of the batch were about is finished before it is said."""
    guests = [await shop.guest() for _ in range(3)]
    shop.clock.advance(2 * DAY)
    faulty = World(cast("Store", Faulty(shop.store)), shop.clock)

    with pytest.raises(StoreUnavailable):
        await faulty.guests.purge()

    endings = [await shop.ended(guest) for guest in guests]
    # They are looked at together: whose commit is the first is for the database to say.
    assert 1 == endings.count(None)
    assert 2 == endings.count(Ending.EXPIRED)


class Faulty:
    """Does everything as the store does, but for the first commit."""

    def __init__(self, store: Store):
        """Take the store."""
        self._store = store
        self._has_failed = False

    def __getattr__(self, name: str) -> object:
        """Return the store's own."""
        return getattr(self._store, name)

    async def commit(self, *changes: Any, events: Sequence[Entry] = ()) -> None:
        """Fail once."""
        if not self._has_failed:
            self._has_failed = True
            raise StoreUnavailable("the disk is full")
        await self._store.commit(*changes, events=events)


# ── what it holds ────────────────────────────────────────────────────────────


class Crowded:
    """A store with so many lapsed guests, each made as it is listed; keeps nothing."""

    def __init__(self, store: Store, guest: Account, count: int):
        """Take the store, and the guest whom all the others are like."""
        self._store = store
        self._guest = guest
        self._count = count

    def __getattr__(self, name: str) -> object:
        """Return the store's own."""
        return getattr(self._store, name)

    async def list_lapsed_guests(
        self, *, after: str = "", limit: int, **since: object
    ) -> list[Account]:
        """Return the next of them."""
        first = int(after or 0) + 1
        numbers = range(first, min(first + limit, self._count + 1))
        return [replace(self._guest, id=f"{number:020}") for number in numbers]

    async def commit(self, *changes: object, events: Sequence[Entry] = ()) -> None:
        """Write nothing."""


class Wordy(Resource):
    """Keeps every second guest, each for a reason of its own."""

    name = "letters of their own"

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        return Planned()

    @override
    async def purge(self, query: Query, account_id: str) -> Planned:
        if int(account_id) % 2:
            return Planned()
        return Planned(outcome=Outcome.KEPT, reason=f"it is the one of {account_id}")

    @override
    async def export(self, query: Query, account_id: str) -> object:
        return []

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        return Planned()


@pytest.mark.parametrize("act", ["purge_in_batches", "plan_purge"])
async def test_a_purge_holds_as_little_of_many_as_of_few(
    monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """No list of all ids, and no reason for each, however many guests there are.

    On a busy machine reads go to threads from some moment on, with what these hold.
    """
    monkeypatch.setattr(sqlite, "SLOW", math.inf)
    store = store_from("memory:")
    await store.open()
    guest = (await World(store).guest()).account

    async def peak(count: int) -> tuple[int, Purged]:
        crowded = cast("Store", Crowded(store, guest, count))
        guests = World(crowded, resources=[Wordy()]).guests
        tracemalloc.start()
        purged = [found async for found in _last_of(getattr(guests, act)(batch=50))]
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held, purged[0]

    await peak(200)  # what is loaded and remembered once
    few, _ = await peak(400)
    many, purged = await peak(4000)
    await store.close()

    assert (2000, 2000) == (purged.gone, sum(purged.kept.values()))
    assert MOST_REASONS + 1 == len(purged.kept)
    assert many - few < 3600 * 20, (few, many)


async def _last_of(told: AsyncIterator[Purged]) -> AsyncIterator[Purged]:
    """Give the last alone, and hold no other."""
    last = Purged()
    async for found in told:
        last = found
    yield last
