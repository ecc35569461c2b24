"""Which buttons come first, and which fold."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.web.site import KIM, Browser, Site, open_site, provider, words

pytestmark = pytest.mark.anyio

MANY = [
    provider("lamp", "Lamplight ID", "id.example"),
    provider("other", "Other", "other.example"),
    *(provider(f"p-{n}", f"Provider {n}", f"p{n}.example") for n in range(6)),
]
CHOOSER = "/welcome/sign-in?next=/look"


@pytest.fixture
async def many() -> AsyncIterator[Site]:
    """Open a shop with eight ways to sign in."""
    async with open_site(providers=MANY) as site:
        yield site


def buttons(page: str) -> list[str]:
    """Return the providers of the buttons, in their order."""
    return re.findall(r'action="/welcome/sign-in/([\w-]+)"', page)


async def left(browser: Browser) -> None:
    """Sign out."""
    await browser.post("/welcome/sign-out")


async def test_the_way_that_was_used_last_comes_first_and_says_so(many: Site) -> None:
    """On each list, in JSON too, until another one was used."""
    browser = many.browser()
    first = [way.name for way in MANY]
    assert buttons((await browser.get(CHOOSER)).text) == first
    await browser.sign_in(KIM, "lamp")
    await browser.sign_in(KIM, "other")
    await left(browser)
    for path in (CHOOSER, "/parts?names=sign_in"):
        page = await browser.get(path)
        assert buttons(page.text) == ["other", "lamp", *first[2:]]
        assert words(page.text).count("You used this one last.") == 1
    told = (await browser.get_json(CHOOSER)).json()["providers"]
    assert [one["name"] for one in told if one["last_used"]] == ["other"]
    assert len(told) == len(MANY)
    await browser.sign_in(KIM, "lamp")
    await left(browser)
    assert buttons((await browser.get(CHOOSER)).text) == first


async def test_more_than_six_fold(many: Site) -> None:
    """Without a script: all are there, and six are seen at once."""
    browser = many.browser("nl")
    for path in (CHOOSER, "/parts?names=sign_in"):
        page = (await browser.get(path)).text
        seen, _, folded = page.partition("<details>")
        assert (len(buttons(seen)), len(buttons(folded))) == (6, 2)
        assert "Meer manieren" in folded
    async with open_site() as site:
        assert "<details>" not in (await site.browser().get(CHOOSER)).text


@pytest.mark.parametrize("value", ["", "nobody", "lamp lamp", "<script>", "x" * 3000])
async def test_a_cookie_that_names_nobody_changes_nothing(
    many: Site, value: str
) -> None:
    """It comes from a browser: anything may stand in it."""
    browser = many.browser()
    plain = (await browser.get(CHOOSER)).text
    page = await browser.get(CHOOSER, cookie=f"__Host-onboarding-way={value}")
    assert buttons(page.text) == buttons(plain)
    assert "used this one last" not in page.text


async def test_who_came_in_by_nothing_is_kept_nowhere(many: Site) -> None:
    """Neither looking nor stopping there is a way that was used; an erasure ends it."""
    browser = many.browser()
    await browser.get(CHOOSER)
    await browser.sign_in(None, "other")
    assert not [one for one in browser.client.cookies if one.endswith("-way")]
    await browser.sign_in(KIM)
    assert browser.client.cookies.get("__Host-onboarding-way") == "lamp"
    await browser.post("/welcome/account/erase")
    assert not [one for one in browser.client.cookies if one.endswith("-way")]
