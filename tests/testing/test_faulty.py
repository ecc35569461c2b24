"""The store that breaks when told."""

from collections.abc import AsyncIterator

import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add
from onboarding.errors import Conflict, StoreUnavailable
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.testing import FaultyStore
from onboarding.testing.contracts import StoreContract
from onboarding.testing.contracts.store_nouns import FIRST, SECOND, THIRD, account

pytestmark = pytest.mark.anyio


@pytest.fixture
async def faulty() -> AsyncIterator[FaultyStore]:
    """Give a store that does not break until it is told to."""
    store = FaultyStore(store_from("memory:"))
    await store.open()
    yield store
    await store.close()


class TestUnbroken(StoreContract):
    """As long as nobody tells it to break, it is a store like any other."""

    @pytest.fixture
    def store(self, faulty: FaultyStore) -> Store:
        """Give a faulty store without a fault."""
        return faulty


async def test_a_commit_broken_before_leaves_nothing(faulty: FaultyStore) -> None:
    """Nothing was applied, and the next commit works."""
    faulty.break_before()
    with pytest.raises(StoreUnavailable):
        await faulty.commit(Add(account()))
    assert await faulty.find(Account, FIRST) is None
    await faulty.commit(Add(account()))
    assert await faulty.find(Account, FIRST) == account()


async def test_a_commit_broken_after_is_applied(faulty: FaultyStore) -> None:
    """Everything is there, only the answer got lost."""
    faulty.break_after(Conflict("Account"))
    with pytest.raises(Conflict):
        await faulty.commit(Add(account()))
    assert await faulty.find(Account, FIRST) == account()
    await faulty.commit(Add(account(SECOND)))


async def test_a_later_commit_breaks(faulty: FaultyStore) -> None:
    """Commits that are skipped go well, and those behind the broken one too."""
    faulty.break_before(skip=1)
    await faulty.commit(Add(account()))
    with pytest.raises(StoreUnavailable):
        await faulty.commit(Add(account(SECOND)))
    await faulty.commit(Add(account(THIRD)))
    assert await faulty.find(Account, SECOND) is None
    assert faulty.commits == 3
