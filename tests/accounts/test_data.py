"""Take along and erase: everything known, and nothing left."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onboarding.accounts.model import Contact, Ending, IdentityLink, ProvenAddress
from onboarding.accounts.planned import Outcome
from onboarding.accounts.resources import Resource
from onboarding.accounts.table_rules import Anonymise, DeleteRows, KeepLarger, KeepRows
from onboarding.changes import Statement
from onboarding.errors import AccountEnded, ConfigError
from onboarding.stores import store_from, upgrade
from tests.world import World, identity

pytestmark = pytest.mark.anyio

RESOURCES = (
    Resource.table(
        "cart_lines",
        owner="account_id",
        merge=KeepLarger(key="book", quantity="quantity"),
        purge=DeleteRows(),
    ),
    Resource.table(
        "orders",
        owner="account_id",
        erase=Anonymise(columns=["address"], reason="invoices stay for seven years"),
    ),
    Resource.table("notes", owner="account_id", erase=KeepRows("they are public")),
)

TABLES = (
    "CREATE TABLE cart_lines (account_id TEXT, book TEXT, quantity INTEGER)",
    "CREATE TABLE orders (number TEXT, account_id TEXT, address TEXT)",
    "CREATE TABLE notes (account_id TEXT, words TEXT)",
)


@pytest.fixture(params=["sqlite", "postgres"])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Yield a world whose host has three tables in the same database."""
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    if request.param == "postgres":
        database = request.getfixturevalue("postgres_dsn")
        await upgrade(database)
    store = store_from(database)
    await store.open()
    await store.commit(*(Statement(sql) for sql in TABLES))
    yield World(store, resources=RESOURCES)
    await store.close()


async def put(world: World, account_id: str, **books: int) -> None:
    """Fill a cart."""
    sql = "INSERT INTO cart_lines (account_id, book, quantity) VALUES ($1, $2, $3)"
    await world.store.commit(
        *(Statement(sql, (account_id, book, n)) for book, n in books.items())
    )


async def order(world: World, account_id: str, number: str) -> None:
    """Place an order."""
    sql = "INSERT INTO orders (number, account_id, address) VALUES ($1, $2, 'Here 1')"
    await world.store.commit(Statement(sql, (number, account_id)))


async def rows(world: World, sql: str) -> list[tuple[object, ...]]:
    """Return rows as tuples, in order."""
    return sorted(tuple(row.values()) for row in await world.store.query(sql))  # type: ignore[type-var]  # rows of one query are alike


async def test_a_merge_brings_cart_and_orders_together(shop: World) -> None:
    """Orders move; cart lines of one book become one with the larger quantity."""
    owner = await shop.person("kim")
    guest = await shop.guest()
    await put(shop, owner.account.id, emma=1, walden=3)
    await put(shop, guest.account.id, emma=2, walden=1, dracula=1)
    await order(shop, owner.account.id, "1")
    await order(shop, guest.account.id, "2")

    await shop.accounts.sign_in(identity("kim"), guest)

    cart = await rows(shop, "SELECT account_id, book, quantity FROM cart_lines")
    mine = owner.account.id
    assert [(mine, "dracula", 1), (mine, "emma", 2), (mine, "walden", 3)] == cart
    assert [("1", mine), ("2", mine)] == await rows(
        shop, "SELECT number, account_id FROM orders"
    )
    (receipt,) = await shop.accounts.list_receipts(owner.account)
    assert {"cart_lines": "combined:2 added:1", "orders": "added:1"} == receipt.moved


async def test_everything_is_in_the_export(shop: World) -> None:
    """The export holds account, ways in, addresses, rows and events, as JSON."""
    person = await shop.person("kim", "kim@example.org")
    await order(shop, person.account.id, "1")

    export = json.loads(json.dumps(await shop.data.export(person.account)))

    assert person.account.id == export["account"]["id"]
    assert "kim@example.org" == export["contacts"][0]["address"]
    assert "kim" == export["identities"][0]["subject"]
    assert "1" == export["orders"][0]["number"]
    assert "account_registered" == export["events"][0]["name"]
    assert shop.now.isoformat() == export["sessions"][0]["began"]
    assert person.new_session.token.secret not in json.dumps(export)
    assert person.new_session.token.hash not in json.dumps(export)


async def test_erasing_says_what_goes_and_what_stays(shop: World) -> None:
    """The plan names each resource with its outcome and, where kept, the reason."""
    person = await shop.person("kim")
    await put(shop, person.account.id, emma=1)
    await order(shop, person.account.id, "1")

    plans = await shop.data.plan_erase(person.account)
    plan = {resource.name: planned for resource, planned in plans}

    assert Outcome.ERASED is plan["cart_lines"].outcome
    assert (Outcome.KEPT, "invoices stay for seven years") == (
        plan["orders"].outcome,
        plan["orders"].reason,
    )
    assert Outcome.NOTHING is plan["notes"].outcome


async def test_nothing_personal_is_left_after_erasing(shop: World) -> None:
    """Rows go or are blanked, the identity is unknown again, the id is a tombstone."""
    person = await shop.person("kim", "kim@example.org")
    me = person.account.id
    await put(shop, me, emma=1)
    await order(shop, me, "1")

    await shop.data.erase(me)

    assert Ending.ERASED is (await shop.account(me)).ending
    assert await shop.sessions.find(person.new_session.token.reveal()) is None
    assert await shop.store.find(IdentityLink, "https://id.example", "kim") is None
    assert await shop.store.find(ProvenAddress, "kim@example.org") is None
    assert [] == await shop.store.list_of(Contact, me)
    assert [] == await rows(shop, "SELECT book FROM cart_lines")
    assert [("1", None)] == await rows(shop, "SELECT number, address FROM orders")
    with pytest.raises(AccountEnded):
        await shop.data.erase(me)
    again = await shop.person("kim", "kim@example.org")
    assert me != again.account.id


@pytest.mark.parametrize("name", ["Orders", "orders; drop", "o'rders", "", "1st"])
def test_a_strange_name_of_a_table_is_refused(name: str) -> None:
    """What is not a plain SQL name never reaches the database."""
    with pytest.raises(ConfigError, match="plain SQL name"):
        Resource.table(name, owner="account_id")
