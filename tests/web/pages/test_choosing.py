"""The chooser for who is in already: to add a way, and to sign in once more."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from onboarding.testing import Person
from tests.security.town import come_back, sign_in, way_back
from tests.web.site import KIM, SAM, Browser, Inbox, Site, open_site, query, words

pytestmark = pytest.mark.anyio

STALE = timedelta(minutes=11)
ADD = {"do": "add", "next": "/welcome/account"}


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


@pytest.fixture
async def site(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that can send mail."""
    async with open_site(mailer=inbox) as site:
        yield site


@pytest.fixture
async def kim(browser: Browser) -> Browser:
    """Return the browser of somebody who has just signed in."""
    await sign_in(browser, KIM)
    return browser


async def ways(browser: Browser) -> set[str]:
    """Return by what somebody comes in."""
    told = (await browser.get_json("/welcome/account")).json()
    proven = [c["address"] for c in told["contacts"] if c["level"] == "proven"]
    return {one["provider"] for one in told["identities"]} | set(proven)


async def test_who_is_in_sees_their_ways_and_may_add_another(kim: Browser) -> None:
    """Those that they have not; in both languages."""
    page = await kim.get("/welcome/sign-in")
    shown = words(page.text)
    assert "A link and a code to kim@example.org" in shown
    assert "Add Other" in shown
    assert "Add Lamplight ID" not in shown
    kim.client.headers["accept-language"] = "nl"
    assert "Other toevoegen" in words((await kim.get("/welcome/sign-in")).text)


async def test_who_wants_to_go_on_goes_on(kim: Browser) -> None:
    """A page that asked for a sign-in is not in the way of who is in."""
    answer = await kim.get("/welcome/sign-in?next=/look")
    assert "/look" == answer.headers["location"]
    answer = await kim.get("/welcome/sign-in?fresh=1&next=/look")
    assert "/look" == answer.headers["location"]


async def test_a_way_is_added_from_my_data(kim: Browser) -> None:
    """By the button there; it is offered no more, and the notice says so."""
    account = await kim.get("/welcome/account")
    assert "Add Other" in words(account.text)
    begun = await kim.post("/welcome/sign-in/other", ADD)
    back = kim.site.other.approve(begun.headers["location"], SAM)
    done = await come_back(kim, back)
    shown = words((await kim.follow(done)).text)
    assert "Added. You can sign in that way from now on, too." in shown
    assert "Add Other" not in shown
    assert {"lamp", "other", "kim@example.org"} == await ways(kim)


async def test_a_guest_is_offered_to_keep_and_not_to_add(browser: Browser) -> None:
    """There is nothing yet to add to."""
    await browser.post("/cart")
    shown = words((await browser.get("/welcome/account")).text)
    assert "Keep it with Lamplight ID" in shown
    assert "Add Lamplight ID" not in shown


async def test_json_says_which_are_linked_and_whether_it_is_fresh(kim: Browser) -> None:
    """So that a front end can draw the same."""
    told = (await kim.get_json("/welcome/sign-in")).json()
    linked = {one["name"]: one["linked"] for one in told["providers"]}
    assert (True, True) == (told["signed_in"], told["fresh"])
    assert {"lamp": True, "other": False} == linked
    kim.site.clock.advance(STALE)
    assert (await kim.get_json("/welcome/sign-in")).json()["fresh"] is False


# ── nothing is added without a fresh sign-in ─────────────────────────────────


@pytest.mark.parametrize("where", ["sign-in", "sign-in?stopped=other&next=/look"])
async def test_no_address_of_the_chooser_adds_without_one(
    kim: Browser, where: str
) -> None:
    """Whoever finds an open browser is offered the ways that its owner has."""
    kim.site.clock.advance(STALE)
    shown = words((await kim.get(f"/welcome/{where}")).text)
    assert "Sign in once more" in shown
    assert "Sign in with Lamplight ID" in shown
    assert "Other" not in shown.replace("You stopped at Other", "")
    assert "Mail a code to kim@example.org" in shown


async def test_the_button_asks_before_the_way_to_the_provider(kim: Browser) -> None:
    """And leads back to the page of the button."""
    kim.site.clock.advance(STALE)
    answer = await kim.post("/welcome/sign-in/other", ADD)
    assert {"fresh": "1", "next": "/welcome/account"} == query(
        answer.headers["location"]
    )
    back = await sign_in(kim, KIM, next="/welcome/account")
    assert "/welcome/account" == back.headers["location"]
    begun = await kim.post("/welcome/sign-in/other", ADD)
    assert begun.headers["location"].startswith("https://other.example/")


async def test_an_unknown_identity_is_not_added_on_the_way_back(kim: Browser) -> None:
    """However it was begun: the wrong account picked there, or a form of one's own."""
    kim.site.clock.advance(STALE)
    answer = await sign_in(kim, SAM, "other", next="/look")
    assert {"fresh": "1", "next": "/look"} == query(answer.headers["location"])
    assert {"lamp", "kim@example.org"} == await ways(kim)
    told = await way_back(kim, Person(subject="x", name="X"), "other")
    problem = await kim.get(told, accept="application/json")
    assert (401, "fresh_sign_in_required") == (
        problem.status_code,
        problem.json()["code"],
    )


async def test_who_takes_their_time_at_the_provider_is_not_asked_again(
    kim: Browser,
) -> None:
    """What counts is how fresh it was when they began."""
    kim.site.clock.advance(timedelta(minutes=9))
    begun = await kim.post("/welcome/sign-in/other", ADD)
    kim.site.clock.advance(timedelta(minutes=9))
    await come_back(kim, kim.site.other.approve(begun.headers["location"], SAM))
    assert {"lamp", "other", "kim@example.org"} == await ways(kim)


async def test_an_own_way_makes_it_fresh(kim: Browser) -> None:
    """And no other session than the one that was here ends."""
    kim.site.clock.advance(STALE)
    await sign_in(kim, KIM)
    await sign_in(kim, SAM, "other")
    assert {"lamp", "other", "kim@example.org"} == await ways(kim)


# ── nor is an address ────────────────────────────────────────────────────────


async def test_no_letter_adds_an_address_without_one(
    kim: Browser, inbox: Inbox
) -> None:
    """Not under My data, where none is written, and not by the form to sign in."""
    kim.site.clock.advance(STALE)
    sent = {"email": "thief@example.net", "sure": "1"}
    asked = await kim.post("/welcome/account/prove", sent)
    assert "1" == query(asked.headers["location"])["fresh"]
    assert [] == inbox.messages
    await kim.post("/welcome/sign-in/email", sent)
    code, _ = await inbox.read()
    refused = await kim.post("/welcome/prove", {"code": code})
    assert {"fresh": "1", "next": "/welcome/prove"} == query(
        refused.headers["location"]
    )
    assert {"lamp", "kim@example.org"} == await ways(kim)
    await sign_in(kim, KIM)
    await kim.post("/welcome/prove", {"code": code})
    assert {"lamp", "kim@example.org", "thief@example.net"} == await ways(kim)


async def test_a_letter_to_an_own_address_makes_it_fresh(
    kim: Browser, inbox: Inbox
) -> None:
    """It is a way to sign in as good as another."""
    kim.site.clock.advance(STALE)
    sent = {"email": "kim@example.org", "sure": "1", "next": "/welcome/sign-in"}
    await kim.post("/welcome/sign-in/email", sent)
    code, _ = await inbox.read()
    done = await kim.post("/welcome/prove", {"code": code})
    assert "Add Other" in words((await kim.follow(done)).text)


async def test_a_proven_address_is_not_changed_without_one(kim: Browser) -> None:
    """Neither taken away nor replaced: it is a way to sign in."""
    told = (await kim.get_json("/welcome/account")).json()
    page = f"/welcome/account/address/{told['contacts'][0]['key']}"
    kim.site.clock.advance(STALE)
    assert "fresh=1" in (await kim.get(page)).headers["location"]
    for sent in ({"do": "remove"}, {"do": "correct", "email": "thief@example.net"}):
        answer = await kim.post(page, sent)
        assert "fresh=1" in answer.headers["location"]
    assert {"lamp", "kim@example.org"} == await ways(kim)


async def test_taking_an_address_away_ends_every_other_session(
    kim: Browser, site: Site
) -> None:
    """As with any way to sign in."""
    other = site.browser()
    await sign_in(other, KIM)
    told = (await kim.get_json("/welcome/account")).json()
    page = f"/welcome/account/address/{told['contacts'][0]['key']}"
    assert 303 == (await kim.post(page, {"do": "remove"})).status_code
    assert "nobody" == (await other.get("/look")).text
    assert "nobody" != (await kim.get("/look")).text


async def test_what_waits_is_not_confirmed_without_one(site: Site) -> None:
    """It goes on waiting, and is linked once its owner has signed in anew."""
    await sign_in(site.browser(), KIM)
    browser = site.browser()
    await sign_in(browser, KIM)
    token = browser.client.cookies
    site.clock.advance(STALE)
    stranger = site.browser()
    twin = Person(subject="k2", name="T", email=KIM.email, email_verified=True)
    await sign_in(stranger, twin, "other")
    for name, value in token.items():  # two tabs of one browser
        stranger.client.cookies.set(name, value, domain="shop.example", path="/")
    answer = await stranger.post("/welcome/confirm")
    assert {"fresh": "1", "next": "/welcome/confirm"} == query(
        answer.headers["location"]
    )
    await sign_in(stranger, KIM)
    done = await stranger.post("/welcome/confirm")
    assert 303 == done.status_code
    assert {"lamp", "other", "kim@example.org"} == await ways(stranger)
