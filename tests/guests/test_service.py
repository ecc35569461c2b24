"""Guests: one row at the first write, an address that grants nothing, and the end."""

import asyncio
from datetime import timedelta

import pytest

from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    ProvenAddress,
)
from onboarding.errors import AccountEnded, InvalidAnswer
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
