"""A change of power ends every session of before, also one that began meanwhile.

Linking an identity, or becoming registered, makes an account worth more. Whoever
decided on the account of before, and writes a session after it, has a dead one.
"""

from dataclasses import replace

import pytest

from onboarding.accounts.model import Account, CurrentSession, NewSession
from onboarding.accounts.outcome import SignInResult
from onboarding.changes import Replace, Statement
from tests.security.stale import slowed
from tests.world import World, identity

pytestmark = pytest.mark.anyio


async def is_dead(world: World, new: NewSession) -> bool:
    """Tell whether a session opens nothing."""
    return await world.sessions.find(new.token.reveal()) is None


async def test_a_sign_in_decided_before_a_link_is_dead_after_it(world: World) -> None:
    """Whoever came in by a stolen way loses it when the owner adds another one."""
    owner = await world.person("vera")
    here = await world.who(owner.new_session.token.reveal())
    slow, stale = slowed(world, "find", Account)
    another = identity("vera-2", issuer="https://other.example")

    late = await stale.meanwhile(
        slow.accounts.sign_in(identity("vera"), None),
        lambda: world.accounts.sign_in(another, here),
    )

    assert isinstance(late, SignInResult)
    assert late.account.id == owner.account.id
    assert await is_dead(world, late.new_session)
    assert await is_dead(world, owner.new_session)


async def test_a_session_begun_before_an_upgrade_is_dead_after_it(world: World) -> None:
    """Whoever holds the nonce of a guest's page does not get the person's session."""
    nonce = world.guests.new_nonce()
    guest = await world.guests.start(nonce)
    here = await world.who(guest.token.reveal())
    slow, stale = slowed(world, "find", Account)

    late = await stale.meanwhile(
        slow.guests.start(nonce), lambda: world.accounts.sign_in(identity("vera"), here)
    )

    assert isinstance(late, NewSession)
    assert await is_dead(world, late)
    assert await is_dead(world, guest)


@pytest.mark.parametrize("deed", ["link", "upgrade"])
async def test_a_change_of_power_raises_the_epoch(world: World, deed: str) -> None:
    """By which every session of before is known, whoever may have kept a row of it."""
    here: CurrentSession = await world.guest()
    if deed == "link":
        first = await world.accounts.sign_in(identity("vera"), here)
        assert isinstance(first, SignInResult)
        here = await world.who(first.new_session.token.reveal())
    another = identity("vera-2", issuer="https://other.example")

    outcome = await world.accounts.sign_in(another, here)

    assert isinstance(outcome, SignInResult)
    now = await world.account(here.account.id)
    assert now.epoch == here.account.epoch + 1
    assert outcome.new_session.session.epoch == now.epoch
    assert not await is_dead(world, outcome.new_session)


@pytest.mark.parametrize("later", [1, 7, -1])
async def test_a_session_of_any_other_epoch_is_dead(world: World, later: int) -> None:
    """Older or newer, as after a backup was brought back: only the very one counts."""
    guest = await world.guests.start()
    was = await world.account(guest.account.id)
    other = replace(was, epoch=later, version=was.version + 1)
    await world.store.commit(Replace(was, other))
    assert await is_dead(world, guest)


ENDINGS = {
    "epoch": "UPDATE onboarding_accounts SET epoch = epoch + 1",
    "ending": "UPDATE onboarding_accounts SET ending = 'erased'",
    "row": "DELETE FROM onboarding_sessions",
}


@pytest.mark.parametrize("what", ENDINGS)
async def test_an_operator_who_ends_sessions_by_hand_ends_them(
    world: World, what: str
) -> None:
    """At once, and also where the account's version stayed as it was."""
    guest = await world.guests.start()
    await world.sessions.touch(guest.session)
    world.clock.advance(world.sessions.policy.guest_idle / 30)
    for _ in range(3):  # known by then, and read by its mark alone
        await world.sessions.touch((await world.who(guest.token.reveal())).session)

    await world.store.commit(Statement(ENDINGS[what]))

    assert await is_dead(world, guest)
