"""Nobody is led away from the shop, wherever an address can be asked for."""

from dataclasses import replace
from urllib.parse import quote

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onboarding.errors import SignInRequired, StoreUnavailable
from tests.security.tags import Tags
from tests.security.town import VERA, sign_in
from tests.web.site import ORIGIN, Browser, Site

pytestmark = pytest.mark.anyio

AWAY = (
    *("https://evil.example", "http://evil.example/", "HTTPS://EVIL.EXAMPLE/"),
    *("//evil.example", "///evil.example", "////evil.example", "//evil.example/%2f"),
    *("/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example"),
    *("/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example"),
    *(" //evil.example", "//evil.example ", "\x01//evil.example", "/\x7f/evil.example"),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"),
    *("https:evil.example", "https:/evil.example", "https:///evil.example", "evil"),
    *("evil.example", "@evil.example", "?//evil.example", "#//evil.example", "."),
    f"{ORIGIN}.evil.example/",
    f"{ORIGIN}@evil.example/",
    f"{ORIGIN}//evil.example",
    f"{ORIGIN}/\\evil.example",
    f"{ORIGIN}:8443/",
    "https://evil.example/?https://shop.example/",
    "https://shop.example%2f@evil.example/",
    "http://shop.example/",
    "//shop.example@evil.example",
    "/\u2028/evil.example",
    "/\u00a0/evil.example",
    "/" + "a" * 3000,
    "//[::1]/",
    "/\x85/evil.example",
    "//\u3002evil.example",
)

HERE = ("/", "/cart", "/cart?a=//b#c", "/%2f%2fevil.example", f"{ORIGIN}/cart", "/é")


def stays(location: str) -> bool:
    """Tell whether a browser that goes there is still in the shop."""
    return location == "/" or location.startswith("/welcome/")


async def test_signing_in_leads_home_instead(browser: Browser) -> None:
    """The return path of a sign-in is a path of the shop."""
    for next in AWAY:
        answer = await sign_in(browser, VERA, next=next)
        assert "/" == answer.headers["location"], ascii(next)


async def test_every_form_leads_home_instead(browser: Browser) -> None:
    """So is that of a form, and of a page that has nothing to ask."""
    for next in AWAY:
        given = {"email": "a@b.example", "next": next}
        said = {"question": "mood", "mood": "3", "next": next}
        later = {"question": "mood", "do": "snooze", "onboarding-back": next}
        answers = [
            await browser.post("/welcome/guest", given),
            await browser.post("/welcome/answers", said),
            await browser.post("/welcome/answers", later),
            await browser.client.get("/welcome/prompt", params={"next": next}),
            await browser.post("/welcome/sign-out", {"next": next}),
        ]
        for answer in answers:
            assert 303 == answer.status_code, ascii(next)
            assert stays(answer.headers["location"]), ascii(next)


async def test_no_link_and_no_hidden_field_leads_away(browser: Browser) -> None:
    """What a page was asked to lead to stands nowhere on it."""
    for next in AWAY:
        both = {"next": next, "back": next}
        pages = [
            await browser.client.get("/welcome/sign-in", params=both),
            await browser.client.get("/welcome/ask/recommendations", params=both),
            await browser.post("/welcome/guest", {"email": "wrong", "next": next}),
        ]
        for page in pages:
            assert f'value="{next}"' not in page.text
            for address in Tags(page.text).addresses:
                assert address.startswith(("/", "#")), ascii(next)
                assert not address.startswith(("//", "/\\")), ascii(next)


async def test_programs_are_led_nowhere_else(browser: Browser) -> None:
    """JSON answers name a path of the shop too."""
    for next in AWAY:
        given = {"email": "a@b.example", "next": next}
        told = await browser.post_json("/welcome/guest", given)
        assert "/" == told.json()["next"], ascii(next)


async def test_a_waiting_identity_leads_home(site: Site) -> None:
    """The way on from the confirm page is the shop's, and so is it after the yes."""
    await sign_in(site.browser(), VERA)
    twin = replace(VERA, subject="vera-2")
    for next in AWAY:
        browser = site.browser()
        await sign_in(browser, twin, "other", next)
        page = await browser.get_json("/welcome/confirm")
        assert "/" == page.json()["next"], ascii(next)


@pytest.mark.parametrize("next", HERE)
async def test_a_path_of_the_shop_is_kept(browser: Browser, next: str) -> None:
    """An honest return path comes back as it went."""
    answer = await sign_in(browser, VERA, next=next)
    wanted = quote(next.removeprefix(ORIGIN), safe="/?=#%")
    assert wanted == answer.headers["location"]


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "///evil.example/x", "/%5cevil.example/x"]
)
@pytest.mark.parametrize("kind", ["down", "sign-in"])
async def test_a_strange_path_makes_no_strange_link(
    site: Site, path: str, kind: str
) -> None:
    """The page of an error links to the address it stands at, on this very host."""

    async def fail(_: Request) -> Response:
        raise StoreUnavailable("down") if kind == "down" else SignInRequired("in")

    host = Starlette(
        routes=[Route("/{rest:path}", fail)], middleware=[site.onboarding.middleware]
    )
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=host), base_url=ORIGIN
    ) as client:
        page = await client.get(ORIGIN + path, headers={"accept": "text/html"})

    assert page.status_code in {401, 503}
    for address in Tags(page.text).addresses:
        assert address.startswith(("/", "#")), address
        assert not address.startswith(("//", "/\\")), address


async def test_going_on_never_goes_in_circles(browser: Browser) -> None:
    """Pages that lead to themselves come to an end."""
    await browser.post("/order")
    for start in (
        "/welcome/prompt?next=/welcome/prompt",
        "/welcome/sign-in?next=/welcome/sign-in",
        "/welcome/ask/recommendations?next=/welcome/ask/recommendations",
        "/welcome/confirm?next=/welcome/confirm",
        "/welcome/account/erase?next=/welcome/account/erase",
    ):
        answer = await browser.get(start)
        for _ in range(5):
            if answer.status_code != 303:
                break
            answer = await browser.follow(answer)
        assert 200 == answer.status_code, start
