"""A store opens, is open, and closes, whichever database it is on."""

import asyncio

import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add
from onboarding.errors import ConfigError
from onboarding.stores import store_from, upgrade
from onboarding.stores.base import Store
from onboarding.testing.contracts.store_nouns import FIRST, account

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(database: str) -> Store:
    """Give a store that is not open yet, on a database that has our tables."""
    await upgrade(database)
    return store_from(database)


async def test_only_an_open_store_works(store: Store) -> None:
    """Before and after, every call says what to write; opening twice is once."""
    for _ in range(2):
        with pytest.raises(ConfigError, match="async with onboarding"):
            await store.find(Account, FIRST)
        with pytest.raises(ConfigError, match="async with onboarding"):
            await store.list_open_responses(limit=1)
        with pytest.raises(ConfigError, match="async with onboarding"):
            await store.commit(Add(account()))
        await store.open()
        await store.open()
        await store.close()
        await store.close()


async def test_closing_finishes_what_was_begun(store: Store) -> None:
    """Commits that wait for their turn are applied before the store is closed."""
    await store.open()
    ids = [f"{n:020}" for n in range(30)]
    commits = [asyncio.create_task(store.commit(Add(account(id)))) for id in ids]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*commits)
    await store.open()
    assert [account(id) for id in ids] == [await store.find(Account, id) for id in ids]
    await store.close()
