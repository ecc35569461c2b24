"""A store inside a transaction of the host's keeps the promise of every store.

But for one: a commit that nobody waits for any more is the host's to keep or undo.
"""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from onboarding.deadlines import USUAL
from onboarding.stores import store_from, store_within
from onboarding.stores.base import Store
from onboarding.testing.contracts import StoreContract


async def within(outer: Store, connection: AsyncConnection) -> Store:
    """Return a store in a transaction that has begun."""
    store = store_within(outer, connection, USUAL)
    await store.open()
    return store


class WithinContract(StoreContract):
    # Not promised here: whoever hangs up rolls the whole transaction back, which
    # tests/test_within_ends.py shows.
    test_a_commit_outlives_who_asked_for_it = None  # type: ignore[assignment]
    test_a_refusal_that_nobody_waits_for_harms_nobody = None  # type: ignore[assignment]


class TestWithinSqlite(WithinContract):
    @pytest.fixture
    async def store(self, sqlite_url: str) -> AsyncIterator[Store]:
        """Give a store in a transaction on a SQLite file."""
        outer = store_from(sqlite_url)
        await outer.open()
        await outer.close()
        engine = create_async_engine(sqlite_url.replace("sqlite", "sqlite+aiosqlite"))
        async with engine.begin() as connection:
            yield await within(outer, connection)
        await engine.dispose()


class TestWithinPostgres(WithinContract):
    @pytest.fixture
    async def store(
        self, postgres_store: Store, upgraded_dsn: str
    ) -> AsyncIterator[Store]:
        """Give a store in a transaction on a PostgreSQL database."""
        dsn = upgraded_dsn.replace("postgresql", "postgresql+asyncpg", 1)
        engine = create_async_engine(dsn)
        async with engine.connect() as connection, connection.begin() as transaction:
            yield await within(postgres_store, connection)
            await transaction.rollback()
        await engine.dispose()
