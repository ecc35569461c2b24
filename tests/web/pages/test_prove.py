"""Proof by mail, through the pages: where to write, the code, the link, my page."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from onboarding import ConfigError, Onboarding
from tests.web.site import (
    KEY,
    KIM,
    SAM,
    URL,
    Browser,
    Inbox,
    Site,
    open_site,
    provider,
    words,
)

pytestmark = pytest.mark.anyio

ASK = "/welcome/sign-in/email"
JSON = {"accept": "application/json"}


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


@pytest.fixture
async def site(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that can send mail."""
    async with open_site(mailer=inbox) as site:
        yield site


async def ask(browser: Browser, address: str = "kim@example.org", **more: str) -> Any:
    """Ask for a letter, and follow to the page that waits for its code."""
    sent = {"email": address, "next": "/look", **more}
    return await browser.follow(await browser.post(ASK, sent))


async def test_the_chooser_offers_mail_beside_the_providers(browser: Browser) -> None:
    """One field with a label of its own; a front end learns where to post."""
    page = await browser.get("/welcome/sign-in?next=/cart")
    assert "Sign in with a link by email" in words(page.text)
    told = (await browser.get_json("/welcome/sign-in")).json()
    assert ASK == told["email_at"]


async def test_a_code_signs_in(browser: Browser, inbox: Inbox) -> None:
    """And leads to where the person wanted to go."""
    page = await ask(browser)
    assert "If kim@example.org can receive mail" in words(page.text)
    code, _ = await inbox.read()
    answer = await browser.post("/welcome/prove", {"code": f"{code[:3]} {code[3:]}"})
    assert (303, "/look") == (answer.status_code, answer.headers["location"])
    assert "registered" == (await browser.get_json("/welcome/me")).json()["kind"]


async def test_a_link_opens_a_page_and_its_button_signs_in(
    browser: Browser, inbox: Inbox
) -> None:
    """Opening it, however often, does nothing."""
    await ask(browser)
    _, link = await inbox.read()
    for _ in range(3):
        page = await browser.get(link)
        assert "Yes, sign me in" in words(page.text)
    assert "visitor" == (await browser.get_json("/welcome/me")).json()["kind"]
    answer = await browser.post("/welcome/prove", {"link": link.rpartition("/")[2]})
    assert "/look" == answer.headers["location"]


@pytest.mark.parametrize("by", ["code", "link"])
async def test_pressing_twice_is_being_in(
    by: str, browser: Browser, inbox: Inbox
) -> None:
    """The second time there is nothing left to prove, and the way on is the same."""
    page = await ask(browser)
    code, link = await inbox.read()
    if by == "link":
        page = await browser.get(link)
    form = {by: code if by == "code" else link.rpartition("/")[2]}
    assert 'name="next" value="/look"' in page.text
    answers = [
        await browser.post("/welcome/prove", {**form, "next": "/look"})
        for _ in range(2)
    ]
    assert [303, 303] == [one.status_code for one in answers]
    assert {"/look"} == {one.headers["location"] for one in answers}


async def test_a_link_opened_elsewhere_shows_the_code(
    browser: Browser, site: Site, inbox: Inbox
) -> None:
    """Nobody comes in there, and no address is shown to whoever opened it."""
    await ask(browser)
    code, link = await inbox.read()
    elsewhere = site.browser("nl")
    page = await elsewhere.get(link)
    assert f"{code[:3]} {code[3:]}" in words(page.text)
    assert "kim@example.org" not in page.text
    assert "no-referrer" == page.headers["referrer-policy"]
    tried = await elsewhere.post("/welcome/prove", {"link": link.rpartition("/")[2]})
    assert 410 == tried.status_code


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_nothing_but_a_post_finishes(
    browser: Browser, method: str, inbox: Inbox
) -> None:
    """A scanner follows links, and sends no form."""
    await ask(browser)
    code, link = await inbox.read()
    await browser.client.request(method, link)
    await browser.client.request(method, "/welcome/prove", params={"code": code})
    assert "visitor" == (await browser.get_json("/welcome/me")).json()["kind"]


async def test_a_wrong_code_says_how_often_it_may_be_tried(
    browser: Browser, inbox: Inbox
) -> None:
    """What was typed stays; after the last one there is a way on."""
    await ask(browser)
    code, _ = await inbox.read()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    page = await browser.post("/welcome/prove", {"code": wrong})
    assert 422 == page.status_code
    assert "4 tries left" in words(page.text)
    assert f'value="{wrong}"' in page.text
    for _ in range(3):
        page = await browser.post("/welcome/prove", {"code": wrong})
    assert "1 try left" in words(page.text)
    last = await browser.post("/welcome/prove", {"code": wrong})
    assert "Get a new code" in words(last.text)
    over = await browser.post("/welcome/prove", {"code": code})
    assert 410 == over.status_code


async def test_another_letter_brings_another_code(
    browser: Browser, inbox: Inbox
) -> None:
    """To the same address; the code before it is no good any more."""
    await ask(browser)
    old, _ = await inbox.read()
    await browser.follow(await browser.post("/welcome/prove/again"))
    new, _ = await inbox.read()
    assert 2 == len(inbox.messages)
    assert 422 == (await browser.post("/welcome/prove", {"code": old})).status_code
    assert 303 == (await browser.post("/welcome/prove", {"code": new})).status_code


async def test_another_letter_is_for_who_asks_for_it(
    browser: Browser, inbox: Inbox
) -> None:
    """Whoever became a guest meanwhile finishes it as that guest."""
    await ask(browser)
    await inbox.read()
    guest = (await browser.post("/cart")).text
    await browser.post("/welcome/prove/again")
    code, _ = await inbox.read()
    await browser.post("/welcome/prove", {"code": code})
    assert guest == (await browser.get("/look")).text


async def test_who_comes_too_late_is_told_of_the_letter_and_led_on(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """A visitor to the ways to sign in; who is in, to where addresses are proven."""
    for is_in in (False, True):
        await ask(browser)
        code, _ = await inbox.read()
        site.clock.advance(timedelta(minutes=11))
        page = await browser.post("/welcome/prove", {"code": code})
        assert 410 == page.status_code
        assert "This letter has had its time" in words(page.text)
        href = "/welcome/account" if is_in else "/welcome/sign-in"
        assert f'<a class="ob-button" href="{href}">Get a new one' in page.text
        await browser.sign_in()


async def test_an_address_of_somebody_else_is_not_added(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """Who is in, and proves an address that another account has, is told which."""
    await site.browser().sign_in(KIM)
    await browser.sign_in(SAM)
    await browser.post("/welcome/account/prove", {"email": "kim@example.org"})
    code, _ = await inbox.read()
    page = await browser.post("/welcome/prove", {"code": code})
    assert 409 == page.status_code
    assert "This address is already in use here" in words(page.text)


async def test_the_answer_is_the_same_for_every_address(site: Site) -> None:
    """Whether or not somebody here has it: page, status, headers."""
    known = site.browser()
    await known.sign_in()
    answers = []
    for address in ("kim@example.org", "nobody@example.net"):
        answer = await site.browser().post(ASK, {"email": address, "next": "/"})
        answers.append((answer.status_code, answer.headers["location"]))
    assert answers[0] == answers[1]


async def test_a_likely_slip_is_asked_about_and_never_refused(
    browser: Browser, inbox: Inbox
) -> None:
    """Either answer goes on; a program is not asked."""
    page = await browser.post(ASK, {"email": "kim@gmial.com", "next": "/look"})
    assert 200 == page.status_code
    assert "Did you mean kim@gmail.com?" in words(page.text)
    assert [] == inbox.messages
    await ask(browser, "kim@gmial.com", sure="1")
    await inbox.read()
    assert "kim@gmial.com" == inbox.messages[-1].to
    told = await browser.post(ASK, {"email": "kim@hotmial.com"}, **JSON)
    assert {"location": "/welcome/prove"} == told.json()


async def test_what_is_no_address_is_asked_for_again(browser: Browser) -> None:
    """With what was typed, and where the field is."""
    page = await browser.post(ASK, {"email": "kim@", "next": "/look"})
    assert 422 == page.status_code
    assert 'value="kim@"' in page.text
    assert 'name="next" value="/look"' in page.text
    problem = await browser.post(ASK, {"email": "kim@"}, **JSON)
    assert "invalid_answer" == problem.json()["code"]


async def test_a_guest_keeps_what_they_did(browser: Browser, inbox: Inbox) -> None:
    """On the same id."""
    guest = (await browser.post("/cart")).text
    await ask(browser)
    code, _ = await inbox.read()
    await browser.post("/welcome/prove", {"code": code})
    assert guest == (await browser.get("/look")).text


async def test_an_address_is_proven_from_my_page(
    browser: Browser, inbox: Inbox
) -> None:
    """It is asked for by who is here; a visitor has none."""
    sent = {"email": "second@example.org", "next": "/welcome/account"}
    assert 401 == (await browser.post("/welcome/account/prove", sent)).status_code
    await browser.sign_in()
    page = await browser.follow(await browser.post("/welcome/account/prove", sent))
    assert "This is my address" in words(page.text)
    code, _ = await inbox.read()
    await browser.post("/welcome/prove", {"code": code})
    told = (await browser.get_json("/welcome/account")).json()
    proven = {c["address"]: c["level"] for c in told["contacts"]}
    assert "proven" == proven["second@example.org"]


async def test_without_a_letter_there_is_nothing_to_type(browser: Browser) -> None:
    """The page that waits for a code leads to where one is asked for."""
    answer = await browser.get("/welcome/prove")
    assert "/welcome/sign-in" == answer.headers["location"]
    assert 410 == (await browser.post("/welcome/prove/again")).status_code
    assert 410 == (await browser.post("/welcome/prove", {"code": "1"})).status_code


async def test_a_shop_without_a_mailer_has_no_such_pages() -> None:
    """Over https: nothing could be sent, so nothing is offered."""
    async with open_site() as site:
        browser = site.browser()
        assert 404 == (await browser.post(ASK, {"email": "a@b.example"})).status_code
        page = await browser.get("/welcome/sign-in")
        assert "by email" not in words(page.text)


def test_no_provider_may_be_called_as_mail_is() -> None:
    """Both would have one address, and one name in the log."""
    with pytest.raises(ConfigError, match="give it another name="):
        Onboarding(
            url=URL,
            secret_key=KEY,
            database="memory:",
            mailer=Inbox(),
            providers=[provider("email", "Mail", "id.example")],
        )


def test_what_sends_nothing_is_refused_as_a_mailer() -> None:
    """When it is built, with what to write."""
    with pytest.raises(ConfigError, match="mailer holds .* cannot be called"):
        Onboarding(
            url=URL,
            secret_key=KEY,
            database="memory:",
            mailer="smtp://mail",  # type: ignore[arg-type]
        )
