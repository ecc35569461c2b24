"""A way to sign in that somebody takes away under My data."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from onboarding.accounts.model import Session
from onboarding.mail.model import Letters
from onboarding.testing import Person
from tests.security.town import bearing, sign_in, who
from tests.web.site import KIM, SAM, Browser, Inbox, Site, open_site, words

pytestmark = pytest.mark.anyio

STALE = timedelta(minutes=11)
LOU = Person(subject="lou", name="Lou")
"""Somebody of whom no provider tells an address."""


@pytest.fixture
async def kim(browser: Browser) -> Browser:
    """Return the browser of somebody with two ways to sign in."""
    await sign_in(browser, LOU)
    await sign_in(browser, SAM, "other")
    return browser


async def page_of(browser: Browser, provider: str = "lamp") -> str:
    """Return where the page of a way is."""
    told = (await browser.get_json("/welcome/account")).json()
    key = next(i["key"] for i in told["identities"] if i["provider"] == provider)
    return f"/welcome/account/way/{key}"


async def ways(browser: Browser) -> list[str]:
    """Return the providers by which somebody comes in."""
    told = (await browser.get_json("/welcome/account")).json()
    return sorted(one["provider"] for one in told.get("identities", ()))


async def test_my_page_leads_to_each_way(kim: Browser) -> None:
    """Its page says what it means, in both languages, and names no subject in it."""
    page = await page_of(kim)
    assert f'href="{page}"' in (await kim.get("/welcome/account")).text
    assert "lou" not in page
    shown = words((await kim.get(page)).text)
    assert "Take Lamplight ID away?" in shown
    assert "signed out everywhere else" in shown
    kim.client.headers["accept-language"] = "nl"
    assert "Lamplight ID weghalen?" in words((await kim.get(page)).text)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Taken away. Nobody comes in here that way any more."),
        ("nl", "Weggehaald. Zo komt niemand hier nog binnen."),
    ],
)
async def test_a_way_is_taken_away(kim: Browser, language: str, said: str) -> None:
    """The next page says so, once; the session stays, and the export tells of it."""
    page = await page_of(kim)
    kim.client.headers["accept-language"] = language
    done = await kim.post(page, {"do": "unlink"})
    assert "/welcome/account" == done.headers["location"]
    assert said in words((await kim.follow(done)).text)
    assert said not in words((await kim.get("/welcome/account")).text)
    assert ["other"] == await ways(kim)
    told = (await kim.post("/welcome/account/export")).json()
    assert ["other"] == [one["provider"] for one in told["identities"]]
    assert "identity_unlinked" in [one["name"] for one in told["events"]]
    assert 404 == (await kim.get(page)).status_code


async def test_json_tells_the_same(kim: Browser) -> None:
    """What it is, whether it is the last one, and where to send what."""
    page = await page_of(kim)
    told = (await kim.get_json(page)).json()
    assert ("lamp", "Lamplight ID") == (told["provider"], told["title"])
    assert (False, page) == (told["is_last"], told["unlink_at"])
    done = await kim.client.post(
        page,
        json={"do": "unlink"},
        headers={"sec-fetch-site": "same-origin", "accept": "application/json"},
    )
    assert {"location": "/welcome/account"} == done.json()
    assert ["other"] == await ways(kim)


async def test_nothing_happens_by_looking_or_from_elsewhere(kim: Browser) -> None:
    """Nor by a form that says nothing."""
    page = await page_of(kim)
    await kim.get(f"{page}?do=unlink")
    assert 400 == (await kim.post(page)).status_code
    elsewhere = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    refused = await kim.post(page, {"do": "unlink"}, **elsewhere)
    assert 403 == refused.status_code
    assert ["lamp", "other"] == await ways(kim)


async def test_pressed_twice_it_leads_where_it_led(kim: Browser) -> None:
    """What is gone is no error."""
    page = await page_of(kim)
    answers = [await kim.post(page, {"do": "unlink"}) for _ in range(2)]
    assert [303, 303] == [one.status_code for one in answers]
    assert ["other"] == await ways(kim)


async def test_nobody_elses_way_is_found(kim: Browser, site: Site) -> None:
    """Not by a visitor, a guest, or another account."""
    page, other = await page_of(kim), site.browser()
    assert 401 == (await other.get(page)).status_code
    assert 401 == (await other.post(page, {"do": "unlink"})).status_code
    await other.post("/cart")
    assert 401 == (await other.post(page, {"do": "unlink"})).status_code
    await sign_in(other, Person(subject="eve", name="Eve"))
    assert 404 == (await other.get(page)).status_code
    await other.post(page, {"do": "unlink"})
    assert ["lamp", "other"] == await ways(kim)


async def test_the_last_way_stays(kim: Browser) -> None:
    """The page has no button for it, and who sends it anyway reads why."""
    last = await page_of(kim, "other")
    await kim.post(await page_of(kim), {"do": "unlink"})
    shown = await kim.get(last)
    assert "This is your only way back" in words(shown.text)
    assert 'value="unlink"' not in shown.text
    refused = await kim.post(last, {"do": "unlink"})
    assert 409 == refused.status_code
    assert "This is your only way back" in words(refused.text)
    assert ["other"] == await ways(kim)


@pytest.mark.parametrize("mails", [True, False])
async def test_an_address_is_a_way_where_letters_are_sent(mails: bool) -> None:
    """A proven one counts as the last way left, and only there."""
    async with open_site(mailer=Inbox() if mails else None) as site:
        browser = site.browser()
        await sign_in(browser, KIM)
        done = await browser.post(await page_of(browser), {"do": "unlink"})
        assert (303 if mails else 409) == done.status_code


async def test_a_provider_that_is_gone_is_no_way(inbox: Inbox) -> None:
    """What nobody can press is not what is left."""
    del inbox
    async with open_site() as site:
        browser = site.browser()
        await sign_in(browser, LOU)
        await sign_in(browser, SAM, "other")
        page = await page_of(browser)
        store = site.onboarding.store
        async with open_site(
            database=store, providers=list(site.onboarding.providers.values())[:1]
        ) as smaller:
            again = smaller.browser()
            again.client.cookies = browser.client.cookies
            refused = await again.post(page, {"do": "unlink"})
            assert 409 == refused.status_code


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


# ── a fresh sign-in ──────────────────────────────────────────────────────────


async def test_a_session_that_is_not_fresh_changes_nothing(kim: Browser) -> None:
    """It leads to one's own ways, and from there back to the page; then it works."""
    page = await page_of(kim)
    kim.site.clock.advance(STALE)
    refused = await kim.post(
        page, {"do": "unlink"}, referer=f"https://shop.example{page}"
    )
    assert ["lamp", "other"] == await ways(kim)
    for asked in (refused, await kim.get(page)):
        again = await kim.follow(asked)
        assert "Sign in once more" in words(again.text)
        assert f'name="next" value="{page}"' in again.text
    assert 401 == (await kim.get_json(page)).status_code
    back = await sign_in(kim, LOU, next=page)
    assert page == back.headers["location"]
    assert 303 == (await kim.post(page, {"do": "unlink"})).status_code
    assert ["other"] == await ways(kim)


async def test_a_host_says_how_fresh() -> None:
    """By a value of its policy."""
    from onboarding import SessionPolicy

    async with open_site(sessions=SessionPolicy(fresh=timedelta(hours=1))) as site:
        browser = site.browser()
        await sign_in(browser, LOU)
        await sign_in(browser, SAM, "other")
        site.clock.advance(STALE)
        done = await browser.post(await page_of(browser), {"do": "unlink"})
        assert 303 == done.status_code


# ── what goes along ──────────────────────────────────────────────────────────


async def test_every_other_session_ends(kim: Browser, site: Site) -> None:
    """Whichever way they came in by; the one that took it away stays."""
    by_it, by_another = site.browser(), site.browser()
    await sign_in(by_it, LOU)
    await sign_in(by_another, SAM, "other")
    assert 1 == len({await who(one) for one in (kim, by_it, by_another)})
    copy = bearing(by_it, by_it.session or "")

    await kim.post(await page_of(kim), {"do": "unlink"})

    assert ["nobody"] * 3 == [await who(one) for one in (by_it, by_another, copy)]
    account = await who(kim)
    assert "nobody" != account
    assert 1 == len(await site.onboarding.store.list_of(Session, account))


async def test_who_comes_with_it_afterwards_is_a_stranger(
    kim: Browser, site: Site
) -> None:
    """A new account, never the old; and the old may have it back from nobody."""
    old = await who(kim)
    await kim.post(await page_of(kim), {"do": "unlink"})
    stranger = site.browser()
    await sign_in(stranger, LOU)
    assert await who(stranger) not in {old, "nobody"}
    assert 409 == (await sign_in(kim, LOU)).status_code
    assert (["other"], ["lamp"]) == (await ways(kim), await ways(stranger))


async def test_it_may_be_linked_to_another_account(kim: Browser, site: Site) -> None:
    """Or to the same one again."""
    await kim.post(await page_of(kim), {"do": "unlink"})
    other = site.browser()
    await sign_in(other, Person(subject="eve", name="Eve"), "other")
    await sign_in(other, LOU)
    assert ["lamp", "other"] == await ways(other)
    await other.post(await page_of(other), {"do": "unlink"})
    await sign_in(kim, LOU)
    assert ["lamp", "other"] == await ways(kim)


async def test_the_owner_of_its_address_is_asked_for(inbox: Inbox) -> None:
    """An address that it proved stays proven: nobody gets it by coming as new."""
    async with open_site(mailer=inbox) as site:
        browser, stranger = site.browser(), site.browser()
        await sign_in(browser, KIM)
        await browser.post(await page_of(browser), {"do": "unlink"})
        waits = await sign_in(stranger, KIM)
        assert "/welcome/confirm" == waits.headers["location"]
        assert "nobody" == await who(stranger)


@pytest.fixture
async def mailing(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that tells of ways that come, and not of those that go."""
    async with open_site(mailer=inbox, letters=Letters(way_removed=False)) as site:
        yield site


async def test_the_letter_can_be_switched_off(mailing: Site, inbox: Inbox) -> None:
    """As the one about an address."""
    browser = mailing.browser()
    await sign_in(browser, KIM)
    await sign_in(browser, SAM, "other")
    added = await inbox.next()
    assert "A new way to sign in to Lamplight" == added.subject
    await browser.post(await page_of(browser), {"do": "unlink"})
    await browser.post("/welcome/sign-in/email", {"email": "kim@example.org"})
    await inbox.read()
    assert 2 == len(inbox.messages)
