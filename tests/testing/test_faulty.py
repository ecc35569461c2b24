"""The store that breaks when told."""

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


class TestUnbroken(StoreContract):
    """As long as nobody tells it to break, it is a store like any other."""

    holds_sql = False

    @pytest.fixture
    def store(self) -> Store:
        """Give a faulty store without a fault."""
        return FaultyStore(store_from("memory:"))


async def test_a_commit_broken_before_leaves_nothing() -> None:
    """Nothing was applied, and the next commit works."""
    store = FaultyStore(store_from("memory:"))
    store.break_before()
    with pytest.raises(StoreUnavailable):
        await store.commit(Add(account()))
    assert await store.find(Account, FIRST) is None
    await store.commit(Add(account()))
    assert await store.find(Account, FIRST) == account()


async def test_a_commit_broken_after_is_applied() -> None:
    """Everything is there, only the answer got lost."""
    store = FaultyStore(store_from("memory:"))
    store.break_after(Conflict("Account"))
    with pytest.raises(Conflict):
        await store.commit(Add(account()))
    assert await store.find(Account, FIRST) == account()
    await store.commit(Add(account(SECOND)))


async def test_a_later_commit_breaks() -> None:
    """Commits that are skipped go well, and those behind the broken one too."""
    store = FaultyStore(store_from("memory:"))
    store.break_before(skip=1)
    await store.commit(Add(account()))
    with pytest.raises(StoreUnavailable):
        await store.commit(Add(account(SECOND)))
    await store.commit(Add(account(THIRD)))
    assert await store.find(Account, SECOND) is None
    assert store.commits == 3
