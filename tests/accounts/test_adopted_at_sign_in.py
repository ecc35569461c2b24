"""Somebody whom the host has is brought in when they prove their address here."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import pytest

from onboarding import Adopted, Onboarding
from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    CurrentSession,
    EmailTrust,
    Identity,
    ProvenAddress,
    Purpose,
)
from onboarding.accounts.outcome import How, MustConfirm, SignInResult
from onboarding.changes import Change
from onboarding.deadlines import Deadlines, lasting
from onboarding.errors import ConfigError, Conflict, IdentityTaken, StoreUnavailable
from onboarding.events import Entry
from onboarding.guests.proofs import PROOF_COOKIE
from onboarding.stores import store_from, upgrade
from onboarding.stores.base import Store
from tests.world import KEY, World, identity

pytestmark = pytest.mark.anyio

KIM = "kim@example.org"
USER = Adopted(ref="7", email=KIM, is_proven=True)


@dataclass
class Users:
    """The host's own table of users."""

    found: object = None
    asked: list[str] = field(default_factory=list)

    async def __call__(self, address: str) -> Adopted | None:
        """Return whoever has an address, or fail as it was told to."""
        self.asked.append(address)
        if isinstance(self.found, BaseException):
            raise self.found
        if isinstance(self.found, asyncio.Event):
            await self.found.wait()
        return self.found  # type: ignore[return-value]


@dataclass
class Town:
    """Our services, and the host's users."""

    world: World
    users: Users

    async def ask(self, current: CurrentSession | None = None) -> dict[str, str]:
        """Ask for a letter, and return the browser's cookies."""
        purpose = Purpose.MAIL_SIGN_IN
        cookie = await self.world.proofs.ask(purpose, KIM, current=current, locale="en")
        return {cookie.name: cookie.value}

    async def finish(
        self, cookies: dict[str, str], current: CurrentSession | None = None
    ) -> SignInResult:
        """Type the code of the letter."""
        asked = cookies[PROOF_COOKIE].partition(".")[0]
        code = self.world.proofs.secrets(asked).code
        proofs = self.world.proofs
        result = await proofs.finish(code=code, current=current, cookies=cookies)
        return result.signed_in

    async def by_mail(self, current: CurrentSession | None = None) -> SignInResult:
        """Sign in by mail."""
        return await self.finish(await self.ask(current), current)


@pytest.fixture
async def town(any_database: str) -> AsyncIterator[Town]:
    """Give it over a store of each kind; the host has one user."""
    await upgrade(any_database)
    store = store_from(any_database)
    await store.open()
    users = Users(USER)
    moment = Deadlines(request=timedelta(seconds=2))
    yield Town(World(store, adopt=users, deadlines=moment), users)
    await store.close()


# ── by mail ──────────────────────────────────────────────────────────────────


async def test_a_user_of_the_hosts_comes_in_by_mail(town: Town) -> None:
    """With the host's key, once, and found again without asking."""
    signed_in = await town.by_mail()
    assert (How.SIGNED_IN, "7") == (signed_in.how, signed_in.account.ref)
    [contact] = await town.world.accounts.list_contacts(signed_in.account)
    assert ContactLevel.PROVEN is contact.level
    wanted = ["account_adopted", "signed_in"]
    assert wanted == await town.world.names(signed_in.account.id)

    again = await town.by_mail()
    assert (signed_in.account.id, [KIM]) == (again.account.id, town.users.asked)


async def test_a_guest_becomes_the_hosts_user(town: Town) -> None:
    """What they did before comes along."""
    guest = await town.world.guest()
    signed_in = await town.by_mail(guest)
    assert (How.MERGED, "7") == (signed_in.how, signed_in.account.ref)
    found = await town.world.accounts.find(guest.account.id)
    assert found is not None
    assert signed_in.account.id == found.id


async def test_whom_the_host_does_not_have_registers(town: Town) -> None:
    """As ever."""
    town.users.found = None
    signed_in = await town.by_mail()
    assert (How.REGISTERED, None) == (signed_in.how, signed_in.account.ref)


async def test_two_browsers_at_once_bring_one_user_in(town: Town) -> None:
    """Each asks the host; one account comes of it."""
    browsers = [await town.ask() for _ in range(4)]
    results = await asyncio.gather(*map(town.finish, browsers))
    assert 1 == len({one.account.id for one in results})
    names = await town.world.names(results[0].account.id)
    assert 1 == names.count("account_adopted")


class Counting:
    """Counts the commits of a store that were refused."""

    def __init__(self, store: Store):
        self._store = store
        self.refused = 0

    def __getattr__(self, name: str) -> object:
        """Return the store's own."""
        return getattr(self._store, name)

    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        """Commit, and count a refusal."""
        try:
            await self._store.commit(*changes, events=events)
        except Conflict:
            self.refused += 1
            raise


async def test_whoever_proves_the_address_meanwhile_has_it(town: Town) -> None:
    """While the host looks: seen at once, and not by being refused again and again."""
    store = Counting(town.world.store)

    async def find_user(_: str) -> Adopted:
        await town.world.person("g-1", KIM)
        return USER

    town.users.found = None  # for whoever comes meanwhile
    world = World(cast("Store", store), adopt=find_user)
    signed_in = await Town(world, town.users).by_mail()
    assert (How.SIGNED_IN, None) == (signed_in.how, signed_in.account.ref)
    assert None is await world.accounts.find_by_ref("7")
    assert 0 == store.refused


async def test_who_has_an_account_already_gets_no_second_one(town: Town) -> None:
    """Brought in before, under an address that was not proven or is another one."""
    await town.world.accounts.adopt([Adopted(ref="7", email="old@example.org")])
    earlier = await town.world.accounts.find_by_ref("7")
    assert earlier is not None
    signed_in = await town.by_mail()
    assert (How.SIGNED_IN, earlier.id) == (signed_in.how, signed_in.account.id)
    addresses = {c.address for c in await town.world.accounts.list_contacts(earlier)}
    assert {KIM, "old@example.org"} == addresses


async def test_somebody_registered_does_not_become_the_hosts_user(town: Town) -> None:
    """Two accounts, two people, until somebody says otherwise."""
    sam = await town.world.person("sam")
    here = await town.world.who(sam.new_session.token.reveal())
    with pytest.raises(IdentityTaken):
        await town.by_mail(here)
    assert None is (await town.world.account(sam.account.id)).ref


# ── by a provider ────────────────────────────────────────────────────────────


async def test_a_verified_address_finds_the_user_who_must_confirm(town: Town) -> None:
    """A provider's word about an address signs nobody in; a letter does, and links."""
    google = identity("g-1", KIM)
    outcome = await town.world.accounts.sign_in(google, None)
    assert isinstance(outcome, MustConfirm)
    owner = await town.world.accounts.find_by_ref("7")
    assert owner is not None

    signed_in = await town.by_mail()
    assert owner.id == signed_in.account.id
    here = await town.world.who(signed_in.new_session.token.reveal())
    linked = await town.world.accounts.link(google, here)
    assert (How.LINKED, owner.id) == (linked.how, linked.account.id)


async def test_an_identity_that_the_host_knows_comes_in_at_once(town: Town) -> None:
    """The host verified it once: it is theirs."""
    google = identity("g-1", KIM)
    town.users.found = Adopted(ref="7", email=KIM, is_proven=True, identities=[google])
    signed_in = await town.by_mail()
    outcome = await town.world.accounts.sign_in(google, None)
    assert isinstance(outcome, SignInResult)
    assert signed_in.account.id == outcome.account.id


async def test_an_identity_that_somebody_has_stays_theirs(town: Town) -> None:
    """Whatever the host says; the user comes in without it."""
    sam = await town.world.person("g-1")
    town.users.found = Adopted(
        ref="7", email=KIM, is_proven=True, identities=[identity("g-1")]
    )
    signed_in = await town.by_mail()
    assert "7" == signed_in.account.ref
    assert [] == await town.world.accounts.list_identities(signed_in.account)
    assert sam.account.id == (await town.world.person("g-1")).account.id


# ── pre-hijacking ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("trust", [EmailTrust.NONE, EmailTrust.STATED])
async def test_only_what_is_proven_now_is_looked_up(
    town: Town, trust: EmailTrust
) -> None:
    """Not what somebody types, asks a letter for, or a provider merely states."""
    guest = await town.world.guest()
    await town.world.guests.give_contact(guest.account, KIM)
    await town.ask(guest)
    stated = identity("g-1", KIM, trust)
    assert isinstance(await town.world.accounts.sign_in(stated, guest), SignInResult)
    assert [] == town.users.asked


async def test_a_user_who_never_proved_the_address_is_not_handed_over(
    town: Town,
) -> None:
    """Whoever registered it with the host, and waits, has nothing of its owner's."""
    town.users.found = Adopted(ref="7", email=KIM)
    signed_in = await town.by_mail()
    assert (How.REGISTERED, None) == (signed_in.how, signed_in.account.ref)
    assert None is await town.world.accounts.find_by_ref("7")


async def test_a_user_with_another_address_is_nobody(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """A table that takes ß for ss would give somebody else's account away."""
    town.users.found = Adopted(ref="7", email="kïm@example.org", is_proven=True)
    with caplog.at_level(logging.WARNING, "onboarding.accounts"):
        signed_in = await town.by_mail()
    assert None is signed_in.account.ref
    [line] = caplog.messages
    assert "adopted_otherwise" in line
    assert "@" not in line


# ── a lookup that does not work ──────────────────────────────────────────────


@pytest.mark.parametrize(
    "failure",
    [ConnectionError("kim@example.org"), asyncio.CancelledError(), SystemExit()],
)
async def test_a_lookup_that_fails_lets_nobody_in_and_is_tried_again(
    town: Town, failure: BaseException
) -> None:
    """No account is made: it would be a second one. The same code works afterwards."""
    cookies = await town.ask()
    town.users.found = failure
    with pytest.raises(StoreUnavailable, match="tried again") as told:
        await town.finish(cookies)
    assert "@" not in str(told.value)
    assert None is await town.world.store.find(ProvenAddress, KIM)

    town.users.found = USER
    assert "7" == (await town.finish(cookies)).account.ref


async def test_a_lookup_that_hangs_ends_with_the_request(town: Town) -> None:
    """It has what is left of the request's time."""
    town.users.found = asyncio.Event()
    google: Identity = identity("g-1", KIM)
    async with asyncio.timeout(20):
        with lasting(timedelta(seconds=0)), pytest.raises(StoreUnavailable):
            await town.world.accounts.sign_in(google, None)
        with pytest.raises(StoreUnavailable, match="TimeoutError"):
            await town.world.accounts.sign_in(google, None)
    assert [] == await town.world.store.list_of(Contact, "kim")


async def test_a_lookup_that_returns_something_else_says_what_to_write(
    town: Town,
) -> None:
    """The developer's fault, and told as such."""
    town.users.found = {"id": 7}
    with pytest.raises(ConfigError, match=r"return Adopted\("):
        await town.by_mail()


@pytest.mark.parametrize("adopt", [None, lambda _: None, Users, "users"])
def test_what_is_no_lookup_is_refused(adopt: object) -> None:
    """When the application is built, with the line to write."""
    with pytest.raises(ConfigError, match="adopt=find_user"):
        Onboarding(
            url="https://shop.example/welcome",
            secret_key=KEY,
            database="memory:",
            mailer=None,
            adopt=adopt,
        )
