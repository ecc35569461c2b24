"""Every known way in which a provider can be wrong, and what becomes of it."""

from datetime import timedelta

import pytest

from onboarding.accounts.model import IdentityLink
from onboarding.errors import (
    BadIdToken,
    BadProviderReply,
    ProviderDenied,
    ProviderError,
    ProviderUnreachable,
)
from onboarding.social.model import HttpPolicy
from onboarding.testing import Fault
from onboarding.testing.faults import FaultPlace
from tests.social.scene import Scene, asked

pytestmark = pytest.mark.anyio

# What is wrong, and who is told so; tests of the service have the two in which
# nothing is refused, and those of the way back.
AT_THE_END = {
    Fault.WRONG_NONCE: BadIdToken,
    Fault.MISSING_NONCE: BadIdToken,
    Fault.WRONG_ISSUER: BadIdToken,
    Fault.MISSING_ISSUER: BadIdToken,
    Fault.WRONG_AUDIENCE: BadIdToken,
    Fault.MISSING_AUDIENCE: BadIdToken,
    Fault.SEVERAL_AUDIENCES: BadIdToken,
    Fault.FOREIGN_AZP: BadIdToken,
    Fault.OURS_ONLY_AS_AZP: BadIdToken,
    Fault.EXPIRED: BadIdToken,
    Fault.MISSING_EXPIRY: BadIdToken,
    Fault.ISSUED_IN_THE_FUTURE: BadIdToken,
    Fault.NOT_YET_VALID: BadIdToken,
    Fault.WRONG_AT_HASH: BadIdToken,
    Fault.ALG_NONE: BadIdToken,
    Fault.HMAC_WITH_PUBLIC_KEY: BadIdToken,
    Fault.UNKNOWN_KID: BadIdToken,
    Fault.FOREIGN_KEY: BadIdToken,
    Fault.KEY_IN_HEADER: BadIdToken,
    Fault.UNKNOWN_CRITICAL_HEADER: BadIdToken,
    Fault.MISSING_SUBJECT: BadProviderReply,
    Fault.NUMERIC_SUBJECT: BadProviderReply,
    Fault.OVERLONG_SUBJECT: BadProviderReply,
    Fault.USERINFO_OF_SOMEONE_ELSE: BadProviderReply,
    Fault.MISSING_ID_TOKEN: BadIdToken,
    Fault.MISSING_ACCESS_TOKEN: BadProviderReply,
    Fault.MISSING_TOKEN_TYPE: BadProviderReply,
    Fault.HTML_PAGE: BadProviderReply,
    Fault.SERVER_ERROR: ProviderUnreachable,
    Fault.INVALID_JSON: BadProviderReply,
    Fault.ERROR_ANSWER: ProviderDenied,
    Fault.ERROR_WITHOUT_NAME: BadProviderReply,
    Fault.REDIRECT: BadProviderReply,
    Fault.HUGE_BODY: BadProviderReply,
}
ELSEWHERE = {
    Fault.KEYS_FOR_ENCRYPTION,
    Fault.EMAIL_VERIFIED_TEXT_FALSE,
    Fault.EMAIL_VERIFIED_TEXT_TRUE,
    Fault.OTHER_ISSUER_IN_CALLBACK,
    Fault.MISSING_ISSUER_IN_CALLBACK,
    Fault.OTHER_ISSUER_IN_DISCOVERY,
    Fault.SLOW,
}

BROKEN = {
    Fault.HTML_PAGE: BadProviderReply,
    Fault.SERVER_ERROR: ProviderUnreachable,
    Fault.INVALID_JSON: BadProviderReply,
    Fault.ERROR_ANSWER: BadProviderReply,
    Fault.ERROR_WITHOUT_NAME: BadProviderReply,
    Fault.REDIRECT: BadProviderReply,
    Fault.HUGE_BODY: BadProviderReply,
}
ENDPOINTS: list[FaultPlace] = ["discovery", "jwks", "userinfo"]


def test_no_fault_is_forgotten() -> None:
    """Each fault of the fake provider stands in one of the tables."""
    assert set(Fault) == set(AT_THE_END) | ELSEWHERE


@pytest.mark.parametrize(
    ("fault", "error"), AT_THE_END.items(), ids=[fault.name for fault in AT_THE_END]
)
async def test_nobody_comes_in_by_a_fault(
    scene: Scene, fault: Fault, error: type[ProviderError]
) -> None:
    """It is refused by name, leaves nothing behind, and the next attempt works."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    with scene.id.misbehave(fault), pytest.raises(ProviderError) as caught:
        await browser.finish(callback)
    assert type(caught.value) is error
    assert caught.value.provider == "id"
    assert asked(callback)["code"] not in str(caught.value)
    assert (
        await scene.world.store.find(IdentityLink, "https://id.example", "kim-1")
        is None
    )
    scene.clock.advance(timedelta(hours=2))  # what was remembered of it is over
    assert (await browser.go()).signed_in is not None


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    ("fault", "error"), BROKEN.items(), ids=[fault.name for fault in BROKEN]
)
async def test_each_endpoint_may_break(
    scene: Scene, endpoint: FaultPlace, fault: Fault, error: type[ProviderError]
) -> None:
    """Discovery, keys and userinfo fail alike, by name; afterwards all is well."""
    browser = scene.browser()
    with scene.id.misbehave(fault, at=endpoint), pytest.raises(ProviderError) as caught:
        await browser.go()
    assert type(caught.value) is error
    assert (await browser.go()).signed_in is not None


@pytest.mark.parametrize("endpoint", ["discovery", "token", "jwks", "userinfo"])
async def test_a_provider_that_never_answers_is_given_up(
    scene: Scene, endpoint: FaultPlace
) -> None:
    """However slowly it goes on, the whole call has an end."""
    scene.http = HttpPolicy(total=timedelta(milliseconds=30))
    scene.start()
    with (
        scene.id.misbehave(Fault.SLOW, at=endpoint),
        pytest.raises(ProviderUnreachable),
    ):
        await scene.browser().go()
    scene.http = HttpPolicy()
    scene.start()
    assert (await scene.browser().go()).signed_in is not None


async def test_what_one_call_of_a_sign_in_took_the_next_have_not(scene: Scene) -> None:
    """All of a way back ends by one deadline, however many calls it makes.

    Alone each would have had its whole time: discovery hangs and yesterday's serves,
    and then the token would be asked for.
    """
    scene.http = HttpPolicy(total=timedelta(seconds=1))
    scene.start()
    await scene.browser().sign_in()
    scene.clock.advance(timedelta(minutes=55))
    browser = scene.browser()
    begun = await browser.begin()
    scene.clock.advance(timedelta(minutes=6))
    callback = scene.id.approve(begun.location)
    with scene.id.misbehave(Fault.SLOW, at="discovery"):
        with pytest.raises(ProviderUnreachable, match="in time"):
            await browser.finish(callback)
        assert (await browser.go()).signed_in is not None


async def test_a_provider_that_is_down_begins_nothing(scene: Scene) -> None:
    """Without discovery there is no attempt, no row and no cookie."""
    browser = scene.browser()
    with (
        scene.id.misbehave(Fault.SERVER_ERROR, at="discovery"),
        pytest.raises(ProviderUnreachable),
    ):
        await browser.begin()
    later = scene.clock() + timedelta(days=1)
    assert await scene.world.store.list_expired_intents(later, 10) == []
    assert browser.cookies == {}


async def test_a_document_of_another_issuer_is_not_believed(scene: Scene) -> None:
    """OpenID Connect Discovery §4.3."""
    with (
        scene.id.misbehave(Fault.OTHER_ISSUER_IN_DISCOVERY),
        pytest.raises(BadProviderReply, match="another issuer"),
    ):
        await scene.browser().begin()


async def test_keys_that_sign_nothing_begin_nothing(scene: Scene) -> None:
    """They are looked at before anybody is sent away."""
    browser = scene.browser()
    with (
        scene.id.misbehave(Fault.KEYS_FOR_ENCRYPTION),
        pytest.raises(BadProviderReply, match="no usable keys"),
    ):
        await browser.begin()
    assert browser.cookies == {}
    assert (await browser.go()).signed_in is not None


async def test_a_key_endpoint_that_is_down_costs_no_code(scene: Scene) -> None:
    """Keys are fetched when an attempt begins; its end needs that endpoint no more."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    with scene.id.misbehave(Fault.SERVER_ERROR, at="jwks"):
        finished = await browser.finish(callback)
    assert finished.signed_in is not None


async def test_a_process_without_keys_costs_no_code_either(scene: Scene) -> None:
    """Another one began it, and the endpoint is down: a reload comes in."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    scene.start()
    with (
        scene.id.misbehave(Fault.SERVER_ERROR, at="jwks"),
        pytest.raises(ProviderUnreachable),
    ):
        await browser.finish(callback)
    assert scene.id.calls["token"] == 0
    assert (await browser.finish(callback)).signed_in is not None


async def test_a_new_key_is_found_at_once(scene: Scene) -> None:
    """A provider may change its key between two sign-ins."""
    await scene.browser().sign_in()
    scene.id.rotate_key()
    await scene.browser().sign_in()
    assert scene.id.calls["jwks"] == 2


async def test_forged_keys_do_not_make_us_ask_again_and_again(scene: Scene) -> None:
    """Unknown key ids cost the provider one call a minute, not one each."""
    await scene.browser().sign_in()
    scene.id.misbehave(Fault.UNKNOWN_KID)
    for _ in range(5):
        with pytest.raises(BadIdToken):
            await scene.browser().go()
    assert scene.id.calls["jwks"] == 2


async def test_discovery_and_keys_are_asked_once(scene: Scene) -> None:
    """Ten sign-ins cost one of each; after an hour they are asked again."""
    for _ in range(10):
        await scene.browser().go()
    assert (scene.id.calls["discovery"], scene.id.calls["jwks"]) == (1, 1)
    scene.clock.advance(timedelta(hours=1))
    await scene.browser().go()
    assert (scene.id.calls["discovery"], scene.id.calls["jwks"]) == (2, 2)


async def test_what_is_remembered_outlives_an_outage(scene: Scene) -> None:
    """While discovery and keys cannot be had, yesterday's serve."""
    await scene.browser().sign_in()
    scene.clock.advance(timedelta(hours=20))
    scene.id.misbehave(Fault.SERVER_ERROR, at="discovery")
    scene.id.misbehave(Fault.SERVER_ERROR, at="jwks")
    assert (await scene.browser().go()).signed_in is not None
