"""A refused sign-in is an event of whoever is here, and of nobody else."""

import asyncio

import pytest

from onboarding.errors import OnboardingError, ProviderUnreachable
from onboarding.events import Entry
from onboarding.testing import Fault, Person
from tests.social.scene import KIM, SAM, Browser, Scene, asked, taken_apart
from tests.social.test_crash import breaking

pytestmark = pytest.mark.anyio


async def refusals(browser: Browser) -> list[dict[str, object]]:
    """Return what the log has of refused sign-ins of who is here."""
    here = await browser.current()
    assert here is not None
    entries = await browser.scene.world.store.list_of(Entry, here.account.id)
    return [dict(one.data) for one in entries if one.name == "sign_in_refused"]


async def guest(scene: Scene) -> Browser:
    """Return the browser of a guest."""
    welcome = await scene.world.guests.start()
    return Browser(scene, session=welcome.token.reveal())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.ALG_NONE, "bad_id_token"),
        (Fault.HTML_PAGE, "bad_provider_reply"),
        (Fault.SERVER_ERROR, "provider_unreachable"),
        (Fault.ERROR_ANSWER, "provider_denied"),
    ],
)
async def test_a_refused_sign_in_is_recorded_once(
    scene: Scene, fault: Fault, code: str
) -> None:
    """By provider and code; a response that is played again adds nothing."""
    browser = await guest(scene)
    callback = scene.id.approve((await browser.begin()).location)
    with scene.id.misbehave(fault):
        for _ in range(3):
            with pytest.raises(OnboardingError):
                await browser.finish(callback)
    assert await refusals(browser) == [{"provider": "id", "code": code}]


async def test_stopping_and_a_taken_identity_are_recorded(scene: Scene) -> None:
    """Each refusal of an attempt that was begun here."""
    await scene.browser().sign_in(KIM)
    browser = scene.browser()
    await browser.sign_in(SAM)
    with pytest.raises(OnboardingError):
        await browser.finish(scene.id.deny((await browser.begin()).location))
    with pytest.raises(OnboardingError):
        await browser.finish(scene.id.approve((await browser.begin()).location, KIM))
    codes = [one["code"] for one in await refusals(browser)]
    assert codes == ["sign_in_cancelled", "identity_taken"]


async def test_a_provider_that_is_down_refuses_at_the_button(scene: Scene) -> None:
    """Nobody was sent there, and the log knows why."""
    browser = await guest(scene)
    with (
        scene.id.misbehave(Fault.SERVER_ERROR, at="discovery"),
        pytest.raises(ProviderUnreachable),
    ):
        await browser.begin()
    assert await refusals(browser) == [
        {"provider": "id", "code": "provider_unreachable"}
    ]


async def test_a_made_up_response_is_no_event(scene: Scene) -> None:
    """Any site can lead a browser here: nothing is written for that."""
    browser = await guest(scene)
    callback = scene.id.approve((await scene.browser().begin()).location)
    for made_up in (callback, callback.replace("state=", "state=x"), "/callback/id?"):
        with pytest.raises(OnboardingError):
            await browser.finish(made_up)
    assert await refusals(browser) == []


async def test_a_strangers_refusal_makes_no_account(scene: Scene) -> None:
    """The log holds accounts, and a sign-in that failed makes none."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    with scene.id.misbehave(Fault.ALG_NONE), pytest.raises(OnboardingError):
        await browser.finish(callback)
    store = scene.world.store
    assert await store.query("SELECT id FROM onboarding_accounts") == []
    assert await store.query("SELECT id FROM onboarding_events") == []


async def test_who_was_erased_meanwhile_leaves_nothing(scene: Scene) -> None:
    """A provider takes its time, and nothing may come back to an erased account."""
    browser = await guest(scene)
    current = await browser.current()
    assert current is not None
    callback = scene.id.approve((await browser.begin()).location)
    name, params = taken_apart(callback)
    with scene.id.misbehave(Fault.ALG_NONE), scene.id.misbehave(Fault.SLOW):
        coming = asyncio.create_task(
            scene.social.finish(name, params, browser.cookies, current)
        )
        await scene.id.gate.reached.wait()
        await scene.world.data.erase(current.account.id)
        scene.id.gate.opened.set()
        with pytest.raises(OnboardingError):
            await coming
    names = await scene.world.names(current.account.id)
    assert "sign_in_refused" not in names


async def test_no_event_says_who_it_was(scene: Scene) -> None:
    """Neither address nor name, nor the subject."""
    browser = await guest(scene)
    eve = Person(subject="eve-9", name="Eve", email="eve@example.org")
    callback = scene.id.approve((await browser.begin()).location, eve)
    fault = Fault.USERINFO_OF_SOMEONE_ELSE
    with scene.id.misbehave(fault), pytest.raises(OnboardingError):
        await browser.finish(callback)
    assert "eve" not in repr(await refusals(browser)).lower()


async def test_what_cannot_be_recorded_hides_no_reason(scene: Scene) -> None:
    """A database that is down meanwhile changes nothing of what the person reads."""
    browser = await guest(scene)
    callback = scene.id.approve((await browser.begin()).location)
    browser.scene = breaking(scene, 2, "before")  # 1 takes it, 2 records
    denied = callback.replace(asked(callback)["code"], "guessed")
    with pytest.raises(OnboardingError) as caught:
        await browser.finish(denied)
    assert caught.value.code == "provider_denied"
