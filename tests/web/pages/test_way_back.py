"""The way back from a provider: what anybody may send there, and what is made of it."""

import json
import logging
from datetime import timedelta
from urllib.parse import quote

import pytest

from onboarding.testing import Fault
from onboarding.testing.faults import FaultPlace
from tests.web.site import KIM, SAM, Browser, Site, query

pytestmark = pytest.mark.anyio

DAYS = timedelta(days=1)


async def begun(browser: Browser, next: str = "/look") -> str:
    """Press the button of a provider, and return where it is."""
    answer = await browser.post("/welcome/sign-in/lamp", {"next": next})
    assert answer.status_code == 303
    return answer.headers["location"]


# ── what a visitor can provoke is no fault of a server ───────────────────────


@pytest.mark.parametrize("error", ["server_error", "invalid_scope", "x", "<b>", "a b"])
async def test_no_error_in_an_address_is_a_5xx(browser: Browser, error: str) -> None:
    """Whoever has begun an attempt can write its response by hand."""
    back = browser.site.lamp.approve(await begun(browser), KIM)
    answer = await browser.get(f"{back}&error={quote(error)}")
    assert answer.status_code == 400
    assert "provider_denied" in answer.text
    assert browser.session is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code", "guessed"),
        ("code", ""),
        ("code", "%00%ff"),
        ("code", "c" * 4000),
        ("iss", "https://other.example"),
        ("iss", ""),
    ],
)
async def test_no_response_written_by_hand_is_a_5xx(
    browser: Browser, name: str, value: str
) -> None:
    """A code that is none, no code, another issuer, no issuer."""
    back = browser.site.lamp.approve(await begun(browser), KIM)
    was = quote(query(back)[name], safe="")
    sent = back.replace(f"{name}={was}", f"{name}={value}")
    assert sent != back
    answer = await browser.get(sent)
    assert answer.status_code == 400
    assert browser.session is None


@pytest.mark.parametrize("status", [400, 422])
async def test_a_code_that_is_refused_without_a_word_is_no_5xx(
    browser: Browser, status: int
) -> None:
    """Some token endpoints answer without the error that RFC 6749 §5.2 asks for."""
    back = browser.site.lamp.approve(await begun(browser), KIM)
    with browser.site.lamp.misbehave(Fault.ERROR_WITHOUT_NAME):
        answer = await browser.get(back)
    assert answer.status_code == 400


async def test_the_code_of_another_attempt_is_no_5xx(browser: Browser) -> None:
    """PKCE shows it; and where a provider knows none, the nonce."""
    lamp = browser.site.lamp
    one, two = await begun(browser), await begun(browser)
    mine, other = query(lamp.approve(one, KIM)), query(lamp.approve(two, KIM))
    mixed = f"/welcome/callback/lamp?code={other['code']}&state={mine['state']}"
    answer = await browser.get(f"{mixed}&iss={quote('https://id.example')}")
    assert answer.status_code == 400

    back = lamp.approve(await begun(browser), KIM)
    with lamp.misbehave(Fault.WRONG_NONCE):
        answer = await browser.get(back)
    assert (answer.status_code, "bad_id_token" in answer.text) == (400, True)


@pytest.mark.parametrize("place", ["discovery", "jwks", "token", "userinfo"])
async def test_what_a_provider_does_wrong_stays_a_5xx(
    site: Site, place: FaultPlace
) -> None:
    """An alarm of the operator's: nobody here can cause it."""
    browser = site.browser()
    there = await begun(browser)
    if place in {"discovery", "jwks"}:
        site.clock.advance(2 * DAYS)  # beyond what is remembered through an outage
    with site.lamp.misbehave(Fault.SERVER_ERROR, at=place):
        if place in {"token", "userinfo"}:
            answer = await browser.get(site.lamp.approve(there, KIM))
        else:
            answer = await browser.post("/welcome/sign-in/lamp")
    assert answer.status_code == 503


# ── lost attempts ────────────────────────────────────────────────────────────


async def lose(browser: Browser) -> None:
    """Drop the cookies of attempts, and no other."""
    for name in [one for one in browser.client.cookies if "attempt" in one]:
        browser.client.cookies.delete(name)


async def test_who_is_in_meanwhile_goes_on_from_a_lost_attempt(site: Site) -> None:
    """Two tabs: one signed in, the cookie of the other is gone."""
    browser = site.browser()
    back = site.lamp.approve(await begun(browser, "/look?tab=2"), KIM)
    await browser.sign_in(KIM)
    await lose(browser)
    session = browser.session
    answer = await browser.get(back)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/look?tab=2"
    assert browser.session == session


async def test_ten_tabs_come_in_whatever_the_order(site: Site) -> None:
    """The last that was begun may be the first that comes back."""
    browser = site.browser()
    await browser.post("/order")
    backs = [
        site.lamp.approve(await begun(browser, f"/look?tab={n}"), KIM)
        for n in range(10)
    ]
    for n in (9, 0, 5, 4, 8, 1, 7, 2, 6, 3):
        answer = await browser.get(backs[n])
        assert answer.headers["location"] == f"/look?tab={n}"
    assert not [name for name in browser.client.cookies if "attempt" in name]


AHEAD_OF_TIME = {
    "HEAD": ("HEAD", {}),
    "prefetch": ("GET", {"sec-purpose": "prefetch"}),
    "prerender": ("GET", {"sec-purpose": "prefetch;prerender"}),
    "front end": ("GET", {"next-router-prefetch": "1"}),
}


@pytest.mark.parametrize("way", AHEAD_OF_TIME)
@pytest.mark.parametrize("how", ["approved", "denied", "lost"])
async def test_what_only_looks_at_the_way_back_changes_nothing(
    site: Site, way: str, how: str
) -> None:
    """The attempt is there for the person, who comes a moment later."""
    browser = site.browser()
    there = await begun(browser)
    back = site.lamp.deny(there) if how == "denied" else site.lamp.approve(there, KIM)
    if how == "lost":
        await lose(browser)
    method, headers = AHEAD_OF_TIME[way]
    tokens = site.lamp.calls["token"]
    for _ in range(2):
        answer = await browser.client.request(method, back, headers=headers)
        assert 400 <= answer.status_code < 500
        assert not answer.headers.keys() & {"set-cookie", "location"}
    if method == "HEAD":
        assert answer.headers["allow"] == "GET, POST"
    assert site.lamp.calls["token"] == tokens
    there = (await browser.get(back)).headers["location"]
    expected = {"approved": "/look", "denied": "/welcome/sign-in?stopped=lamp&next"}
    assert there.startswith(expected.get(how, "https://id.example/"))


@pytest.mark.parametrize("method", ["HEAD", "POST"])
async def test_only_a_browser_on_its_way_begins_again(
    browser: Browser, method: str
) -> None:
    """What looks at links, and a form of another site, is sent to no provider."""
    back = browser.site.lamp.approve(await begun(browser), KIM)
    await lose(browser)
    answer = await browser.client.request(
        method, back, headers={"sec-fetch-site": "cross-site"}
    )
    assert 400 <= answer.status_code < 500
    assert "location" not in answer.headers
    assert (await browser.get(back)).headers["location"].startswith("https://id.ex")


async def test_an_address_in_an_old_history_sends_nobody_anywhere(site: Site) -> None:
    """It says that its time is over, and has a button."""
    back = site.lamp.approve(await begun(site.browser()), KIM)
    site.clock.advance(300 * DAYS)
    answer = await site.browser().get(back)
    assert answer.status_code == 410
    assert "location" not in answer.headers
    assert "This sign-in has had its time" in answer.text


@pytest.mark.parametrize("state", ["lost", "left out", "kept"])
async def test_who_stopped_there_chooses_here(browser: Browser, state: str) -> None:
    """Whatever became of the state, they land on our own page."""
    back = browser.site.lamp.deny(await begun(browser))
    if state == "lost":
        await lose(browser)
    if state == "left out":
        back = "/welcome/callback/lamp?error=access_denied"
    answer = await browser.get(back)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/welcome/sign-in?stopped=lamp")
    page = await browser.follow(answer)
    assert "You stopped at Lamplight ID. Nothing changed." in page.text


# ── what the log says ────────────────────────────────────────────────────────


async def test_the_log_names_provider_endpoint_and_reason(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """With what the provider itself says of it, which no page and no JSON has."""
    back = browser.site.lamp.approve(await begun(browser), KIM)
    said = quote("The application is disabled by its owner")
    answer = await browser.get(
        f"{back}&error=unauthorized_client&error_description={said}",
        accept="application/json",
    )
    [line] = [r for r in caplog.records if r.name == "onboarding"]
    assert line.levelno == logging.WARNING
    for part in (
        "refused: provider_denied (400)",
        "provider=lamp",
        "reason=unauthorized_client",
        "endpoint=authorization",
        "note=The application is disabled by its owner",
    ):
        assert part in line.getMessage()
    assert answer.json()["reason"] == "unauthorized_client"
    assert "disabled" not in answer.text
    assert "disabled" not in (await browser.get(back)).text


async def test_the_cause_is_logged_for_the_developer_alone(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """A library that throws at a reply: the page says whose turn it is, no more."""
    caplog.set_level(logging.DEBUG, "onboarding")
    back = browser.site.lamp.approve(await begun(browser), KIM)
    with browser.site.lamp.misbehave(Fault.ALG_NONE):
        answer = await browser.get(back)
    assert (answer.status_code, "bad_id_token" in answer.text) == (502, True)
    [debug] = [r for r in caplog.records if r.levelno == logging.DEBUG]
    assert debug.exc_info is not None
    assert isinstance(debug.exc_info[1], Exception)
    assert debug.exc_info[1].__cause__ is not None
    assert type(debug.exc_info[1].__cause__).__name__ not in answer.text


async def test_what_was_refused_is_in_the_log_of_who_is_here(site: Site) -> None:
    """A member who wanted a further way in; the sinks are told of it as well."""
    browser = site.browser()
    await browser.sign_in(SAM)
    with site.lamp.misbehave(Fault.ALG_NONE):
        await browser.get(site.lamp.approve(await begun(browser), KIM))
    [last, *_] = await site.onboarding.store.query(
        "SELECT name, data FROM onboarding_events ORDER BY id DESC"
    )
    assert last["name"] == "sign_in_refused"
    assert json.loads(str(last["data"])) == {"provider": "lamp", "code": "bad_id_token"}
