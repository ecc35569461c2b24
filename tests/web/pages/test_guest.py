"""A guest's contact, and who a front end learns is here."""

import pytest

from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio

GUEST = "/welcome/guest"


async def test_an_address_makes_a_guest_and_leads_on(browser: Browser) -> None:
    """The first write; the address is kept as it was typed."""
    answer = await browser.post(GUEST, {"email": "Sam@Example.org", "next": "/cart"})
    me = (await browser.get_json("/welcome/me")).json()

    assert (answer.status_code, answer.headers["location"]) == (303, "/cart")
    assert (me["kind"], me["level"]) == ("guest", "asserted")


@pytest.mark.parametrize(
    "email", ["", "sam", "sam@", "@example.org", "a@b", "x" * 300 + "@example.org"]
)
async def test_what_is_no_address_can_be_put_right(
    browser: Browser, email: str
) -> None:
    """The field again, with what was typed and what to do; nothing is stored."""
    answer = await browser.post(GUEST, {"email": email, "next": "/cart"})

    assert answer.status_code == 422
    assert "Write an email address, as in name@example.org." in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'autocomplete="email"' in answer.text
    assert '<input type="hidden" name="next" value="/cart">' in answer.text
    assert (not email) or f'value="{email}"' in answer.text


async def test_no_address_in_json(browser: Browser) -> None:
    """A problem that names the field and says what to do."""
    answer = await browser.post_json(GUEST, {"email": "sam"})
    told = answer.json()
    assert answer.status_code == 422
    assert (told["question"], told["code"]) == ("email", "invalid_answer")
    assert told["problem"] == "Write an email address, as in name@example.org."


async def test_an_address_in_json(browser: Browser) -> None:
    """The address as it is kept, and where to go on."""
    answer = await browser.post_json(GUEST, {"email": "sam@example.org"})
    assert answer.json() == {"email": "sam@example.org", "next": "/"}
    assert browser.session is not None


async def test_an_address_of_somebody_here_is_answered_alike(site: Site) -> None:
    """Nobody learns who has an account by typing addresses."""
    owner, stranger = site.browser(), site.browser()
    await owner.sign_in()
    known = await stranger.post(GUEST, {"email": "kim@example.org"})
    unknown = await site.browser().post(GUEST, {"email": "nobody@example.org"})

    assert known.status_code == unknown.status_code
    assert known.headers["location"] == unknown.headers["location"]
    assert known.text == unknown.text
    assert (await stranger.get_json("/welcome/me")).json()["kind"] == "guest"


async def test_an_id_in_the_body_is_nobody(site: Site) -> None:
    """Who somebody is comes from the session alone (client-named guest)."""
    victim, attacker = site.browser(), site.browser()
    account = (await victim.post("/cart")).text
    sent = {"email": "eve@evil.example", "account": account, "account_id": account}
    await attacker.post(GUEST, sent, **{"x-account-id": account})

    assert (await attacker.get("/look")).text != account
    told = (await victim.get_json("/welcome/account")).json()
    assert told["contacts"] == []


async def test_a_front_end_asks_who_is_here(browser: Browser) -> None:
    """A visitor gets a nonce for the first write; a guest has an id instead."""
    visitor = (await browser.get("/welcome/me")).json()
    await browser.post("/cart", {"onboarding-nonce": visitor["nonce"]})
    guest = (await browser.get("/welcome/me")).json()

    assert visitor["kind"] == "visitor"
    assert "account" not in visitor
    assert (guest["kind"], guest["level"]) == ("guest", None)
    assert guest["account"] == (await browser.get("/look")).text
    assert "nonce" not in guest
    assert guest["features"] == {"recommendations": "ask", "short-books": "ask"}


async def test_who_is_here_is_never_cached(browser: Browser) -> None:
    """A cached nonce would make two strangers one guest."""
    answer = await browser.get("/welcome/me")
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in answer.headers


async def test_what_is_no_address_makes_nobody_a_guest(site: Site) -> None:
    """A visitor who mistypes stays a visitor: no row, no cookie, in either language."""
    for browser in (site.browser(), site.browser("nl")):
        page = await browser.post(GUEST, {"email": "sam"})
        told = await browser.post_json(GUEST, {"email": "sam"})

        assert (page.status_code, told.status_code) == (422, 422)
        assert browser.session is None
        assert (await browser.get_json("/welcome/me")).json()["kind"] == "visitor"


async def test_two_addresses_of_one_page_are_one_guest(browser: Browser) -> None:
    """The nonce of a visitor's page goes with its form."""
    nonce = (await browser.get("/welcome/me")).json()["nonce"]
    found = set()
    for _ in range(2):
        sent = {"email": "sam@example.org", "onboarding-nonce": nonce}
        await browser.post(GUEST, sent)
        found.add((await browser.get("/look")).text)
        browser.client.cookies.clear()
    assert len(found) == 1
