"""A host with SQLAlchemy beside us in one database, for the tests of `within`.

Run as a program it is a worker that writes in one transaction, says whose it was, and
is killed before the commit or after it.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from onboarding import Account, Onboarding
from onboarding.events import Entry, Event
from onboarding.stores import upgrade
from tests.world import KEY

METADATA = MetaData()
ACCOUNTS = Table(
    "onboarding_accounts", METADATA, Column("id", String(20), primary_key=True)
)
ORDERS = Table(
    "orders",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("account_id", ForeignKey(ACCOUNTS.c.id), nullable=False, index=True),
)


class OrderPlaced(Event):
    """Somebody bought."""

    name: ClassVar[str] = "order_placed"
    number: int


class WaitingSink:
    """Keeps what it is given, and lets a test wait for it."""

    def __init__(self) -> None:
        self.events: list[Entry] = []
        self._came = asyncio.Event()

    async def __call__(self, entry: Entry) -> None:
        """Keep it."""
        self.events.append(entry)
        self._came.set()

    async def told(self, name: str) -> list[Entry]:
        """Wait until it was told of one, and return all of that name."""
        async with asyncio.timeout(30):
            while not (found := [one for one in self.events if one.name == name]):
                self._came.clear()
                await self._came.wait()
        return found


@dataclass
class Shop:
    """A host's application: its engine, and ours."""

    database: str
    engine: AsyncEngine
    onboarding: Onboarding
    sink: WaitingSink = field(default_factory=WaitingSink)

    async def guest(self) -> Account:
        """Make a guest, outside of any transaction."""
        return (await self.onboarding.guests.start()).account

    async def orders(self) -> list[tuple[Any, ...]]:
        """Return the host's rows, as anybody sees them."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(ORDERS).order_by(ORDERS.c.number))
            return [tuple(row) for row in rows]

    async def names(self, account_id: str) -> list[str]:
        """Return the names of what happened to somebody, as anybody sees them."""
        return [e.name for e in await self.onboarding.journey.timeline(account_id)]

    @asynccontextmanager
    async def other(self) -> AsyncIterator[AsyncConnection]:
        """Give a second connection, in a transaction that is taken back at the end."""
        async with self.engine.connect() as connection:
            yield connection
            await connection.rollback()


async def place(connection: AsyncConnection, number: int, account: Account) -> None:
    """Write a row of the host's."""
    values = {"number": number, "account_id": account.id}
    await connection.execute(insert(ORDERS).values(**values))


def async_url(database: str) -> str:
    """Return the text of a database as SQLAlchemy's asynchronous engines want it."""
    scheme, _, rest = database.partition("://")
    return f"{scheme}+{'aiosqlite' if scheme == 'sqlite' else 'asyncpg'}://{rest}"


@asynccontextmanager
async def shop_on(
    database: str, *, is_open: bool = True, **settings: Any
) -> AsyncIterator[Shop]:
    """Make our tables and the host's, and open the application."""
    await upgrade(database)
    engine = create_async_engine(async_url(database))
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all, tables=[ORDERS])
    sink = WaitingSink()
    onboarding = Onboarding(
        url="https://shop.example/welcome",
        secret_key=KEY,
        database=database,
        sinks=[sink],
        mailer=None,
        **settings,
    )
    try:
        if is_open:
            async with onboarding:
                yield Shop(database, engine, onboarding, sink)
        else:
            yield Shop(database, engine, onboarding, sink)
    finally:
        await engine.dispose()


async def work(database: str, moment: str) -> None:
    """Write, say so when the moment has come, and wait to be killed."""
    async with shop_on(database, is_open=False) as shop:
        async with shop.engine.begin() as connection:
            ours = shop.onboarding.within(connection)
            kim = (await ours.guests.start()).account
            order = insert(ORDERS).values(number=1, account_id=kim.id)
            await connection.execute(order)
            await ours.record(kim, OrderPlaced(number=1))
            if moment == "before":
                await _wait(kim.id)
        await _wait(kim.id)


async def _wait(account_id: str) -> None:
    sys.stdout.write(f"{account_id}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
