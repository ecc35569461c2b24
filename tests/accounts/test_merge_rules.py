"""What becomes of a host's rows in a merge, rule by rule, whatever is in them.

Each rule has a model here of a few lines: the table as a set of rows, before and after.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding import (
    AccountWins,
    DeleteRows,
    GuestWins,
    KeepLarger,
    KeepOne,
    Park,
    PerState,
    Resource,
)
from onboarding.accounts.merge_plan import ResourcePlan, place_of
from onboarding.accounts.merge_rules import MergeRule, when_taken_back
from onboarding.accounts.model import Account, Ending
from onboarding.changes import Statement
from onboarding.errors import Conflict, Refused
from onboarding.stores import store_from, upgrade
from tests.world import World

pytestmark = pytest.mark.anyio

LARGER = KeepLarger(key="book", quantity="quantity")
WAITS = Park(take_back=LARGER)
PLAIN: Mapping[str, MergeRule] = {
    "larger": LARGER,
    "one": KeepOne(),
    "guest": GuestWins(),
    "guest, the other waits": GuestWins(losing=WAITS),
    "account": AccountWins(),
    "account, the other waits": AccountWins(losing=WAITS),
    "waits": WAITS,
    "waits, and wins": Park(take_back=GuestWins(losing=WAITS)),
}
BY_STATE: Mapping[str, MergeRule] = {
    "by state": PerState(
        "state", {"checkout": GuestWins(losing=WAITS), "cart": LARGER}
    ),
    "by state, waiting": PerState("state", {"checkout": WAITS, "cart": KeepOne()}),
}
RULES = PLAIN | BY_STATE

TABLE = """
CREATE TABLE lines (
  account_id TEXT NOT NULL REFERENCES onboarding_accounts (id),
  book TEXT NOT NULL, quantity INTEGER NOT NULL, state TEXT, note TEXT NOT NULL,
  PRIMARY KEY (account_id, book)
)
"""
"""With a key and a foreign key: neither may ever stand in the way of a sign-in."""

PUT = """
INSERT INTO lines (account_id, book, quantity, state, note)
VALUES ($1, $2, $3, $4, $5)
"""


@dataclass(frozen=True, order=True)
class Row:
    """One line; the note says whose it was at first."""

    book: str
    quantity: int
    state: str | None
    note: str


Cart = tuple[Row, ...]


def cart(note: str) -> st.SearchStrategy[Cart]:
    """Return carts: books, each once, and how many of it in which state."""
    row = st.tuples(st.integers(1, 3), st.sampled_from(["cart", "checkout", None]))
    books = st.dictionaries(st.sampled_from("abc"), row, max_size=3)
    return books.map(
        lambda found: tuple(
            Row(book, quantity, state, f"{note} {book}")
            for book, (quantity, state) in sorted(found.items())
        )
    )


# ── the model ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class After:
    """What is to be there afterwards."""

    account: Cart
    waits: Cart = ()


def model(rule: MergeRule, guest: Cart, account: Cart) -> After:
    """Say what a rule does, in words of sets."""
    match rule:
        case PerState(rules=rules):
            states = [row.state for row in guest]
            found = [one for state, one in rules.items() if state in states]
            return model((found or list(rules.values())[-1:])[0], guest, account)
        case KeepLarger():
            mine = {row.book: row for row in account}
            for row in guest:
                twin = mine.get(row.book)
                most = max(row.quantity, twin.quantity) if twin else row.quantity
                kept = twin or row
                mine[row.book] = Row(kept.book, most, kept.state, kept.note)
            return After(tuple(sorted(mine.values())))
        case Park():
            return After(account, guest)
        case KeepOne() | AccountWins(losing=DeleteRows()):
            return After(account or guest)
        case AccountWins():
            return After(account or guest, guest if account else ())
        case GuestWins(losing=DeleteRows()):
            return After(guest or account)
        case GuestWins():
            return After(guest or account, account if guest else ())
    raise AssertionError(rule)


# ── the database ─────────────────────────────────────────────────────────────


class Shop(World):
    """A world with one table of a host's."""

    rule: MergeRule

    async def put(self, account_id: str, rows: Cart) -> None:
        """Write rows, as a host does."""
        for row in rows:
            values = (account_id, row.book, row.quantity, row.state, row.note)
            await self.store.commit(Statement(PUT, values))

    async def carts(self) -> dict[str, Cart]:
        """Return every row, by its owner."""
        found = defaultdict[str, list[Row]](list)
        for row in await self.store.query("SELECT * FROM lines"):
            values: Any = (row["book"], row["quantity"], row["state"], row["note"])
            found[str(row["account_id"])].append(Row(*values))
        return {id: tuple(sorted(rows)) for id, rows in found.items()}

    async def pair(self, guest: Cart, account: Cart) -> tuple[str, str]:
        """Return a guest and somebody registered, each with a cart."""
        ids = [(await self.guest()).account.id, (await self.person("kim")).account.id]
        await self.put(ids[0], guest)
        await self.put(ids[1], account)
        return ids[0], ids[1]


def declared(rule: MergeRule) -> Resource:
    """Return the table with a rule."""
    return Resource.table("lines", owner="account_id", merge=rule, purge=DeleteRows())


ON_BOTH = pytest.mark.parametrize(
    "shop",
    [(name, engine) for engine in ("sqlite", "postgres") for name in RULES],
    indirect=True,
    ids=lambda param: f"{param[1]}-{param[0]}",
)


@pytest.fixture
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """Open a shop with a rule, once its table has passed the check at opening."""
    name, engine = request.param
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    if engine == "postgres":
        database = request.getfixturevalue("postgres_dsn")
    await upgrade(database)
    store = store_from(database)
    await store.open()
    lines = declared(RULES[name])
    await store.commit(Statement(TABLE))
    await lines.check(store)
    shop = Shop(store, resources=[lines])
    shop.rule = RULES[name]
    yield shop
    await store.close()


async def empty(shop: Shop) -> None:
    """Take everything away, for the next example on the same database."""
    tables = ("lines", "onboarding_receipts", "onboarding_sessions")
    more = ("onboarding_identities", "onboarding_events", "onboarding_accounts")
    for table in (*tables, *more):
        await shop.store.commit(Statement(f"DELETE FROM {table}"))


MANY = settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CARTS = given(guest=cart("guest"), account=cart("account"))


def without_nothing(carts: Mapping[str, Cart]) -> dict[str, Cart]:
    """Return the carts that have anything in them."""
    return {id: rows for id, rows in carts.items() if rows}


# ── what holds of each rule ──────────────────────────────────────────────────


@ON_BOTH
@MANY
@CARTS
async def test_a_rule_does_what_it_says_and_nothing_else(
    shop: Shop, guest: Cart, account: Cart
) -> None:
    """Nothing is lost but what the rule names; twice is once; the plan tells it."""
    await empty(shop)
    source, target = await shop.pair(guest, account)
    plan = await shop.merging.plan(source, target)

    receipts = [await shop.merging.merge(source, target) for _ in range(2)]

    after = model(shop.rule, guest, account)
    wanted = {target: after.account, place_of(source): after.waits}
    assert without_nothing(wanted) == await shop.carts()
    assert receipts[0] == receipts[1]
    assert plan.moved == receipts[0].moved
    told = {outcome: count for one in plan.resources for outcome, count in said(one)}
    assert len(guest) == sum(told.get(one, 0) for one in OF_THE_GUEST)
    assert len(after.waits) == told.get("parked", 0) + told.get("displaced", 0)


OF_THE_GUEST = ("added", "combined", "dropped", "parked")


def said(one: ResourcePlan) -> list[tuple[str, int]]:
    """Return outcomes and counts of one resource."""
    return [(part.outcome.value, part.count) for part in one.parts]


@ON_BOTH
@MANY
@CARTS
async def test_what_waits_is_taken_back_whole(
    shop: Shop, guest: Cart, account: Cart
) -> None:
    """By its rule, once, however often it is asked for; until then it is told apart."""
    await empty(shop)
    source, target = await shop.pair(guest, account)
    await shop.merging.merge(source, target)
    before = model(shop.rule, guest, account)
    survivor = await shop.account(target)
    told = await shop.data.read(survivor)
    assert len(before.account) == len(cast("list[object]", told["lines"]))

    waits = await shop.parked.list_parked(survivor)
    assert [len(one.rows) for one in waits] == [len(before.waits)] * bool(before.waits)
    for one in waits:
        back = [await shop.parked.take_back(survivor, one.key) for _ in range(2)]
        assert [one, None] == back

    after = model(when_taken_back(shop.rule), before.waits, before.account)
    place = place_of(place_of(source))
    wanted = {target: after.account, place: after.waits}
    assert without_nothing(wanted) == await shop.carts()


@ON_BOTH
@MANY
@CARTS
async def test_a_straggler_joins_and_replaces_nothing(
    shop: Shop, guest: Cart, account: Cart
) -> None:
    """What is written under the guest after the merge takes nobody's place."""
    await empty(shop)
    source, target = await shop.pair((), account)
    await shop.merging.merge(source, target)
    before = (await shop.carts()).get(target, ())
    await shop.put(source, guest)

    await shop.guests.purge()

    found = await shop.carts()
    late = found.get(source, ())
    mine = {row.book: row for row in found.get(target, ())}
    assert all(row.note == mine[row.book].note for row in before)
    assert place_of(source) not in found
    drops = isinstance(shop.rule, KeepOne) or shop.rule == AccountWins()
    if not (drops or shop.rule == BY_STATE["by state, waiting"]):
        assert {row.book for row in guest} <= {*mine, *(row.book for row in late)}


@ON_BOTH
@MANY
@CARTS
async def test_of_two_merges_that_cross_one_wins(
    shop: Shop, guest: Cart, account: Cart
) -> None:
    """One account is left, and no row is lost that the rule does not name."""
    await empty(shop)
    one, two = [(await shop.guest()).account.id for _ in range(2)]
    await shop.put(one, guest)
    await shop.put(two, account)

    async def merge(source: str, target: str) -> None:
        with suppress(Refused):
            await shop.merging.merge(source, target)

    async with anyio.create_task_group() as both:
        both.start_soon(merge, one, two)
        both.start_soon(merge, two, one)

    winners = [id for id in (one, two) if (await shop.account(id)).is_live]
    assert 1 == len(winners)
    loser = one if winners == [two] else two
    carts = {one: guest, two: account}
    after = model(shop.rule, carts[loser], carts[winners[0]])
    wanted = {winners[0]: after.account, place_of(loser): after.waits}
    assert without_nothing(wanted) == await shop.carts()


@ON_BOTH
async def test_an_erasure_leaves_nothing_of_it_anywhere(shop: Shop) -> None:
    """Neither in the account, nor where something waited."""
    source, target = await shop.pair((EMMA, WALDEN), (WALDEN,))
    await shop.merging.merge(source, target)
    await shop.data.erase(target)
    assert {} == await shop.carts()


@ON_BOTH
async def test_a_purge_leaves_what_waits_where_it_waits(shop: Shop) -> None:
    """It came late to nobody: only who it waits for brings it home."""
    source, target = await shop.pair((EMMA, WALDEN), (WALDEN,))
    await shop.merging.merge(source, target)
    before = await shop.carts()
    assert 0 == await foreseen(shop, "settled")
    assert 0 == (await shop.guests.purge()).settled
    assert before == await shop.carts()


async def foreseen(shop: Shop, what: str) -> object:
    """Return what a purge would do, by one of its counts."""
    return getattr([one async for one in shop.guests.plan_purge()][-1], what)


@ON_BOTH
async def test_what_waits_for_a_guest_goes_when_the_guest_lapses(shop: Shop) -> None:
    """Two guests who came together, and nobody who came back."""
    one, two = [(await shop.guest()).account.id for _ in range(2)]
    await shop.put(one, (EMMA,))
    await shop.put(two, (WALDEN,))
    await shop.merging.merge(one, two)
    shop.clock.advance(timedelta(days=40))
    assert 1 == await foreseen(shop, "gone")
    assert 1 == (await shop.guests.purge()).gone
    lapsed = await shop.store.find(Account, two)
    assert lapsed is not None
    assert lapsed.ending is Ending.EXPIRED
    assert {} == await shop.carts()


# ── carts and orders in one table ────────────────────────────────────────────

ORDERS = """
CREATE TABLE orders (
  account_id TEXT NOT NULL, number TEXT NOT NULL, state TEXT, copies INTEGER DEFAULT 1,
  UNIQUE (account_id, state, number)
)
"""
DRAFTS = PerState(
    "state",
    {"paying": GuestWins(losing=Park(take_back=GuestWins())), "cart": KeepOne()},
    otherwise=KeepLarger(key=("state", "number"), quantity="copies"),
)
DRAFTS_AND_ORDERS: Mapping[str, tuple[str, str, str]] = {
    # the guest's, the account's before; the account's after, and what waits
    "an order comes along": ("paid 1", "paid 2", "paid 1, paid 2 |"),
    "the same order once": ("paid 1", "paid 1", "paid 1 |"),
    "one cart is kept": ("cart 1, paid 2", "cart 3", "cart 3, paid 2 |"),
    "a cart comes to who has none": ("cart 1", "paid 2", "cart 1, paid 2 |"),
    "who pays goes on": (
        "paying 1, paid 2",
        "cart 3, paid 4",
        "paid 2, paid 4, paying 1 | cart 3",
    ),
    "the most pressing state decides": (
        "cart 1, paying 2",
        "cart 3",
        "cart 1, paying 2 | cart 3",
    ),
    "no state at all": ("- 1, cart 2", "cart 3, - 4", "- 1, - 4, cart 3 |"),
}


def orders(said: str) -> list[tuple[str | None, str]]:
    """Read states and numbers."""
    pairs = [tuple(one.split()) for one in said.split(",") if one.strip()]
    return [(None if state == "-" else state, number) for state, number in pairs]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_what_is_in_no_named_state_goes_its_own_way(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Orders come along whatever becomes of the cart beside them (Vendure 1992)."""
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    if engine == "postgres":
        database = request.getfixturevalue("postgres_dsn")
    await upgrade(database)
    store = store_from(database)
    await store.open()
    await store.commit(Statement(ORDERS))
    resource = Resource.table("orders", owner="account_id", merge=DRAFTS)
    await resource.check(store)
    shop = World(store, resources=[resource])
    put = "INSERT INTO orders (account_id, state, number) VALUES ($1, $2, $3)"
    for case, (guest, account, after) in DRAFTS_AND_ORDERS.items():
        source, target = [(await shop.guest()).account.id for _ in range(2)]
        for id, rows in ((source, guest), (target, account)):
            for row in orders(rows):
                await store.commit(Statement(put, (id, *row)))
        await shop.merging.merge(source, target)
        mine, waits = after.split("|")
        for id, rows in ((target, mine), (place_of(source), waits), (source, "")):
            ask = "SELECT state, number FROM orders WHERE account_id = $1"
            found = [
                (row["state"], row["number"]) for row in await store.query(ask, (id,))
            ]
            assert sorted(orders(rows), key=str) == sorted(found, key=str), case
    await store.close()


# ── what other shops got wrong ───────────────────────────────────────────────

EMMA = Row("emma", 2, "cart", "guest")
WALDEN = Row("walden", 1, "checkout", "account")


@ON_BOTH
async def test_the_same_book_in_both_carts_is_not_lost(shop: Shop) -> None:
    """By no rule, whoever has more of it (Vendure 3153: both were deleted)."""
    source, target = await shop.pair((EMMA,), (Row("emma", 1, "cart", "account"),))
    await shop.merging.merge(source, target)
    assert "emma" in [row.book for row in (await shop.carts())[target]]


@ON_BOTH
@pytest.mark.parametrize("who", ["guest", "account"])
async def test_an_empty_cart_is_in_nobodys_way(shop: Shop, who: str) -> None:
    """Whoever has nothing signs in all the same (Vendure 1454)."""
    carts = ((), (WALDEN,)) if who == "guest" else ((EMMA,), ())
    source, target = await shop.pair(*carts)
    await shop.merging.merge(source, target)
    after = model(shop.rule, *carts)
    wanted = {target: after.account, place_of(source): after.waits}
    assert without_nothing(wanted) == await shop.carts()


@ON_BOTH
async def test_a_row_of_somebody_else_is_not_touched(shop: Shop) -> None:
    """What has an owner already stays theirs, whatever comes together (Vendure 263)."""
    other = (await shop.guest()).account.id
    await shop.put(other, (EMMA, WALDEN))
    source, target = await shop.pair((EMMA,), (WALDEN,))
    await shop.merging.merge(source, target)
    assert (EMMA, WALDEN) == (await shop.carts())[other]


@ON_BOTH
async def test_a_state_that_changes_before_the_commit_decides_again(
    shop: Shop,
) -> None:
    """The rule is that of the state at the commit, and not of a moment before."""
    source, target = await shop.pair((EMMA,), (WALDEN,))
    guest, owner = await shop.account(source), await shop.account(target)
    ready = await shop.merging.prepare(guest, owner)
    await shop.store.commit(Statement("UPDATE lines SET state = 'checkout'"))
    with suppress(Conflict):
        await shop.store.commit(*ready.changes, events=ready.events)
    await shop.merging.merge(source, target)
    after = model(shop.rule, (replace(EMMA, state="checkout"),), (WALDEN,))
    wanted = {target: after.account, place_of(source): after.waits}
    assert without_nothing(wanted) == await shop.carts()
