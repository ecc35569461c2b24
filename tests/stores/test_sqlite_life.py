"""SQLite opens, is open, and closes."""

import asyncio

import pytest

from onboarding.changes import Add
from onboarding.errors import ConfigError
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.testing.contracts.store_nouns import FIRST, account

pytestmark = pytest.mark.anyio


async def test_only_an_open_store_works(sqlite_url: str) -> None:
    """Before and after, every call says what to write."""
    store = store_from(sqlite_url)
    for _ in range(2):
        with pytest.raises(ConfigError, match="async with onboarding"):
            await store.find_account(FIRST)
        with pytest.raises(ConfigError, match="async with onboarding"):
            await store.list_open_responses(limit=1)
        with pytest.raises(ConfigError, match="async with onboarding"):
            await store.commit(Add(account()))
        await store.open()
        await store.open()
        await store.close()
        await store.close()


async def test_closing_finishes_what_was_begun(sqlite_url: str) -> None:
    """Commits that wait for their turn are applied before the file is closed."""
    store = store_from(sqlite_url)
    await store.open()
    commits = [
        asyncio.create_task(store.commit(Add(account(f"{n:020}")))) for n in range(9)
    ]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*commits)
    await store.open()
    assert all([await store.find_account(f"{n:020}") for n in range(9)])
    await store.close()


async def test_write_ahead_logging_is_on(sqlite_store: Store) -> None:
    """Readers and the writer do not wait for each other."""
    assert await sqlite_store.query("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
