"""The promise of a store, as tests."""

import pytest

from onboarding.stores.base import Store
from onboarding.testing.contracts.store_changes import Changes
from onboarding.testing.contracts.store_commits import Commits
from onboarding.testing.contracts.store_log import Log
from onboarding.testing.contracts.store_races import Races
from onboarding.testing.contracts.store_reads import Reads


class StoreContract(Changes, Commits, Races, Reads, Log):
    """Every promise of ``onboarding.stores.base.Store``.

    A subclass gives the fixture ``store``, an async one::

        class TestRedisStore(StoreContract):
            holds_sql = False

            @pytest.fixture
            async def store(self):
                store = RedisStore("redis://localhost/9")
                await store.open()
                yield store
                await store.close()

    Attributes:
        holds_sql: Whether ``query`` and ``Statement`` run SQL; a store without any
            raises a ``ConfigError`` there.
    """

    @pytest.fixture
    def store(self) -> Store:
        """Give a store that is open and empty."""
        raise NotImplementedError("give a fixture `store`: a store, open and empty")
