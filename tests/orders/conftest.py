"""A shop with a table of orders, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from onboarding import Account, Claim, ClaimPolicy, KeepRows, Letters, Resource
from onboarding.accounts.claims import OrderResource
from onboarding.changes import Statement
from onboarding.mail.writing import LetterWriter
from onboarding.orders.service import OrderService
from onboarding.stores import store_from, upgrade
from onboarding.tokens import Ids
from tests.stores.host import connected
from tests.world import World

URL = "https://shop.example/welcome"
TABLES = (
    """
CREATE TABLE orders (
  number INTEGER PRIMARY KEY, account_id TEXT, email TEXT, placed_at TEXT NOT NULL
)
""",
    "CREATE TABLE order_lines (number INTEGER, account_id TEXT, book TEXT)",
)
CLAIM = Claim(
    key="number",
    contact="email",
    at="placed_at",
    page="/orders/{key}",
    parts={"order_lines": "number"},
)


@dataclass
class Shop:
    """Accounts, and orders beside them."""

    world: World
    orders: OrderService

    async def place(
        self,
        number: int,
        owner: Account | None,
        email: str | None = "kim@example.org",
        at: datetime | None = None,
    ) -> None:
        """Write an order as a host does, with two lines."""
        id = owner.id if owner else None
        placed = (at or self.world.now).isoformat()
        line = "INSERT INTO order_lines VALUES ($1, $2, $3)"
        await self.world.store.commit(
            Statement(
                "INSERT INTO orders VALUES ($1, $2, $3, $4)",
                (number, id, email, placed),
            ),
            Statement(line, (number, id, "walden")),
            Statement(line, (number, id, "moby-dick")),
        )

    async def owners(self, number: int) -> list[object]:
        """Return who owns an order, and each of its lines."""
        found = []
        for table in ("orders", "order_lines"):
            sql = f"SELECT account_id FROM {table} WHERE number = $1"
            found += await self.world.store.query(sql, (number,))
        return [row["account_id"] for row in found]

    async def guest(self) -> Account:
        """Make a guest."""
        return (await self.world.guest()).account

    def token(self, number: int, owner: Account | None) -> str:
        """Return the end of an order link."""
        return self.orders.links.make(number, owner and owner.id).removeprefix(
            f"{URL}/order/"
        )


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where the shop is kept."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_dsn"))
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
async def shop(database: str) -> AsyncIterator[Shop]:
    """Open a shop on either database."""
    await upgrade(database)
    async with connected(database) as host:
        for table in TABLES:
            await host.run(table)
    resource = Resource.table(
        "orders", owner="account_id", purge=KeepRows("bought"), claim=CLAIM
    )
    lines = Resource.table("order_lines", owner="account_id")
    store = store_from(database)
    await store.open()
    try:
        world = World(store, resources=[resource, lines])
        await world.belongings.check(store)
        bound = next(one for one in world.belongings if one.name == "orders")
        assert isinstance(bound, OrderResource)
        orders = OrderService(
            store,
            world.clock,
            Ids(world.clock),
            keys=world.keys,
            orders=bound,
            query=store.query,
            policy=ClaimPolicy(),
            letters=LetterWriter(store, world.clock, Ids(world.clock), Letters()),
            url=URL,
        )
        yield Shop(world, orders)
    finally:
        await store.close()
