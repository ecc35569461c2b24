"""What became of the last act, told once on the page that follows it."""

import re

import pytest

from onboarding.accounts.outcome import How
from onboarding.testing import Person
from onboarding.types import NoticeAct
from onboarding.web.context.notices import LONGEST_NOTICE, NOTICE
from tests.web.site import KIM, Browser, Site

pytestmark = pytest.mark.anyio

COOKIE = f"__Host-{NOTICE}"
ACCOUNT = "/welcome/account"


async def told(browser: Browser, path: str = ACCOUNT) -> str:
    """Open a page, and return the notice on it, or nothing."""
    page = (await browser.get(path)).text
    found = re.findall(r'<p class="ob-notice" role="status">(.*?)</p>', page)
    assert len(found) < 2
    return re.sub(r"<[^>]+>", "", found[0]) if found else ""


async def test_a_new_account_is_told_of_once(browser: Browser) -> None:
    """The first page shows it; the second, and the same again, do not."""
    await browser.sign_in(KIM)
    assert COOKIE in browser.client.cookies
    assert await told(browser) == "You are signed in, and your account is made."
    assert COOKIE not in browser.client.cookies
    assert await told(browser) == ""


async def test_what_a_guest_did_is_kept(browser: Browser) -> None:
    """The guest's act was to keep it, and the notice says where it is."""
    await browser.post("/cart")
    await browser.sign_in(KIM)
    assert await told(browser) == "Kept. It is under My data on every device."


async def test_who_comes_back_is_signed_in_and_out(site: Site) -> None:
    """Nothing came along, and nothing is said to have."""
    await site.browser().sign_in(KIM)
    browser = site.browser()
    await browser.sign_in(KIM)
    assert await told(browser) == "You are signed in."
    await browser.post("/welcome/sign-out")
    assert await told(browser, "/welcome/sign-in") == "You are signed out."


async def test_a_merge_says_what_came_along(site: Site) -> None:
    """In people's words, and in the language of the page."""
    await site.browser().sign_in(KIM)
    browser = site.browser()
    await browser.post("/welcome/guest", {"email": "robin@example.org"})
    await browser.sign_in(KIM)
    notice = await told(browser, f"{ACCOUNT}?lang=nl")
    assert notice == "Je bent ingelogd, en dit kwam mee: Adressen."


async def test_a_merge_of_nothing_is_a_sign_in(site: Site) -> None:
    """An empty guest has brought nothing."""
    await site.browser().sign_in(KIM)
    browser = site.browser()
    await browser.post("/cart")
    await browser.sign_in(KIM)
    assert await told(browser) == "You are signed in."


async def test_another_way_in_is_told_of(browser: Browser, site: Site) -> None:
    """Signed in, with a second provider."""
    await browser.sign_in(KIM)
    there = await browser.post("/welcome/sign-in/other", {"next": "/"})
    robin = Person(subject="robin", name="Robin")
    await browser.get(site.other.approve(there.headers["location"], robin))
    assert await told(browser) == "Added. You can sign in that way from now on, too."


async def test_an_erasure_is_told_of(browser: Browser) -> None:
    """On the page that follows, which has no account any more."""
    await browser.sign_in(KIM)
    await browser.post(f"{ACCOUNT}/erase")
    assert await told(browser) == "Your data is erased."


async def test_a_page_of_the_host_tells_of_it(browser: Browser) -> None:
    """As a part, where the host puts it; twice on one page it is told once."""
    await browser.sign_in(KIM)
    page = (await browser.get("/parts?names=notice,notice")).text
    assert page.count('role="status"') == 1
    assert await told(browser) == ""


async def test_a_page_nobody_sees_leaves_it(browser: Browser) -> None:
    """Fetched ahead of time, asked for by HEAD, or in JSON: the next page has it."""
    await browser.sign_in(KIM)
    await browser.get(ACCOUNT, **{"sec-purpose": "prefetch"})
    await browser.client.head(ACCOUNT, headers={"sec-fetch-site": "none"})
    await browser.get_json(ACCOUNT)
    assert await told(browser) == "You are signed in, and your account is made."


@pytest.mark.parametrize("value", ["", "x", "WyJlcmFzZWQiLHt9XQ", "a.b", "%C3%A4"])
async def test_a_notice_is_always_ours(browser: Browser, value: str) -> None:
    """One that is forged, foreign or broken is not shown, and goes."""
    page = await browser.get(ACCOUNT, cookie=f"{COOKIE}={value}")
    assert 'class="ob-notice"' not in page.text
    assert f"{COOKIE}=;" in page.headers["set-cookie"]


def test_whatever_a_sign_in_did_can_be_told() -> None:
    """Each outcome has a notice of its own name, so that none fails a sign-in."""
    assert {*How} <= {*NoticeAct}


async def test_the_cookie_holds_nothing_personal(browser: Browser) -> None:
    """Not even a name; and it goes by itself."""
    done = await browser.sign_in(KIM)
    [line] = [one for one in done.headers.get_list("set-cookie") if NOTICE in one]
    assert line.partition("; ")[2] == (
        "Path=/; Max-Age=300; HttpOnly; SameSite=Lax; Secure"
    )
    assert len(line) < LONGEST_NOTICE
    assert browser.site.onboarding.keys.signer("notice").unsign(
        browser.client.cookies[COOKIE]
    ) == [NoticeAct.REGISTERED, {}]


async def test_a_page_without_a_notice_stays_cacheable(browser: Browser) -> None:
    """Looking for one sets no cookie."""
    page = await browser.get("/welcome/sign-in")
    assert "set-cookie" not in page.headers
