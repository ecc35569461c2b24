"""However an account ends, it is a tombstone: dead, nameless, and led on from."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from onboarding.accounts.model import (
    Account,
    CurrentSession,
    Ending,
    Intent,
    Purpose,
)
from onboarding.changes import Replace
from tests.world import World, identity

pytestmark = pytest.mark.anyio

End = Callable[[World, CurrentSession], Awaitable[object]]


async def merged(world: World, guest: CurrentSession) -> object:
    """Sign in with an identity that somebody has."""
    await world.person("vera")
    return await world.accounts.sign_in(identity("vera"), guest)


async def purged(world: World, _: CurrentSession) -> object:
    """Let a guest lapse."""
    world.clock.advance(timedelta(days=31))
    return await world.guests.purge()


async def erased(world: World, guest: CurrentSession) -> object:
    """Have everything erased."""
    return await world.data.erase(guest.account.id)


ENDINGS: dict[Ending, End] = {
    Ending.MERGED: merged,
    Ending.EXPIRED: purged,
    Ending.ERASED: erased,
}


def test_every_ending_is_tried() -> None:
    """A new one cannot be left out; what is parked never was anybody's account."""
    assert ENDINGS.keys() == set(Ending) - {Ending.PARKED}


async def known_to_the_host(world: World) -> CurrentSession:
    """Return a guest to whom the host has given a key of its own."""
    guest = await world.guest()
    await world.accounts.set_ref(guest.account, "host-7")
    return guest


@pytest.mark.parametrize("ending", ENDINGS)
async def test_the_hosts_key_does_not_outlive_its_account(
    world: World, ending: Ending
) -> None:
    """It may tell who it was, and somebody else may need it: it is unique.

    After a merge it leads on to the same person, who may have it taken away.
    """
    guest = await known_to_the_host(world)

    await ENDINGS[ending](world, guest)

    ended = await world.account(guest.account.id)
    assert (ending, None) == (ended.ending, ended.ref)
    survivor = await world.accounts.find_by_ref("host-7")
    assert (survivor is not None) is (ending is Ending.MERGED)
    if survivor is not None:
        assert ended.merged_into == survivor.id
        await world.accounts.set_ref(survivor, None)
    assert await world.store.find_account_by_ref("host-7") is None
    another = await world.guest()
    was = await world.account(another.account.id)
    taken = replace(was, ref="host-7", version=was.version + 1)
    await world.store.commit(Replace(was, taken))
    assert await world.store.find_account_by_ref("host-7") == taken


@pytest.mark.parametrize("ending", ENDINGS)
async def test_an_end_raises_the_version(world: World, ending: Ending) -> None:
    """So that whoever decided on the living account decides again."""
    guest = await known_to_the_host(world)
    before = await world.account(guest.account.id)
    await ENDINGS[ending](world, guest)
    assert (await world.account(guest.account.id)).version > before.version


@pytest.mark.parametrize("ending", ENDINGS)
async def test_no_session_outlives_its_account(world: World, ending: Ending) -> None:
    """Neither as a way in, nor as a row."""
    guest = await world.guest()
    await ENDINGS[ending](world, guest)
    assert await world.sessions.refresh(guest) is None
    sql = "SELECT id FROM onboarding_sessions WHERE account_id = $1"
    assert [] == await world.store.query(sql, (guest.account.id,))


@pytest.mark.parametrize("ending", ENDINGS)
async def test_what_was_begun_ends_or_comes_along(world: World, ending: Ending) -> None:
    """An act of a merged guest goes on as the survivor's; any other is over."""
    guest = await world.guest()
    mine = guest.account.id
    life = timedelta(minutes=10)
    token = await world.intents.open(Purpose.SIGN_IN, life=life, account_id=mine)

    await ENDINGS[ending](world, guest)

    left = await world.store.find(Intent, token.id)
    survivor = (await world.account(mine)).merged_into
    assert (left.account_id if left else None) == survivor


async def test_a_chain_of_merges_is_followed_to_its_end(world: World) -> None:
    """Whoever was merged into somebody who was merged is the last one."""
    ids = [(await world.guest()).account.id for _ in range(4)]
    for source, target in pairwise(ids):
        await world.merging.merge(source, target)
    for one in ids:
        found = await world.accounts.find(one)
        assert isinstance(found, Account)
        assert ids[-1] == found.id
