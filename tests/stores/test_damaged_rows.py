"""A damaged row of ours keeps nobody else's from being swept, sent or purged."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from onboarding.accounts.model import Ending, Purpose
from onboarding.changes import Add, Statement
from onboarding.journey.service import JourneyService
from onboarding.mail.model import Letter
from onboarding.stores import store_from
from onboarding.tokens import Ids
from tests.web.site import OrderPlaced
from tests.world import World

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
TOO_OLD = -(2**62)
"""Microseconds: an instant before there were years."""


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Give a world whose rows may be damaged."""
    store = store_from("memory:")
    await store.open()
    yield World(store)
    await store.close()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log says of rows."""
    lines = [one.getMessage() for one in caplog.records]
    return [line for line in lines if line.startswith("row_unreadable")]


@pytest.mark.parametrize("batch", [1, 500])
@pytest.mark.parametrize("state", ["lapsed", "ended"])
async def test_others_are_purged(
    world: World, caplog: pytest.LogCaptureFixture, batch: int, state: str
) -> None:
    """Guests and ended accounts alike, whatever stands first; it is told once."""
    ids = [(await world.guest()).account.id for _ in range(3)]
    bad = min(ids)
    if state == "ended":
        await world.data.erase(bad)
    sql = "UPDATE onboarding_accounts SET created_at = $1 WHERE id = $2"
    await world.store.commit(Statement(sql, (TOO_OLD, bad)))
    world.clock.advance(2 * DAY)

    for gone in (2, 0):
        assert gone == (await world.guests.purge(batch=batch)).gone

    for id in set(ids) - {bad}:
        assert Ending.EXPIRED is (await world.account(id)).ending
    (line,) = told(caplog)
    assert bad in line
    assert "onboarding_accounts" in line
    assert "created_at" in line


async def test_others_are_swept(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What is over of everybody else goes."""
    made = [
        await world.intents.open(Purpose.SIGN_IN, life=timedelta(minutes=1))
        for _ in range(2)
    ]
    bad = made[0].id
    sql = "UPDATE onboarding_intents SET data = $1 WHERE id = $2"
    await world.store.commit(Statement(sql, ("{", bad)))
    world.clock.advance(DAY)
    assert [1, 0] == [await world.intents.sweep() for _ in range(2)]
    (line,) = told(caplog)
    assert bad in line


async def test_others_are_sent(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Letters that wait behind it."""
    for id in ("a" * 20, "b" * 20):
        letter = Letter(
            id=id,
            kind="reply",
            address="k@example.org",
            typed="k@example.org",
            locale="en",
            due_at=world.now,
            until=world.now + DAY,
        )
        await world.store.commit(Add(letter))
    sql = "UPDATE onboarding_letters SET data = $1 WHERE id = $2"
    await world.store.commit(Statement(sql, ("{", "a" * 20)))
    for _ in range(2):
        due = await world.store.list_letters(due_before=world.now + DAY, limit=9)
        assert ["b" * 20] == [one.id for one in due]
    assert 1 == len(told(caplog))


async def test_others_are_filled(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Events of before their class said what they are about."""

    class Placed(OrderPlaced, about="order"):
        name = "order_placed_here"

    journey = JourneyService(world.store, world.clock, Ids(world.clock), [])
    ids = [(await world.guest()).account.id for _ in range(2)]
    for id in ids:
        await journey.record(id, Placed(order="1"))
    sql = "UPDATE onboarding_events SET about = NULL"
    await world.store.commit(Statement(sql))
    sql = "UPDATE onboarding_events SET data = $1 WHERE account_id = $2 AND name = $3"
    await world.store.commit(Statement(sql, ("{", min(ids), Placed.name)))
    assert 1 == await journey.backfill(kinds={Placed.name: Placed})
    assert 1 == len(told(caplog))
