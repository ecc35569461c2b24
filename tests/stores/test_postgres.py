"""PostgreSQL: what is lost, what is refused, what goes wrong between two."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add, Replace, Touch
from onboarding.errors import Conflict, StoreUnavailable
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.testing.contracts.store_nouns import FIRST, SECOND, account
from onboarding.testing.contracts.store_races import merge, race
from onboarding.testing.contracts.store_samples import CONTACTS_SAMPLE

pytestmark = pytest.mark.anyio


@pytest.fixture
async def host(
    postgres_store: Store, upgraded_dsn: str
) -> AsyncIterator[asyncpg.Connection]:
    """Give a connection of the host's own to the database of the store."""
    connection = await asyncpg.connect(upgraded_dsn)
    yield connection
    await connection.close()


async def test_a_server_that_is_not_there_is_named() -> None:
    """The operator is told, and no password with it."""
    store = store_from("postgresql://me:hunter2@127.0.0.1:1/shop")
    with pytest.raises(StoreUnavailable, match="cannot be reached") as error:
        await store.open()
    assert "hunter2" not in str(error.value)


async def test_a_database_that_is_not_there_is_named(upgraded_dsn: str) -> None:
    """The server's own words tell which."""
    dsn = urlunsplit(urlsplit(upgraded_dsn)._replace(path="/nowhere"))
    with pytest.raises(StoreUnavailable, match='"nowhere" does not exist'):
        await store_from(dsn).open()


async def test_a_deadlock_is_a_conflict(
    postgres_store: Store, host: asyncpg.Connection
) -> None:
    """The database ends one of two who wait for each other: that one may try again."""
    await postgres_store.commit(Add(account()), Add(account(SECOND)))
    await host.execute("SET deadlock_timeout = '1min'")  # not this one
    await host.execute("BEGIN")
    lock = "UPDATE onboarding_accounts SET epoch = 1 WHERE id = $1"
    await host.execute(lock, SECOND)
    commit = asyncio.create_task(postgres_store.commit(Touch(FIRST), Touch(SECOND)))
    waits = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted"
    while not await host.fetchval(waits):
        pass
    await host.execute(lock, FIRST)
    await host.execute("COMMIT")
    with pytest.raises(Conflict) as conflict:
        await commit
    assert conflict.value.what == "Account"
    assert await postgres_store.find(Account, FIRST) == account(epoch=1)


async def test_merges_that_cross_need_no_deadlock(
    postgres_store: Store, upgraded_dsn: str
) -> None:
    """They meet at the same account first, so that nobody waits to be found out."""
    store = store_from(f"{upgraded_dsn}&deadlock_timeout=1min")
    await store.open()
    for n in range(9):
        left, right = f"{n:020}", f"{n + 100:020}"
        await store.commit(Add(account(left)), Add(account(right)))
        async with asyncio.timeout(30):
            won = await race(store, merge(left, right), merge(right, left))
        assert won.count(True) == 1
    await store.close()


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
async def test_a_stricter_isolation_works_too(
    postgres_store: Store, upgraded_dsn: str, level: str
) -> None:
    """Where a host asks for more, a failure to serialise is a Conflict."""
    setting = f"default_transaction_isolation={level.replace(' ', '%20')}"
    store = store_from(f"{upgraded_dsn}&{setting}")
    await store.open()
    await store.commit(Add(account()))
    nows = [account(version=1, epoch=n) for n in range(9)]
    won = await race(store, *[[Replace(account(), now)] for now in nows])
    assert won.count(True) == 1
    assert await store.find(Account, FIRST) == nows[won.index(True)]
    await store.close()


async def test_a_lost_connection_is_replaced(
    postgres_store: Store, host: asyncpg.Connection
) -> None:
    """Whoever meets it is told; the next finds a connection that works."""
    await postgres_store.commit(Add(account()))
    await host.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    try:
        await postgres_store.commit(Touch(FIRST))
    except StoreUnavailable:
        await postgres_store.commit(Touch(FIRST))
    assert await postgres_store.find(Account, FIRST) == account(version=1)


async def test_a_conflict_tells_nobodys_address(
    postgres_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """The server's DETAIL has the row in it: it reaches neither message nor log."""
    contact = replace(CONTACTS_SAMPLE.full, address="zoe@example.org")
    await postgres_store.commit(Add(contact))
    with pytest.raises(Conflict) as conflict:
        await postgres_store.commit(Add(contact))
    logging.getLogger().error("refused", exc_info=conflict.value)
    assert "zoe@example.org" not in caplog.text
