"""What carries a session: a cookie of a browser or a token of an app, never both."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from onboarding.web.context.carriers import tokens_in
from tests.web.phone import APPS as DECLARED
from tests.web.phone import AUTHORIZE, TOKEN, Phone
from tests.web.site import SESSION, Browser, ShakyStore, Site, open_site

pytestmark = pytest.mark.anyio

CROSS = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Yield a shop with an app."""
    async with open_site(apps=DECLARED) as site:
        yield site


@pytest.fixture
async def phone(site: Site) -> Phone:
    """Return an app with a guest."""
    phone = Phone(site)
    await phone.be_guest()
    return phone


async def come_in(browser: Browser) -> str:
    """Sign in; return the account's id."""
    await browser.sign_in()
    return (await browser.get("/look")).text


# ── each in its own place ────────────────────────────────────────────────────


async def test_a_cookie_is_no_token(site: Site) -> None:
    """Who copied one cannot act as an app by it, before or after it is known."""
    browser = site.browser()
    await come_in(browser)
    thief = Phone(site, token=browser.session)
    for _ in range(2):
        assert "nobody" == await thief.is_()
        assert 401 == (await thief.get("/welcome/account")).status_code
        await browser.get("/look")


async def test_a_token_is_no_cookie(site: Site, phone: Phone) -> None:
    """Planted in a browser, it makes that nobody's, and is cleared."""
    browser = site.browser()
    for _ in range(2):
        browser.client.cookies.set(SESSION, phone.token or "")
        answer = await browser.get("/look")
        assert "nobody" == answer.text
        assert f"{SESSION}=; " in answer.headers["set-cookie"]
        assert "nobody" != await phone.is_()


@pytest.mark.parametrize("is_dead", [False, True], ids=["alive", "dead"])
async def test_where_both_come_the_cookie_counts_for_nothing(
    site: Site, phone: Phone, is_dead: bool
) -> None:
    """Whatever the token is worth."""
    browser, guest = site.browser(), await phone.is_()
    await come_in(browser)
    token = "dead" if is_dead else phone.token
    answer = await browser.get("/look", authorization=f"Bearer {token}")
    assert answer.text == ("nobody" if is_dead else guest)
    assert "set-cookie" not in answer.headers


async def test_another_site_gains_nothing_by_a_header(site: Site, phone: Phone) -> None:
    """A dead token does not open the door that the cookie has no key to."""
    browser = site.browser()
    kim = await come_in(browser)
    for path in ("/welcome/sign-out", "/welcome/account/export", "/cart"):
        sent = CROSS | {"authorization": "Bearer dead"}
        assert 401 == (await browser.post(path, **sent)).status_code
    # By somebody's own token they act for themselves.
    sent = CROSS | {"authorization": f"Bearer {phone.token}"}
    assert (await phone.is_()) == (await browser.post("/cart", **sent)).text
    await browser.post("/welcome/sign-out", **sent)
    assert kim == (await browser.get("/look")).text
    # Of another scheme the header says nothing to us: the cookie counts, and its site.
    sent = CROSS | {"authorization": "Basic a2ltOmtpbQ=="}
    assert 403 == (await browser.post("/welcome/sign-out", **sent)).status_code


async def test_an_app_needs_no_site_to_come_from(site: Site, phone: Phone) -> None:
    """No browser sends its token by itself."""
    del site
    wrote = await phone.post("/welcome/guest", {"email": "kim@example.org"}, **CROSS)
    assert "kim@example.org" == wrote.json()["email"]


async def test_no_other_site_is_let_in(site: Site, phone: Phone) -> None:
    """A browser that asks first (CORS) hears no yes, at any address of ours."""
    asks = {
        "origin": "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    for path in ("/welcome/me", TOKEN, AUTHORIZE):
        for method in ("OPTIONS", "GET", "POST"):
            answer = await phone.client.request(method, path, headers=asks)
            named = [name for name in answer.headers if name.startswith("access-")]
            assert [] == named
    del site


async def test_without_apps_the_header_is_the_hosts_own() -> None:
    """Whoever has tokens of their own loses no cookie by them."""
    async with open_site() as site:
        browser = site.browser()
        kim = await come_in(browser)
        answer = await browser.get("/look", authorization="Bearer of-the-host")
        assert kim == answer.text


# ── how it is sent ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        (b"Bearer abc", [b"abc"]),
        (b"bearer  abc ", [b"abc"]),
        (b" BEARER abc", [b"abc"]),
        (b"Bearer", [b""]),
        (b"Bearerabc", []),
        (b"Basic abc", []),
        (b"DPoP abc", []),
        (b"", []),
    ],
    ids=str,
)
def test_a_token_stands_behind_its_scheme(line: bytes, tokens: list[bytes]) -> None:
    """In any case of letters (RFC 9110 §11.1), and no other scheme is ours."""
    assert tokens == tokens_in(line)


async def test_a_token_elsewhere_is_none(site: Site, phone: Phone) -> None:
    """Not in the address, which logs keep, nor in a form (RFC 6750 §2.2, §2.3)."""
    bare = Phone(site)
    said = {"access_token": phone.token}
    for path in (f"/look?access_token={phone.token}", f"/look?token={phone.token}"):
        assert "nobody" == (await bare.get(path)).text
    assert "nobody" == (await bare.post("/look", said)).text


async def test_of_two_tokens_neither_counts(site: Site, phone: Phone) -> None:
    """One of them was put there by somebody else; the same twice is no matter."""
    other = Phone(site)
    await other.be_guest()
    lines = [("authorization", f"Bearer {one.token}") for one in (phone, other)]
    answer = await phone.client.get("/look", headers=lines)
    assert "nobody" == answer.text
    answer = await phone.client.get("/look", headers=[lines[0], lines[0]])
    assert "nobody" != answer.text


# ── what is answered ─────────────────────────────────────────────────────────


async def test_a_dead_token_is_told_so(site: Site) -> None:
    """RFC 6750 §3.1: at our pages, where a host needs somebody, at a first write."""
    gone = Phone(site, token="x" * 20 + "." + "y" * 43)
    for path, code in (
        ("/welcome/me", "invalid_token"),
        ("/welcome/account", "invalid_token"),
        ("/refuse?what=sign-in", "sign_in_required"),
    ):
        answer = await gone.get(path)
        assert (401, code) == (answer.status_code, answer.json()["code"])
        assert 'Bearer error="invalid_token"' == answer.headers["www-authenticate"]
        assert "no-store" in answer.headers["cache-control"]
    answer = await gone.post("/cart")
    assert (401, "invalid_token") == (answer.status_code, answer.json()["code"])
    assert "set-cookie" not in answer.headers


async def test_who_must_sign_in_has_no_dead_token(phone: Phone) -> None:
    """A guest's is alive: only the scheme is named."""
    answer = await phone.get("/refuse?what=sign-in")
    assert (401, "Bearer") == (answer.status_code, answer.headers["www-authenticate"])


async def test_a_browser_is_not_told_of_schemes(site: Site) -> None:
    """It would show a window of its own."""
    answer = await site.browser().get("/refuse?what=sign-in")
    assert 401 == answer.status_code
    assert "www-authenticate" not in answer.headers


async def test_an_app_gets_json_and_no_cookie(phone: Phone) -> None:
    """Whatever it says that it accepts."""
    for path in ("/welcome/account?lang=nl", "/welcome/me", "/welcome/guest"):
        answer = await phone.get(path, accept="text/html")
        assert 200 == answer.status_code
        assert answer.headers["content-type"].startswith("application/json")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/welcome/sign-in",
        "/welcome/sign-in/lamp",
        "/welcome/confirm",
        "/welcome/typed",
        AUTHORIZE,
    ],
)
async def test_what_is_a_browsers_is_refused_to_an_app(phone: Phone, path: str) -> None:
    """A sign-in begins and ends in one browser: by token, it would sign in nobody."""
    answer = await phone.post(path)
    assert (400, "bad_request") == (answer.status_code, answer.json()["code"])


async def test_an_account_has_one_life_in_an_app_and_for_a_host(phone: Phone) -> None:
    """A host's own endpoints know who it is, and write for them."""
    guest = await phone.is_()
    assert guest == (await phone.post("/order")).text
    assert guest == (await phone.get("/welcome/me")).json()["account"]


async def test_data_goes_as_by_a_browser(phone: Phone) -> None:
    """Taken along, then erased: the token is worth nothing afterwards."""
    assert 200 == (await phone.post("/welcome/account/export")).status_code
    of = (await phone.get("/welcome/account/erase")).json()["of"]
    gone = await phone.post("/welcome/account/erase", {"of": of})
    assert {"location": "/welcome/account"} == gone.json()
    assert "nobody" == await phone.is_()


async def test_a_websocket_takes_a_token_as_well(site: Site, phone: Phone) -> None:
    """The handshake carries it."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    header = (b"authorization", f"Bearer {phone.token}".encode())
    scope = {
        "type": "websocket",
        "path": "/socket",
        "raw_path": b"/socket",
        "query_string": b"",
        "headers": [header],
        "subprotocols": [],
    }
    await site.app(scope, receive, send)
    assert (await phone.is_()) == sent[1]["text"]


# ── its life ─────────────────────────────────────────────────────────────────


async def test_a_token_lives_as_a_cookie_does(site: Site, phone: Phone) -> None:
    """Unused for thirty days a guest's is over; used, it lives on."""
    site.clock.advance(timedelta(days=20))
    guest = await phone.is_()
    site.clock.advance(timedelta(days=20))
    assert guest == await phone.is_()
    site.clock.advance(timedelta(days=30))
    assert "nobody" == await phone.is_()


async def test_what_cannot_be_read_is_no_dead_token() -> None:
    """The app keeps it, and tries again."""
    store = ShakyStore()
    async with open_site(apps=DECLARED, database=store) as site:
        phone = Phone(site)
        guest = await phone.be_guest()
        store.reads_fail = True
        answer = await phone.get("/welcome/me")
        told: dict[str, Any] = answer.json()
        assert (503, "store_unavailable") == (answer.status_code, told["code"])
        assert "www-authenticate" not in answer.headers
        store.reads_fail = False
        assert guest == await phone.is_()
