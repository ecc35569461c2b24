"""What becomes of the ledger when accounts come together or end."""

from datetime import UTC, datetime

import pytest

from onboarding.accounts.model import Account
from onboarding.accounts.planned import Outcome
from onboarding.attention.model import Act, Attention
from onboarding.attention.resource import AttentionResource
from onboarding.changes import Add, Put
from onboarding.stores.base import Store

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def line(account_id: str, visit: str) -> Attention:
    """Return a line that an account said not now."""
    return Attention(
        account_id=account_id, item="prompt:nps", act=Act.SNOOZED, visit=visit, at=NOW
    )


@pytest.fixture
async def two(store: Store) -> Store:
    """Return a store with a guest and a person, each of whom said not now."""
    accounts = [Account(id=id, created_at=NOW) for id in ("guest", "person")]
    lines = [line("guest", "v1"), line("person", "v2")]
    await store.commit(*map(Add, accounts), *map(Put, lines))
    return store


async def test_a_merge_is_the_union(two: Store) -> None:
    """Who said "not now" as a guest has said so after signing in, too."""
    planned = await AttentionResource(two).merge(two.query, "guest", "person")
    await two.commit(*planned.changes)
    assert {one.visit for one in await two.list_of(Attention, "person")} == {"v1", "v2"}
    assert await two.list_of(Attention, "guest") == []
    assert (planned.outcome, planned.count) == (Outcome.ADDED, 1)


@pytest.mark.parametrize(
    ("verb", "told"), [("purge", Outcome.NOTHING), ("erase", Outcome.ERASED)]
)
async def test_an_end_takes_the_ledger_along(
    two: Store, verb: str, told: Outcome
) -> None:
    """Nothing of it stays, and nobody else loses a line."""
    planned = await getattr(AttentionResource(two), verb)(two.query, "guest")
    await two.commit(*planned.changes)
    assert await two.list_of(Attention, "guest") == []
    assert len(await two.list_of(Attention, "person")) == 1
    assert planned.outcome is told  # a purge tells nobody


async def test_nothing_is_said_of_an_empty_ledger(two: Store) -> None:
    """A resource without rows does not appear on a receipt."""
    planned = await AttentionResource(two).merge(two.query, "nobody", "person")
    assert (planned.outcome, planned.count) == (Outcome.NOTHING, 0)


async def test_the_export_is_what_happened_and_when(two: Store) -> None:
    """A line is exported with its item, act and instant; the visit is nobody's."""
    exported = await AttentionResource(two).export(two.query, "guest")
    assert exported == [
        {"item": "prompt:nps", "act": "snoozed", "at": "2026-03-01T00:00:00+00:00"}
    ]
