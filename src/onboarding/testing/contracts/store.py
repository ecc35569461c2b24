"""The promise of a store, as tests."""

import pytest

from onboarding.stores.base import Store
from onboarding.testing.contracts.store_changes import ChangeContract
from onboarding.testing.contracts.store_commits import CommitContract
from onboarding.testing.contracts.store_guests import GuestContract
from onboarding.testing.contracts.store_log import LogContract
from onboarding.testing.contracts.store_races import RaceContract
from onboarding.testing.contracts.store_reads import ReadContract


class StoreContract(
    ChangeContract,
    CommitContract,
    RaceContract,
    ReadContract,
    GuestContract,
    LogContract,
):
    """Every promise of ``onboarding.stores.base.Store``.

    A subclass gives the fixture ``store``, an async one::

        class TestMariaStore(StoreContract):
            @pytest.fixture
            async def store(self):
                store = MariaStore("mariadb://localhost/test")
                await store.open()
                yield store
                await store.close()
    """

    @pytest.fixture
    def store(self) -> Store:
        """Give a store that is open and empty."""
        raise NotImplementedError("give a fixture `store`: a store, open and empty")
