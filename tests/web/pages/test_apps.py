"""Apps at our pages: what they ask, what their person says, and the token they get."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from onboarding import App, LimitPolicy, Rate
from onboarding.accounts.model import AccountKind, Session
from onboarding.apps.model import GUEST_GRANT
from onboarding.errors import ConfigError
from onboarding.events import AppSignedIn, Entry
from onboarding.stores import upgrade
from tests.web.phone import (
    APPS,
    AUTHORIZE,
    CALLBACK,
    PUSH,
    REVOKE,
    TOKEN,
    Phone,
    allowed,
    code_for,
)
from tests.web.site import KIM, SAM, URL, Browser, Site, open_site, query, words

pytestmark = pytest.mark.anyio


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Yield a shop with an app and a command line."""
    async with open_site(apps=APPS) as site:
        yield site


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """Yield the same shop on either database."""
    database = "memory:"
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_dsn")
        await upgrade(database)
    async with open_site(apps=APPS, database=database) as site:
        yield site


async def come_in(browser: Browser) -> str:
    """Sign in; return the account's id."""
    await browser.sign_in(KIM)
    return (await browser.get("/look")).text


async def kind_of(phone: Phone) -> str:
    """Return what the app's account is."""
    return str((await phone.get("/welcome/me")).json()["kind"])


# ── the whole way ────────────────────────────────────────────────────────────


async def test_who_is_in_lets_an_app_in(either: Site) -> None:
    """From the app's request, by the page that names it, to a token of its own."""
    phone, browser = Phone(either), either.browser()
    kim = await come_in(browser)
    page = await browser.get(phone.address())
    assert "Let Lamplight for iOS act for you?" in words(page.text)

    location = await allowed(browser, phone.address())
    assert location.startswith(f"{CALLBACK}?code=")
    assert query(location)["iss"] == URL
    assert kim == await phone.redeem(location)
    assert AccountKind.REGISTERED == await kind_of(phone)
    entries = await either.onboarding.store.list_of(Entry, kim)
    assert AppSignedIn.name in [entry.name for entry in entries]


async def test_a_guest_of_an_app_is_upgraded_on_its_own_id(either: Site) -> None:
    """The browser signs the guest in, and the app goes on with the same account."""
    phone, browser = Phone(either), either.browser()
    guest = await phone.be_guest()
    before = phone.token
    address = await phone.push()
    assert "asks you to sign in" in words((await browser.get(address)).text)
    chooser = await browser.post(address, {"do": "begin"})
    assert query(chooser.headers["location"])["next"] == address
    assert (await browser.get("/look")).text == guest

    back = await browser.sign_in(KIM, next=address)
    assert back.headers["location"] == address
    assert guest == await phone.redeem(await allowed(browser, address))
    assert AccountKind.REGISTERED == await kind_of(phone)
    # Whoever copied what the guest held is nobody now.
    phone.token = before
    assert "nobody" == await phone.is_()


async def test_a_guest_of_an_app_comes_along_to_an_account(either: Site) -> None:
    """Where the browser is somebody's already: their page shows it, and asks."""
    phone, browser = Phone(either), either.browser()
    kim = await come_in(browser)
    guest = await phone.be_guest()
    await phone.answer("novel")
    before = phone.token
    address = await phone.push()
    page = words((await browser.get(address)).text)
    assert "What would come along from Lamplight for iOS" in page
    # Nothing has moved before the app has shown that it is the one that asked.
    location = await allowed(browser, address, "along")
    assert guest == await phone.is_()

    assert kim == await phone.redeem(location)
    found = await either.onboarding.accounts.find(guest)
    assert found is not None
    assert kim == found.id
    phone.token = before
    assert "nobody" == await phone.is_()


async def test_a_guest_of_an_app_that_signs_in_to_an_account_follows_it(
    either: Site,
) -> None:
    """The browser took the guest over, and the provider's person has an account."""
    kim = await come_in(either.browser())
    phone, browser = Phone(either), either.browser()
    guest = await phone.be_guest()
    address = await phone.push()
    await browser.post(address, {"do": "begin"})
    await browser.sign_in(KIM, next=address)
    assert kim == await phone.redeem(await allowed(browser, address))
    found = await either.onboarding.accounts.find(guest)
    assert found is not None
    assert kim == found.id


async def test_what_was_done_in_an_app_may_be_left_apart(site: Site) -> None:
    """Then the app's guest stays one of its own, and the app lets go of it."""
    phone, browser = Phone(site), site.browser()
    kim = await come_in(browser)
    guest = await phone.be_guest()
    await phone.answer("novel")
    before, address = phone.token, await phone.push()
    assert "leave that apart" in words((await browser.get(address)).text)
    assert kim == await phone.redeem(await allowed(browser, address))
    found = await site.onboarding.accounts.find(guest)
    assert found is not None
    assert found.is_live
    phone.token = before
    assert "nobody" == await phone.is_()


async def test_a_guest_of_an_app_who_did_nothing_is_nothing_to_ask_about(
    site: Site,
) -> None:
    """One yes is enough, and the guest goes where the account is."""
    phone, browser = Phone(site), site.browser()
    kim = await come_in(browser)
    guest, address = await phone.be_guest(), await phone.push()
    page = await browser.get(address)
    assert 'value="along"' in page.text
    assert "apart" not in words(page.text)
    assert kim == await phone.redeem(await allowed(browser, address, "along"))
    found = await site.onboarding.accounts.find(guest)
    assert found is not None
    assert kim == found.id


async def test_a_guest_of_the_browser_may_share_with_an_app(site: Site) -> None:
    """Without signing in: the app is the same guest."""
    phone, browser = Phone(site), site.browser()
    guest = (await browser.post("/cart")).text
    page = words((await browser.get(phone.address())).text)
    assert "Go on without signing in" in page
    assert guest == await phone.redeem(await allowed(browser, phone.address()))
    assert AccountKind.GUEST == await kind_of(phone)


async def test_two_guests_become_one_where_the_person_says_so(site: Site) -> None:
    """That of the app comes to that of the browser."""
    phone, browser = Phone(site), site.browser()
    shared = (await browser.post("/cart")).text
    await phone.be_guest()
    address = await phone.push()
    assert shared == await phone.redeem(await allowed(browser, address, "along"))


async def test_a_command_line_listens_on_any_port(site: Site) -> None:
    """RFC 8252 §7.3: on either loopback address, and the code goes there."""
    browser = site.browser()
    kim = await come_in(browser)
    for uri in ("http://127.0.0.1:51004/callback", "http://[::1]:8123/callback"):
        phone = Phone(site, "cli", redirect_uri=uri)
        page = await browser.get(phone.address())
        policy = page.headers["content-security-policy"]
        source = "http:" if "[" in uri else "http://127.0.0.1:51004"
        assert f"form-action 'self' {source} " in f"{policy} "
        location = await allowed(browser, phone.address())
        assert location.startswith(f"{uri}?")
        assert kim == await phone.redeem(location)


async def test_no_goes_back_to_the_app_as_well(site: Site) -> None:
    """With the word of RFC 6749 §4.1.2.1, and nothing else."""
    phone, browser = Phone(site), site.browser()
    answer = query(await allowed(browser, phone.address(), "deny"))
    assert answer == {"error": "access_denied", "state": "s-1", "iss": URL}


async def test_a_state_that_is_missing_stays_missing(site: Site) -> None:
    """Nothing is made up for an app that sends none."""
    phone, browser = Phone(site, state=None), site.browser()
    await come_in(browser)
    location = await allowed(browser, phone.address())
    assert {"code", "iss"} == set(query(location))
    await phone.redeem(location)


@pytest.mark.parametrize("is_pushed", [False, True], ids=["opened", "pushed"])
async def test_looking_changes_nothing(site: Site, is_pushed: bool) -> None:
    """GET and HEAD give no code, make no guest, and answer nobody's question."""
    phone, browser = Phone(site), site.browser()
    address = await phone.push() if is_pushed else phone.address()
    for _ in range(2):
        assert (await browser.get(address)).status_code == 200
        assert (await browser.client.head(address)).status_code == 200
    assert browser.session is None
    await come_in(browser)
    await phone.redeem(await allowed(browser, address))


async def test_the_page_speaks_dutch(site: Site) -> None:
    """As every page does."""
    browser = site.browser("nl")
    await come_in(browser)
    page = words((await browser.get(Phone(site).address())).text)
    assert "Mag Lamplight for iOS voor je optreden?" in page


async def test_a_front_end_is_told_what_an_app_asks(site: Site) -> None:
    """In JSON, and where to go on."""
    phone, browser = Phone(site), site.browser()
    await come_in(browser)
    told = (await browser.get_json(phone.address())).json()
    assert told["title"] == "Lamplight for iOS"
    assert told["brings_guest"] is False
    answer = await browser.post_json(phone.address(), {"do": "deny"})
    assert "error=access_denied" in answer.json()["location"]


# ── where an answer goes, and to whom ────────────────────────────────────────


@pytest.mark.parametrize(
    "others",
    [
        {"redirect_uri": "https://evil.example/app/callback"},
        {"redirect_uri": f"{CALLBACK}/more"},
        {"redirect_uri": f"{CALLBACK}?next=evil"},
        {"redirect_uri": "https://shop.example@evil.example/app/callback"},
        {"redirect_uri": "http://127.0.0.1:99/callback"},  # another app's
        {"redirect_uri": None},
        {"client_id": "unknown"},
        {"client_id": None},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": "short"},
        {"state": "a\nb"},
        {"state": "s" * 513},
    ],
    ids=str,
)
@pytest.mark.parametrize("do", ["allow", "deny", None])
async def test_what_is_asked_wrongly_leads_nowhere(
    site: Site, others: dict[str, str | None], do: str | None
) -> None:
    """Our page says so: no redirect, no code, not even an error is sent out."""
    phone, browser = Phone(site), site.browser()
    await come_in(browser)
    address = phone.address(**others)
    answer = await (browser.post(address, {"do": do}) if do else browser.get(address))
    assert 400 == answer.status_code
    assert "location" not in answer.headers
    pushed = await phone.post(PUSH, phone.asks(**others))
    assert 400 == pushed.status_code
    wanted = "client_id" in others
    assert pushed.json()["error"] == ("invalid_client" if wanted else "invalid_request")


async def test_a_parameter_that_stands_there_twice_is_refused(site: Site) -> None:
    """RFC 6749 §3.1: a proxy might read one and we the other."""
    browser = site.browser()
    await come_in(browser)
    for name, value in {"redirect_uri": CALLBACK, "client_id": "cli"}.items():
        address = f"{Phone(site).address()}&{name}={value}"
        assert 400 == (await browser.get(address)).status_code


async def test_nobody_is_asked_for_a_yes_by_another_site(site: Site) -> None:
    """The form is ours alone to send, and no frame holds its page."""
    phone, browser = Phone(site), site.browser()
    await come_in(browser)
    cross = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    sent = await browser.post(phone.address(), {"do": "allow"}, **cross)
    assert 403 == sent.status_code
    page = await browser.get(phone.address())
    assert "DENY" == page.headers["x-frame-options"]


async def test_a_yes_takes_somebody(site: Site) -> None:
    """Who is nobody here has nothing that an app could act for."""
    sent = await site.browser().post(Phone(site).address(), {"do": "allow"})
    assert 401 == sent.status_code
    assert 400 == (await site.browser().post(Phone(site).address())).status_code


# ── a code ───────────────────────────────────────────────────────────────────


async def refused(phone: Phone, code: str, **others: str | None) -> str:
    """Return why a code gets no token."""
    answer = await phone.send_code(code, **others)
    assert 400 == answer.status_code
    assert "no-store" in answer.headers["cache-control"]
    return str(answer.json()["error"])


async def test_a_code_that_is_used_twice_ends_what_it_began(either: Site) -> None:
    """RFC 6749 §4.1.2: one of the two has stolen it, and nobody can tell which."""
    phone, browser = Phone(either), either.browser()
    kim = await come_in(browser)
    location = await allowed(browser, phone.address())
    code = query(location)["code"]
    assert kim == await phone.redeem(location)
    assert "invalid_grant" == await refused(phone, code)
    assert "nobody" == await phone.is_()
    assert kim == (await browser.get("/look")).text


async def test_half_of_a_code_ends_nothing(site: Site) -> None:
    """Its id is no secret: who knows that alone cannot sign an app out."""
    phone, browser = Phone(site), site.browser()
    kim = await come_in(browser)
    location = await allowed(browser, phone.address())
    await phone.redeem(location)
    forged = query(location)["code"][:21] + "A" * 43
    assert "invalid_grant" == await refused(phone, forged)
    assert kim == await phone.is_()


@pytest.mark.parametrize(
    "others",
    [
        {"code_verifier": "another-verifier-of-forty-three-characters-or-more"},
        {"code_verifier": "too-short"},
        {"redirect_uri": "https://shop.example/app/other"},
        {"client_id": "cli"},
    ],
    ids=str,
)
async def test_a_code_in_other_hands_is_worth_nothing(
    site: Site, others: dict[str, str | None]
) -> None:
    """Neither then nor afterwards: the first try uses it up."""
    phone, browser = Phone(site), site.browser()
    await come_in(browser)
    code = await code_for(phone, browser)
    assert "invalid_grant" == await refused(phone, code, **others)
    assert "invalid_grant" == await refused(phone, code)


async def test_a_code_of_another_attempt_is_of_no_use(site: Site) -> None:
    """Injected into an app that began one itself, it fails at that one's verifier."""
    thief, victim, browser = Phone(site), Phone(site), site.browser()
    victim.verifier = "the-verifier-that-the-victim-has-made-for-itself-1"
    await come_in(browser)
    code = await code_for(thief, browser)
    assert "invalid_grant" == await refused(victim, code)


async def test_a_code_lives_for_a_minute(site: Site) -> None:
    """Then it is over, also for its own app."""
    phone, browser = Phone(site), site.browser()
    await come_in(browser)
    code = await code_for(phone, browser)
    site.clock.advance(timedelta(seconds=61))
    assert "invalid_grant" == await refused(phone, code)


@pytest.mark.parametrize("how", ["signs out", "erases", "is merged", "is upgraded"])
async def test_a_code_is_worth_what_its_session_is(either: Site, how: str) -> None:
    """Whoever said yes and is somebody else by then has said nothing."""
    if how == "is merged":
        await come_in(either.browser())
    phone, browser = Phone(either), either.browser()
    if how in {"signs out", "erases"}:
        await come_in(browser)
    else:
        await browser.post("/order")
    code = await code_for(phone, browser)
    if how == "signs out":
        await browser.post("/welcome/sign-out")
    elif how == "erases":
        page = await browser.get_json("/welcome/account/erase")
        await browser.post("/welcome/account/erase", {"of": page.json()["of"]})
    else:
        await browser.sign_in(KIM)
    assert "invalid_grant" == await refused(phone, code)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "invalid_client"),
        ({"client_id": "unknown"}, "invalid_client"),
        ({"client_id": "cli"}, "invalid_request"),
        ({"client_id": "cli", "grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "cli", "grant_type": "authorization_code"}, "invalid_request"),
        ({"client_id": ["cli", "cli"]}, "invalid_request"),
    ],
    ids=str,
)
async def test_a_request_for_a_token_is_answered_in_the_words_of_oauth(
    site: Site, sent: dict[str, object], error: str
) -> None:
    """RFC 6749 §5.2."""
    answer = await Phone(site).post(TOKEN, sent)
    assert (400, {"error": error}) == (answer.status_code, answer.json())


async def test_what_is_no_code_is_refused(site: Site) -> None:
    """Neither a token, nor a request_uri, nor anything else opens anything."""
    phone = Phone(site)
    await phone.be_guest()
    pushed = query(await phone.push())["request_uri"].rpartition(":")[2]
    assert phone.token
    for code in (phone.token, pushed, "nonsense", "a.b"):
        assert "invalid_grant" == await refused(phone, code)


async def test_a_token_is_not_to_be_kept_by_anybody_on_the_way(site: Site) -> None:
    """RFC 6749 §5.1: its type, how long it lasts, and no cache."""
    told = {"grant_type": GUEST_GRANT, "client_id": "cli"}
    answer = await Phone(site).client.post(TOKEN, json=told)
    assert "Bearer" == answer.json()["token_type"]
    assert 30 * 24 * 3600 == answer.json()["expires_in"]
    assert "no-store" in answer.headers["cache-control"]
    assert "no-cache" == answer.headers["pragma"]
    assert "set-cookie" not in answer.headers


# ── a request that was pushed ────────────────────────────────────────────────


async def test_a_pushed_request_is_answered_once(either: Site) -> None:
    """Whoever opens it later reads that the app has to ask again."""
    phone, browser = Phone(either), either.browser()
    await come_in(browser)
    address = await phone.push()
    await allowed(browser, address)
    for answer in (
        await browser.post(address, {"do": "allow"}),
        await browser.post(address, {"do": "deny"}),
        await browser.get(address),
    ):
        assert 410 == answer.status_code
        assert "Go back to the app" in words(answer.text)


async def test_a_pushed_request_waits_for_ten_minutes(site: Site) -> None:
    """And for its own app alone; what the address says besides counts for nothing."""
    phone, browser = Phone(site), site.browser()
    await come_in(browser)
    address = await phone.push()
    other = address.replace("client_id=shop-ios", "client_id=cli")
    assert 410 == (await browser.get(other)).status_code
    location = await allowed(browser, f"{address}&redirect_uri=https://evil.example")
    assert location.startswith(CALLBACK)
    address = await phone.push()
    site.clock.advance(timedelta(minutes=10))
    assert 410 == (await browser.get(address)).status_code
    broken = f"{AUTHORIZE}?client_id=cli&request_uri=https://evil.example/request"
    assert 410 == (await browser.get(broken)).status_code


async def test_a_guest_goes_over_to_one_browser(site: Site) -> None:
    """Who finds the address later becomes nobody by it."""
    phone, browser, late = Phone(site), site.browser(), site.browser()
    guest = await phone.be_guest()
    address = await phone.push()
    await browser.post(address, {"do": "begin"})
    await late.post(address, {"do": "begin"})
    assert guest == (await browser.get("/look")).text
    assert "nobody" == (await late.get("/look")).text


async def test_a_guest_goes_over_to_nobody_who_is_here_already(site: Site) -> None:
    """Nobody's session is taken from them by an address that they opened."""
    phone, browser = Phone(site), site.browser()
    await phone.be_guest()
    address = await phone.push()
    kim = await come_in(browser)
    await browser.post(address, {"do": "begin"})
    assert kim == (await browser.get("/look")).text


async def test_a_request_of_a_registered_persons_app_hands_nobody_over(
    site: Site,
) -> None:
    """Only a guest can go over: nobody is signed in by opening an address."""
    phone, browser, other = Phone(site), site.browser(), site.browser()
    await come_in(browser)
    await phone.redeem(await allowed(browser, phone.address()))
    await other.post(await phone.push(), {"do": "begin"})
    assert "nobody" == (await other.get("/look")).text


@pytest.mark.parametrize("how", ["has signed in", "is erased"])
async def test_a_guest_who_is_none_any_more_goes_over_to_nobody(
    site: Site, how: str
) -> None:
    """What was pushed before opens no account, and brings none along."""
    phone, browser, stranger = Phone(site), site.browser(), site.browser()
    guest = await phone.be_guest()
    first, second, third = [await phone.push() for _ in range(3)]
    await browser.post(first, {"do": "begin"})
    if how == "is erased":
        page = await browser.get_json("/welcome/account/erase")
        await browser.post("/welcome/account/erase", {"of": page.json()["of"]})
    else:
        await browser.sign_in(KIM)
    # An erasure takes what the guest had begun along; a sign-in does not.
    await stranger.post(second, {"do": "begin"})
    assert "nobody" == (await stranger.get("/look")).text
    await stranger.sign_in(SAM)
    page = await stranger.get(third)
    assert "bring along" not in words(page.text)
    pressed = await stranger.post(third, {"do": "along"})
    if how == "has signed in":
        sam = await phone.redeem(pressed.headers["location"])
        assert sam == (await stranger.get("/look")).text
        assert guest == (await browser.get("/look")).text
    else:
        assert 410 == pressed.status_code


async def test_an_app_cannot_push_for_another(site: Site) -> None:
    """With a token of another app, or one that has ended, nothing is kept."""
    phone = Phone(site)
    await phone.be_guest()
    other = Phone(site, "cli", redirect_uri="http://127.0.0.1/callback")
    other.token = phone.token
    answer = await other.post(PUSH, other.asks())
    assert (400, "invalid_client") == (answer.status_code, answer.json()["error"])
    phone.token = "x" * 20
    answer = await phone.post(PUSH, phone.asks())
    assert 401 == answer.status_code
    assert 'Bearer error="invalid_token"' == answer.headers["www-authenticate"]


# ── a fresh sign-in ──────────────────────────────────────────────────────────


async def test_a_token_is_as_old_as_the_sign_in_behind_it(either: Site) -> None:
    """A yes is no sign-in: it makes nobody fresh, and no session longer."""
    phone, browser = Phone(either), either.browser()
    kim = await come_in(browser)
    either.clock.advance(timedelta(minutes=11))
    await phone.redeem(await allowed(browser, phone.address()))
    account = await either.onboarding.accounts.find(kim)
    assert account is not None
    (way,) = await either.onboarding.accounts.list_identities(account)
    (key,) = {
        one["key"]
        for one in (await phone.get("/welcome/account")).json()["identities"]
        if one["subject"] == way.subject
    }
    answer = await phone.post(f"/welcome/account/way/{key}", {"do": "unlink"})
    assert "fresh_sign_in_required" == answer.json()["code"]


async def test_an_app_may_ask_for_a_fresh_sign_in(site: Site) -> None:
    """``prompt=login``: the browser signs in once more, and the token is as fresh."""
    phone, browser = Phone(site), site.browser()
    await come_in(browser)
    site.clock.advance(timedelta(minutes=11))
    address = phone.address(prompt="login")
    chooser = await browser.get(address)
    assert {"fresh": "1", "next": address} == query(chooser.headers["location"])
    assert address == await allowed(browser, address)  # nothing is given before
    await browser.sign_in(KIM, next=address)
    kim = await phone.redeem(await allowed(browser, address))
    current = await site.onboarding.sessions.find_of_app(phone.token or "")
    assert current is not None
    assert site.onboarding.sessions.is_fresh(current)
    assert kim == current.account.id


async def test_a_guest_is_not_fresh(site: Site) -> None:
    """Who must sign in is not offered to go on without."""
    browser = site.browser()
    await browser.post("/cart")
    page = await browser.get(Phone(site).address(prompt="login"))
    assert "Go on without signing in" not in page.text


# ── its end ──────────────────────────────────────────────────────────────────


async def test_an_app_gives_its_token_back(either: Site) -> None:
    """RFC 7009: its own alone, and the answer is always the same."""
    phone, other = Phone(either), Phone(either, "cli")
    guest = await phone.be_guest()
    foreign = {"token": phone.token, "client_id": "cli"}
    assert 200 == (await other.post(REVOKE, foreign)).status_code
    assert guest == await phone.is_()
    own = {"token": phone.token, "client_id": "shop-ios"}
    for _ in range(2):
        answer = await Phone(either).post(REVOKE, own)
        assert (200, {}) == (answer.status_code, answer.json())
    assert "nobody" == await phone.is_()
    for wrong, error in (
        ({"client_id": "cli"}, "invalid_request"),
        ({"token": "x", "client_id": "no"}, "invalid_client"),
    ):
        assert error == (await other.post(REVOKE, wrong)).json()["error"]


async def test_signing_out_in_an_app_signs_out_that_app(site: Site) -> None:
    """And nothing else of the person's."""
    phone, browser = Phone(site), site.browser()
    kim = await come_in(browser)
    await phone.redeem(await allowed(browser, phone.address()))
    answer = await phone.post("/welcome/sign-out")
    assert {"location": "/"} == answer.json()
    assert "set-cookie" not in answer.headers
    assert "nobody" == await phone.is_()
    assert kim == (await browser.get("/look")).text


async def test_my_data_shows_an_app_and_ends_it(site: Site) -> None:
    """With a button; the token is worth nothing from then on."""
    phone, browser = Phone(site), site.browser()
    await come_in(browser)
    await phone.redeem(await allowed(browser, phone.address()))
    page = words((await browser.get("/welcome/account")).text)
    assert "Lamplight for iOS, since 21 November" in page
    assert "Sign out Lamplight for iOS" in page
    told = (await browser.get_json("/welcome/account")).json()
    (key,) = [one["key"] for one in told["sessions"] if one.get("app") == "shop-ios"]
    assert (phone.token or "")[:20] not in str(told)

    stranger = site.browser()
    assert (
        401 == (await stranger.post("/welcome/account/app", {"key": key})).status_code
    )
    await stranger.sign_in(SAM)
    await stranger.post("/welcome/account/app", {"key": key})
    assert "nobody" != await phone.is_()
    await browser.post("/welcome/account/app", {"key": key})
    await browser.post("/welcome/account/app", {"key": key})
    assert "nobody" == await phone.is_()
    assert "Lamplight for iOS" not in (await browser.get("/welcome/account")).text


@pytest.mark.parametrize("how", ["a way is added", "erasure"])
async def test_what_ends_every_session_ends_those_of_apps(
    either: Site, how: str
) -> None:
    """A change of power, or the end of the account."""
    phone, browser = Phone(either), either.browser()
    await come_in(browser)
    await phone.redeem(await allowed(browser, phone.address()))
    if how == "erasure":
        page = await browser.get_json("/welcome/account/erase")
        await browser.post("/welcome/account/erase", {"of": page.json()["of"]})
    else:
        await browser.sign_in(SAM, "other")
    assert "nobody" == await phone.is_()


# ── limits, and what is declared ─────────────────────────────────────────────


async def test_guests_and_codes_of_apps_are_counted(site: Site) -> None:
    """As those of browsers are: what costs a stranger nothing has an end."""
    del site
    few = Rate(2, per=timedelta(hours=1))
    limits = LimitPolicy(guests_per_client=few, codes_per_client=few)
    async with open_site(apps=APPS, limits=limits) as limited:
        phone = Phone(limited)
        for _ in range(2):
            await phone.be_guest()
            await phone.push()
        told = {"grant_type": GUEST_GRANT, "client_id": "cli"}
        for answer in (
            await phone.client.post(TOKEN, data=told),
            await phone.post(PUSH, phone.asks()),
            await phone.send_code("x." + "y" * 43),
        ):
            assert 429 == answer.status_code
            assert answer.json()["code"] in {"too_many_guests", "too_many_tries"}
            assert "retry-after" in answer.headers


async def test_without_apps_there_are_no_such_pages() -> None:
    """Nothing is on that was not declared."""
    async with open_site() as plain:
        browser = plain.browser()
        for path in (AUTHORIZE, TOKEN, PUSH, REVOKE):
            assert 404 == (await browser.get(path)).status_code
            assert 404 == (await browser.post(path)).status_code


async def test_an_app_that_is_declared_no_more_is_nobody(site: Site) -> None:
    """Its tokens lie in the database, and open nothing."""
    phone = Phone(site)
    await phone.be_guest()
    held = await site.onboarding.sessions.find_of_app(phone.token or "")
    assert held is not None
    async with open_site(apps=APPS[1:]) as later:
        store = later.onboarding.store
        from onboarding.changes import Add

        await store.commit(Add(held.account), Add(held.session))
        assert await store.find(Session, held.session.id)
        gone = Phone(later, token=phone.token)
        assert "nobody" == await gone.is_()


@pytest.mark.parametrize(
    ("apps", "match"),
    [
        ([App("cli", redirect_uris=["http://[::1]/"])] * 2, "two apps have client_id"),
        (["cli"], r"apps=\[App\("),
        ("cli", "must be a list"),
    ],
    ids=["twice", "no app", "no list"],
)
def test_apps_that_cannot_be_are_refused(apps: object, match: str) -> None:
    """When the object is built, with what to write."""
    from onboarding import Onboarding

    settings: dict[str, object] = {"apps": apps, "mailer": None, "database": "memory:"}
    with pytest.raises(ConfigError, match=match):
        Onboarding(url=URL, secret_key="k" * 16 + "0123456789abcdefg", **settings)  # type: ignore[call-overload]


def test_an_answer_goes_to_an_address_that_is_whole() -> None:
    """The query that an address has stays in front of what is said."""
    from onboarding.apps.redirects import with_answer

    there = with_answer(f"{CALLBACK}?app=1", code="a b", state=None)
    assert "app=1&code=a%20b" == urlsplit(there).query
