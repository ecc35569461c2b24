"""Whether somebody or something is here cannot be found out by asking."""

import re

import httpx2
import pytest

from onboarding.testing import Person
from tests.security.town import VERA, bearing, sign_in, way_back
from tests.web.site import ORIGIN, Browser, Site

pytestmark = pytest.mark.anyio

CHANGING = re.compile(
    r"[0-9a-hjkmnp-tv-z]{20}(\.[\w-]{43})?|[\w-]{40,}(\.[\w-]+)*|[0-9a-z]{4}-[0-9a-z]{4}"
)
"""Ids, tokens, nonces and references: they differ between any two answers."""


def seen(answer: httpx2.Response, *told: str) -> tuple[object, ...]:
    """Return what an answer looks like, without what the asker said, and chance."""
    text = answer.text
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    for word in told:
        text, headers = text.replace(word, "…"), headers.replace(word, "…")
    headers = re.sub(r"content-length: \d+", "", headers)
    return answer.status_code, CHANGING.sub("…", text), CHANGING.sub("…", headers)


async def test_an_address_in_a_form_tells_nothing(site: Site) -> None:
    """Status, body and headers are the same for a known and an unknown address."""
    await sign_in(site.browser(), VERA)
    known, unknown = "vera@example.org", "nora@example.org"

    def fields(address: str) -> dict[str, str]:
        return {"email": address, "next": "/cart"}

    pages = [
        seen(await site.browser().post("/welcome/guest", fields(address)), address)
        for address in (known, unknown)
    ]
    problems = [
        seen(await site.browser().post_json("/welcome/guest", fields(address)), address)
        for address in (known, unknown)
    ]
    assert pages[0] == pages[1]
    assert problems[0] == problems[1]


async def test_my_data_of_a_guest_tells_nothing_of_the_owner(site: Site) -> None:
    """A guest who typed somebody's address sees only that they typed it."""
    await sign_in(site.browser(), VERA)
    pages = []
    for address in ("vera@example.org", "nora@example.org"):
        guest = site.browser()
        await guest.post("/welcome/guest", {"email": address})
        account = await guest.get("/welcome/account")
        export = await guest.post("/welcome/account/export")
        pages.append((seen(account, address), seen(export, address)))
    assert pages[0] == pages[1]


async def test_a_stated_address_tells_nothing(site: Site) -> None:
    """A provider that vouches for nothing finds out nothing."""
    await sign_in(site.browser(), VERA)
    answers = []
    for address in ("vera@example.org", "nora@example.org"):
        person = Person(subject=f"at {address}", name="M", email=address)
        browser = site.browser()
        answer = await sign_in(browser, person, "other")
        account = await browser.get("/welcome/account")
        answers.append((seen(answer, address), seen(account, address)))
    assert answers[0] == answers[1]


async def test_the_confirm_page_tells_only_what_its_reader_brought(
    site: Site,
) -> None:
    """Nothing of the owner: no name, no way to sign in that is theirs, no orders."""
    owner = Person(
        subject="secret-owner",
        name="Owner Ownerson",
        email="shared@example.org",
        email_verified=True,
    )
    answers = []
    for way in ("lamp", "other"):
        first = site.browser()
        await sign_in(first, owner, way)
        await first.post("/order")
        twin = Person(
            subject="twin", name="Twin", email="shared@example.org", email_verified=True
        )
        browser = site.browser()
        await sign_in(browser, twin, "other" if way == "lamp" else "lamp")
        page = await browser.get("/welcome/confirm")
        told = await browser.get_json("/welcome/confirm")
        answers.append((page.text, told.text))
        for text in (page.text, told.text):
            assert "Owner" not in text
            assert "secret-owner" not in text
            assert "shared@" not in text
        await first.post("/welcome/account/erase")
    ways = [re.findall(r'action="([^"]+)"', page) for page, _ in answers]
    assert ways[0] == ways[1] == ["/welcome/sign-in/lamp", "/welcome/sign-in/other"]


async def test_somebodys_opinion_is_nobody_elses(site: Site) -> None:
    """What exists for another person looks like what exists for nobody."""
    owner, stranger = site.browser(), site.browser()
    await owner.post("/order")
    await owner.post("/welcome/prompt/first-order", {"score": "9", "text": "fine"})
    await stranger.post("/cart")

    foreign = await stranger.get("/welcome/prompt/first-order/thanks")
    missing = await stranger.get("/welcome/prompt/second-order/thanks")
    answered = await stranger.post("/welcome/prompt/first-order", {"score": "1"})

    assert 404 == foreign.status_code == missing.status_code == answered.status_code
    assert seen(foreign, "first-order") == seen(missing, "second-order")
    told = (await owner.get_json("/welcome/prompt/first-order/thanks")).json()
    assert (9, "fine") == (told["response"]["score"], told["response"]["text"])


async def test_dead_tokens_look_like_tokens_that_never_were(site: Site) -> None:
    """Missing, foreign, ended and expired sessions are answered alike."""
    ended = site.browser()
    await ended.post("/order")
    dead = ended.session
    await ended.post("/welcome/sign-out")
    assert dead is not None
    made_up = f"{'0' * 20}.{'A' * 43}"
    wrong = dead[:21] + "A" * 43
    answers = [
        seen(await bearing(site.browser(), token).get("/welcome/account"))
        for token in (dead, made_up, wrong)
    ]
    assert answers[0] == answers[1] == answers[2]


async def test_an_unknown_attempt_looks_like_a_used_one_of_another(
    site: Site, browser: Browser
) -> None:
    """To another browser an attempt that is open, used or made up is the same."""
    await browser.post("/order")
    fresh = await way_back(site.browser(), VERA)
    used = await way_back(other := site.browser(), VERA)
    await other.get(used)
    made_up = f"{ORIGIN}/welcome/callback/lamp?state=W10.c2ln&code=x"

    answers = [seen(await browser.get(one), one) for one in (fresh, used, made_up)]

    assert 400 == answers[0][0]
    assert answers[0] == answers[1] == answers[2]
