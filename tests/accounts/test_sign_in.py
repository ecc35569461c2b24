"""Signing in: the resolution table, done."""

import asyncio

import pytest

from onboarding.accounts.model import (
    AccountKind,
    ContactLevel,
    EmailTrust,
    Ending,
    IdentityLink,
    ProvenAddress,
)
from onboarding.accounts.outcome import How, MustConfirm, SignInResult
from onboarding.errors import Conflict, IdentityTaken, SignInRequired
from tests.world import World, identity

pytestmark = pytest.mark.anyio


async def test_a_stranger_registers(world: World) -> None:
    """An unknown identity in a fresh browser makes one registered account."""
    outcome = await world.accounts.sign_in(identity("kim"), None)

    assert isinstance(outcome, SignInResult)
    assert How.REGISTERED is outcome.how
    current = await world.who(outcome.new_session.token.reveal())
    assert AccountKind.REGISTERED is current.account.kind
    assert ["account_registered"] == await world.names(current.account.id)


async def test_the_same_identity_comes_back_to_the_same_account(world: World) -> None:
    """Issuer and subject find the account again, with a session of their own."""
    first = await world.person("kim")
    second = await world.person("kim")

    assert first.account.id == second.account.id
    assert How.SIGNED_IN is second.how
    assert first.new_session.token != second.new_session.token


async def test_another_issuer_is_another_person(world: World) -> None:
    """The same subject at another issuer is somebody else."""
    first = await world.person("kim")
    elsewhere = identity("kim", issuer="https://other.example")
    second = await world.accounts.sign_in(elsewhere, None)

    assert isinstance(second, SignInResult)
    assert first.account.id != second.account.id


async def test_a_guest_is_upgraded_in_place(world: World) -> None:
    """A guest keeps the id; every session of before is dead."""
    guest = await world.guest()
    outcome = await world.accounts.sign_in(identity("kim"), guest)

    assert isinstance(outcome, SignInResult)
    assert guest.account.id == outcome.account.id
    assert How.UPGRADED is outcome.how
    assert await world.sessions.refresh(guest) is None
    current = await world.who(outcome.new_session.token.reveal())
    assert not current.account.is_guest
    assert ["guest_started", "guest_upgraded"] == await world.names(guest.account.id)


async def test_a_guest_with_an_owned_identity_merges(world: World) -> None:
    """The guest ends as merged, the owner comes in, and the receipt says so."""
    owner = await world.person("kim")
    guest = await world.guest()
    outcome = await world.accounts.sign_in(identity("kim"), guest)

    assert isinstance(outcome, SignInResult)
    assert How.MERGED is outcome.how
    assert owner.account.id == outcome.account.id
    ended = await world.account(guest.account.id)
    assert (Ending.MERGED, owner.account.id) == (ended.ending, ended.merged_into)
    assert outcome.receipt is not None
    assert [outcome.receipt] == await world.accounts.list_receipts(outcome.account)
    assert await world.sessions.refresh(guest) is None
    assert await world.sessions.find(owner.new_session.token.reveal()) is not None


async def test_a_verified_address_is_proven_once(world: World) -> None:
    """The first verified sign-in proves the address for its account."""
    owner = await world.person("kim", "kim@example.org")

    contacts = await world.accounts.list_contacts(owner.account)

    assert [("kim@example.org", ContactLevel.PROVEN, "local")] == [
        (c.address, c.level, c.proven_by) for c in contacts
    ]
    proven = await world.store.find(ProvenAddress, "kim@example.org")
    assert proven is not None
    assert owner.account.id == proven.account_id


async def test_a_taken_address_must_be_confirmed_and_changes_nothing(
    world: World,
) -> None:
    """A new identity with somebody's proven address waits; the guest stays a guest."""
    await world.person("kim", "kim@example.org")
    guest = await world.guest()
    newcomer = identity("k1m", "kim@example.org", issuer="https://other.example")

    outcome = await world.accounts.sign_in(newcomer, guest)

    assert isinstance(outcome, MustConfirm)
    assert await world.store.find(IdentityLink, newcomer.issuer, "k1m") is None
    assert guest == await world.sessions.refresh(guest)


@pytest.mark.parametrize("trust", [EmailTrust.NONE, EmailTrust.STATED])
async def test_a_merely_stated_address_grants_and_reveals_nothing(
    world: World, trust: EmailTrust
) -> None:
    """An address without a trusted claim is as good as none: a new account."""
    owner = await world.person("kim", "kim@example.org")
    stated = identity("mallory", "kim@example.org", trust, issuer="https://lax.example")

    outcome = await world.accounts.sign_in(stated, None)

    assert isinstance(outcome, SignInResult)
    assert owner.account.id != outcome.account.id
    assert [] == await world.accounts.list_contacts(outcome.account)


async def test_the_owner_links_what_waited(world: World) -> None:
    """After showing who they are, the owner links the waiting identity."""
    owner = await world.person("kim", "kim@example.org")
    waiting = identity("k1m", "kim@example.org", issuer="https://other.example")
    current = await world.who(owner.new_session.token.reveal())

    outcome = await world.accounts.link(waiting, current)

    assert How.LINKED is outcome.how
    assert owner.account.id == outcome.account.id
    again = await world.accounts.sign_in(waiting, None)
    assert isinstance(again, SignInResult)
    assert owner.account.id == again.account.id


async def test_only_a_registered_person_links(world: World) -> None:
    """Neither a visitor nor a guest can take a waiting identity."""
    for nobody in (None, await world.guest()):
        with pytest.raises(SignInRequired):
            await world.accounts.link(identity("k1m"), nobody)


async def test_an_identity_of_somebody_else_is_refused(world: World) -> None:
    """A registered person cannot take over another one's identity."""
    kim = await world.person("kim")
    noor = await world.person("noor")
    current = await world.who(noor.new_session.token.reveal())

    with pytest.raises(IdentityTaken):
        await world.accounts.sign_in(identity("kim"), current)

    link = await world.store.find(IdentityLink, "https://id.example", "kim")
    assert link is not None
    assert kim.account.id == link.account_id


async def test_an_address_of_somebody_else_does_not_hinder_linking(
    world: World,
) -> None:
    """Linking while signed in looks at the identity; the address stays its prover's."""
    kim = await world.person("kim", "kim@example.org")
    noor = await world.person("noor", "noor@example.org")
    current = await world.who(noor.new_session.token.reveal())
    shared = identity("n2", "kim@example.org", issuer="https://other.example")

    outcome = await world.accounts.sign_in(shared, current)

    assert isinstance(outcome, SignInResult)
    assert How.LINKED is outcome.how
    proven = await world.store.find(ProvenAddress, "kim@example.org")
    assert proven is not None
    assert kim.account.id == proven.account_id


async def test_racing_first_sign_ins_make_one_account(world: World) -> None:
    """Two tabs that register one identity at once end in one account."""
    kim = identity("kim", "kim@example.org")
    outcomes = await asyncio.gather(
        *(world.accounts.sign_in(kim, None) for _ in range(4))
    )

    owners = {o.account.id for o in outcomes if isinstance(o, SignInResult)}
    assert 1 == len(owners)


async def test_racing_upgrades_of_two_guests_lose_nothing(world: World) -> None:
    """One identity, two guests at once: one upgrades, the other merges into it."""
    guests = [await world.guest() for _ in range(2)]
    outcomes = await asyncio.gather(
        *(world.accounts.sign_in(identity("kim"), guest) for guest in guests)
    )

    hows = sorted(o.how for o in outcomes if isinstance(o, SignInResult))
    assert [How.MERGED, How.UPGRADED] == hows
    live = [(await world.account(g.account.id)).is_live for g in guests]
    assert [False, True] == sorted(live)


async def test_racing_proofs_of_one_address_have_one_prover(world: World) -> None:
    """Of two people who prove one address at once, one must confirm."""
    outcomes = await asyncio.gather(
        world.accounts.sign_in(identity("kim", "kim@example.org"), None),
        world.accounts.sign_in(identity("k2", "kim@example.org"), None),
    )

    assert 1 == sum(isinstance(outcome, SignInResult) for outcome in outcomes)
    assert 1 == sum(isinstance(outcome, MustConfirm) for outcome in outcomes)


async def test_a_merge_again_is_the_same_merge(world: World) -> None:
    """Merging twice returns the same receipt and changes nothing the second time."""
    owner, guest = await world.person("kim"), await world.guest()

    first = await world.merging.merge(guest.account.id, owner.account.id)
    before = await world.account(owner.account.id)
    second = await world.merging.merge(guest.account.id, owner.account.id)

    assert first == second
    assert before == await world.account(owner.account.id)


async def test_merging_both_ways_at_once_has_one_winner(world: World) -> None:
    """Merges form a forest: of two opposite ones, one wins and one is refused."""
    one, two = await world.guest(), await world.guest()
    results = await asyncio.gather(
        world.merging.merge(one.account.id, two.account.id),
        world.merging.merge(two.account.id, one.account.id),
        return_exceptions=True,
    )

    assert 1 == sum(isinstance(result, Exception) for result in results)
    accounts = [await world.account(p.account.id) for p in (one, two)]
    assert 1 == sum(account.is_live for account in accounts)
    assert not any(isinstance(result, Conflict) for result in results)
