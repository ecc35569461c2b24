"""Our own stores keep the promise that others are held to."""

from collections.abc import AsyncIterator

import pytest

from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.testing.contracts import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[Store]:
        """Give a store on a temporary file."""
        store = store_from("memory:")
        await store.open()
        yield store
        await store.close()


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store(self, sqlite_store: Store) -> Store:
        """Give a store on a SQLite file."""
        return sqlite_store


class TestPostgresStore(StoreContract):
    @pytest.fixture
    def store(self, postgres_store: Store) -> Store:
        """Give a store on a PostgreSQL database."""
        return postgres_store
