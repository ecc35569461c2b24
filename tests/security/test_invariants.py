"""Whatever people do, in whatever order: who owns what stays clear.

Random lives of a few people in a few browsers, over a real database. After every deed
the invariants of identity are held against every row that is kept.
"""

import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.accounts.merge_rules import GuestWins, Park
from onboarding.accounts.model import CurrentSession, EmailTrust, Identity
from onboarding.accounts.outcome import MustConfirm, SignInResult
from onboarding.accounts.resources import Resource
from onboarding.accounts.table_rules import DeleteRows, Reassign
from onboarding.changes import Statement
from onboarding.errors import ConfigError, Refused
from onboarding.stores import store_from
from tests.world import World, identity

pytestmark = pytest.mark.anyio

ORDERS = Resource.table("orders", owner="account_id")
CARTS = Resource.table("carts", owner="account_id", purge=DeleteRows())
LISTS = Resource.table(
    "lists", owner="account_id", merge=GuestWins(losing=Park(take_back=Reassign()))
)
TABLES = ("orders", "carts", "lists")

PEOPLE = (
    identity("ann", "a@example.org"),
    identity("ann-2", "a@example.org", issuer="https://other.example"),
    identity("bob", "b@example.org"),
    identity("bob-2", "a@example.org", EmailTrust.STATED),
    identity("cee"),
)
BROWSERS = 3


@dataclass
class Town:
    """A shop, the browsers of its people, and what was written there."""

    world: World
    here: list[CurrentSession | None] = field(default_factory=lambda: [None] * BROWSERS)
    waits: dict[int, Identity] = field(default_factory=dict)
    ordered: int = 0

    async def buy(self, at: int, _: int) -> None:
        """Place an order; a visitor becomes a guest by it."""
        current = await self.world.sessions.refresh(self.here[at])
        if current is None:
            new = await self.world.guests.start()
            current = await self.world.who(new.token.reveal())
        self.here[at] = current
        self.ordered += 1
        for table in TABLES:
            sql = f"INSERT INTO {table} (number, account_id) VALUES ($1, $2)"
            values = str(self.ordered), current.account.id
            await self.world.store.commit(Statement(sql, values))

    async def tell(self, at: int, who: int) -> None:
        """Type an address, of whoever it may be."""
        if current := await self.world.sessions.refresh(self.here[at]):
            address = PEOPLE[who].email or "nobody@example.org"
            await self.world.guests.give_contact(current.account, address)

    async def sign_in(self, at: int, who: int) -> None:
        """Come in with an identity."""
        outcome = await self.world.accounts.sign_in(PEOPLE[who], self.here[at])
        if isinstance(outcome, MustConfirm):
            self.waits[at] = PEOPLE[who]
        else:
            await self._enter(at, outcome)

    async def confirm(self, at: int, _: int) -> None:
        """Say yes to what waits in this browser."""
        if at in self.waits:
            waits = self.waits.pop(at)
            await self._enter(at, await self.world.accounts.link(waits, self.here[at]))

    async def _enter(self, at: int, outcome: SignInResult) -> None:
        self.here[at] = await self.world.sessions.find(
            outcome.new_session.token.reveal()
        )
        assert self.here[at] is not None

    async def sign_out(self, at: int, _: int) -> None:
        """Leave the browser to the next one."""
        current, self.here[at] = self.here[at], None
        if current is not None:
            await self.world.sessions.end(current)

    async def merge(self, at: int, other: int) -> None:
        """Let the host bring two accounts together."""
        one, two = self.here[at], self.here[other % BROWSERS]
        if one is not None and two is not None:
            await self.world.merging.merge(one.account.id, two.account.id)

    async def take_back(self, at: int, _: int) -> None:
        """Ask for everything that waits."""
        if current := await self.world.sessions.refresh(self.here[at]):
            for one in await self.world.parked.list_parked(current.account):
                await self.world.parked.take_back(current.account, one.key)

    async def erase(self, at: int, _: int) -> None:
        """Have everything erased."""
        if current := await self.world.sessions.refresh(self.here[at]):
            await self.world.data.erase(current.account.id)

    async def wait(self, _: int, days: int) -> None:
        """Let time go by, and purge."""
        self.world.clock.advance(timedelta(days=days))
        await self.world.guests.purge()

    # ── what holds ───────────────────────────────────────────────────────────

    async def check(self) -> None:
        """Hold every row against the invariants."""
        accounts = {
            str(row["id"]): row for row in await self._rows("onboarding_accounts")
        }
        live = {id for id, row in accounts.items() if row["ending"] is None}
        self._check_forest(accounts)
        for table in ("identities", "contacts", "proven_addresses", "sessions"):
            for row in await self._rows(f"onboarding_{table}"):
                assert row["account_id"] in live, table
        await self._check_orders(accounts, live)
        await self._check_lists(accounts, live)
        await self._check_proofs()
        for row in await self._rows("onboarding_identities"):
            assert 1 == accounts[str(row["account_id"])]["kind"]  # registered

    async def _rows(self, table: str) -> list[dict[str, object]]:
        return await self.world.store.query(f"SELECT * FROM {table}")

    @staticmethod
    def _check_forest(accounts: dict[str, dict[str, object]]) -> None:
        """Every merge leads to an account that was never merged, without a circle."""
        for id, row in accounts.items():
            seen, last = {id}, row
            while (into := last["merged_into"]) is not None:
                assert last["ending"] in {"merged", "parked"}
                assert into not in seen
                seen.add(str(into))
                last = accounts[str(into)]

    async def _check_orders(
        self, accounts: dict[str, dict[str, object]], live: set[str]
    ) -> None:
        """Every order has one living owner, or went with somebody who was erased."""
        orders = await self._rows("orders")
        assert len(orders) == len({row["number"] for row in orders})
        assert {row["account_id"] for row in orders} <= live
        erased = any(row["ending"] == "erased" for row in accounts.values())
        assert erased or len(orders) == self.ordered

    async def _check_lists(
        self, accounts: dict[str, dict[str, object]], live: set[str]
    ) -> None:
        """Every list has a living owner, or waits for one who may take it back."""
        lists = await self._rows("lists")
        for row in lists:
            place = accounts[str(row["account_id"])]
            assert place["id"] in live or place["ending"] == "parked"
            owner = await self.world.accounts.find(str(place["id"]))
            assert owner is not None
            assert owner.is_live
        erased = any(row["ending"] == "erased" for row in accounts.values())
        assert erased or len(lists) == self.ordered

    async def _check_proofs(self) -> None:
        """Who has proven an address is found by it, and by it alone."""
        contacts = await self._rows("onboarding_contacts")
        proven = {
            (row["address"], row["account_id"]) for row in contacts if row["level"] == 2
        }
        finders = await self._rows("onboarding_proven_addresses")
        assert proven == {(row["address"], row["account_id"]) for row in finders}


Deed = Callable[[Town, int, int], Awaitable[None]]

DEEDS: tuple[Deed, ...] = (
    *(Town.buy, Town.sign_in, Town.sign_in, Town.confirm, Town.tell),
    *(Town.sign_out, Town.merge, Town.take_back, Town.erase, Town.wait),
)

LIVES = st.lists(
    st.tuples(
        st.sampled_from(DEEDS),
        st.integers(0, BROWSERS - 1),
        st.integers(0, len(PEOPLE) - 1),
    ),
    max_size=14,
)


@given(life=LIVES)
async def test_who_owns_what_stays_clear(life: list[tuple[Deed, int, int]]) -> None:
    """No deed leaves a row without an owner, a proof without a finder, a circle."""
    with tempfile.TemporaryDirectory() as folder:
        store = store_from(f"sqlite:///{Path(folder) / 'shop.db'}")
        await store.open()
        for table in TABLES:
            sql = f"CREATE TABLE {table} (number TEXT, account_id TEXT)"
            await store.commit(Statement(sql))
        town = Town(World(store, resources=[ORDERS, CARTS, LISTS]))
        for deed, at, other in life:
            with suppress(Refused, ConfigError):
                await deed(town, at, other)
            await town.check()
        await store.close()
