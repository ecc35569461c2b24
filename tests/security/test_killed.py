"""Processes are killed in the midst of merges, claims and purges: nothing is torn.

Each tells of what was done after the service has said so. What was told is there
afterwards, and what was not is there whole, or not at all.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, cast

import pytest

from onboarding.testing import FrozenClock
from tests.postgres import Fresh
from tests.security.killed import Killing, Told
from tests.security.lives.look import Look
from tests.security.lives.market import Market, core_on, make_tables

KILLS = 40


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def aftermath(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[Told], Look]]:
    """Kill many, and return what they had told and what is there afterwards."""
    with ExitStack() as stack:
        database = f"sqlite:///{tmp_path_factory.mktemp('killed')}/shop.db"
        if request.param == "postgresql":
            fresh: Fresh = request.getfixturevalue("_fresh_database")
            database = stack.enter_context(fresh())
        asyncio.run(make_tables(database))
        killing = Killing(database)
        killing.kill(KILLS)
        yield killing.told, asyncio.run(settled(database))


async def settled(database: str) -> Look:
    """Look after a purge: late rows are where they belong by then."""
    market = Market(database)
    await market.open()
    market.core = core_on(cast("Any", market.store), FrozenClock())
    await market.core.belongings.check(market.store)
    await market.core.guests.purge()
    look = await market.look([], [])
    await market.close()
    return look


def test_each_kind_of_thing_was_done(aftermath: tuple[list[Told], Look]) -> None:
    """Or the rest would show little."""
    told, look = aftermath
    done = Counter(what for what, *_ in told)
    assert {"placed", "came to", "claimed", "left", "gone"} <= set(done), done
    assert look.ended("merged")
    assert look.ended("expired")


def test_nothing_that_was_told_is_lost(aftermath: tuple[list[Told], Look]) -> None:
    """An order is its claimer's, a guest came where it was said, the gone are gone."""
    told, look = aftermath
    orders = look.by("orders", "number")
    for what, whom, which in told:
        if what == "placed":
            assert whom in orders
        elif what == "claimed":
            assert look.end_of(which) == orders[whom]["account_id"]
        elif what == "came to":
            assert look.end_of(which) == look.end_of(whom)
        elif what == "gone":
            assert whom in look.ended("expired")


def test_each_order_has_one_owner_with_all_its_lines(
    aftermath: tuple[list[Told], Look],
) -> None:
    """Who claimed it, as the log says, or else who placed it, or became of them."""
    told, look = aftermath
    placed = {whom: which for what, whom, which in told if what == "placed"}
    claims = look.by("events", "account_id", "id").values()
    claimed = {
        int(row["about"]): row["account_id"]
        for row in claims
        if row["name"] == "order_claimed"
    }
    for number, row in look.by("orders", "number").items():
        owner = row["account_id"]
        assert owner in look.live
        meant = claimed.get(number, placed.get(number, owner))
        assert look.end_of(meant) == owner
        lines = [r["account_id"] for r in look["order_lines"] if r["number"] == number]
        assert [owner] * 2 == lines


def test_nothing_is_done_twice(aftermath: tuple[list[Told], Look]) -> None:
    """A receipt for each merge, an event for each thing that happened, no more."""
    _, look = aftermath
    merged = {
        id: row["merged_into"]
        for id, row in look.accounts.items()
        if row["ending"] == "merged"
    }
    receipts = {row["source"]: row["target"] for row in look["receipts"]}
    assert merged == receipts
    names = Counter((row["name"], row["account_id"]) for row in look["events"])
    kinds = ("guest_started", "guest_upgraded", "account_registered", "account_expired")
    for (name, account), times in names.items():
        assert times == 1 or name not in kinds, (name, account)
    lapsed = {account for name, account in names if name == "account_expired"}
    assert look.ended("expired") == lapsed
    begun = {account for name, account in names if name in {kinds[0], kinds[2]}}
    assert set(look.accounts) == begun
    sources = [r["about"] for r in look["events"] if r["name"] == "account_merged"]
    assert sorted(merged) == sorted(sources)
    numbers = [r["about"] for r in look["events"] if r["name"] == "order_claimed"]
    assert len(numbers) == len(set(numbers))


def test_what_ended_owns_nothing(aftermath: tuple[list[Told], Look]) -> None:
    """Neither a session, nor a way in, nor a cart: a merge or a purge is whole."""
    _, look = aftermath
    for table in ("sessions", "identities", "carts", "order_lines", "orders"):
        assert not {row["account_id"] for row in look[table]} - look.live
    owners = [row["account_id"] for row in look["identities"]]
    assert len(owners) == len(set(owners))
