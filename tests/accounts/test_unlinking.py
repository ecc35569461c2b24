"""An identity that is taken from an account, by the host's own code."""

import asyncio
from datetime import timedelta

import pytest

from onboarding.accounts.leaving import Doors
from onboarding.accounts.model import (
    Account,
    CurrentSession,
    IdentityLink,
    ProvenAddress,
    Purpose,
    Session,
)
from onboarding.accounts.outcome import How, SignInResult
from onboarding.changes import Add, Touch
from onboarding.errors import AccountEnded, FreshSignInRequired, LastWayIn
from tests.world import World, identity

pytestmark = pytest.mark.anyio

ISSUER = "https://id.example"


async def person(world: World, *subjects: str) -> CurrentSession:
    """Sign somebody in, and link further identities to them."""
    current: CurrentSession | None = None
    for subject in subjects:
        outcome = await world.accounts.sign_in(identity(subject), current)
        assert isinstance(outcome, SignInResult)
        current = outcome.new_session.current
    assert current is not None
    return current


async def subjects(world: World, account: Account) -> list[str]:
    """Return by what somebody comes in."""
    return [one.subject for one in await world.accounts.list_identities(account)]


async def test_an_identity_goes_and_the_log_tells_it(world: World) -> None:
    """Once: what is gone already is no error, and is told as that."""
    here = await person(world, "a", "b")
    account = here.account
    assert await world.accounts.unlink(account, ISSUER, "a") is True
    assert await world.accounts.unlink(account, ISSUER, "a") is False
    assert ["b"] == await subjects(world, account)
    assert 1 == (await world.names(account.id)).count("identity_unlinked")


async def test_nobody_takes_what_is_somebody_elses(world: World) -> None:
    """It is not this account's, and stays where it is."""
    one, other = await person(world, "a", "b"), await person(world, "c")
    assert await world.accounts.unlink(one.account, ISSUER, "c") is False
    assert ["c"] == await subjects(world, other.account)


async def test_the_last_way_stays(world: World) -> None:
    """Whether it is the only identity, or the only thing at all."""
    here = await person(world, "a")
    with pytest.raises(LastWayIn):
        await world.accounts.unlink(here.account, ISSUER, "a")
    assert ["a"] == await subjects(world, here.account)


async def test_nothing_is_taken_from_an_account_that_has_ended(world: World) -> None:
    """Erased means erased."""
    here = await person(world, "a", "b")
    await world.data.erase(here.account.id)
    with pytest.raises(AccountEnded):
        await world.accounts.unlink(here.account, ISSUER, "a")


@pytest.mark.parametrize("keeps", [True, False])
async def test_every_session_ends_but_the_one_that_is_kept(
    world: World, keeps: bool
) -> None:
    """Without one to keep, everybody signs in again."""
    here = await person(world, "a", "b")
    await world.accounts.sign_in(identity("a"), None)
    await world.accounts.sign_in(identity("b"), None)
    keep = here if keeps else None
    await world.accounts.unlink(here.account, ISSUER, "a", keep=keep)
    left = await world.store.list_of(Session, here.account.id)
    assert [here.session.id] * keeps == [one.id for one in left]


async def test_a_sign_in_by_it_at_the_same_moment_leaves_no_session(
    world: World,
) -> None:
    """Either it was faster, and its session ends, or it is that of a stranger."""
    here = await person(world, "a", "b")

    async def come() -> Account:
        outcome = await world.accounts.sign_in(identity("a"), None)
        assert isinstance(outcome, SignInResult)
        return outcome.account

    unlink = world.accounts.unlink(here.account, ISSUER, "a", keep=here)
    *came, _ = await asyncio.gather(*(come() for _ in range(9)), unlink)
    left = await world.store.list_of(Session, here.account.id)
    assert [here.session.id] == [one.id for one in left]
    assert 1 >= len({one.id for one in came} - {here.account.id})


async def test_who_comes_with_it_is_a_stranger(world: World) -> None:
    """A new account; and it may be linked to another one that is there."""
    here = await person(world, "a", "b", "c")
    for subject in ("a", "c"):
        await world.accounts.unlink(here.account, ISSUER, subject, keep=here)
    stranger = await world.accounts.sign_in(identity("a"), None)
    assert isinstance(stranger, SignInResult)
    assert How.REGISTERED is stranger.how
    assert here.account.id != stranger.account.id
    linked = await world.accounts.sign_in(identity("c"), stranger.new_session.current)
    assert isinstance(linked, SignInResult)
    assert How.LINKED is linked.how


# ── which ways count ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("doors", "by_provider", "by_address"),
    [
        (Doors(), True, True),
        (Doors(by_mail=False), True, False),
        (Doors(providers=frozenset({"local"})), True, True),
        (Doors(providers=frozenset({"other"})), False, True),
    ],
    ids=["all", "no mail", "this provider", "another provider"],
)
async def test_what_an_application_opens(
    world: World, doors: Doors, by_provider: bool, by_address: bool
) -> None:
    """A way counts where somebody could come in by it today."""
    here = await person(world, "a")
    (link,) = await world.accounts.list_identities(here.account)
    address = ProvenAddress(address="kim@example.org", account_id=here.account.id)
    assert (by_provider, by_address) == (doors.opens(link), doors.opens(address))


async def test_a_way_is_left_by_a_proven_address(world: World) -> None:
    """Where letters let somebody in."""
    here = await person(world, "a")
    account = here.account
    finder = ProvenAddress(address="kim@example.org", account_id=account.id)
    await world.store.commit(Touch(account.id), Add(finder))
    link = await world.store.find(IdentityLink, ISSUER, "a")
    assert link is not None
    assert [finder] == await world.accounts.list_other_ways(account, link)
    assert await world.accounts.unlink(account, ISSUER, "a") is True


# ── a fresh sign-in ──────────────────────────────────────────────────────────


async def test_a_way_is_added_by_who_has_just_signed_in(world: World) -> None:
    """Up to the last moment of the policy; coming in by a way that is known always."""
    here = await person(world, "a")
    world.clock.advance(world.sessions.policy.fresh - timedelta(microseconds=1))
    here = await person_again(world, "b", here)
    world.clock.advance(world.sessions.policy.fresh)
    with pytest.raises(FreshSignInRequired):
        await world.accounts.sign_in(identity("c"), here)
    here = await person_again(world, "a", here)
    await person_again(world, "c", here)
    assert ["a", "b", "c"] == await subjects(world, here.account)


async def person_again(
    world: World, subject: str, here: CurrentSession
) -> CurrentSession:
    """Sign in where somebody is in already, and return who is here then."""
    outcome = await world.accounts.sign_in(identity(subject), here)
    assert isinstance(outcome, SignInResult)
    return outcome.new_session.current


async def test_what_another_began_freshly_makes_nobody_fresh(world: World) -> None:
    """An attempt that somebody planted says nothing of who is here."""
    one, other = await person(world, "a"), await person(world, "b")
    data = world.accounts.noted(other)
    token = await world.intents.open(
        Purpose.SIGN_IN, life=timedelta(hours=1), account_id=other.account.id, data=data
    )
    planted = await world.intents.take(token, Purpose.SIGN_IN)
    world.clock.advance(world.sessions.policy.fresh)
    with pytest.raises(FreshSignInRequired):
        await world.accounts.sign_in(identity("c"), one, attempt=planted)
