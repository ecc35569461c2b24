"""Parts for a host's own pages."""

import re

import pytest

from onboarding.errors import ConfigError
from onboarding.events import Entry
from tests.web.site import Browser, open_site, provider

pytestmark = pytest.mark.anyio


async def parts(browser: Browser, *names: str, **headers: str) -> list[str]:
    """Draw parts on one page of the host's, and return each."""
    answer = await browser.get(f"/parts?names={','.join(names)}", **headers)
    assert answer.status_code == 200
    return [part.strip() for part in answer.text.split("<hr>")]


async def test_a_visitor_is_asked_nothing(browser: Browser) -> None:
    """Only the ways in are drawn, and a field for the first write."""
    prompt, keep_it, sign_in, field = await parts(
        browser, "prompt", "keep_it", "sign_in"
    )
    assert (prompt, keep_it) == ("", "")
    assert "Go on with Lamplight ID" in sign_in
    assert field.startswith('<input type="hidden" name="onboarding-nonce" value="')


async def test_a_guest_is_offered_to_keep_it(browser: Browser) -> None:
    """One button a way; afterwards the person is back on this very page."""
    await browser.post("/cart")
    keep_it, field = await parts(browser, "keep_it")
    assert "Keep it with Lamplight ID" in keep_it
    assert 'name="next" value="/parts?names=keep_it"' in keep_it
    assert "it stays in this browser for 30 days" in keep_it
    assert field == ""


async def test_who_is_in_is_offered_nothing(browser: Browser) -> None:
    """No offer, and no ways in."""
    await browser.sign_in()
    assert await parts(browser, "keep_it", "sign_in") == ["", "", ""]


async def test_a_prompt_stands_in_the_hosts_page(browser: Browser) -> None:
    """A labelled section that leads back here, counted once."""
    await browser.post("/order")
    prompt, _ = await parts(browser, "prompt")
    account = (await browser.get("/look")).text
    entries = await browser.site.onboarding.store.list_of(Entry, account)

    assert 'aria-label="A question from Lamplight"' in prompt
    assert 'name="next" value="/parts?names=prompt"' in prompt
    assert [entry.name for entry in entries].count("prompt_shown") == 1


@pytest.mark.parametrize("order", [("prompt", "keep_it"), ("keep_it", "prompt")])
async def test_a_page_never_asks_twice(
    browser: Browser, order: tuple[str, str]
) -> None:
    """What is drawn first is all that is asked."""
    await browser.post("/order")
    first, second, _ = await parts(browser, *order)
    assert first
    assert second == ""


async def test_parts_start_at_h2_with_ids_of_their_own(browser: Browser) -> None:
    """They fit into any page, and two of them do not meet."""
    visitor = await parts(browser, "sign_in")
    await browser.post("/order")
    html = "".join([*visitor, *await parts(browser, "prompt")])
    ids = re.findall(r'\sid="([^"]+)"', html)

    assert "<h1" not in html
    assert "<h2" in html
    assert all(found.startswith("onboarding-") for found in ids)
    assert len(ids) == len(set(ids))


async def test_more_ways_than_three_are_one_click_away() -> None:
    """The offer shows three; the others are in the chooser."""
    names = ("one", "two", "three", "four")
    ways = [provider(name, name.title(), f"{name}.example") for name in names]
    async with open_site(providers=ways) as site:
        browser = site.browser()
        await browser.post("/cart")
        keep_it, _ = await parts(browser, "keep_it")
    assert keep_it.count("<form") == 3
    assert '<a href="/welcome/sign-in?next=%2Fparts' in keep_it


async def test_without_providers_there_is_nothing_to_offer() -> None:
    """No empty card."""
    async with open_site(providers=[]) as site:
        browser = site.browser()
        await browser.post("/cart")
        assert await parts(browser, "keep_it", "sign_in") == ["", "", ""]


async def test_an_unknown_part_says_which_there_are(browser: Browser) -> None:
    """A slip of the pen is found at once."""
    with pytest.raises(ConfigError, match="'prompt', 'keep_it', 'sign_in'"):
        await parts(browser, "keepit")
