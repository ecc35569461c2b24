"""Attempts that are lost, and what becomes of who comes back by them."""

import random
from datetime import timedelta
from urllib.parse import quote

import pytest

from onboarding.accounts.model import IdentityLink, Purpose
from onboarding.errors import (
    BadProviderReply,
    OnboardingError,
    ProviderDenied,
    SignInCancelled,
    SignInExpired,
    StateMismatch,
)
from onboarding.providers import Steam
from onboarding.providers.steam import NAMESPACE
from onboarding.social.model import AlreadyIn, Finished, SignInWishes
from onboarding.tokens import Token
from tests.social.scene import (
    ISSUER,
    KIM,
    ORIGIN,
    RIVAL,
    SAM,
    URL,
    Browser,
    Scene,
    asked,
)

pytestmark = pytest.mark.anyio


AGES = {"old": timedelta(minutes=11), "ancient": timedelta(days=9)}
"""Just over, and so long ago that nothing restarts."""


async def as_guest(browser: Browser) -> None:
    """Let a guest be here."""
    welcome = await browser.scene.world.guests.start()
    browser.session = welcome.token.reveal()


# ── ten tabs ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["visitor", "guest", "member"])
@pytest.mark.parametrize("seed", range(3))
async def test_ten_tabs_work_in_any_order(scene: Scene, who: str, seed: int) -> None:
    """Each ends where it wanted to go, as the one account that the person has."""
    await scene.browser().sign_in(KIM)
    browser = scene.browser()
    if who == "guest":
        await as_guest(browser)
    if who == "member":
        await browser.sign_in(KIM)
    began = {
        f"/tab/{n}": (await browser.begin(next=f"/tab/{n}")).location for n in range(10)
    }
    tabs = list(began)
    random.Random(seed).shuffle(tabs)
    for tab in tabs:
        finished = await browser.finish(scene.id.approve(began[tab], KIM))
        assert finished.next == tab
    assert browser.cookies == {}
    here = await browser.current()
    assert here is not None
    [way] = await scene.world.accounts.list_identities(here.account)
    assert way.subject == KIM.subject


# ── signed in meanwhile ──────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["visitor", "guest"])
@pytest.mark.parametrize("way", ["lost", "old", "ancient", "used", "stopped"])
async def test_who_is_in_meanwhile_sees_no_error_of_a_lost_attempt(
    scene: Scene, who: str, way: str
) -> None:
    """They wanted to sign in, and are: the attempt leads on, and does nothing."""
    browser = scene.browser()
    if who == "guest":
        await as_guest(browser)
    started = await browser.begin(next="/kept")
    callback = scene.id.approve(started.location, KIM)
    if way == "used":
        await scene.browser().sign_in(SAM)
        lender = scene.browser()
        lender.keep(started.cookies)
        await lender.finish(callback)
    if way == "stopped":
        callback = scene.id.deny(started.location)
    if way in {"lost", "ancient", "stopped"}:
        browser.cookies.clear()
    if way in AGES:
        scene.clock.advance(
            timedelta(minutes=11) if way == "old" else timedelta(days=9)
        )
    await browser.sign_in(KIM)
    session = browser.session
    tokens = scene.id.calls["token"]

    assert await browser.finish(callback) == AlreadyIn(next="/kept")

    assert browser.session == session
    assert scene.id.calls["token"] == tokens


async def test_who_wanted_a_further_way_in_is_told_that_there_is_none(
    scene: Scene,
) -> None:
    """An attempt that was begun signed in is no sign-in: nothing is hushed up."""
    browser = scene.browser()
    await browser.sign_in(KIM)
    started = await browser.begin("rival", next="/account")
    scene.clock.advance(timedelta(minutes=11))
    with pytest.raises(SignInExpired):
        await browser.finish(scene.rival.approve(started.location, SAM))
    assert await scene.world.store.find(IdentityLink, RIVAL, SAM.subject) is None


async def test_a_further_way_in_that_is_lost_begins_again(scene: Scene) -> None:
    """For the account that began it, as ever."""
    browser = scene.browser()
    await browser.sign_in(KIM)
    started = await browser.begin("rival", next="/account")
    browser.cookies.clear()
    callback = scene.rival.approve(started.location, SAM)
    with pytest.raises(StateMismatch) as lost:
        await browser.finish(callback)
    assert lost.value.restartable
    again = await browser.restart(callback)
    finished = await browser.finish(scene.rival.approve(again.location, SAM))
    assert isinstance(finished, Finished)
    assert finished.next == "/account"


# ── a restart has an age ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("age", "again"),
    [
        (timedelta(minutes=11), True),
        (timedelta(minutes=59), True),
        (timedelta(minutes=61), False),
        (timedelta(days=300), False),
    ],
)
@pytest.mark.parametrize("swept", [False, True])
async def test_a_state_restarts_within_an_hour_alone(
    scene: Scene, age: timedelta, *, again: bool, swept: bool
) -> None:
    """An address in an old history sends nobody to a provider; it says what it is."""
    callback = scene.id.approve((await scene.browser().begin()).location)
    scene.clock.advance(age)
    if swept:
        await scene.world.intents.sweep()
    browser = scene.browser()
    with pytest.raises(OnboardingError) as caught:
        await browser.finish(callback)
    if again:
        assert isinstance(caught.value, StateMismatch)
        assert caught.value.restartable
        assert (await browser.restart(callback)).location
        return
    assert isinstance(caught.value, SignInExpired)
    with pytest.raises(StateMismatch):
        await browser.restart(callback)


# ── what was wished of the provider ──────────────────────────────────────────

WISHES = {
    "login_hint": (SignInWishes(login_hint="Kim@Example.org"), "Kim@Example.org"),
    "prompt": (SignInWishes(prompt="login"), "login"),
    "max_age": (SignInWishes(max_age=timedelta(minutes=5)), "300"),
    "max_age of nothing": (SignInWishes(max_age=timedelta(0)), "0"),
}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("wish", WISHES)
async def test_what_was_wished_at_begin_survives_a_restart(
    scene: Scene, wish: str, *, late: bool
) -> None:
    """The person is asked the same, and what is checked at the end is checked still."""
    browser = scene.browser()
    wishes, said = WISHES[wish]
    started = await browser.begin(wishes=wishes)
    assert said == asked(started.location)[wish.partition(" ")[0]]
    browser.cookies.clear()
    callback = scene.id.approve(started.location)
    if late:
        scene.clock.advance(timedelta(minutes=20))
    with pytest.raises(StateMismatch) as lost:
        await browser.finish(callback)
    assert lost.value.restartable
    again = await browser.restart(callback)
    names = {"login_hint", "prompt", "max_age"}
    first, second = asked(started.location), asked(again.location)
    assert {n: first.get(n) for n in names} == {n: second.get(n) for n in names}
    [cookie] = browser.cookies.values()
    token = Token.parse(cookie)
    assert token is not None
    intent = await scene.world.intents.peek(token, Purpose.SIGN_IN)
    assert intent is not None
    assert SignInWishes.noted_in(intent.data) == wishes
    await browser.finish(scene.id.approve(again.location))


@pytest.mark.parametrize("gone", ["swept", "used"])
@pytest.mark.parametrize("wish", WISHES)
async def test_what_nobody_knows_any_more_begins_no_sign_in_without_it(
    scene: Scene, wish: str, gone: str
) -> None:
    """A restart without the wish would let in whom it was to keep out."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin(wishes=WISHES[wish][0])).location)
    if gone == "swept":
        scene.clock.advance(timedelta(minutes=20))
        await scene.world.intents.sweep()
    else:
        [cookie] = browser.cookies.values()
        token = Token.parse(cookie)
        assert token is not None
        await scene.world.intents.take(token, Purpose.SIGN_IN)
    browser.cookies.clear()
    with pytest.raises(StateMismatch) as lost:
        await browser.finish(callback)
    assert not lost.value.restartable
    with pytest.raises(StateMismatch):
        await browser.restart(callback)


async def test_the_hint_who_somebody_is_goes_with_their_address(scene: Scene) -> None:
    """It waits in the database for a while: an erasure of theirs finds it there."""
    browser = scene.browser()
    await browser.begin(wishes=SignInWishes(login_hint="Kim@Example.org"))
    [cookie] = browser.cookies.values()
    token = Token.parse(cookie)
    assert token is not None
    intent = await scene.world.intents.peek(token, Purpose.SIGN_IN)
    assert intent is not None
    assert intent.address == "kim@example.org"


# ── the provider's own error goes first ──────────────────────────────────────


@pytest.mark.parametrize("way", ["kept", "lost", "old", "ancient"])
async def test_who_stopped_at_the_provider_is_never_sent_back_there(
    scene: Scene, way: str
) -> None:
    """Not even by a restart, whatever became of the attempt."""
    browser = scene.browser()
    denied = scene.id.deny((await browser.begin()).location)
    if way in {"lost", "ancient"}:
        browser.cookies.clear()
    if way in AGES:
        scene.clock.advance(
            timedelta(minutes=11) if way == "old" else timedelta(days=9)
        )
    with pytest.raises(SignInCancelled):
        await browser.finish(denied)
    with pytest.raises(SignInCancelled):
        await browser.restart(denied)


@pytest.mark.parametrize("state", ["", "&state=", "&state=of-somebody-else"])
async def test_who_stopped_is_known_without_a_state_too(
    scene: Scene, state: str
) -> None:
    """Some providers leave it out; nothing else follows from such a response."""
    with pytest.raises(SignInCancelled):
        await scene.browser().finish(f"{URL}/callback/id?error=access_denied{state}")
    with pytest.raises(StateMismatch):
        await scene.browser().finish(f"{URL}/callback/id?error=server_error{state}")


@pytest.mark.parametrize("way", ["kept", "lost", "old", "ancient"])
async def test_who_stopped_is_known_in_the_words_of_every_provider(
    scene: Scene, way: str
) -> None:
    """Steam speaks another protocol, which says it in another parameter."""
    scene.providers["steam"] = Steam(client_id=ORIGIN)
    scene.start()
    browser = scene.browser()
    started = await browser.begin("steam")
    back = asked(started.location)["openid.return_to"]
    stopped = f"{back}&openid.ns={quote(NAMESPACE, safe='')}&openid.mode=cancel"
    if way in {"lost", "ancient"}:
        browser.cookies.clear()
    if way in AGES:
        scene.clock.advance(AGES[way])
    with pytest.raises(SignInCancelled):
        await browser.finish(stopped)
    with pytest.raises(SignInCancelled):
        await browser.restart(stopped)


async def test_the_providers_own_error_beats_a_lost_state(scene: Scene) -> None:
    """What it says is wrong is the reason, not the cookie."""
    browser = scene.browser()
    denied = scene.id.deny((await browser.begin()).location)
    browser.cookies.clear()
    failed = denied.replace("access_denied", "temporarily_unavailable")
    with pytest.raises(ProviderDenied) as caught:
        await browser.finish(failed)
    assert caught.value.reason == "temporarily_unavailable"
    mixed = denied.replace("id.example", "rival.example")
    assert asked(mixed)["iss"] == RIVAL
    with pytest.raises(BadProviderReply, match="another issuer"):
        await browser.finish(mixed)
    assert scene.id.calls["token"] == 0


async def test_a_response_without_an_error_still_restarts(scene: Scene) -> None:
    """The rule above takes nothing from who lost a cookie and did not stop."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    browser.cookies.clear()
    with pytest.raises(StateMismatch) as lost:
        await browser.finish(callback)
    assert lost.value.restartable
    again = await browser.restart(callback)
    await browser.finish(scene.id.approve(again.location))
    assert await scene.world.store.find(IdentityLink, ISSUER, KIM.subject) is not None
