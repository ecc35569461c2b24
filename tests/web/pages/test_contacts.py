"""One address of my page: put right, taken away, and never shown to anybody else."""

from collections.abc import AsyncIterator

import pytest

from tests.web.site import KIM, Browser, Inbox, Site, open_site, words

pytestmark = pytest.mark.anyio


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


@pytest.fixture
async def site(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that can send mail."""
    async with open_site(mailer=inbox) as site:
        yield site


async def give(browser: Browser, address: str) -> str:
    """Give an address as a guest, and return where its page is."""
    await browser.post("/cart")
    await browser.post("/welcome/guest", {"email": address, "next": "/"})
    return await page_of(browser, address)


async def page_of(browser: Browser, address: str) -> str:
    """Return where the page of an address is."""
    told = (await browser.get_json("/welcome/account")).json()
    key = next(c["key"] for c in told["contacts"] if c["address"] == address)
    return f"/welcome/account/address/{key}"


async def addresses(browser: Browser) -> list[str]:
    """Return which addresses my page knows."""
    told = (await browser.get_json("/welcome/account")).json()
    return [contact["address"] for contact in told["contacts"]]


async def test_my_page_leads_to_each_address(browser: Browser) -> None:
    """By a link that says which, and has no address in it."""
    page = await give(browser, "kim@exmaple.org")
    account = await browser.get("/welcome/account")
    assert f'href="{page}"' in account.text
    assert "exmaple" not in page
    shown = words((await browser.get(page)).text)
    assert "kim@exmaple.org" in shown
    assert "Mail me a link and a code" in shown


async def test_an_address_is_put_right(browser: Browser) -> None:
    """And what is none is asked for again, with what was typed."""
    page = await give(browser, "kim@exmaple.org")
    wrong = await browser.post(page, {"do": "correct", "email": "kim@"})
    assert 422 == wrong.status_code
    assert 'value="kim@"' in wrong.text
    answer = await browser.post(page, {"do": "correct", "email": "kim@example.org"})
    assert "/welcome/account" == answer.headers["location"]
    assert ["kim@example.org"] == await addresses(browser)


async def test_an_address_is_taken_away(browser: Browser) -> None:
    """Its page is gone then."""
    page = await give(browser, "kim@example.org")
    assert 303 == (await browser.post(page, {"do": "remove"})).status_code
    assert [] == await addresses(browser)
    assert 404 == (await browser.get(page)).status_code


async def test_nothing_happens_by_looking(browser: Browser) -> None:
    """Nor by a form that says nothing."""
    page = await give(browser, "kim@example.org")
    await browser.get(f"{page}?do=remove")
    assert 400 == (await browser.post(page, {})).status_code
    assert ["kim@example.org"] == await addresses(browser)


async def test_nobody_elses_address_is_found(browser: Browser, site: Site) -> None:
    """Not by another account, and not by a visitor."""
    page = await give(browser, "kim@example.org")
    other = site.browser()
    assert 401 == (await other.get(page)).status_code
    await other.post("/cart")
    assert 404 == (await other.get(page)).status_code
    await other.post(page, {"do": "remove"})
    correct = {"do": "correct", "email": "sam@example.org"}
    assert 404 == (await other.post(page, correct)).status_code
    assert ["kim@example.org"] == await addresses(browser)


@pytest.mark.parametrize(
    "sent", [{"do": "remove"}, {"do": "correct", "email": "kim@example.org"}]
)
async def test_what_was_done_to_an_address_is_done(
    browser: Browser, sent: dict[str, str]
) -> None:
    """Pressed again, it leads where it led before."""
    page = await give(browser, "kim@exmaple.org")
    answers = [await browser.post(page, sent) for _ in range(2)]
    assert [303, 303] == [one.status_code for one in answers]
    assert {"/welcome/account"} == {one.headers["location"] for one in answers}


async def test_the_only_way_back_stays(browser: Browser, inbox: Inbox) -> None:
    """The page says why, and what to do first."""
    await browser.post(
        "/welcome/sign-in/email", {"email": "kim@example.org", "next": "/"}
    )
    code, _ = await inbox.read()
    await browser.post("/welcome/prove", {"code": code})
    page = await page_of(browser, "kim@example.org")
    refused = await browser.post(page, {"do": "remove"})
    assert 409 == refused.status_code
    assert "This is your only way back" in words(refused.text)
    await browser.sign_in(KIM)
    assert 303 == (await browser.post(page, {"do": "remove"})).status_code
