"""A database that fails in the middle of a sign-in: before or after, never between."""

from collections.abc import Sequence
from typing import cast

import pytest

from onboarding.changes import Change
from onboarding.errors import SignInExpired, StoreError, StoreUnavailable
from onboarding.events import Entry
from onboarding.social.model import AlreadyIn
from onboarding.stores.base import Store
from onboarding.testing import Person
from tests.social.scene import KIM, Browser, Scene
from tests.world import World

pytestmark = pytest.mark.anyio

BEGIN, TAKE, ENTER = 1, 2, 3
"""The commits of one sign-in, in order."""


class Breaking:
    """A store whose nth commit fails once: before it is done, or after."""

    def __init__(self, store: Store, at: int, when: str):
        self._store = store
        self._at = at
        self._when = when

    def __getattr__(self, name: str) -> object:
        """Do everything else as the store does."""
        return getattr(self._store, name)

    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        """Commit, unless it is the one that fails."""
        self._at -= 1
        if self._at == 0 and self._when == "before":
            raise StoreUnavailable("the connection went away")
        await self._store.commit(*changes, events=events)
        if self._at == 0:
            raise StoreUnavailable("the answer went away")


def breaking(scene: Scene, at: int, when: str) -> Scene:
    """Return the same shop over a database that is about to fail."""
    store = cast("Store", Breaking(scene.world.store, at, when))
    broken = Scene(World(store, scene.clock), scene.key)
    # The same providers, who remember their codes.
    broken.id, broken.rival, broken.wire = scene.id, scene.rival, scene.wire
    broken.start()
    return broken


async def guest(scene: Scene) -> Browser:
    """Return the browser of a guest who has something to lose."""
    welcome = await scene.world.guests.start()
    return Browser(scene, session=welcome.token.reveal())


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", [BEGIN, TAKE, ENTER])
async def test_signing_in_again_finds_everything(
    scene: Scene, at: int, when: str
) -> None:
    """Whatever was lost, there is one account, and it is the guest's."""
    browser = await guest(scene)
    current = await browser.current()
    assert current is not None
    browser.scene = breaking(scene, at, when)
    with pytest.raises(StoreError):
        await browser.go(KIM)
    browser.scene = scene
    signed_in = await browser.sign_in(KIM)
    assert signed_in.account.id == current.account.id
    assert not signed_in.account.is_guest
    again = await scene.browser().sign_in(KIM)
    assert again.account.id == current.account.id
    assert len(await scene.world.accounts.list_identities(again.account)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_stranger_is_registered_once(scene: Scene, when: str) -> None:
    """A lost answer makes no second account."""
    browser = scene.browser()
    browser.scene = breaking(scene, ENTER, when)
    with pytest.raises(StoreError):
        await browser.go(KIM)
    first = await scene.browser().sign_in(KIM)
    second = await scene.browser().sign_in(KIM)
    assert first.account.id == second.account.id
    events = await scene.world.names(first.account.id)
    assert events.count("account_registered") == 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_confirmation_can_be_had_again(scene: Scene, when: str) -> None:
    """What waited is linked, or the way to it is open once more."""
    owner = await scene.browser().sign_in(KIM)
    newcomer = scene.browser()
    twin = Person(subject="twin", email=KIM.email, email_verified=True)

    async def come_back() -> None:
        started = await newcomer.begin("rival")
        await newcomer.finish(scene.rival.approve(started.location, twin))

    await come_back()
    await newcomer.sign_in(KIM)
    newcomer.scene = breaking(scene, 2, when)  # 1 takes it, 2 links it
    with pytest.raises(StoreError):
        await newcomer.confirm()
    newcomer.scene = scene
    await newcomer.sign_in(KIM)
    if when == "after":
        assert await newcomer.confirm() == AlreadyIn(next="/cart")
        return
    with pytest.raises(SignInExpired):
        await newcomer.confirm()
    await come_back()
    links = await scene.world.accounts.list_identities(owner.account)
    assert {link.subject for link in links} == {"kim-1", "twin"}


async def test_a_restart_that_cannot_be_recorded_ends_no_sign_in(scene: Scene) -> None:
    """Who is in after a restart stays in, though it could not be written down."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    browser.cookies.clear()
    again = scene.id.approve((await browser.restart(callback)).location)
    browser.scene = breaking(scene, 3, "before")  # take, enter, count
    finished = await browser.finish(again)
    assert finished.signed_in is not None
    names = await scene.world.names(finished.signed_in.account.id)
    assert names == ["account_registered", "contact_proven"]
