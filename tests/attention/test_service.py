"""The ledger on a real store."""

from datetime import timedelta

import pytest

from onboarding.accounts.model import Account
from onboarding.attention.model import Act, AttentionPolicy, Quiet, question_item
from onboarding.attention.service import AttentionService
from onboarding.changes import Add, Put
from onboarding.stores.base import Store
from onboarding.testing import FrozenClock

pytestmark = pytest.mark.anyio

ITEM = question_item("genre")


@pytest.fixture
def clock() -> FrozenClock:
    """Return a clock that stands still."""
    return FrozenClock()


@pytest.fixture
async def account(store: Store, clock: FrozenClock) -> Account:
    """Return a guest that the store knows."""
    account = Account(id="g1", created_at=clock())
    await store.commit(Add(account))
    return account


@pytest.fixture
def attention(store: Store, clock: FrozenClock) -> AttentionService:
    """Return the service with its default policy."""
    return AttentionService(store, clock)


async def test_a_visitor_has_a_fresh_budget(attention: AttentionService) -> None:
    """Of somebody without an account nothing is known, so nothing is kept back."""
    assert (await attention.allowance(None, "v1")).verdict(ITEM).is_allowed


async def test_an_impression_spends_the_budget_and_then_time(
    store: Store, clock: FrozenClock, account: Account, attention: AttentionService
) -> None:
    """What was shown rests for a week, and everything else for an hour."""
    await store.commit(
        *map(Put, await attention.lines(account, Act.SHOWN, [ITEM], "v1"))
    )
    clock.advance(timedelta(minutes=10))
    later = await attention.allowance(account, "v2")
    assert later.verdict(ITEM).because is Quiet.ITEM_GAP
    assert later.verdict("prompt:nps").because is Quiet.ANY_GAP
    clock.advance(timedelta(hours=1))
    assert (await attention.allowance(account, "v2")).verdict("prompt:nps").is_allowed
    clock.advance(timedelta(days=7))
    assert (await attention.allowance(account, "v2")).verdict(ITEM).is_allowed


async def test_a_visit_writes_a_line_once(
    store: Store, account: Account, attention: AttentionService
) -> None:
    """Drawing a page again gives no line to write."""
    lines = await attention.lines(account, Act.SHOWN, [ITEM], "v1")
    await store.commit(*map(Put, lines))
    assert [line.item for line in lines] == [ITEM]
    assert await attention.lines(account, Act.SHOWN, [ITEM], "v1") == []


async def test_the_policy_is_the_hosts(
    store: Store, clock: FrozenClock, account: Account
) -> None:
    """A policy of no asks keeps everything back."""
    attention = AttentionService(store, clock, AttentionPolicy(per_visit=0))
    verdict = (await attention.allowance(account, "v1")).verdict(ITEM)
    assert verdict.because is Quiet.BUDGET
