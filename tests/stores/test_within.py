"""In a transaction of the host's: locks, deadlines, errors, and what is left as it was.

Whatever goes wrong with a commit of ours, the host is told, soon; and either its
transaction stands as it was, or nothing of it can be kept any more.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from onboarding.accounts.model import Account
from onboarding.changes import Add, Statement, Touch
from onboarding.deadlines import Deadlines
from onboarding.errors import Conflict, StoreError, StoreUnavailable
from onboarding.stores import store_within
from onboarding.testing.contracts.store_nouns import FIRST, SECOND, account
from tests.within import ORDERS, Shop, shop_on

pytestmark = pytest.mark.anyio

MOMENT = timedelta(milliseconds=400)
HASTY = Deadlines(request=MOMENT, report=MOMENT)

ENDLESS = """
INSERT INTO onboarding_revision (number)
WITH RECURSIVE counted (n) AS (
  SELECT 1 UNION ALL SELECT n + 1 FROM counted
) SELECT COUNT(*) FROM counted
"""


@asynccontextmanager
async def hasty(database: str) -> AsyncIterator[Shop]:
    """Give a shop that waits for a moment only, with one account in it."""
    async with shop_on(database, deadlines=HASTY) as shop:
        await shop.onboarding.store.commit(Add(account()))
        yield shop


@pytest.fixture
async def shop(database: str) -> AsyncIterator[Shop]:
    """Give it on either database."""
    async with hasty(database) as shop:
        yield shop


@pytest.fixture
async def on_sqlite(sqlite_url: str) -> AsyncIterator[Shop]:
    """Give it on SQLite."""
    async with hasty(sqlite_url) as shop:
        yield shop


@pytest.fixture
async def on_postgres(postgres_dsn: str) -> AsyncIterator[Shop]:
    """Give it on PostgreSQL."""
    async with hasty(postgres_dsn) as shop:
        yield shop


def store_in(shop: Shop, connection: AsyncConnection) -> Any:
    """Return our store in the transaction of a connection."""
    return store_within(shop.onboarding.store, connection, HASTY)


async def order(connection: AsyncConnection, number: int) -> None:
    """Write a row of the host's."""
    await connection.execute(insert(ORDERS).values(number=number, account_id=FIRST))


# ── one writer after the other ───────────────────────────────────────────────


async def test_a_host_that_holds_the_lock_does_not_wait_for_itself(shop: Shop) -> None:
    """Our own writer has no part in it; called from outside, it says what to write."""
    async with shop.engine.begin() as connection:
        await order(connection, 1)
        await connection.execute(
            text("UPDATE onboarding_accounts SET version = version")
        )
        with pytest.raises(StoreUnavailable, match=r"onboarding.within\(connection\)"):
            await shop.onboarding.store.commit(Touch(FIRST))
        await store_in(shop, connection).commit(Touch(FIRST))

    found = await shop.onboarding.store.find(Account, FIRST)
    assert found == account(version=1)


async def test_what_somebody_else_holds_is_waited_for_so_long(shop: Shop) -> None:
    """Then the host is told; its own transaction stands, and is kept."""
    async with shop.other() as other, shop.engine.connect() as connection:
        await other.execute(text("UPDATE onboarding_accounts SET version = version"))
        async with asyncio.timeout(20), connection.begin():
            if shop.engine.dialect.name == "sqlite":  # the host itself has time
                await connection.execute(text("PRAGMA busy_timeout = 60000"))
            store = store_in(shop, connection)
            assert account() == await store.find(Account, FIRST)
            with pytest.raises(
                StoreUnavailable, match="your transaction stands|within"
            ):
                await store.commit(Touch(FIRST))
            await other.rollback()
            await store.commit(Touch(FIRST))
            await order(connection, 1)

    assert [(1, FIRST)] == await shop.orders()
    assert account(version=1) == await shop.onboarding.store.find(Account, FIRST)


async def test_what_was_read_too_early_cannot_be_written_on(shop: Shop) -> None:
    """A transaction that sees one instant alone has to be done again as a whole."""
    if shop.engine.dialect.name == "sqlite":
        _begin_by_reading(shop)
    async with shop.engine.connect() as connection:
        if shop.engine.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ")
        await connection.begin()
        store = store_in(shop, connection)
        assert account() == await store.find(Account, FIRST)
        await shop.onboarding.store.commit(Touch(FIRST))
        with pytest.raises(StoreUnavailable, match="do all of it again"):
            await store.commit(Touch(FIRST))
        await connection.rollback()

    assert account(version=1) == await shop.onboarding.store.find(Account, FIRST)


def _begin_by_reading(shop: Shop) -> None:
    """Let SQLAlchemy begin transactions itself, as its documentation shows."""

    @event.listens_for(shop.engine.sync_engine, "connect")
    def leave_it(connection: Any, _: object) -> None:
        connection.isolation_level = None

    @event.listens_for(shop.engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")


async def test_a_transaction_that_the_host_begins_itself_is_as_good(
    on_sqlite: Shop,
) -> None:
    """With the recipe of SQLAlchemy's documentation for SQLite."""
    await on_sqlite.engine.dispose()
    _begin_by_reading(on_sqlite)
    async with on_sqlite.engine.connect() as connection:
        await connection.begin()
        await store_in(on_sqlite, connection).commit(Add(account(SECOND)))
        await connection.rollback()
    assert None is await on_sqlite.onboarding.store.find(Account, SECOND)
    async with on_sqlite.engine.begin() as connection:
        await store_in(on_sqlite, connection).commit(Add(account(SECOND)))
    assert None is not await on_sqlite.onboarding.store.find(Account, SECOND)


# ── what takes too long ──────────────────────────────────────────────────────


async def test_what_takes_too_long_undoes_the_hosts_transaction(shop: Shop) -> None:
    """A host that goes on regardless keeps nothing of it: no half of it either."""
    async with shop.engine.connect() as connection:
        await connection.begin()
        await order(connection, 1)
        store = store_in(shop, connection)
        async with asyncio.timeout(30):
            with pytest.raises(StoreUnavailable, match="Deadlines"):
                await store.commit(Statement(ENDLESS))
            with pytest.raises(SQLAlchemyError):
                await order(connection, 2)
            with pytest.raises(StoreUnavailable, match="roll back"):
                await store.commit(Touch(FIRST))
            await connection.rollback()

    assert [] == await shop.orders()


async def test_a_read_that_takes_too_long_ends(shop: Shop) -> None:
    """A report as well as a host's own SELECT."""
    endless = ENDLESS.partition("\n")[2].partition("\n")[2]
    async with shop.engine.connect() as connection:
        await connection.begin()
        async with asyncio.timeout(30):
            with pytest.raises(StoreUnavailable, match="Deadlines"):
                await store_in(shop, connection).query(endless)
        await connection.rollback()


# ── errors ───────────────────────────────────────────────────────────────────


async def test_what_is_refused_takes_back_itself_and_nothing_else(shop: Shop) -> None:
    """By a guard, by a key, and by the database: the host goes on."""
    async with shop.engine.begin() as connection:
        await order(connection, 1)
        store = store_in(shop, connection)
        for error, changes in (
            (Conflict, [Touch(SECOND)]),
            (Conflict, [Add(account())]),
            (Conflict, [Statement(f"INSERT INTO orders VALUES (1, '{FIRST}')")]),
            (StoreError, [Statement("INSERT INTO nowhere VALUES (1)")]),
            (StoreError, [Statement("INSERT INTO orders VALUES (NULL, NULL)")]),
        ):
            with pytest.raises(error):
                await store.commit(Touch(FIRST), *changes)
        await store.commit(Touch(FIRST))
        await order(connection, 2)

    assert [(1, FIRST), (2, FIRST)] == await shop.orders()
    assert account(version=1) == await shop.onboarding.store.find(Account, FIRST)


async def test_a_query_of_the_hosts_cannot_write(shop: Shop) -> None:
    """It is a SELECT of a resource; afterwards the transaction writes on."""
    async with shop.engine.begin() as connection:
        store = store_in(shop, connection)
        await store.commit(Touch(FIRST))
        assert [{"n": 1}] == await store.query("SELECT 1 AS n")
        with pytest.raises(StoreError):
            await store.query(
                "INSERT INTO orders (number, account_id) VALUES (9, $1)", (FIRST,)
            )
        await store.commit(Touch(FIRST))
        await order(connection, 1)

    assert [(1, FIRST)] == await shop.orders()
    assert account(version=2) == await shop.onboarding.store.find(Account, FIRST)


async def test_no_error_tells_what_stood_in_a_row(shop: Shop) -> None:
    """Neither its own words, nor those of what caused it."""
    secret = "kim@example.org"
    sql = "INSERT INTO orders (number, account_id) VALUES (1, $1)"
    async with shop.engine.connect() as connection:
        await connection.begin()
        store = store_in(shop, connection)
        with pytest.raises(StoreError) as told:
            await store.commit(
                Statement(sql, (secret,)), Statement("INSERT INTO nowhere VALUES (1)")
            )
        await connection.rollback()
    assert secret not in str(told.value)


# ── left as it was ───────────────────────────────────────────────────────────


async def test_how_long_the_host_waits_stays_its_own(shop: Shop) -> None:
    """After a commit of ours, and after one that was refused."""
    ask = "PRAGMA busy_timeout"
    if shop.engine.dialect.name == "postgresql":
        ask = "SHOW lock_timeout"
    async with shop.engine.begin() as connection:
        before = (await connection.execute(text(ask))).scalar()
        store = store_in(shop, connection)
        await store.commit(Touch(FIRST))
        with pytest.raises(Conflict):
            await store.commit(Touch(SECOND))
        assert before == (await connection.execute(text(ask))).scalar()


async def test_a_host_that_waits_less_is_not_made_to_wait(on_postgres: Shop) -> None:
    """What it says of locks holds for ours, too."""
    async with on_postgres.engine.begin() as connection:
        await connection.execute(text("SET LOCAL lock_timeout = '123ms'"))
        await store_in(on_postgres, connection).commit(Touch(FIRST))
        told = (await connection.execute(text("SHOW lock_timeout"))).scalar()
        assert told == "123ms"


async def test_what_is_erased_is_overwritten(on_sqlite: Shop) -> None:
    """As on our own connections: no build of SQLite leaves it in the file."""
    async with on_sqlite.engine.begin() as connection:
        await store_in(on_sqlite, connection).commit(Touch(FIRST))
        told = (await connection.execute(text("PRAGMA secure_delete"))).scalar()
        assert told == 1
