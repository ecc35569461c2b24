"""Guests: one row at the first write, an address that grants nothing, and the end."""

import asyncio
from datetime import timedelta

import pytest
from typing_extensions import override

from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    Ending,
    Intent,
    ProvenAddress,
    Purpose,
)
from onboarding.accounts.outcome import SignInResult
from onboarding.accounts.resources import Outcome, Planned, Resource
from onboarding.changes import Replace
from onboarding.errors import AccountEnded, Conflict, InvalidAnswer
from onboarding.stores.base import Store
from tests.world import World, identity

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


async def test_parallel_first_writes_of_one_page_are_one_guest(world: World) -> None:
    """Writes that bring one page's nonce converge; each browser tab gets a session."""
    nonce = world.guests.new_nonce()
    welcomes = await asyncio.gather(*(world.guests.start(nonce) for _ in "abcd"))

    assert 1 == len({welcome.account.id for welcome in welcomes})
    for welcome in welcomes:
        current = await world.who(welcome.token.reveal())
        assert welcome.account.id == current.account.id


async def test_first_writes_without_a_nonce_are_their_own(world: World) -> None:
    """Without a nonce nobody is taken for somebody else."""
    one, two = await world.guests.start(), await world.guests.start()

    assert one.account.id != two.account.id


async def test_a_nonce_of_a_clock_that_was_ahead_is_old(world: World) -> None:
    """A clock that was set back by a year makes no nonce good for a year."""
    nonce = world.guests.new_nonce()
    first = await world.guests.start(nonce)
    world.clock.advance(-timedelta(minutes=5))
    assert first.account.id == (await world.guests.start(nonce)).account.id
    world.clock.advance(-365 * DAY)
    assert first.account.id != (await world.guests.start(nonce)).account.id


@pytest.mark.parametrize("nonce", ["", "x", "a.b", "WzFd.c2ln", "\ud800", "é.\ud800"])
async def test_a_forged_nonce_is_no_nonce(world: World, nonce: str) -> None:
    """A nonce that we did not sign leads nowhere."""
    one, two = [await world.guests.start(nonce) for _ in "ab"]

    assert one.account.id != two.account.id


async def test_a_nonce_does_not_outlive_its_hour(world: World) -> None:
    """An old page cannot lead to the guest that it once made."""
    nonce = world.guests.new_nonce()
    first = await world.guests.start(nonce)
    world.clock.advance(timedelta(hours=1))

    assert first.account.id != (await world.guests.start(nonce)).account.id


async def test_a_nonce_never_opens_a_registered_account(world: World) -> None:
    """Once the guest has signed in, the page's nonce makes a new guest."""
    nonce = world.guests.new_nonce()
    first = await world.guests.start(nonce)
    current = await world.who(first.token.reveal())
    await world.accounts.sign_in(identity("kim"), current)

    second = await world.guests.start(nonce)

    assert first.account.id != second.account.id


async def test_an_address_is_asserted_and_finds_nobody(world: World) -> None:
    """A typed address is kept as typed, unproven, and answers alike for everybody."""
    owner = await world.person("kim", "kim@example.org")
    guest = await world.guest()

    contact = await world.guests.give_contact(guest.account, " Kim@Example.org ")

    assert ContactLevel.ASSERTED is contact.level
    assert ("kim@example.org", "Kim@Example.org") == (contact.address, contact.typed)
    proven = await world.store.find(ProvenAddress, "kim@example.org")
    assert proven is not None
    assert owner.account.id == proven.account_id
    again = await world.guests.give_contact(guest.account, "kim@example.org")
    assert contact == again
    assert ["guest_started", "contact_given"] == await world.names(guest.account.id)


@pytest.mark.parametrize("typed", ["", "kim", "a@b", "x" * 250 + "@example.org"])
async def test_what_is_no_address_is_refused(world: World, typed: str) -> None:
    """Something else than an address stores nothing and says what to do."""
    guest = await world.guest()

    with pytest.raises(InvalidAnswer) as refused:
        await world.guests.give_contact(guest.account, typed)

    assert "answer.not_an_email" == refused.value.problem
    assert [] == await world.store.list_of(Contact, guest.account.id)


async def test_an_ended_guest_takes_no_address(world: World) -> None:
    """A late form of somebody who was merged meanwhile is told so."""
    await world.person("kim")
    guest = await world.guest()
    await world.accounts.sign_in(identity("kim"), guest)

    with pytest.raises(AccountEnded):
        await world.guests.give_contact(guest.account, "kim@example.org")


async def test_an_upgrade_proves_the_address_that_was_typed(world: World) -> None:
    """The same address, verified by the provider, keeps when it was given and how."""
    guest = await world.guest()
    typed = await world.guests.give_contact(guest.account, "Kim@example.org")
    world.clock.advance(DAY)
    await world.accounts.sign_in(identity("kim", "kim@example.org"), guest)

    (contact,) = await world.store.list_of(Contact, guest.account.id)

    assert ContactLevel.PROVEN is contact.level
    assert (typed.given_at, "Kim@example.org") == (contact.given_at, contact.typed)


async def test_a_merge_brings_the_addresses_along(world: World) -> None:
    """The survivor has the guest's typed address, still unproven."""
    owner = await world.person("kim")
    guest = await world.guest()
    await world.guests.give_contact(guest.account, "books@example.org")
    await world.accounts.sign_in(identity("kim"), guest)

    contacts = await world.accounts.list_contacts(owner.account)

    assert [("books@example.org", ContactLevel.ASSERTED)] == [
        (contact.address, contact.level) for contact in contacts
    ]


# ── purge ────────────────────────────────────────────────────────────────────


async def test_an_orphan_goes_after_a_day(world: World) -> None:
    """A guest whose cookie never came back is purged, row and session."""
    guest = await world.guest()
    assert () == (await world.guests.purge()).gone
    world.clock.advance(DAY + timedelta(seconds=1))

    purged = await world.guests.purge()

    assert (guest.account.id,) == purged.gone
    assert Ending.EXPIRED is (await world.account(guest.account.id)).ending
    assert () == (await world.guests.purge()).gone


async def test_a_guest_who_came_back_stays_for_thirty_days(world: World) -> None:
    """One who was seen again is purged only when their session is over."""
    guest = await world.guest()
    world.clock.advance(timedelta(minutes=1))
    await world.sessions.touch(guest.session)
    world.clock.advance(29 * DAY)
    assert () == (await world.guests.purge()).gone

    world.clock.advance(DAY + timedelta(minutes=1))

    assert (guest.account.id,) == (await world.guests.purge()).gone


async def test_registered_people_are_never_purged(world: World) -> None:
    """However long nobody comes, a registered account stays."""
    person = await world.person("kim")
    world.clock.advance(1000 * DAY)

    assert () == (await world.guests.purge()).gone
    assert (await world.account(person.account.id)).is_live


class Kept(Resource):
    """Something that holds one guest back."""

    name = "orders"

    def __init__(self) -> None:
        """Hold nobody back at first."""
        self.owner = ""

    @override
    async def merge(self, store: Store, source: str, target: str) -> Planned:
        return Planned()

    @override
    async def purge(self, store: Store, account_id: str) -> Planned:
        kept = Outcome.KEPT if account_id == self.owner else Outcome.NOTHING
        return Planned(outcome=kept)

    @override
    async def export(self, store: Store, account_id: str) -> object:
        return []

    @override
    async def erase(self, store: Store, account_id: str) -> Planned:
        return Planned()


async def test_a_guest_with_an_open_intent_stays(world: World) -> None:
    """Who is at a provider finds their guest when they come back; later it goes."""
    guest = await world.guest()
    world.clock.advance(2 * DAY)
    await world.intents.open(
        Purpose.SIGN_IN, life=timedelta(minutes=10), account_id=guest.account.id
    )

    purged = await world.guests.purge()
    assert ((), (guest.account.id,)) == (purged.gone, purged.kept)

    world.clock.advance(timedelta(minutes=10))
    assert (guest.account.id,) == (await world.guests.purge()).gone
    assert [] == await world.store.list_of(Intent, guest.account.id)


async def test_what_somebody_bought_holds_them_back(world: World) -> None:
    """A resource that is kept keeps its guest; the others go."""
    orders = Kept()
    world = World(world.store, resources=[orders])
    buyer, other = await world.guest(), await world.guest()
    orders.owner = buyer.account.id
    world.clock.advance(2 * DAY)

    purged = await world.guests.purge()

    assert (other.account.id,) == purged.gone
    assert (buyer.account.id,) == purged.kept


async def test_those_who_are_kept_hide_nobody_behind_them(world: World) -> None:
    """However many are kept, every other guest is looked at, batch after batch."""
    orders = Kept()
    world = World(world.store, resources=[orders])
    buyer, *others = [await world.guest() for _ in range(4)]
    orders.owner = buyer.account.id
    world.clock.advance(2 * DAY)

    purged = await world.guests.purge(batch=1)

    assert [other.account.id for other in others] == list(purged.gone)
    assert (buyer.account.id,) == purged.kept


async def test_a_guest_who_signs_in_meanwhile_survives(world: World) -> None:
    """The guard of the purge is the guest's version, repeated in the write itself."""
    guest = await world.guest()
    stale = guest.account
    outcome = await world.accounts.sign_in(identity("kim"), guest)
    assert isinstance(outcome, SignInResult)

    with pytest.raises(Conflict):
        await world.store.commit(Replace(stale, stale))

    world.clock.advance(2 * DAY)
    assert () == (await world.guests.purge()).gone
