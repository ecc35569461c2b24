"""Signing in: the chooser, the way there and back, and the confirm page."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest

from onboarding.testing import Fault, Person
from tests.web.site import (
    KIM,
    SAM,
    SESSION,
    SIGNING_KEY,
    Browser,
    Site,
    open_site,
    provider,
    query,
    words,
)

pytestmark = pytest.mark.anyio

CONFIRM = "__Host-onboarding-confirm"
TAKEN = Person(
    subject="k2", name="Kim <i>Two</i>", email="kim@example.org", email_verified=True
)

HOSTILE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://shop.example.evil.example/",
    "https://shop.example@evil.example/",
    "evil.example",
    " /cart",
    "/" + "a" * 3000,
    "?next=/",
    "",
]


# ── choosing ─────────────────────────────────────────────────────────────────


async def test_the_chooser_offers_every_way(browser: Browser) -> None:
    """One button a provider, in the host's order, and a way on as a guest."""
    answer = await browser.get("/welcome/sign-in?next=/cart")
    said = words(answer.text)

    assert said.index("Go on with Lamplight ID") < said.index("Go on with Other")
    assert '<a href="/cart">Go on as a guest</a>' in answer.text
    assert answer.text.count('<input type="hidden" name="next" value="/cart">') == 2


async def test_the_chooser_in_dutch(site: Site) -> None:
    """The words that are fixed."""
    said = words((await site.browser("nl").get("/welcome/sign-in")).text)
    assert "Fijn dat je er bent" in said
    assert "Verder met Lamplight ID" in said
    assert "Verder als gast" in said


async def test_the_chooser_promises_no_guest_where_none_may_go(
    browser: Browser,
) -> None:
    """Where somebody must sign in, going on as a guest would lead in a circle."""
    answer = await browser.get("/welcome/sign-in?next=/orders&guest=no")
    assert "Go on as a guest" not in answer.text


async def test_the_chooser_in_json(browser: Browser) -> None:
    """Names, titles, and where to post."""
    answer = await browser.get_json("/welcome/sign-in?next=/cart")
    assert answer.json() == {
        "signed_in": False,
        "next": "/cart",
        "providers": [
            {
                "name": "lamp",
                "title": "Lamplight ID",
                "begin_at": "/welcome/sign-in/lamp",
                "last_used": False,
                "down": False,
            },
            {
                "name": "other",
                "title": "Other",
                "begin_at": "/welcome/sign-in/other",
                "last_used": False,
                "down": False,
            },
        ],
    }


async def test_who_is_in_goes_on(browser: Browser) -> None:
    """Nobody chooses twice."""
    await browser.sign_in()
    answer = await browser.get("/welcome/sign-in?next=/cart")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cart")


@pytest.mark.parametrize("next", HOSTILE)
async def test_no_address_leads_elsewhere(browser: Browser, next: str) -> None:
    """An open redirect lends our name to somebody else's page: home instead."""
    chooser = await browser.client.get("/welcome/sign-in", params={"next": next})
    answer = await browser.sign_in(next=next)

    assert "evil" not in words(chooser.text)
    assert '<a href="/">Go on as a guest</a>' in chooser.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


# ── there and back ───────────────────────────────────────────────────────────


async def test_a_stranger_signs_in(browser: Browser) -> None:
    """303 to the provider, back, and on to the page that was wanted."""
    begun = await browser.post("/welcome/sign-in/lamp", {"next": "/look"})
    assert begun.status_code == 303
    assert urlsplit(begun.headers["location"]).netloc == "id.example"
    cookie = begun.headers["set-cookie"]
    assert cookie.startswith("__Host-onboarding-attempt-")
    assert "; HttpOnly; SameSite=Lax; Secure" in cookie

    answer = await browser.sign_in(next="/look")
    assert (answer.status_code, answer.headers["location"]) == (303, "/look")
    assert browser.session is not None
    assert (await browser.get_json("/welcome/me")).json()["kind"] == "registered"


async def test_a_guest_stays_the_same_account(browser: Browser) -> None:
    """One id for life: what was in the cart is still there."""
    guest = (await browser.post("/cart")).text
    await browser.sign_in()
    assert (await browser.get("/look")).text == guest


async def test_a_guest_who_comes_back_finds_both(site: Site) -> None:
    """A second browser's guest is merged into the account of the first."""
    first, second = site.browser(), site.browser()
    await first.post("/order")
    await first.sign_in()
    await second.post("/order")
    await second.sign_in()

    assert (await first.get("/look")).text == (await second.get("/look")).text
    page = words((await second.get("/welcome/account")).text)
    assert "What came together" in page
    assert "On 21 November, another visit of yours joined this account" in page


async def test_a_script_gets_the_location_and_no_redirect(browser: Browser) -> None:
    """``fetch`` would follow it into nothing."""
    answer = await browser.post_json("/welcome/sign-in/lamp", {"next": "/cart"})
    assert answer.status_code == 200
    assert answer.json()["location"].startswith("https://id.example/authorize?")


async def test_an_unknown_provider_is_not_found(browser: Browser) -> None:
    """On the way there and on the way back."""
    assert (await browser.post("/welcome/sign-in/nope")).status_code == 404
    assert (
        await browser.get("/welcome/callback/nope?code=1&state=2")
    ).status_code == 404


DISCOVERY = {
    "issuer": "https://id.example",
    "authorization_endpoint": "https://elsewhere.example/authorize",
    "token_endpoint": "https://id.example/token",
    "jwks_uri": "https://id.example/jwks",
}


async def test_a_provider_elsewhere_than_its_issuer_is_left_by_a_link() -> None:
    """The first page could not know where it answers: its policy forbids a redirect."""
    keys = {"keys": [SIGNING_KEY.public_jwk()]}
    told = httpx2.MockTransport(lambda _: httpx2.Response(200, json=DISCOVERY | keys))
    async with open_site(transport=told) as site:
        browser = site.browser()
        page = await browser.get("/welcome/sign-in")
        first = await browser.post("/welcome/sign-in/lamp")
        second = await browser.post("/welcome/sign-in/lamp")

    assert "https://elsewhere.example" not in page.headers["content-security-policy"]
    assert first.status_code == 200
    link = '<a class="ob-button" href="https://elsewhere.example/authorize?'
    assert link in first.text
    assert second.status_code == 303


async def test_a_provider_that_leads_on_is_left_by_a_link() -> None:
    """A policy holds for every redirect after a POST, those of the provider too."""
    leading = replace(provider("lamp", "Lamplight ID", "id.example"), leads_on=True)
    async with open_site(providers=[leading]) as site:
        browser = site.browser()
        pages = [await browser.post("/welcome/sign-in/lamp") for _ in range(2)]
        script = await browser.post_json("/welcome/sign-in/lamp", {})

    link = '<a class="ob-button" href="https://id.example/authorize?'
    assert [link in page.text for page in pages] == [True, True]
    assert script.json()["location"].startswith("https://id.example/authorize?")


async def test_stopping_at_the_provider_changes_nothing(browser: Browser) -> None:
    """Back to the chooser, which says so."""
    answer = await browser.sign_in(None)
    chooser = await browser.follow(answer)
    assert "You stopped at Lamplight ID. Nothing changed." in chooser.text
    assert browser.session is None


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        (Fault.SERVER_ERROR, 503, "Lamplight ID is not answering"),
        (Fault.HTML_PAGE, 502, "Lamplight ID could not sign you in"),
        (Fault.INVALID_JSON, 502, "Lamplight ID could not sign you in"),
        (Fault.HUGE_BODY, 502, "Lamplight ID could not sign you in"),
        (Fault.MISSING_NONCE, 502, "Lamplight ID could not sign you in"),
        (Fault.ALG_NONE, 502, "Lamplight ID could not sign you in"),
    ],
)
async def test_a_provider_that_fails_is_said_to(
    browser: Browser, fault: Fault, status: int, title: str
) -> None:
    """The guest goes on with everything; the address with its code is told nobody."""
    guest = (await browser.post("/cart")).text
    back = await browser.at_provider(KIM)
    with browser.site.lamp.misbehave(fault):
        answer = await browser.get(back)

    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
    assert answer.headers["referrer-policy"] == "strict-origin"
    assert query(back)["code"] not in answer.text
    assert "Nederlands" not in answer.text
    assert (await browser.get("/look")).text == guest


async def test_a_provider_that_is_down_before_the_click(browser: Browser) -> None:
    """Nothing has begun; its button stands there again."""
    with browser.site.lamp.misbehave(Fault.SERVER_ERROR, at="discovery"):
        answer = await browser.post("/welcome/sign-in/lamp")
    assert answer.status_code == 503
    assert "Try Lamplight ID again" in answer.text
    assert "set-cookie" not in answer.headers


# ── states of no attempt ─────────────────────────────────────────────────────


async def test_a_state_of_no_attempt_begins_again_once(browser: Browser) -> None:
    """The first loss restarts unseen; the second says so, and offers a button."""
    back = await browser.at_provider(KIM, next="/look")
    for name in [c for c in browser.client.cookies if "attempt" in c]:
        browser.client.cookies.delete(name)

    restarted = await browser.get(back)
    assert restarted.status_code == 303
    again = browser.site.lamp.approve(restarted.headers["location"], KIM)
    browser.client.cookies.clear()
    lost = await browser.get(again)

    assert lost.status_code == 400
    assert "Let’s try that once more" in lost.text
    assert "Sign in with Lamplight ID again" in lost.text


@pytest.mark.parametrize("kept", [False, True], ids=["none", "those of others"])
async def test_who_keeps_no_cookies_is_told_so(browser: Browser, *, kept: bool) -> None:
    """Trying again helps nobody then; a browser that has some lost this one only."""
    back = await browser.at_provider(KIM, next="/look")
    browser.client.cookies.clear()
    again = (await browser.get(back)).headers["location"]
    browser.client.cookies.clear()
    if kept:
        await browser.at_provider(KIM)
    lost = await browser.get(browser.site.lamp.approve(again, KIM))

    assert lost.status_code == 400
    assert kept is ("Your browser keeps no cookies" not in lost.text)
    assert ("state_mismatch" if kept else "cookies_blocked") in lost.text


async def test_a_restarted_sign_in_comes_to_its_end(browser: Browser) -> None:
    """After one loss the person is in, on the page that they wanted."""
    back = await browser.at_provider(KIM, next="/look")
    browser.client.cookies.clear()
    restarted = await browser.get(back)
    again = browser.site.lamp.approve(restarted.headers["location"], KIM)
    answer = await browser.get(again)
    assert (answer.status_code, answer.headers["location"]) == (303, "/look")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("", 400),
        ("?code=x", 400),
        ("?state=x&code=y", 400),
        ("?state=&code=", 400),
        ("?state=a&state=b", 400),
        ("?state=" + "s" * 5000, 400),
        ("?error=server_error", 400),
        ("?error=server_error&state=x", 400),
        ("?state=%ff%00&code=%00", 400),
    ],
)
async def test_an_answer_that_nobody_asked_for_is_refused(
    browser: Browser, sent: str, status: int
) -> None:
    """No state of ours, no sign-in; and no session."""
    answer = await browser.get(f"/welcome/callback/lamp{sent}")
    assert answer.status_code == status
    assert browser.session is None


async def test_the_answer_of_another_browser_signs_nobody_in(site: Site) -> None:
    """Somebody else's code and state in a victim's browser do nothing (login CSRF)."""
    attacker, victim = site.browser(), site.browser()
    guest = (await victim.post("/cart")).text
    back = await attacker.at_provider(KIM)

    answer = await victim.get(back)

    assert answer.status_code == 400
    assert (await victim.get("/look")).text == guest
    assert (await victim.get_json("/welcome/me")).json()["kind"] == "guest"


async def test_a_finished_sign_in_repeated_is_no_error(browser: Browser) -> None:
    """Who is signed in by it goes on to their page, with the session that they have."""
    back = await browser.at_provider(KIM, next="/look")
    await browser.get(back)
    token = browser.session
    again = await browser.get(back)
    assert (again.status_code, again.headers["location"]) == (303, "/look")
    assert browser.session == token


async def test_choosing_again_at_the_provider_is_no_error(browser: Browser) -> None:
    """Back to its page, and once more through it, while signed in."""
    begun = await browser.post("/welcome/sign-in/lamp", {"next": "/look"})
    for _ in range(2):
        back = browser.site.lamp.approve(begun.headers["location"], KIM)
        answer = await browser.get(back)
        assert (answer.status_code, answer.headers["location"]) == (303, "/look")


async def test_a_finished_sign_in_is_no_way_in_for_who_signed_out(
    browser: Browser,
) -> None:
    """Its answer begins a new attempt, and lets nobody in by itself."""
    back = await browser.at_provider(KIM, next="/look")
    await browser.get(back)
    await browser.post("/welcome/sign-out")
    again = await browser.get(back)
    assert again.headers["location"].startswith("https://id.example/authorize?")
    assert browser.session is None


async def test_an_attempt_that_took_too_long_has_expired(
    site: Site, browser: Browser
) -> None:
    """Ten minutes; then a new one takes a moment."""
    back = await browser.at_provider(KIM)
    site.clock.advance(timedelta(minutes=11))
    answer = await browser.get(back)
    assert answer.status_code == 410
    assert "This sign-in has had its time" in answer.text
    assert "Sign in with Lamplight ID again" in answer.text


# ── whose address is it ──────────────────────────────────────────────────────


async def taken(site: Site) -> Browser:
    """Return a browser whose person has an address that somebody here proved."""
    owner, browser = site.browser(), site.browser()
    await owner.post("/order")
    await owner.sign_in(KIM)
    answer = await arrive(site, browser, TAKEN, next="/look")
    assert answer.headers["location"] == "/welcome/confirm"
    return browser


async def arrive(
    site: Site, browser: Browser, person: Person, next: str = "/"
) -> httpx2.Response:
    """Sign in with the other provider, and return what its callback answers."""
    there = await browser.post("/welcome/sign-in/other", {"next": next})
    return await browser.get(site.other.approve(there.headers["location"], person))


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """Return what the form of an address sends along."""
    form = page[page.index(f'action="{action}"') :].partition("</form>")[0]
    found = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


async def test_an_address_of_somebody_here_must_be_confirmed(site: Site) -> None:
    """All ways are offered; nothing of the owner is told; names are escaped."""
    browser = await taken(site)
    answer = await browser.get("/welcome/confirm")

    assert "Is this you?" in answer.text
    assert "Kim &lt;i&gt;Two&lt;/i&gt;" in answer.text
    assert "k***@example.org" in answer.text
    assert "kim@example.org" not in answer.text
    assert "Kim de Vries" not in answer.text
    assert "Sign in with Lamplight ID" in answer.text
    assert "Sign in with Other" in answer.text
    assert browser.session is None


async def test_the_owner_links_with_one_click(site: Site) -> None:
    """After signing in the way they did before, the new way is theirs."""
    browser = await taken(site)
    answer = await browser.sign_in(KIM, next="/welcome/confirm")
    page = await browser.follow(answer)
    assert "Yes, add Other" in page.text

    linked = await browser.post("/welcome/confirm")
    account = await browser.get("/welcome/account")

    assert (linked.status_code, linked.headers["location"]) == (303, "/look")
    assert CONFIRM not in browser.client.cookies
    for way in ("Lamplight ID", "Other"):
        assert f"<strong>{way}</strong>" in account.text


async def test_a_yes_is_for_what_its_page_showed(site: Site) -> None:
    """An identity that came to wait later, in another tab, is shown first."""
    browser = await taken(site)
    early = await browser.sign_in(KIM, next="/welcome/confirm")
    form = hidden_fields((await browser.follow(early)).text, "/welcome/confirm")
    await browser.post("/welcome/sign-out")
    later = await arrive(site, browser, replace(TAKEN, subject="k3", name="Robin"))
    assert later.headers["location"] == "/welcome/confirm"
    await browser.sign_in(KIM, next="/welcome/confirm")

    shown = await browser.post("/welcome/confirm", form)
    page = (await browser.follow(shown)).text
    assert shown.headers["location"] == "/welcome/confirm"
    assert "Robin" in page
    assert "<strong>Other</strong>" not in (await browser.get("/welcome/account")).text

    linked = await browser.post(
        "/welcome/confirm", hidden_fields(page, "/welcome/confirm")
    )
    again = await browser.post("/welcome/confirm", form)
    assert linked.headers["location"] == again.headers["location"] == "/"
    assert "<strong>Other</strong>" in (await browser.get("/welcome/account")).text


async def test_a_stranger_cannot_confirm(site: Site) -> None:
    """Without the owner's sign-in the click does nothing."""
    browser = await taken(site)
    answer = await browser.post("/welcome/confirm")
    assert answer.status_code == 401
    assert browser.session is None


async def test_a_confirmation_works_once(site: Site) -> None:
    """The second click finds it done, and goes on."""
    browser = await taken(site)
    await browser.sign_in(KIM, next="/welcome/confirm")
    await browser.post("/welcome/confirm")
    again = await browser.post("/welcome/confirm")
    page = await browser.get("/welcome/confirm")
    assert (again.status_code, again.headers["location"]) == (303, "/look")
    assert (page.status_code, page.headers["location"]) == (303, "/welcome/account")


async def test_nothing_waits_for_a_visitor(browser: Browser) -> None:
    """The page leads to the chooser."""
    answer = await browser.get("/welcome/confirm")
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome/sign-in")


async def test_confirming_in_json(site: Site) -> None:
    """Programs see what waits, and whether the owner is in."""
    browser = await taken(site)
    told = (await browser.get_json("/welcome/confirm")).json()
    assert told == {
        "id": told["id"],
        "waiting": "Other",
        "signed_in": False,
        "may_confirm": False,
        "next": "/look",
    }


async def test_confirm_never_offers_what_it_then_refuses(site: Site) -> None:
    """Somebody else than the owner reads who is in, and is offered a way that works."""
    browser = await taken(site)
    await browser.sign_in(SAM)
    page = await browser.get("/welcome/confirm")
    told = (await browser.get_json("/welcome/confirm")).json()

    assert "You are signed in as Sam &lt;b&gt;." in re.sub(r"</?bdi>", "", page.text)
    assert "Yes, add" not in page.text
    assert "Sign in with" not in page.text
    assert (told["signed_in"], told["may_confirm"]) == (True, False)

    way = re.search(r'action="(/welcome/sign-out[^"]*)"', page.text)
    assert way is not None
    out = await browser.post(unescape(way[1]))
    page = await browser.follow(out)
    assert "Sign in with Lamplight ID" in page.text
    await browser.sign_in(KIM, next="/welcome/confirm")
    linked = await browser.post("/welcome/confirm")
    assert (linked.status_code, linked.headers["location"]) == (303, "/look")


async def test_a_yes_of_somebody_else_uses_nothing_up(site: Site) -> None:
    """Sent by a page of before they signed in: it is told as it is, and leads back."""
    browser = await taken(site)
    await browser.sign_in(SAM)
    answer = await browser.post("/welcome/confirm")
    assert answer.status_code == 409
    assert "already in use here" not in answer.text
    assert "Show that it is you" in answer.text
    assert "Other" in (await browser.get("/welcome/confirm")).text


@pytest.mark.parametrize("who", ["visitor", "guest", "owner"])
async def test_confirm_offers_no_link_once_its_owner_is_gone(
    site: Site, who: str
) -> None:
    """Nobody could show any more that the address is theirs: nothing waits."""
    browser, owner = await taken(site), site.browser()
    if who == "guest":
        await browser.post("/order")
    if who == "owner":
        await browser.sign_in(KIM)
    await owner.sign_in(KIM)
    await owner.post("/welcome/account/erase")
    answer = await browser.get("/welcome/confirm")
    assert answer.status_code == 303


async def test_who_is_in_and_stopped_is_offered_no_going_on_as_a_guest(
    browser: Browser,
) -> None:
    """Somebody signed in who wanted a further way goes on without it."""
    await browser.sign_in()
    stopped = await browser.follow(await browser.sign_in(None, "other", next="/look"))
    assert "Go on as a guest" not in stopped.text
    assert '<a href="/look">Go on without linking</a>' in stopped.text


@pytest.mark.parametrize(
    ("next", "ends"), [("/look", "/look"), ("//evil.example", "/"), ("", "/")]
)
async def test_signing_out_leads_on_within_this_site(
    browser: Browser, next: str, ends: str
) -> None:
    """Where a page asks for it; and nowhere else."""
    await browser.sign_in()
    answer = await browser.post("/welcome/sign-out?" + urlencode({"next": next}))
    assert answer.headers["location"] == ends


async def test_an_identity_of_somebody_else_is_refused(site: Site) -> None:
    """Who is in cannot take over another account's way in."""
    first, second = site.browser(), site.browser()
    await first.sign_in(KIM)
    await second.sign_in(Person(subject="sam", name="Sam", email="sam@example.org"))
    answer = await second.sign_in(KIM)
    assert answer.status_code == 409
    assert "This Lamplight ID account is already in use here" in answer.text
    assert '<a class="ob-button" href="/welcome/account">To my data</a>' in answer.text


# ── signing out ──────────────────────────────────────────────────────────────


async def test_signing_out_makes_a_new_visitor(browser: Browser) -> None:
    """The cookie is cleared and the session is dead, also for who kept a copy."""
    await browser.sign_in()
    token = browser.session
    answer = await browser.post("/welcome/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.session is None
    cookie = {"cookie": f"{SESSION}={token}"}
    assert (await browser.client.get("/look", headers=cookie)).text == "nobody"


async def test_signing_out_twice_is_signing_out_once(browser: Browser) -> None:
    """Nobody to sign out is no error."""
    answer = await browser.post("/welcome/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_stopping_is_a_problem_for_a_program(browser: Browser) -> None:
    """A script that finishes a sign-in itself is told which way was stopped."""
    back = await browser.at_provider(None)
    answer = await browser.get(back, accept="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "sign_in_cancelled"
    assert answer.json()["provider"] == "lamp"
