"""Which language answers."""

from html import escape

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
    link = '<a href="/welcome/sign-in?next=/cart&amp;lang=nl" lang="nl"'
    assert link + ' hreflang="nl">Nederlands</a>' in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/welcome/AC%2FDC;v=1",
        "/welcome/caf%C3%A9/a%20b+c",
        "/welcome/x?book=a&book=b&empty=&plus=a+b&space=%20",
        "/welcome/x?next=%2Fcart%3Fa%3D1%26b%3D2",
    ],
)
async def test_the_switch_keeps_every_byte_of_the_address(
    browser: Browser, address: str
) -> None:
    """A slash that belongs to a name stays encoded; what stands there twice stays."""
    page = await browser.get(address)
    dutch = f"{address}{'&' if '?' in address else '?'}lang=nl"
    assert f'<a href="{escape(dutch)}" lang="nl"' in page.text


@pytest.mark.parametrize(
    ("path", "form", "at"),
    [
        (
            "guest",
            {"email": "no address", "next": "/cart"},
            "/welcome/guest?next=%2Fcart",
        ),
        (
            "answers",
            {"question": "pages", "pages": "none", "do": "answer"},
            "/welcome/answers?question=pages&next=%2Fwelcome%2Faccount",
        ),
        (
            "answers",
            {"feature": "short-books", "question": "pages", "next": "/shelf"},
            "/welcome/ask/short-books?next=%2Fshelf&back=%2F",
        ),
    ],
    ids=["an address", "one question", "a feature"],
)
async def test_the_switch_of_a_refused_form_leads_to_the_form(
    browser: Browser, path: str, form: dict[str, str], at: str
) -> None:
    """Its own address works by POST alone, which the switch does; Back finds a page."""
    answer = await browser.post(f"/welcome/{path}", form)
    assert answer.status_code == 422
    assert '<button form="onboarding-form" formnovalidate' in answer.text
    assert f'data-ob-keep="{escape(at)}"' in answer.text
    form_page = await browser.get(f"{at}&lang=nl")
    assert form_page.status_code == 200
    assert f'method="post" action="/welcome/{path}"' in form_page.text


async def test_what_answers_a_post_and_has_no_page_has_no_switch(
    browser: Browser,
) -> None:
    """A link would lead to an address that only works by POST."""
    answer = await browser.post("/welcome/sign-in/nobody")
    assert answer.status_code == 404
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
