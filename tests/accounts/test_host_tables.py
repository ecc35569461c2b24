"""A host's tables are held against their resources when the application opens."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from onboarding import (
    AccountWins,
    Anonymise,
    Claim,
    DeleteRows,
    GuestWins,
    KeepLarger,
    KeepOne,
    KeepRows,
    Onboarding,
    Park,
    PerState,
    Reassign,
    Resource,
)
from onboarding.accounts.host_table import HoldingKey
from onboarding.accounts.planned import Planned
from onboarding.accounts.resources import Query
from onboarding.changes import Statement
from onboarding.doctor import examine
from onboarding.errors import ConfigError, StoreError
from onboarding.stores import store_from, upgrade
from tests.stores.host import connected
from tests.world import World, identity

pytestmark = pytest.mark.anyio

TAX = "Tax law keeps orders for ten years."


@dataclass
class Shop:
    """A database of a host's, and an application that opens on it."""

    database: str

    async def run(self, sql: str) -> None:
        """Do what a host does by itself."""
        async with connected(self.database) as host:
            await host.run(sql)

    def build(self, *resources: Resource) -> Onboarding[Any]:
        """Return an application with these resources."""
        return Onboarding(
            url="https://shop.example/welcome",
            mailer=None,
            secret_key="a key for tests, of more than thirty-two bytes",
            database=self.database,
            resources=resources,
        )

    async def refused(self, *resources: Resource) -> str:
        """Open, which must fail, and return what it says."""
        onboarding = self.build(*resources)
        with pytest.raises(ConfigError) as refused:
            await onboarding.open()
        assert not onboarding.is_open
        return str(refused.value)


@pytest.fixture(params=["sqlite", "postgres"])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """Yield a host's database, with our tables in it."""
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    if request.param == "postgres":
        database = request.getfixturevalue("postgres_dsn")
    await upgrade(database)
    return Shop(database)


def table(name: str = "orders", **changed: Any) -> Resource:
    """Declare a table, but for what is changed."""
    return Resource.table(name, **{"owner": "account_id", **changed})


ORDERS = """
CREATE TABLE orders (
  number INTEGER PRIMARY KEY, account_id TEXT NOT NULL, name TEXT NOT NULL, street TEXT
)
"""


LINES = """
CREATE TABLE orders (
  account_id TEXT, book TEXT, copies INTEGER, state TEXT, UNIQUE (account_id, book)
)
"""
LARGER = KeepLarger(key="book", quantity="copies")


# ── what is not there ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (table("ordesr"), "no such table; you named 'ordesr'.*did you mean 'orders'"),
        (table(owner="acount_id"), "'acount_id'.*did you mean 'account_id'"),
        (
            table(merge=KeepLarger(key="book", quantity="number")),
            "'book'.*no such column",
        ),
        (
            table(merge=KeepLarger(key="number", quantity="copies")),
            "'copies'.*no such column",
        ),
        (
            table(erase=Anonymise(columns=["email"], reason=TAX)),
            "'email'.*no such column",
        ),
        (table(merge=PerState("staet", {"cart": KeepOne()})), "'staet'.*no such"),
        (
            table(merge=GuestWins(losing=Park(take_back=LARGER))),
            "'book'.*no such column",
        ),
    ],
    ids=[
        *("a table", "an owner", "a key", "a quantity", "what is anonymised"),
        *("a state", "a key of what waits"),
    ],
)
async def test_what_is_not_there_is_found_at_opening_by_name(
    shop: Shop, resource: Resource, told: str
) -> None:
    """Not by the first person who signs in, as a fault that would pass."""
    await shop.run(ORDERS)
    said = await shop.refused(resource)
    assert said.startswith("Resource.table(")
    assert re.search(told, said), said


@pytest.mark.parametrize("word", ["order", "group", "select", "table"])
async def test_a_word_of_sql_is_no_name(shop: Shop, word: str) -> None:
    """Of a table or a column, whether or not the host has quoted it into being."""
    await shop.run(f'CREATE TABLE "{word}" (account_id TEXT)')
    await shop.run(f'CREATE TABLE lines (account_id TEXT, "{word}" TEXT)')
    assert f"{word!r} is a word of SQL" in await shop.refused(table(word))
    rule = Anonymise(columns=[word], reason=TAX)
    assert f"{word!r} is a word of SQL" in await shop.refused(
        table("lines", erase=rule)
    )


async def test_an_owner_of_another_type_is_found_at_opening(
    postgres_dsn: str,
) -> None:
    """An id is text: where the column holds numbers, no statement would get through."""
    await upgrade(postgres_dsn)
    shop = Shop(postgres_dsn)
    await shop.run("CREATE TABLE orders (account_id INTEGER)")
    assert "cannot be counted" in await shop.refused(table())


async def test_states_of_another_type_are_found_at_opening(postgres_dsn: str) -> None:
    """A number where the column holds texts would stop every sign-in."""
    await upgrade(postgres_dsn)
    shop = Shop(postgres_dsn)
    await shop.run("CREATE TABLE orders (account_id TEXT, state TEXT)")
    by_number = PerState("state", {2: GuestWins(), 1: KeepOne()})
    assert "cannot be counted" in await shop.refused(table(merge=by_number))
    await shop.run("ALTER TABLE orders ALTER COLUMN state TYPE INT USING 1")
    async with shop.build(table(merge=by_number)) as onboarding:
        assert onboarding.is_open


async def test_what_could_never_be_anonymised_is_found_at_opening(shop: Shop) -> None:
    """A column that may not be NULL would stop every erasure."""
    await shop.run(ORDERS)
    said = await shop.refused(table(erase=Anonymise(columns=["name"], reason=TAX)))
    assert "'name' is NOT NULL" in said
    fine = shop.build(table(erase=Anonymise(columns=["street"], reason=TAX)))
    async with fine:
        assert fine.is_open


# ── what a merge would break ─────────────────────────────────────────────────

OPEN = (
    "CREATE TABLE orders (account_id TEXT, book TEXT, state VARCHAR(9));"
    "CREATE UNIQUE INDEX mine ON orders (account_id) WHERE {rows}"
)

BROKEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "one row for each account": (
        "CREATE TABLE orders (account_id TEXT UNIQUE, name TEXT)",
        {},
        "merge=KeepOne()",
    ),
    "the account as the key": (
        "CREATE TABLE orders (account_id TEXT PRIMARY KEY, name TEXT)",
        {},
        "merge=KeepOne()",
    ),
    "a key of two": (
        "CREATE TABLE orders (account_id TEXT, book TEXT, UNIQUE (account_id, book))",
        {},
        "merge=KeepLarger(key=['book']",
    ),
    "an index of its own": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT);"
            "CREATE UNIQUE INDEX mine ON orders (book, account_id)"
        ),
        {},
        "merge=KeepLarger(key=['book']",
    ),
    "for some rows only": (
        (
            "CREATE TABLE orders (account_id TEXT, is_usual INTEGER);"
            "CREATE UNIQUE INDEX mine ON orders (account_id) WHERE is_usual = 1"
        ),
        {},
        "merge=PerState('is_usual', {1: KeepOne()}, otherwise=Reassign())",
    ),
    "for rows in one state": (
        OPEN.format(rows="state = 'open'"),
        {},
        "merge=PerState('state', {'open': KeepOne()}, otherwise=Reassign())",
    ),
    "for rows in one state, beside those that are named": (
        OPEN.format(rows="state = 'open'"),
        {"merge": PerState("state", {"cart": KeepOne()}, otherwise=Reassign())},
        "merge=PerState('state', {'open': KeepOne()}, otherwise=Reassign())",
    ),
    "for rows in two states, of which one is named": (
        OPEN.format(rows="state IN ('open', 'paying')"),
        {"merge": PerState("state", {"open": KeepOne()}, otherwise=AccountWins())},
        "has no 'state' in it",
    ),
    "for rows of which nothing is known": (
        OPEN.format(rows="state <> 'open' OR book IS NULL"),
        {},
        "write merge=KeepOne()",
    ),
    "for rows of a computed key": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT, state TEXT);"
            "CREATE UNIQUE INDEX mine ON orders (account_id, lower(book))"
            " WHERE state = 'open'"
        ),
        {},
        "merge=PerState('state', {'open': KeepOne()}, otherwise=Reassign())",
    ),
    "a key that is computed": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT);"
            "CREATE UNIQUE INDEX mine ON orders (account_id, lower(book))"
        ),
        {},
        "its key (account_id, lower(book)) is unique",
    ),
    "an owner that is computed": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT);"
            "CREATE UNIQUE INDEX mine ON orders (book, lower(account_id))"
        ),
        {},
        "merge=KeepOne()",
    ),
    "a rule that takes for two what the key takes for one": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT, copies INTEGER);"
            "CREATE UNIQUE INDEX mine ON orders (account_id, lower(book))"
        ),
        {"merge": KeepLarger(key="book", quantity="copies")},
        "merge=KeepOne()",
    ),
    "a rule for another key": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT, size TEXT,"
            " copies INTEGER, UNIQUE (account_id, book))"
        ),
        {"merge": KeepLarger(key=["book", "size"], quantity="copies")},
        "(account_id, book) is unique",
    ),
    "what waits could not come back": (
        LINES,
        {"merge": Park()},
        "take_back=KeepLarger(key=['book'], quantity=\"…\") or take_back=GuestWins()",
    ),
    "what lost could not come back": (
        LINES,
        {"merge": GuestWins(losing=Park())},
        "take_back=GuestWins()",
    ),
    "in one state of several": (
        LINES,
        {"merge": PerState("state", {"paying": GuestWins(), "cart": Reassign()})},
        "merge=KeepLarger(key=['book']",
    ),
    "across states": (
        LINES,
        {"merge": PerState("state", {"cart": GuestWins()}, otherwise=AccountWins())},
        "has no 'state' in it",
    ),
    "beside the states that are named": (
        "CREATE TABLE orders (account_id TEXT, state TEXT, UNIQUE (account_id, state))",
        {"merge": PerState("state", {"cart": KeepOne()}, otherwise=Reassign())},
        "(account_id, state) is unique",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_a_key_that_a_merge_would_break_is_found_at_opening(
    shop: Shop, case: str
) -> None:
    """With the rule that keeps it; not as a conflict for whoever signs in, for ever."""
    sql, rules, told = BROKEN[case]
    await shop.run(sql)
    assert told in await shop.refused(table(**rules))
    async with shop.build(table(merge=KeepOne())) as onboarding:
        assert onboarding.is_open


KEPT: dict[str, tuple[str, dict[str, Any]]] = {
    "a key without the owner": (ORDERS, {}),
    "a number that is the owner's order": (
        "CREATE TABLE orders (account_id TEXT, attempt TEXT UNIQUE)",
        {},
    ),
    "a key whose rest is the rule's": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT, copies INTEGER,"
            " PRIMARY KEY (account_id, book))"
        ),
        {"merge": KeepLarger(key="book", quantity="copies")},
    ),
    "a computed key without the owner": (
        (
            "CREATE TABLE orders (account_id TEXT, email TEXT);"
            "CREATE UNIQUE INDEX mine ON orders (lower(email))"
        ),
        {},
    ),
    "a computed key of more than the rule's": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT, size TEXT,"
            " copies INTEGER);"
            "CREATE UNIQUE INDEX mine ON orders (account_id, book, lower(size))"
        ),
        {"merge": KeepLarger(key="book", quantity="copies")},
    ),
    "an index that is not unique": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT);"
            "CREATE INDEX mine ON orders (account_id, lower(book))"
        ),
        {},
    ),
    "a key of more than the rule's": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT, size TEXT,"
            " copies INTEGER, UNIQUE (account_id, book, size))"
        ),
        {"merge": KeepLarger(key="book", quantity="copies")},
    ),
    "one side alone": (LINES, {"merge": GuestWins()}),
    "the other side alone": (LINES, {"merge": AccountWins()}),
    "what waits comes back whole": (LINES, {"merge": Park(take_back=GuestWins())}),
    "what lost joins": (LINES, {"merge": AccountWins(losing=Park(take_back=LARGER))}),
    "by state": (LINES, {"merge": PerState("state", {"cart": LARGER})}),
    **{
        f"for rows in states that have a rule: {rows}": (
            OPEN.format(rows=rows),
            {
                "merge": PerState(
                    "state", {"open": KeepOne(), "it's": GuestWins()}, otherwise=rule
                )
            },
        )
        for rule in (Reassign(), KeepOne())
        for rows in (
            "state = 'open'",
            "('open' = state)",
            "state IN ('open', 'it''s')",
            "book IS NOT NULL AND (state = 'open') AND account_id <> ''",
        )
    },
    "for rows of nobody": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT);"
            "CREATE UNIQUE INDEX mine ON orders (book) WHERE account_id IS NOT NULL"
        ),
        {},
    ),
    "for rows beside the states that are named": (
        OPEN.format(rows="state = 'usual'"),
        {"merge": PerState("state", {"open": GuestWins()}, otherwise=KeepOne())},
    ),
    "for rows in a number of a state": (
        (
            "CREATE TABLE orders (account_id TEXT, state INTEGER);"
            "CREATE UNIQUE INDEX mine ON orders (account_id) WHERE state IN (1, -2)"
        ),
        {
            "merge": PerState(
                "state", {1: KeepOne(), -2: KeepOne()}, otherwise=Reassign()
            )
        },
    ),
    "for rows of a computed key, by state": (
        (
            "CREATE TABLE orders (account_id TEXT, book TEXT, state VARCHAR(9));"
            "CREATE UNIQUE INDEX mine ON orders (account_id, lower(book))"
            " WHERE state = 'open'"
        ),
        {"merge": PerState("state", {"open": KeepOne()}, otherwise=Reassign())},
    ),
    "by state, and beside it": (
        "CREATE TABLE orders (account_id TEXT, state TEXT, UNIQUE (account_id, state))",
        {"merge": PerState("state", {"cart": KeepOne()}, otherwise=AccountWins())},
    ),
}


@pytest.mark.parametrize("case", KEPT)
async def test_a_key_that_every_merge_keeps_is_let_through(
    shop: Shop, case: str
) -> None:
    """What cannot break is no reason to stop."""
    sql, rules = KEPT[case]
    await shop.run(sql)
    async with shop.build(table(**rules)) as onboarding:
        assert onboarding.is_open


async def test_a_merge_keeps_a_key_over_some_rows(shop: Shop) -> None:
    """One open row is left, and what stands beside the key comes along whole."""
    await shop.run(OPEN.format(rows="state = 'open'"))
    rule = PerState("state", {"open": KeepOne()}, otherwise=Reassign())
    resource = table(merge=rule)
    async with shop.build(resource) as onboarding:
        world = World(onboarding.store, resources=[resource])
        guest, owner = [(await world.guest()).account.id for _ in range(2)]
        await shop.run(
            "INSERT INTO orders VALUES"
            f" ('{guest}', 'Emma', 'open'), ('{guest}', 'Walden', 'paid'),"
            f" ('{owner}', 'Dracula', 'open'), ('{owner}', 'Carmilla', 'paid')"
        )
        await world.merging.merge(guest, owner)
        rows = await world.store.query("SELECT * FROM orders ORDER BY book")
    assert {owner} == {row["account_id"] for row in rows}
    assert ["Carmilla", "Dracula", "Walden"] == [row["book"] for row in rows]


async def test_a_key_over_some_rows_tells_no_order_from_the_others(shop: Shop) -> None:
    """Beside those there may be two of it: whoever claims could get another one."""
    await shop.run(
        "CREATE TABLE orders (number TEXT, account_id TEXT, email TEXT, at TEXT);"
        "CREATE UNIQUE INDEX mine ON orders (number) WHERE email IS NOT NULL"
    )
    claim = Claim(key="number", contact="email", at="at")
    said = await shop.refused(table(claim=claim))
    assert "claim: 'number' is not unique" in said


# ── what is referenced ───────────────────────────────────────────────────────

PARTS = """
CREATE TABLE orders (number INTEGER PRIMARY KEY, account_id TEXT, name TEXT);
CREATE TABLE parts (
  order_number INTEGER REFERENCES orders (number) {act}, account_id TEXT, name TEXT
)
"""
KEPT_BY_HAND = {"purge": KeepRows(TAX), "erase": KeepRows(TAX)}
HELD: dict[str, tuple[dict[str, Any], str]] = {
    "an erasure": ({}, "nobody's data could be erased"),
    "a purge": ({**KEPT_BY_HAND, "purge": DeleteRows()}, "no guest could lapse"),
    **{
        name: ({**KEPT_BY_HAND, "merge": rule}, "nobody could sign in")
        for name, rule in {
            "a merge": KeepOne(),
            "a guest who wins": GuestWins(),
            "an account that wins": AccountWins(),
            "what is taken back": Park(take_back=GuestWins()),
            "what lost, taken back": GuestWins(losing=Park(take_back=GuestWins())),
            "one state": PerState("name", {"a": Reassign(), "b": AccountWins()}),
        }.items()
    },
}


@pytest.mark.parametrize("act", ["", "ON DELETE RESTRICT"])
@pytest.mark.parametrize("case", HELD)
async def test_a_foreign_key_that_keeps_rows_is_found_at_opening(
    shop: Shop, case: str, act: str
) -> None:
    """Not by the first person whose data could then not be erased, ever."""
    rules, told = HELD[case]
    await shop.run(PARTS.format(act=act))
    said = await shop.refused(table(**rules))
    assert "those of 'parts' reference them by (order_number)" in said
    assert told in said


LET_GO: dict[str, tuple[str, list[Resource]]] = {
    "they go along": ("ON DELETE CASCADE", [table()]),
    "they are emptied": ("ON DELETE SET NULL", [table()]),
    "nothing is deleted": ("", [table(**KEPT_BY_HAND)]),
    "nor what waits": (
        "",
        [table(**KEPT_BY_HAND, merge=GuestWins(losing=Park()))],
    ),
    "the row stays": ("", [table(erase=Anonymise(columns=["name"], reason=TAX))]),
    "they go first": ("", [table("parts"), table()]),
}


@pytest.mark.parametrize("case", LET_GO)
async def test_a_foreign_key_that_lets_go_is_let_through(shop: Shop, case: str) -> None:
    """By what it says, or by a resource that comes before."""
    act, resources = LET_GO[case]
    await shop.run(PARTS.format(act=act))
    async with shop.build(*resources) as onboarding:
        world = World(onboarding.store, resources=resources)
        guest = (await world.guest()).account
        put = "INSERT INTO orders (number, account_id) VALUES (1, $1)"
        part = "INSERT INTO parts (order_number, account_id) VALUES (1, $1)"
        for sql in (put, part):
            await world.store.commit(Statement(sql, (guest.id,)))
        await world.data.erase(guest.id)


class Parts(Resource):
    """Parts of orders, which say nothing of whose they are."""

    name = "parts"

    @override
    def lets_go(self, verb: str, key: HoldingKey) -> bool:
        return key.table == "parts" and verb == "erase"

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        sql = (
            "DELETE FROM parts WHERE order_number IN"
            " (SELECT number FROM orders WHERE account_id = $1)"
        )
        return Planned(changes=[Statement(sql, (account_id,))])

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        return Planned()

    @override
    async def purge(self, query: Query, account_id: str) -> Planned:
        return Planned()

    @override
    async def export(self, query: Query, account_id: str) -> object:
        return []


async def test_a_resource_of_the_hosts_own_may_let_go(shop: Shop) -> None:
    """Where it says so, for the verb that it says."""
    await shop.run(PARTS.format(act=""))
    async with shop.build(Parts(), table()) as onboarding:
        assert onboarding.is_open
    assert "no guest could lapse" in await shop.refused(
        Parts(), table(purge=DeleteRows())
    )


@pytest.mark.parametrize("after", [[table("parts")], []], ids=["after", "keeps them"])
async def test_who_comes_after_or_keeps_them_lets_nothing_go(
    shop: Shop, after: list[Resource]
) -> None:
    """The statements of one commit run in the order of the resources."""
    await shop.run(PARTS.format(act=""))
    before = [] if after else [table("parts", erase=KeepRows(TAX))]
    assert "'parts'" in await shop.refused(*before, table(), *after)


async def test_rows_of_the_account_that_stays_are_let_go_by_no_merge(
    shop: Shop,
) -> None:
    """A resource before moves what the guest has, and leaves the account's in place."""
    await shop.run(
        "CREATE TABLE orders (account_id TEXT, number INTEGER, copies INTEGER,"
        " UNIQUE (account_id, number))",
    )
    await shop.run(
        "CREATE TABLE parts (account_id TEXT, order_number INTEGER,"
        " FOREIGN KEY (account_id, order_number)"
        " REFERENCES orders (account_id, number))"
    )
    joins = KeepLarger(key="number", quantity="copies")
    parts, rest = table("parts"), KEPT_BY_HAND
    async with shop.build(parts, table(**rest, merge=joins)) as onboarding:
        assert onboarding.is_open
    for wins in (GuestWins(), Park(take_back=GuestWins())):
        said = await shop.refused(parts, table(**rest, merge=wins))
        assert "nobody could sign in" in said


async def test_a_row_that_references_its_own_table_is_the_hosts(shop: Shop) -> None:
    """A statement takes all rows of an account at once."""
    await shop.run(
        "CREATE TABLE orders (number INTEGER PRIMARY KEY, account_id TEXT,"
        " before INTEGER REFERENCES orders (number))"
    )
    async with shop.build(table()) as onboarding:
        assert onboarding.is_open


async def test_one_row_is_kept_for_each_account(shop: Shop) -> None:
    """That of the account that stays; the other's moves where there is none."""
    await shop.run("CREATE TABLE users (account_id TEXT UNIQUE, name TEXT)")
    users = table("users", merge=KeepOne())
    put = "INSERT INTO users (account_id, name) VALUES ($1, $2)"
    async with shop.build(users) as onboarding:
        world = World(onboarding.store, resources=[users])
        for name, both in (("kim", True), ("ada", False)):
            owner = (await world.person(name)).account
            guest = (await world.guest()).account
            await world.store.commit(Statement(put, (guest.id, f"guest of {name}")))
            if both:
                await world.store.commit(Statement(put, (owner.id, name)))
            for _ in range(2):  # the same merge again changes nothing
                await world.merging.merge(guest.id, owner.id)
            rows = await world.store.query(
                "SELECT name FROM users WHERE account_id = $1", (owner.id,)
            )
            assert [{"name": name if both else f"guest of {name}"}] == rows


async def test_a_key_that_is_broken_every_time_is_no_conflict(shop: Shop) -> None:
    """Made after opening, it is found by a merge: who must act is who set it up."""
    await shop.run("CREATE TABLE users (account_id TEXT, name TEXT)")
    users = table("users")
    put = "INSERT INTO users (account_id, name) VALUES ($1, 'x')"
    async with shop.build(users) as onboarding:
        world = World(onboarding.store, resources=[users])
        owner = (await world.person("kim")).account
        guest = await world.guest()
        for one in (owner, guest.account):
            await world.store.commit(Statement(put, (one.id,)))
        await shop.run("CREATE UNIQUE INDEX late ON users (account_id)")
        with pytest.raises(StoreError, match=r"unique key .*merge=KeepOne") as told:
            await world.accounts.sign_in(identity("kim"), guest)
        assert (500, "store_error") == (told.value.status, told.value.code)


async def test_a_table_that_goes_away_is_no_fault_that_passes(shop: Shop) -> None:
    """What is missing at the next try too says so, and names what is missing."""
    await shop.run(ORDERS)
    async with shop.build(table()) as onboarding:
        account = (await onboarding.guests.start()).account
        await shop.run("DROP TABLE orders")
        with pytest.raises(StoreError, match="orders") as told:
            await onboarding.data.export(account)
        assert told.value.status == 500


async def test_the_doctor_finds_it_too(shop: Shop) -> None:
    """Before the application is started at all."""
    found = await examine(shop.build(table()))
    assert any("no such table" in one.advice for one in found if not one.is_well)


async def test_tables_of_a_database_in_memory_come_after_opening() -> None:
    """It is made at that moment, so that no table of a host's can be there yet."""
    shop = Shop("memory:")
    async with shop.build(table()) as onboarding:
        await onboarding.store.commit(Statement(ORDERS))
        account = (await onboarding.guests.start()).account
        assert [] == (await onboarding.data.export(account))["orders"]
    assert "'order' is a word of SQL" in await shop.refused(table("order"))


async def test_keeping_rows_asks_nothing_of_the_columns(shop: Shop) -> None:
    """A rule that names no column needs none."""
    await shop.run(ORDERS)
    kept = table(erase=KeepRows(TAX), purge=DeleteRows())
    async with shop.build(kept) as onboarding:
        assert onboarding.is_open


async def test_a_store_says_what_there_is(tmp_path: Path) -> None:
    """In SQLite a name has no case, and a schema may stand before it."""
    store = store_from(f"sqlite:///{tmp_path / 'shop.db'}")
    await store.open()
    await store.commit(
        Statement("CREATE TABLE Carts (Account_ID TEXT NOT NULL, note TEXT)")
    )
    for name in ("carts", "main.carts"):
        found = await store.describe(name)
        assert {"account_id": False, "note": True} == found.columns
    assert "Carts" in (await store.describe("cards")).others
    await store.close()
