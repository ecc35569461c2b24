"""A database that is locked, slow or silent keeps nobody longer than the deadline."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add, Statement
from onboarding.deadlines import OVERTIME, Deadlines
from onboarding.errors import StoreUnavailable
from onboarding.stores.sql.postgres import CONNECTIONS, PostgresExecutor
from onboarding.stores.sql.sqlite import SqliteExecutor
from onboarding.stores.sql.sqlite_thread import LARGEST
from onboarding.stores.sql.store import SqlStore
from onboarding.testing.contracts.store_nouns import FIRST, account
from tests.stores.piled import Pile

pytestmark = pytest.mark.anyio

MOMENT = timedelta(milliseconds=300)
DEADLINES = Deadlines(request=MOMENT, report=MOMENT, shutdown=MOMENT)
SOON = MOMENT.total_seconds() + OVERTIME + 2
"""Seconds in which everybody must have an answer, also on a busy machine."""

ENDLESS = """
WITH RECURSIVE counted (n) AS (
  SELECT 1 UNION ALL SELECT n + 1 FROM counted
) SELECT COUNT(*) AS n FROM counted
"""


ACCOUNTS = "SELECT id FROM onboarding_accounts"


def add(n: int) -> Add:
    """Return the change that adds one of many accounts."""
    return Add(account(f"{n:020}"))


async def answers(tasks: "list[asyncio.Task[None]]") -> list[BaseException | None]:
    """Return what each was told, all of them soon."""
    async with asyncio.timeout(SOON):
        return await asyncio.gather(*tasks, return_exceptions=True)


# ── SQLite ───────────────────────────────────────────────────────────────────


@pytest.fixture
async def pile(tmp_path: Path) -> AsyncIterator[Pile]:
    """Give a store on a file that waits for a moment only."""
    pile = Pile(tmp_path / "shop.db", wait=MOMENT)
    await pile.store.open()
    yield pile
    await pile.store.close()


@pytest.fixture
def host(pile: Pile, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection of the host's own that is in the middle of writing."""
    connection = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


async def test_everybody_who_waits_for_a_locked_file_hears_in_time(
    pile: Pile, host: sqlite3.Connection
) -> None:
    """The last of many as the first, and nothing of it is written afterwards."""
    many = [asyncio.create_task(pile.store.commit(add(n))) for n in range(3 * LARGEST)]
    errors = await answers(many)
    assert all(isinstance(error, StoreUnavailable) for error in errors)
    assert all("is locked" in str(error) for error in errors)
    host.execute("COMMIT")
    await pile.store.commit(Add(account()))
    rows = await pile.store.query(ACCOUNTS)
    assert rows == [{"id": FIRST}]


async def test_who_stopped_waiting_holds_nobody_up(
    pile: Pile, host: sqlite3.Connection
) -> None:
    """Clients hang up: what they left ends by its deadline all the same."""
    gone = [asyncio.create_task(pile.store.commit(add(n))) for n in range(9)]
    await asyncio.sleep(0)
    for one in gone:
        one.cancel()
    assert len(await answers(gone)) == 9
    with pytest.raises(StoreUnavailable):
        await pile.store.commit(add(9))
    host.execute("COMMIT")
    async with asyncio.timeout(SOON):
        await pile.store.commit(Add(account()))


async def test_who_waits_behind_a_busy_writer_hears_in_time(pile: Pile) -> None:
    """They are told that it is busy, and nothing of it is written afterwards."""
    async with pile.held():
        tasks = await pile.begin(*([add(n)] for n in range(9)))
        errors = await answers(tasks)
    assert all("is busy" in str(error) for error in errors)
    rows = await pile.store.query(ACCOUNTS)
    assert rows == []


async def test_a_statement_without_end_is_broken_off(pile: Pile) -> None:
    """Nothing of its commit stays; who shared a transaction with it loses nothing."""
    endless = Statement(f"INSERT INTO onboarding_revision SELECT n FROM ({ENDLESS})")
    async with pile.held():
        tasks = await pile.begin([add(1)], [add(2), endless], [add(3)])
    first, guilty, third = await answers(tasks)
    assert isinstance(guilty, StoreUnavailable)
    await pile.store.commit(Add(account()))
    kept = {found["id"] for found in await pile.store.query(ACCOUNTS)}
    assert f"{2:020}" not in kept
    assert FIRST in kept
    for n, error in ((1, first), (3, third)):
        assert error is not None or f"{n:020}" in kept


@pytest.mark.parametrize("way", ["query", "scan", "upkeep"])
async def test_a_read_without_end_is_broken_off(way: str, pile: Pile) -> None:
    """Also when many come at once; its thread is free for the next."""
    read = getattr(pile.executor, way)
    many = [asyncio.create_task(read(ENDLESS, ())) for _ in range(9)]
    errors = await answers(many)
    assert all(isinstance(error, StoreUnavailable) for error in errors)
    async with asyncio.timeout(SOON):
        assert len(await read("SELECT 1 AS n", ())) == 1


async def test_closing_leaves_behind_what_does_not_end(tmp_path: Path) -> None:
    """A writer that is stuck: nobody waits for it longer than the shutdown may take."""
    executor = SqliteExecutor(tmp_path / "shop.db", deadlines=DEADLINES)
    pile = Pile(tmp_path / "shop.db")
    pile.executor = executor
    pile.store = SqlStore(executor)
    await pile.store.open()
    async with pile.held():
        stuck = await pile.begin([add(1)])
        async with asyncio.timeout(SOON):
            await pile.store.close()
        assert all(isinstance(told, StoreUnavailable) for told in await answers(stuck))


# ── PostgreSQL ───────────────────────────────────────────────────────────────


class Wire:
    """Stands between us and the server, and stops answering when it is told."""

    def __init__(self, socket: str):
        self._socket = socket
        self.flows = asyncio.Event()
        self.flows.set()

    async def __call__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        to_server, from_server = await self._reach()
        await asyncio.gather(
            self._pass_on(reader, from_server), self._pass_on(to_server, writer)
        )

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_unix_connection(self._socket)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while data := await reader.read(65536):
                await self.flows.wait()
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def wired(dsn: str, folder: Path) -> AsyncIterator[tuple[SqlStore, Wire]]:
    """Give a store that reaches its server by a wire."""
    parts = urlsplit(dsn)
    socket = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
    wire = Wire(socket)
    server = await asyncio.start_unix_server(wire, str(folder / ".s.PGSQL.5432"))
    here = parts._replace(query=f"host={folder}").geturl()
    store = SqlStore(PostgresExecutor(here, DEADLINES))
    await store.open()
    try:
        yield store, wire
    finally:
        async with asyncio.timeout(SOON):
            await store.close()
        wire.flows.set()
        server.close()


async def test_a_server_that_is_stopped_keeps_nobody(
    upgraded_dsn: str, tmp_path: Path
) -> None:
    """Reads and commits, more than there are connections; and it is used again."""
    async with wired(upgraded_dsn, tmp_path) as (store, wire):
        await store.find(Account, FIRST)
        wire.flows.clear()
        many = [asyncio.create_task(store.commit(add(n))) for n in range(CONNECTIONS)]
        many += [
            asyncio.create_task(store.find(Account, FIRST))
            for _ in range(CONNECTIONS)  # type: ignore[misc]
        ]
        errors = await answers(many)
        assert all(isinstance(error, StoreUnavailable) for error in errors), errors
        wire.flows.set()
        async with asyncio.timeout(SOON):
            assert await store.find(Account, "nobody") is None


async def test_closing_does_not_wait_for_a_server_that_is_stopped(
    upgraded_dsn: str, tmp_path: Path
) -> None:
    """The fixture would time out."""
    async with wired(upgraded_dsn, tmp_path) as (store, wire):
        wire.flows.clear()
        task = asyncio.create_task(store.commit(add(1)))
        await asyncio.sleep(0)
    (error,) = await answers([task])
    assert isinstance(error, StoreUnavailable)


async def test_a_row_that_stays_locked_is_given_up_by_the_server(
    upgraded_dsn: str,
) -> None:
    """It is told as such, nothing of the commit is kept, and the connection is well."""
    ours = SqlStore(PostgresExecutor(upgraded_dsn, DEADLINES))
    host = await asyncpg.connect(upgraded_dsn)
    await ours.open()
    await host.execute("SELECT pg_advisory_lock(815)")
    lock = Statement("SELECT pg_advisory_xact_lock(815)")
    numbers = range(8150, 8153)
    errors = await answers(
        [asyncio.create_task(ours.commit(add(n), lock)) for n in numbers]
    )
    assert all(isinstance(error, StoreUnavailable) for error in errors)
    assert any("stayed locked" in str(error) for error in errors), errors
    await host.execute("SELECT pg_advisory_unlock(815)")
    await ours.commit(lock)
    assert [None] * 3 == [await ours.find(Account, f"{n:020}") for n in numbers]
    await ours.close()
    await host.close()
