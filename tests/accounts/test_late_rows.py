"""What is written under an account after its end finds its owner, or goes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from onboarding.accounts.model import Account, Ending
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query, Resource
from onboarding.accounts.table_rules import (
    Anonymise,
    DeleteRows,
    KeepLarger,
    KeepRows,
)
from onboarding.changes import Statement
from onboarding.errors import AccountEnded
from onboarding.stores import store_from, upgrade
from tests.stores.host import Host, connected
from tests.world import World, identity

pytestmark = pytest.mark.anyio

RESOURCES = (
    Resource.table(
        "lines", owner="account_id", merge=KeepLarger(key="book", quantity="quantity")
    ),
    Resource.table(
        "orders",
        owner="account_id",
        erase=Anonymise(columns=["street"], reason="invoices stay for seven years"),
    ),
    Resource.table("notes", owner="account_id", erase=KeepRows("they are public")),
    Resource.table("visits", owner="account_id", purge=DeleteRows()),
)
TABLES = """
CREATE TABLE lines (account_id TEXT, book TEXT, quantity INTEGER);
CREATE TABLE orders (number TEXT, account_id TEXT, street TEXT);
CREATE TABLE notes (account_id TEXT, words TEXT);
CREATE TABLE visits (account_id TEXT, page TEXT);
"""
DAY = timedelta(days=1)


class Shop(World):
    """A world with a host's tables, and the host's own connection to them."""

    host: Host

    async def order(self, account_id: str, number: str) -> None:
        """Place an order under an account, whatever became of it."""
        await self.host.run(
            f"INSERT INTO orders VALUES ('{number}', '{account_id}', 'Lane 1')"
        )

    async def orders(self) -> list[tuple[str, str, str | None]]:
        """Return number, owner and street of every order."""
        sql = "SELECT number, account_id, street FROM orders ORDER BY number"
        return [(row[0], row[1], row[2]) for row in await self.host.ask(sql)]

    async def merged(self) -> tuple[Account, list[str]]:
        """Return somebody, and the ids of two guests that they were before."""
        owner = await self.person("vera")
        first, second = await self.guest(), await self.guest()
        await self.merging.merge(first.account.id, second.account.id)
        await self.accounts.sign_in(identity("vera"), second)
        account = await self.account(owner.account.id)
        return account, [first.account.id, second.account.id]


@pytest.fixture(params=["sqlite", "postgresql"])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """Give a shop with its tables."""
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_dsn")
    await upgrade(database)
    async with connected(database) as host:
        await host.run(TABLES)
        store = store_from(database)
        await store.open()
        shop = Shop(store, resources=RESOURCES)
        shop.host = host
        yield shop
        await store.close()


async def test_an_export_tells_of_the_whole_family(shop: Shop) -> None:
    """Whoever was merged before, and through others, is told with their survivor."""
    account, family = await shop.merged()
    for number, id in enumerate([account.id, *family]):
        await shop.order(id, str(number))

    told = await shop.data.export(account)

    assert isinstance(orders := told["orders"], list)
    assert ["0", "1", "2"] == [one["number"] for one in orders]
    assert isinstance(receipts := told["receipts"], list)
    assert set(family) == {one["source"] for one in receipts}
    assert isinstance(events := told["events"], list)
    assert 1 == [one["name"] for one in events].count("account_registered")


async def test_an_erasure_reaches_the_whole_family(shop: Shop) -> None:
    """No name and no street is left under what somebody was before."""
    account, family = await shop.merged()
    for number, id in enumerate([account.id, *family]):
        await shop.order(id, str(number))
        await shop.host.run(f"INSERT INTO lines VALUES ('{id}', 'Emma', 1)")

    plans = {one.name: plan for one, plan in await shop.data.erase(account.id)}

    assert (Outcome.ERASED, 3) == (plans["lines"].outcome, plans["lines"].count)
    assert (Outcome.KEPT, 3) == (plans["orders"].outcome, plans["orders"].count)
    assert "invoices stay for seven years" == plans["orders"].reason
    assert {None} == {street for *_, street in await shop.orders()}
    assert [] == await shop.host.ask("SELECT book FROM lines")


async def test_an_erasure_reaches_what_comes_between_plan_and_commit(
    shop: Shop,
) -> None:
    """What goes is what is there at the commit, under each of the ids."""
    account, family = await shop.merged()
    plans = await shop.data.plan_erase(account)
    await shop.order(family[0], "1")

    changes = [change for _, plan in plans for change in plan.changes]
    await shop.store.commit(*changes)

    assert [("1", family[0], None)] == await shop.orders()


async def test_a_purge_brings_late_rows_home(shop: Shop) -> None:
    """They join what the survivor has, as in the merge itself; and once."""
    account, family = await shop.merged()
    for number, id in enumerate(family):
        await shop.order(id, str(number))
    await shop.host.run(
        f"INSERT INTO lines VALUES ('{account.id}', 'Emma', 1),"
        f" ('{family[0]}', 'Emma', 3), ('{family[1]}', 'Walden', 1)"
    )

    purged = await shop.guests.purge()

    assert 2 == purged.settled
    assert {account.id} == {owner for _, owner, _ in await shop.orders()}
    lines = await shop.host.ask("SELECT * FROM lines ORDER BY book")
    assert [(account.id, "Emma", 3), (account.id, "Walden", 1)] == lines
    assert 0 == (await shop.guests.purge()).settled


async def test_every_tombstone_is_looked_at(shop: Shop) -> None:
    """However many there are, batch after batch."""
    _, family = await shop.merged()
    for number, id in enumerate(family):
        await shop.order(id, str(number))

    purged = await shop.guests.purge(batch=1)

    assert 2 == purged.settled


async def test_a_late_order_keeps_the_guest_it_comes_to(shop: Shop) -> None:
    """Rows come home before guests are looked at, and what is bought is kept."""
    first, second = [(await shop.guest()).account.id for _ in range(2)]
    await shop.merging.merge(first, second)
    await shop.order(first, "1")
    shop.clock.advance(40 * DAY)

    purged = await shop.guests.purge()

    assert (1, 0) == (purged.settled, purged.gone)
    assert [1] == list(purged.kept.values())
    assert [("1", second, "Lane 1")] == await shop.orders()


@pytest.mark.parametrize("who", ["the account", "what it was before"])
async def test_what_comes_after_an_erasure_is_erased(shop: Shop, who: str) -> None:
    """A purge does to it what the erasure did, and leaves what that left."""
    account, family = await shop.merged()
    await shop.data.erase(account.id)
    late = account.id if who == "the account" else family[0]
    await shop.order(late, "1")
    await shop.host.run(
        f"INSERT INTO lines VALUES ('{late}', 'Emma', 1);"
        f" INSERT INTO notes VALUES ('{late}', 'Well.')"
    )

    assert 1 == (await shop.guests.purge()).settled

    assert [("1", late, None)] == await shop.orders()
    assert [] == await shop.host.ask("SELECT * FROM lines")
    assert [(late, "Well.")] == await shop.host.ask("SELECT * FROM notes")
    assert 0 == (await shop.guests.purge()).settled


@pytest.mark.parametrize("who", ["the guest", "what they were before"])
async def test_what_comes_under_a_lapsed_guest_is_purged(shop: Shop, who: str) -> None:
    """A purge does to it what it would have done: some goes, and what it keeps stays.

    There is no survivor, whichever of the ids the row names.
    """
    first, second = [(await shop.guest()).account.id for _ in range(2)]
    await shop.merging.merge(first, second)
    shop.clock.advance(40 * DAY)
    assert 1 == (await shop.guests.purge()).gone
    late = second if who == "the guest" else first
    await shop.order(late, "1")
    await shop.host.run(f"INSERT INTO visits VALUES ('{late}', '/cart')")

    assert 1 == (await shop.guests.purge()).settled

    assert [] == await shop.host.ask("SELECT * FROM visits")
    assert [("1", late, "Lane 1")] == await shop.orders()
    assert Ending.EXPIRED is (await shop.account(second)).ending
    assert 0 == (await shop.guests.purge()).settled


@pytest.mark.parametrize("ending", sorted(set(Ending) - {Ending.PARKED}))
async def test_nothing_is_told_of_an_account_that_has_ended(
    shop: Shop, ending: Ending
) -> None:
    """Who has one in hand from before is told so, and nothing is recorded."""
    guest, owner = (await shop.guest()).account, await shop.person("vera")
    if ending is Ending.MERGED:
        await shop.merging.merge(guest.id, owner.account.id)
    elif ending is Ending.ERASED:
        await shop.data.erase(guest.id)
    else:
        shop.clock.advance(2 * DAY)
        await shop.guests.purge()
    before = await shop.names(guest.id)

    for act in (shop.data.read, shop.data.export):
        with pytest.raises(AccountEnded):
            await act(guest)

    assert before == await shop.names(guest.id)
    assert ending is (await shop.account(guest.id)).ending


async def test_orders_under_way_during_a_merge_come_home(postgres_dsn: str) -> None:
    """A host's transaction that a merge cannot see yet is settled by the next purge."""
    await upgrade(postgres_dsn)
    store = store_from(postgres_dsn)
    await store.open()
    async with connected(postgres_dsn) as host:
        await host.run(TABLES)
        shop = Shop(store, resources=RESOURCES)
        shop.host = host
        owner, guest = await shop.person("vera"), await shop.guest()
        await host.run("BEGIN")
        await shop.order(guest.account.id, "1")
        await shop.accounts.sign_in(identity("vera"), guest)
        await host.run("COMMIT")

        assert [("1", guest.account.id, "Lane 1")] == await shop.orders()
        assert 1 == (await shop.guests.purge()).settled
        assert [("1", owner.account.id, "Lane 1")] == await shop.orders()
    await store.close()


class Letters(Resource):
    """Something of a host's that is no table, and does not say what came late."""

    name = "postcards"

    def __init__(self) -> None:
        """Have none at first."""
        self.owners: list[str] = []

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        sql = "UPDATE notes SET account_id = $2 WHERE account_id = $1"
        moved = [Statement(sql, (source, target))] if source in self.owners else []
        return Planned(changes=moved, count=len(moved))

    @override
    async def purge(self, query: Query, account_id: str) -> Planned:
        return Planned()

    @override
    async def export(self, query: Query, account_id: str) -> object:
        return [account_id] if account_id in self.owners else []

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        return Planned(count=self.owners.count(account_id), outcome=Outcome.ERASED)


async def test_a_resource_of_the_hosts_own_is_asked_about_all(shop: Shop) -> None:
    """One that does not say what came late is asked for each account that ended."""
    letters = Letters()
    world = World(shop.store, shop.clock, resources=[letters])
    account, family = await shop.merged()
    letters.owners = [account.id, *family]
    await shop.host.run(f"INSERT INTO notes VALUES ('{family[0]}', 'Well.')")

    told = await world.data.export(account)
    assert [account.id, *sorted(family)] == told["postcards"]
    assert (
        3
        == {r.name: p for r, p in await world.data.plan_erase(account)}[
            "postcards"
        ].count
    )
    assert 2 == (await world.guests.purge()).settled
    assert [(account.id, "Well.")] == await shop.host.ask("SELECT * FROM notes")


class Portrait(Letters):
    """Something whose export has a shape of its own."""

    name = "portrait"

    @override
    async def export(self, query: Query, account_id: str) -> object:
        return {"portrait": account_id in self.owners}


async def test_an_export_keeps_the_shape_that_a_host_gave_it(shop: Shop) -> None:
    """What is no list is told of the survivor alone, whatever was merged."""
    world = World(shop.store, shop.clock, resources=[Portrait()])
    account, _ = await shop.merged()
    assert {"portrait": False} == (await world.data.export(account))["portrait"]


async def test_a_large_family_is_asked_about_in_parts(shop: Shop) -> None:
    """However many accounts became one, a statement has as many values as it may."""
    many = [f"{number:020}" for number in range(1200)]
    await shop.order(many[-1], "1")

    late = await shop.belongings.late(many, Ending.MERGED)

    assert {many[-1]: ["orders"]} == {
        id: [one.name for one in where] for id, where in late.items()
    }
