"""A shop with everything that a guest may leave behind, and browsers that meet there.

Each life begins with all of it empty, on a database that stays open between them.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, cast

from pydantic import BaseModel
from typing_extensions import override

from onboarding import (
    Ask,
    Claim,
    Feature,
    KeepLarger,
    KeepOne,
    PasskeyPolicy,
    Resource,
)
from onboarding.accounts.model import CurrentSession
from onboarding.accounts.table_rules import Anonymise, DeleteRows, KeepRows
from onboarding.changes import Change, Statement
from onboarding.core import Core
from onboarding.errors import Conflict
from onboarding.events import Entry
from onboarding.stores import store_from, upgrade
from onboarding.stores.base import Store
from onboarding.stores.sql.tables import TABLES
from onboarding.testing import FaultyStore, FrozenClock
from tests.security.lives.look import Browser, Look
from tests.stores.host import connected
from tests.world import KEY

HOST = {
    "orders": "number INTEGER PRIMARY KEY, account_id TEXT, email TEXT, "
    "placed_at TEXT NOT NULL",
    "order_lines": "number INTEGER, account_id TEXT, book TEXT",
    "carts": "account_id TEXT NOT NULL, book TEXT NOT NULL, quantity INTEGER NOT NULL, "
    "UNIQUE (account_id, book)",
    "settings": "account_id TEXT PRIMARY KEY, newsletter INTEGER NOT NULL",
}
"""The tables that the shop keeps beside ours."""

OURS = tuple(sorted(table.name for table in TABLES.values()))

ORDERS = Resource.table(
    "orders",
    owner="account_id",
    purge=KeepRows("bought"),
    erase=Anonymise(columns=["email"], reason="Tax law."),
    claim=Claim(
        key="number",
        contact="email",
        at="placed_at",
        parts={"order_lines": "number"},
    ),
)
RESOURCES = (
    Resource.table("order_lines", owner="account_id"),
    Resource.table(
        "carts",
        owner="account_id",
        merge=KeepLarger(key="book", quantity="quantity"),
        purge=DeleteRows(),
    ),
    Resource.table("settings", owner="account_id", merge=KeepOne(), purge=DeleteRows()),
)


class Profile(BaseModel):
    """What the shop asks."""

    genre: Annotated[str | None, Ask("What do you read?", why="For your shelf.")] = None
    mood: Annotated[str | None, Ask("How are you?", why="We were wondering.")] = None


class Watched(FaultyStore):
    """Counts in ``conflicts`` how often somebody else was faster."""

    conflicts = 0

    @override
    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        try:
            await super().commit(*changes, events=events)
        except Conflict:
            self.conflicts += 1
            raise


def core_on(
    store: Store | str, clock: FrozenClock, passkeys: PasskeyPolicy | None = None
) -> Core[Any]:
    """Return the services of the shop; nothing of it works in the background."""
    return Core(
        url="https://shop.example/welcome",
        secret_key=KEY,
        database=cast("Any", store),
        clock=clock,
        profile=Profile,
        features=[Feature("shelf", wants=["genre", "mood"])],
        resources=RESOURCES,
        mailer=None,
        passkeys=passkeys,
        orders=ORDERS,
    )


async def make_tables(database: str) -> None:
    """Make ours and the shop's in an empty database."""
    await upgrade(database)
    async with connected(database) as host:
        for name, columns in HOST.items():
            await host.run(f"CREATE TABLE {name} ({columns})")


@dataclass
class Market:
    """The shop over one database, emptied for each life that is lived there.

    Attributes:
        passkeys: Whether there are any; then identities of others open nothing.
        reached: What happened in all of these lives, counted.
    """

    database: str
    passkeys: PasskeyPolicy | None = None
    reached: Counter[str] = field(default_factory=Counter)

    async def open(self) -> None:
        """Open the database, which has our tables and the shop's."""
        self.store = Watched(store_from(self.database))
        await self.store.open()
        if self.database == "memory:":
            made = [Statement(f"CREATE TABLE {n} ({c})") for n, c in HOST.items()]
            await self.store.commit(*made)

    async def begin(self) -> None:
        """Empty everything, and set the clock back."""
        gone = [Statement(f"DELETE FROM {name}") for name in (*OURS, *HOST)]
        await self.store.commit(*gone)
        self.clock = FrozenClock()
        self.began = self.clock()
        store = cast("Store", self.store)
        self.core = core_on(store, self.clock, self.passkeys)
        await self.core.belongings.check(self.store)

    async def close(self) -> None:
        """Close the database."""
        self.reached["conflict"] = self.store.conflicts
        await self.store.close()

    async def who(self, token: str | None) -> CurrentSession | None:
        """Return who carries a token, as a request does: the use is written down."""
        current = await self.core.sessions.find(token) if token else None
        if current is not None and current.is_unwritten:
            await self.core.sessions.touch(current.session)
        return current

    async def look(self, browsers: Sequence[Browser], tokens: Sequence[str]) -> Look:
        """Return everything as it is now."""
        tables = (*OURS, *HOST)
        listed = await asyncio.gather(
            *(self.store.query(f"SELECT * FROM {name}") for name in tables)
        )
        rows = {
            name.removeprefix("onboarding_"): found
            for name, found in zip(tables, listed, strict=True)
        }
        sessions = await asyncio.gather(*map(self.core.sessions.find, tokens))
        found = dict(zip(tokens, sessions, strict=True))
        here = [found.get(one.token or "") for one in browsers]
        return Look(
            rows=rows,
            here=tuple(one.account.id if one else None for one in here),
            alive={token: one.account.id for token, one in found.items() if one},
            known=frozenset(tokens),
        )

    async def place(
        self, number: int, owner: str | None, email: str, *more: Change
    ) -> None:
        """Write an order as a host does, with two lines."""
        line = "INSERT INTO order_lines VALUES ($1, $2, $3)"
        at = self.clock().isoformat()
        await self.store.commit(
            Statement(
                "INSERT INTO orders VALUES ($1, $2, $3, $4)", (number, owner, email, at)
            ),
            Statement(line, (number, owner, "walden")),
            Statement(line, (number, owner, "emma")),
            *more,
        )

    async def fill(self, owner: str, book: str, quantity: int) -> None:
        """Put a book into somebody's cart."""
        sql = "DELETE FROM carts WHERE account_id = $1 AND book = $2"
        add = "INSERT INTO carts VALUES ($1, $2, $3)"
        await self.store.commit(
            Statement(sql, (owner, book)), Statement(add, (owner, book, quantity))
        )

    async def set_newsletter(self, owner: str, wanted: bool) -> None:
        """Keep whether somebody wants the newsletter."""
        await self.store.commit(
            Statement("DELETE FROM settings WHERE account_id = $1", (owner,)),
            Statement("INSERT INTO settings VALUES ($1, $2)", (owner, int(wanted))),
        )


DAY = timedelta(days=1)
