"""Which language answers."""

import pytest

from onboarding.web.context.language import negotiate
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "en"),
        ("nl", "nl"),
        ("nl-BE,nl;q=0.9", "nl"),
        ("NL", "nl"),
        ("fr,de;q=0.9", "en"),
        ("fr, nl;q=0.8, en;q=0.7", "nl"),
        ("en;q=0.2, nl;q=0.8", "nl"),
        ("nl;q=0", "en"),
        ("nl;q=2, en;q=0.1", "en"),
        ("nl;q=much", "en"),
        ("nl; q=0.5", "nl"),
        ("nl\t;\tQ=0.5 , en;q=0.4", "nl"),
        ("nl;q=.5, en;q=0.4999", "nl"),
        ("nl;q=1.000", "nl"),
        ("nl;level=1;q=0.9, en;q=0.8", "nl"),
        *(
            (f"nl;q={q}, en;q=0.1", "en")
            for q in ("1e0", "nan", "inf", "+1", "٠", "0_9")
        ),
        ("*", "en"),
        ("*, nl;q=0.5", "en"),
        ("en;q=0, *", "nl"),
        ("*;q=0.1, nl;q=0.2", "nl"),
        ("nl-BE;q=0, nl", "nl"),
        ("en-GB;q=0.1, nl;q=0.2, en-US;q=0.3", "en"),
        (";;;,,,q=1", "en"),
    ],
)
def test_the_browser_says_which_language(accept: str, expected: str) -> None:
    """The heaviest language that we speak; nonsense says nothing."""
    assert negotiate(accept, ("en", "nl")) == expected


async def test_the_switch_is_kept_in_a_cookie_that_tells_nothing_else(
    browser: Browser,
) -> None:
    """``?lang=nl`` answers in Dutch, and so does every page after it."""
    first = await browser.get("/welcome/sign-in?lang=nl")
    second = await browser.get("/welcome/sign-in")

    assert "Fijn dat je er bent" in first.text
    assert "__Host-onboarding-language=nl;" in first.headers["set-cookie"]
    assert "Fijn dat je er bent" in second.text
    assert "set-cookie" not in second.headers


async def test_the_answer_says_what_its_language_depends_on(site: Site) -> None:
    """A cache must know whether the browser's preference decided, or the cookie."""
    browser = site.browser("nl")
    preferred = await browser.get("/welcome/sign-in")
    await browser.get("/welcome/sign-in?lang=en")
    kept = await browser.get("/welcome/sign-in")

    assert '<html class="ob-page" lang="nl"' in preferred.text
    assert "Accept-Language" in preferred.headers.get_list("vary")
    assert '<html class="ob-page" lang="en"' in kept.text
    assert "Accept-Language" not in kept.headers.get_list("vary")


@pytest.mark.parametrize("lang", ["fr", "", "../nl", "nl\x00"])
async def test_a_language_that_nobody_speaks_changes_nothing(
    browser: Browser, lang: str
) -> None:
    """No cookie is set for it, and the page answers as before."""
    answer = await browser.client.get("/welcome/sign-in", params={"lang": lang})

    assert answer.status_code == 200
    assert "Good to see you" in answer.text
    assert "set-cookie" not in answer.headers


async def test_the_switch_leads_to_this_very_page(browser: Browser) -> None:
    """The footer names the other language in that language, and keeps ``next``."""
    answer = await browser.get("/welcome/sign-in?next=/cart")
    link = '<a href="/welcome/sign-in?next=%2Fcart&amp;lang=nl" lang="nl"'
    assert link + ' hreflang="nl">Nederlands</a>' in answer.text


async def test_the_switch_loses_nothing_of_the_address(browser: Browser) -> None:
    """What stands there twice, and what is empty, is there in the other language."""
    answer = await browser.get("/welcome/sign-in?tag=a&tag=b&q=&lang=en&next=/cart")
    kept = "tag=a&amp;tag=b&amp;q=&amp;next=%2Fcart&amp;lang=nl"
    assert f'<a href="/welcome/sign-in?{kept}" lang="nl"' in answer.text


async def test_a_page_that_answers_a_post_has_no_switch(browser: Browser) -> None:
    """A link would lead to an address that only works by POST."""
    answer = await browser.post("/welcome/guest", {"email": "no address"})
    assert answer.status_code == 422
    assert "Nederlands" not in answer.text


@pytest.mark.parametrize(
    "cookie",
    [
        "__Host-onboarding-language=fr",
        "__Host-onboarding-language=",
        "__Host-onboarding-language=nl; __Host-onboarding-language=en",
        "onboarding-language=nl",
    ],
)
async def test_a_kept_language_that_makes_no_sense_is_none(
    browser: Browser, cookie: str
) -> None:
    """One that we do not speak, one twice, or one of another name says nothing."""
    answer = await browser.get("/welcome/sign-in", cookie=cookie)
    assert answer.status_code == 200
    assert "Good to see you" in answer.text
