"""Our own stores keep the promise that others are held to."""

import pytest

from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.testing.contracts import StoreContract


class TestMemoryStore(StoreContract):
    holds_sql = False

    @pytest.fixture
    def store(self) -> Store:
        """Give a store in memory."""
        return store_from("memory:")


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
