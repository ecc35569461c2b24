"""Addresses of an account: put right, taken away, and the last way in kept."""

import asyncio

import pytest

from onboarding.accounts.model import (
    Account,
    Contact,
    CurrentSession,
    ProvenAddress,
    Purpose,
)
from onboarding.accounts.own import contact_key
from onboarding.changes import Add
from onboarding.errors import AccountEnded, InvalidAnswer, LastWayIn
from onboarding.guests.contacts import ContactService
from onboarding.tokens import Ids
from tests.world import World

pytestmark = pytest.mark.anyio

KIM, SAM = "kim@example.org", "sam@example.org"


@pytest.fixture
def contacts(world: World) -> ContactService:
    """Return the service over the same store."""
    return ContactService(world.store, world.clock, Ids(world.clock), world.leaving)


async def addresses(world: World, account: Account) -> list[str]:
    """Return what an account has, in its order."""
    return [c.address for c in await world.store.list_of(Contact, account.id)]


async def by_mail(
    world: World, address: str, current: CurrentSession | None = None
) -> Account:
    """Prove an address by mail: a stranger registers, somebody who is in adds it."""
    cookie = await world.proofs.ask(
        Purpose.PROVE, address, current=current, locale="en"
    )
    code = world.proofs.secrets(cookie.value.partition(".")[0]).code
    result = await world.proofs.finish(
        code=code, current=current, cookies={cookie.name: cookie.value}
    )
    return result.signed_in.account


async def signed_in(world: World, account: Account) -> CurrentSession:
    """Return a session of an account, as if somebody had just come in."""
    new = world.sessions.begin(account)
    await world.store.commit(Add(new.session))
    return new.current


async def test_a_typed_address_goes(world: World, contacts: ContactService) -> None:
    """And once more is no error."""
    guest = (await world.guest()).account
    await world.guests.give_contact(guest, KIM)
    await contacts.remove(guest, KIM)
    await contacts.remove(guest, KIM)
    assert [] == await addresses(world, guest)
    names = await world.names(guest.id)
    assert 1 == names.count("contact_removed")


async def test_a_wrong_address_is_put_right(
    world: World, contacts: ContactService
) -> None:
    """In one step: the wrong one goes as the right one comes, unproven."""
    guest = (await world.guest()).account
    await world.guests.give_contact(guest, "kim@exmaple.org")
    right = await contacts.correct(guest, "kim@exmaple.org", " Kim@Example.org ")
    assert [KIM] == await addresses(world, guest)
    assert "Kim@Example.org" == right.typed


async def test_what_is_no_address_changes_nothing(
    world: World, contacts: ContactService
) -> None:
    """The wrong one stays until there is a right one."""
    guest = (await world.guest()).account
    await world.guests.give_contact(guest, KIM)
    with pytest.raises(InvalidAnswer):
        await contacts.correct(guest, KIM, "kim@")
    assert [KIM] == await addresses(world, guest)


async def test_the_same_address_is_no_correction(
    world: World, contacts: ContactService
) -> None:
    """Nothing goes, and a proof that it has stays."""
    account = (await world.person("kim", KIM)).account
    await contacts.correct(account, KIM, KIM)
    assert await world.store.find(ProvenAddress, KIM)


async def test_a_proven_address_goes_where_another_way_is_left(
    world: World, contacts: ContactService
) -> None:
    """It lets nobody in from then on, and anybody may prove it."""
    account = (await world.person("kim", KIM)).account
    await contacts.remove(account, KIM)
    assert await world.store.find(ProvenAddress, KIM) is None
    other = await by_mail(world, KIM)
    assert other.id != account.id


async def test_the_last_way_in_stays(world: World, contacts: ContactService) -> None:
    """Whether it is to be taken away or to be put right."""
    account = await by_mail(world, KIM)
    with pytest.raises(LastWayIn):
        await contacts.remove(account, KIM)
    with pytest.raises(LastWayIn):
        await contacts.correct(account, KIM, SAM)
    assert [KIM] == await addresses(world, account)


async def test_of_two_ways_that_go_at_once_one_stays(
    world: World, contacts: ContactService
) -> None:
    """The account's version tells the second that the first was faster."""
    account = await by_mail(world, KIM)
    await by_mail(world, SAM, await signed_in(world, account))
    told = await asyncio.gather(
        contacts.remove(account, KIM),
        contacts.remove(account, SAM),
        return_exceptions=True,
    )
    assert 1 == len([one for one in told if isinstance(one, LastWayIn)])
    assert 1 == len(await addresses(world, account))


async def test_nothing_acts_on_an_account_that_has_ended(
    world: World, contacts: ContactService
) -> None:
    """Erased means erased."""
    account = (await world.person("kim", KIM)).account
    await world.data.erase(account.id)
    with pytest.raises(AccountEnded):
        await contacts.correct(account, KIM, SAM)
    with pytest.raises(AccountEnded):
        await contacts.remove(account, KIM)


async def test_a_key_finds_an_address_of_its_own_account_alone(
    world: World, contacts: ContactService
) -> None:
    """It holds no address, and another account has another one for the same."""
    one, other = (await world.guest()).account, (await world.guest()).account
    first = await world.guests.give_contact(one, KIM)
    await world.guests.give_contact(other, KIM)
    assert first == await contacts.find(one, contact_key(first))
    assert await contacts.find(other, contact_key(first)) is None
    assert "kim" not in contact_key(first)
