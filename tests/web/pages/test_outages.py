"""A provider that does not answer: what the page says, and what the next one finds."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest

from onboarding import HttpPolicy, PasskeyPolicy
from onboarding.testing import Fault
from onboarding.testing.faults import FaultPlace
from tests.web.pages.test_side_roads import follow, lands, press
from tests.web.site import KIM, SAM, Browser, Inbox, Site, open_site, provider, words

pytestmark = pytest.mark.anyio

CHOOSER = "/welcome/sign-in?next=/look"
DOWN = "Does not answer at the moment"
DAYS = timedelta(days=1)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop that can send mail."""
    async with open_site(mailer=Inbox()) as site:
        yield site


async def meet(
    site: Site, browser: Browser, place: FaultPlace, next: str = "/look"
) -> httpx2.Response:
    """Meet an outage of the first provider, and return the page that tells of it."""
    if place in {"discovery", "jwks"}:
        site.clock.advance(2 * DAYS)  # beyond what is remembered through an outage
        with site.lamp.misbehave(Fault.SERVER_ERROR, at=place):
            return await browser.post("/welcome/sign-in/lamp", {"next": next})
    begun = await browser.post("/welcome/sign-in/lamp", {"next": next})
    back = site.lamp.approve(begun.headers["location"], KIM)
    with site.lamp.misbehave(Fault.SERVER_ERROR, at=place):
        return await browser.get(back)


def order(page: str) -> list[str]:
    """Return what lets in on a page, from top to bottom."""
    main = page.partition("<main")[2] or page
    found = re.findall(r'action="/welcome/sign-in/([\w-]+)"', main)
    return [str(one) for one in found]


PLACES: list[FaultPlace] = ["discovery", "jwks", "token", "userinfo"]


# ── the page ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("language", ["en", "nl"])
async def test_who_meets_an_outage_reads_so_and_has_another_way(
    site: Site, place: FaultPlace, language: str
) -> None:
    """In words, with a status of its own, and with where they wanted to go."""
    page = await meet(site, site.browser(language), place)
    assert page.status_code == 503
    assert page.headers["retry-after"] == "60"
    said = words(page.text)
    expected = {
        "en": ("Lamplight ID is not answering", "Try Lamplight ID again"),
        "nl": ("Lamplight ID reageert niet", "Lamplight ID opnieuw proberen"),
    }
    for text in expected[language]:
        assert text in said
    assert order(page.text) == ["lamp", "other"]
    assert page.text.count('name="next" value="/look"') == 2
    assert 'href="/welcome/sign-in?next=%2Flook"' in page.text


@pytest.mark.parametrize("place", PLACES)
async def test_the_other_way_ends_where_the_first_was_to_end(
    site: Site, place: FaultPlace
) -> None:
    """And so does the same one, once it answers again."""
    browser = site.browser()
    page = await meet(site, browser, place, next="/look?tag=a&tag=b")
    there = await press(browser, page, "Go on with Other")
    back = await browser.get(site.other.approve(there, SAM))
    assert back.headers["location"] == "/look?tag=a&tag=b"
    again = site.browser()
    page = await meet(site, again, place, next="/look?tag=a&tag=b")
    there = await press(again, page, "Try Lamplight ID again")
    assert await lands(again, there) == "/look?tag=a&tag=b"


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.SLOW])
async def test_an_attempt_that_could_not_be_looked_at_is_there_for_a_reload(
    tmp_path: Path, fault: Fault
) -> None:
    """Its keys were not to be had when they came back: nothing is used up.

    They began it at one process, and come back to one that never asked for keys.
    """
    settings: dict[str, Any] = {
        "database": f"sqlite:///{tmp_path / 'shop.db'}",
        "http": HttpPolicy(total=timedelta(milliseconds=300)),
    }
    async with open_site(**settings) as began, open_site(**settings) as site:
        first, browser = began.browser(), site.browser()
        begun = await first.post("/welcome/sign-in/lamp", {"next": "/look"})
        browser.client.cookies = first.client.cookies
        back = site.lamp.approve(begun.headers["location"], KIM)
        with site.lamp.misbehave(fault, at="jwks"):
            page = await browser.get(back)
        assert page.status_code == 503
        assert "Lamplight ID is not answering" in page.text
        reloaded = await browser.get(back)
        assert reloaded.headers["location"] == "/look"


async def test_who_is_in_and_adds_a_way_needs_no_other(site: Site) -> None:
    """They came for this very one: it is offered again, and the way back."""
    browser = site.browser()
    await browser.sign_in(SAM, "other")
    page = await meet(site, browser, "token")
    assert page.status_code == 503
    assert order(page.text) == ["lamp"]
    assert "Or go on another way" not in page.text


async def test_a_setting_that_is_wrong_here_is_no_outage() -> None:
    """It does not pass by itself: the page says so, and names no minute."""
    wrong = provider("lamp", "Lamplight ID", "nobody.example")
    async with open_site(providers=[wrong]) as site:
        browser = site.browser()
        page = await browser.post("/welcome/sign-in/lamp", {"next": "/look"})
        assert "Something is not set up right here" in page.text
        assert "retry-after" not in page.headers
        assert DOWN not in (await browser.get(CHOOSER)).text


async def test_a_program_is_told_as_well(site: Site) -> None:
    """By code, header and facts; and of each way whether it answers."""
    browser = site.browser()
    site.clock.advance(2 * DAYS)
    with site.lamp.misbehave(Fault.SERVER_ERROR, at="discovery"):
        begun = await browser.post_json("/welcome/sign-in/lamp", {"next": "/look"})
    told = begun.json()
    assert (begun.status_code, begun.headers["retry-after"]) == (503, "60")
    assert (told["code"], told["provider"]) == ("provider_unreachable", "lamp")
    assert (told["next"], told["retry_after"]) == ("/look", 60)
    ways = (await browser.get_json(CHOOSER)).json()["providers"]
    assert [(way["name"], way["down"]) for way in ways] == [
        ("other", False),
        ("lamp", True),
    ]


# ── the chooser knows ────────────────────────────────────────────────────────


@pytest.mark.parametrize("place", PLACES)
async def test_the_next_one_finds_it_last_and_still_usable(
    site: Site, place: FaultPlace
) -> None:
    """Behind the other ways and the letter, for a minute, with a word about it."""
    await meet(site, site.browser(), place)
    browser = site.browser()
    page = await browser.get(CHOOSER)
    assert order(page.text) == ["other", "email", "lamp"]
    assert f"Go on with Lamplight ID {DOWN}" in words(page.text)
    assert "Lamplight ID is not answering at the moment." in words(page.text)
    assert page.text.count(DOWN) == 1
    site.clock.advance(timedelta(seconds=59))
    assert DOWN in (await browser.get(CHOOSER)).text
    site.clock.advance(timedelta(seconds=1))
    page = await browser.get(CHOOSER)
    assert order(page.text) == ["lamp", "other", "email"]
    assert DOWN not in page.text


async def test_one_who_tries_and_comes_in_ends_it_for_all(site: Site) -> None:
    """Its button works all the while."""
    await meet(site, site.browser(), "token")
    browser = site.browser()
    page = await browser.get(CHOOSER)
    there = await press(browser, page, "Go on with Lamplight ID")
    assert await lands(browser, there) == "/look"
    assert DOWN not in (await site.browser().get(CHOOSER)).text


async def test_the_way_that_was_used_last_is_no_exception(site: Site) -> None:
    """It comes first as soon as it answers again."""
    browser = site.browser()
    await browser.sign_in(KIM, "lamp")
    await browser.post("/welcome/sign-out")
    await meet(site, site.browser(), "token")
    assert order((await browser.get(CHOOSER)).text) == ["other", "email", "lamp"]
    site.clock.advance(timedelta(minutes=1))
    assert order((await browser.get(CHOOSER)).text) == ["lamp", "other", "email"]


@pytest.mark.parametrize("name", ["sign_in", "keep_it"])
async def test_the_parts_in_a_hosts_page_know_it_too(site: Site, name: str) -> None:
    """Last, with words; in Dutch as well."""
    await meet(site, site.browser(), "token")
    for language, said in (("en", DOWN), ("nl", "Reageert nu niet")):
        browser = site.browser(language)
        await browser.post("/order")
        part = (await browser.get(f"/parts?names={name}")).text
        assert order(part) == ["other", "lamp"]
        assert part.count(said) == 1
        assert 'href="/welcome/sign-in?next=' not in part


@pytest.mark.parametrize("name", ["sign_in", "keep_it"])
@pytest.mark.parametrize("by_mail", [False, True])
async def test_where_it_is_the_only_way_a_letter_goes_on(
    name: str, *, by_mail: bool
) -> None:
    """A part has buttons of providers alone: a link leads to the page with the rest."""
    lamp = provider("lamp", "Lamplight ID", "id.example")
    mailer = Inbox() if by_mail else None
    async with open_site(providers=[lamp], mailer=mailer) as site:
        await meet(site, site.browser(), "token")
        browser = site.browser()
        await browser.post("/order")
        page = await browser.get(f"/parts?names={name}")
        assert order(page.text) == ["lamp"]
        assert ("More ways" in page.text) is by_mail
        if not by_mail:
            return
        chooser = await follow(browser, page, "More ways")
        assert order(chooser.text) == ["email", "lamp"]
        # The letter is the one thing now.
        assert '<button class="ob-button ob-button-wide">' in chooser.text
        assert "Go on as a guest" in chooser.text


async def test_the_ways_of_who_is_in_know_it_too(site: Site) -> None:
    """Where they add one, and where they sign in once more with what they have."""
    browser = site.browser()
    await browser.sign_in(SAM, "other")
    await meet(site, site.browser(), "token")
    for path in ("/welcome/sign-in", "/welcome/account"):
        assert f"Add Lamplight ID {DOWN}" in words((await browser.get(path)).text)
    other = site.browser()
    await other.sign_in(KIM, "lamp")
    site.clock.advance(timedelta(minutes=11))
    await meet(site, site.browser(), "token")
    page = await other.get("/welcome/sign-in?fresh=1")
    assert f"Sign in with Lamplight ID {DOWN}" in words(page.text)
    told = (await other.get_json(CHOOSER)).json()["providers"]
    assert [(one["linked"], one["down"]) for one in told] == [
        (False, False),
        (True, True),
    ]


async def test_an_outage_of_one_leaves_the_others_as_they_are(site: Site) -> None:
    """Nobody waits for one who chose another."""
    await meet(site, site.browser(), "token")
    assert (await site.browser().sign_in(SAM, "other")).status_code == 303
    page = (await site.browser().get(CHOOSER)).text
    assert order(page) == ["other", "email", "lamp"]


async def test_both_down_come_in_the_hosts_order_behind_the_letter() -> None:
    """With passkeys beside it: nothing that works stands behind what does not."""
    async with open_site(mailer=Inbox(), passkeys=PasskeyPolicy()) as site:
        site.clock.advance(2 * DAYS)
        with site.lamp.misbehave(Fault.SERVER_ERROR, at="discovery"):
            await site.browser().post("/welcome/sign-in/lamp")
        with site.other.misbehave(Fault.SERVER_ERROR, at="discovery"):
            page = await site.browser().post("/welcome/sign-in/other")
        assert order(page.text) == ["other"]
        page = await site.browser().get(CHOOSER)
        assert order(page.text) == ["email", "lamp", "other"]
        text = unescape(page.text)
        assert text.index("data-ob-passkey") < text.index("sign-in/lamp")
