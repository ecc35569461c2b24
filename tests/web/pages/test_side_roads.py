"""Where somebody wanted to go survives every side road of a sign-in."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import httpx2
import pytest

from onboarding.testing import Fault, Person
from tests.web.site import KIM, SAM, Browser, Site, open_site

pytestmark = pytest.mark.anyio

WANTED = "/look?tag=a&tag=b%2Fc"
TWIN = Person(subject="k2", name="Twin", email=KIM.email, email_verified=True)
ELEVEN_MINUTES = timedelta(minutes=11)


async def press(browser: Browser, page: httpx2.Response, words: str) -> str:
    """Press the button with these words, and return where the provider is."""
    forms = re.findall(
        r"<form[^>]*action=\"([^\"]+)\">(.*?)</form>", page.text, re.DOTALL
    )
    action, inside = next(found for found in forms if words in found[1])
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', inside)
    sent = {name: unescape(value) for name, value in fields}
    answer = await browser.post(unescape(action), sent)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def follow(
    browser: Browser, page: httpx2.Response, words: str
) -> httpx2.Response:
    """Follow the link with these words, and every redirect behind it."""
    links = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>([^<]+)</a>', page.text)
    return await arrive(browser, next(unescape(h) for h, w in links if w == words))


async def arrive(browser: Browser, path: str) -> httpx2.Response:
    """Open an address, and follow redirects on this site."""
    answer = await browser.get(path)
    while answer.status_code == 303:
        answer = await browser.follow(answer)
    return answer


async def lands(browser: Browser, at_provider: str, person: Person = KIM) -> str:
    """Choose somebody at the first provider; return the address where that ends."""
    answer = await browser.get(browser.site.lamp.approve(at_provider, person))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def at_lamp(browser: Browser) -> str:
    """Press the button for the first time, and return where the provider is."""
    begun = await browser.post("/welcome/sign-in/lamp", {"next": WANTED})
    return begun.headers["location"]


# ── each road: from the button to a page with a way on ───────────────────────


async def cancelled(browser: Browser) -> httpx2.Response:
    """Stop at the provider."""
    back = browser.site.lamp.deny(await at_lamp(browser))
    return await browser.follow(await browser.get(back))


async def cancelled_in_dutch(browser: Browser) -> httpx2.Response:
    """Stop at the provider, and change the language of the page that says so."""
    return await follow(browser, await cancelled(browser), "Nederlands")


async def failed(browser: Browser) -> httpx2.Response:
    """Meet a provider that answers nonsense."""
    back = browser.site.lamp.approve(await at_lamp(browser), KIM)
    with browser.site.lamp.misbehave(Fault.WRONG_NONCE):
        return await browser.get(back)


async def failed_and_reloaded(browser: Browser) -> httpx2.Response:
    """Reload the page of that error: the attempt is used up by then."""
    back = browser.site.lamp.approve(await at_lamp(browser), KIM)
    with browser.site.lamp.misbehave(Fault.WRONG_NONCE):
        await browser.get(back)
    return await browser.get(back)


async def refused_by_the_provider(browser: Browser) -> httpx2.Response:
    """Come back with another error than a cancellation."""
    back = browser.site.lamp.deny(await at_lamp(browser))
    return await browser.get(back.replace("access_denied", "server_error"))


async def down_before_the_click(browser: Browser) -> httpx2.Response:
    """Press the button of a provider that does not answer."""
    with browser.site.lamp.misbehave(Fault.SERVER_ERROR, at="discovery"):
        return await browser.post("/welcome/sign-in/lamp", {"next": WANTED})


async def expired(browser: Browser) -> httpx2.Response:
    """Take longer than ten minutes, with a browser that still sends the cookie."""
    back = browser.site.lamp.approve(await at_lamp(browser), KIM)
    browser.site.clock.advance(ELEVEN_MINUTES)
    return await browser.get(back)


async def lost_twice(browser: Browser) -> httpx2.Response:
    """Lose every cookie, twice."""
    at_provider = await at_lamp(browser)
    for _ in range(2):
        browser.client.cookies.clear()
        back = browser.site.lamp.approve(at_provider, KIM)
        page = await browser.get(back)
        at_provider = page.headers.get("location", "")
    return page


async def somebody_elses(browser: Browser) -> httpx2.Response:
    """Begin as a visitor, and be a guest when the answer comes without its cookie."""
    back = browser.site.lamp.approve(await at_lamp(browser), KIM)
    browser.client.cookies.clear()
    await browser.post("/order")
    return await browser.get(back)


async def sent_twice(browser: Browser) -> httpx2.Response:
    """Come back with a parameter that stands there twice: whose it is, is not read."""
    back = browser.site.lamp.approve(await at_lamp(browser), KIM)
    return await browser.get(back + "&code=another")


ROADS = {
    road.__name__: (road, words)
    for road, words in [
        (cancelled, "Go on with Lamplight ID"),
        (cancelled_in_dutch, "Verder met Lamplight ID"),
        (failed, "Try Lamplight ID again"),
        (failed_and_reloaded, "Sign in with Lamplight ID again"),
        (refused_by_the_provider, "Try Lamplight ID again"),
        (down_before_the_click, "Try Lamplight ID again"),
        (expired, "Sign in with Lamplight ID again"),
        (lost_twice, "Sign in with Lamplight ID again"),
        (somebody_elses, "Sign in with Lamplight ID again"),
    ]
}

Road = Callable[[Browser], Awaitable[httpx2.Response]]


@pytest.mark.parametrize(("road", "words"), ROADS.values(), ids=ROADS)
async def test_what_was_wanted_survives_every_side_road(
    browser: Browser, road: Road, words: str
) -> None:
    """The second go that the page offers ends where the first was to end."""
    page = await road(browser)
    assert WANTED == await lands(browser, await press(browser, page, words))


@pytest.mark.parametrize("gone", ["at the button", "on the way back"])
async def test_what_was_wanted_survives_an_unknown_provider(
    browser: Browser, gone: str
) -> None:
    """A page of yesterday names a provider of yesterday: the chooser goes on."""
    if gone == "at the button":
        page = await browser.post("/welcome/sign-in/gone", {"next": WANTED})
    else:
        back = browser.site.lamp.approve(await at_lamp(browser), KIM)
        page = await browser.get(back.replace("callback/lamp", "callback/gone"))
    assert page.status_code == 404
    chooser = await follow(browser, page, "Sign in")
    again = await press(browser, chooser, "Go on with Lamplight ID")
    assert WANTED == await lands(browser, again)


async def test_the_address_of_a_button_leads_to_the_chooser(browser: Browser) -> None:
    """Whoever opens it as a link begins nothing, and keeps where they wanted to go."""
    answer = await browser.get("/welcome/sign-in/lamp?next=/look")
    assert answer.headers["location"] == "/welcome/sign-in?next=%2Flook"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "how", ["at once", "too late", "stopped first", "too late yes"]
)
async def test_what_was_wanted_survives_the_owners_sign_in(
    site: Site, how: str
) -> None:
    """Who must show that an address is theirs ends where they first wanted to go."""
    await site.browser().sign_in(KIM)
    browser = site.browser()
    began = await browser.post("/welcome/sign-in/other", {"next": WANTED})
    at_provider = site.other.approve(began.headers["location"], TWIN)
    page = await arrive(browser, at_provider)
    if how == "too late":
        site.clock.advance(ELEVEN_MINUTES)
    at_provider = await press(browser, page, "Sign in with Lamplight ID")
    if how == "stopped first":
        chooser = await arrive(browser, site.lamp.deny(at_provider))
        at_provider = await press(browser, chooser, "Go on with Lamplight ID")
    path = await lands(browser, at_provider)
    while path.startswith("/welcome/"):
        answer = await browser.get(path)
        if answer.status_code == 303:
            path = answer.headers["location"]
        elif "fresh=1" in path:  # by then they have been in for too long to add one
            path = await lands(
                browser, await press(browser, answer, "Sign in with Lamplight ID")
            )
        elif how == "too late yes":
            site.clock.advance(ELEVEN_MINUTES)
            answer = await browser.post("/welcome/confirm", {"next": WANTED})
            assert answer.status_code == 410
            at_provider = await press(browser, answer, "Sign in with Other again")
            path = site.other.approve(at_provider, TWIN)
            path = (await browser.get(path)).headers["location"]
        else:
            path = await press(browser, answer, "Yes, add Other")
    assert path == WANTED


async def test_a_page_of_yes_that_is_opened_too_late_knows_its_way(site: Site) -> None:
    """Its cookie outlives what waits, so that reloading it loses nothing either."""
    await site.browser().sign_in(KIM)
    browser = site.browser()
    began = await browser.post("/welcome/sign-in/other", {"next": "/look"})
    waits = await browser.get(site.other.approve(began.headers["location"], TWIN))
    cookies = waits.headers.get_list("set-cookie")
    [kept] = [line for line in cookies if line.startswith("__Host-onboarding-confirm=")]
    assert "; Max-Age=3600;" in kept
    site.clock.advance(ELEVEN_MINUTES)
    answer = await browser.get("/welcome/confirm")
    assert answer.headers["location"] == "/welcome/sign-in?next=%2Flook"


async def test_a_form_that_needs_a_sign_in_leads_back_to_its_page(
    browser: Browser,
) -> None:
    """What was sent is not kept; the page that it came from is where one goes on."""
    page = await browser.post(
        "/refuse?what=sign-in", referer="https://shop.example/look"
    )
    chooser = await follow(browser, page, "Sign in")
    again = await press(browser, chooser, "Go on with Lamplight ID")
    assert "/look" == await lands(browser, again)


async def test_who_cannot_have_a_way_in_goes_on_without_it(site: Site) -> None:
    """Somebody signed in, for whom the identity is no longer to be had."""
    await site.browser().sign_in(KIM)
    browser = site.browser()
    await browser.sign_in(SAM, "other")
    page = await browser.get(site.lamp.approve(await at_lamp(browser), KIM))
    assert page.status_code == 409
    assert (
        f'href="{WANTED.replace("&", "&amp;")}">Go on without linking</a>' in page.text
    )


async def test_no_side_road_leads_elsewhere(browser: Browser) -> None:
    """What is no path of this site was never kept, and is not offered."""
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        page = await browser.post("/welcome/sign-in/gone", {"next": evil})
        assert "evil" not in page.text
        answer = await browser.get("/welcome/confirm?" + urlencode({"next": evil}))
        assert "evil" not in answer.headers["location"]


async def test_a_program_is_told_where_the_sign_in_was_to_lead(
    browser: Browser,
) -> None:
    """A front end of the host's can offer the second go itself."""
    back = browser.site.lamp.deny(await at_lamp(browser))
    told = (await browser.get_json(back)).json()
    assert (told["code"], told["next"]) == ("sign_in_cancelled", WANTED)


async def test_what_was_wanted_survives_a_provider_that_is_no_longer_offered() -> None:
    """An answer of a provider that was taken out meanwhile leads to the others."""
    async with open_site() as before, open_site(providers=[]) as _:
        browser = before.browser()
        back = before.lamp.approve(await at_lamp(browser), KIM)
        page = await browser.get(back.replace("/lamp?", "/other?"))
    assert page.status_code == 400
    assert f'value="{WANTED.replace("&", "&amp;")}"' in page.text
