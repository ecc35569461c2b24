"""Parts of ours beside a form of the host's: with no script, its text is not lost."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from onboarding import LimitPolicy, Rate
from onboarding.errors import (
    BadRequest,
    BodyTooLarge,
    ConfigError,
    ResponseStarted,
    SignInRequired,
)
from onboarding.testing import Fault
from tests.web.pages.test_left_forms import COOKIE, is_gone, rows
from tests.web.pages.test_orders import buy, open_shop
from tests.web.pages.test_typed import attributes
from tests.web.site import KIM, Browser, Inbox, Site, open_site, provider

pytestmark = pytest.mark.anyio

TYPED = {"town": "Utrecht", "wish": "A zyx, please"}
AWKWARD = 'method="get" enctype="multipart/form-data" target="_blank" action="/nowhere"'
"""What a form may say of itself, for its own button."""


def stand(site: Site, form: str = AWKWARD) -> None:
    """Give the host a page with a form, and beside it the part that is asked for."""
    shop = site.onboarding

    async def join(request: Request) -> Response:
        part = await shop.partial(request.query_params["part"], request, form="join")
        return HTMLResponse(f'<form id="join" {form}></form>{part}')

    async def typed(request: Request) -> Response:
        return JSONResponse(await shop.typed(request, "join"))

    async def send(request: Request) -> Response:
        fields = await shop.form(request)
        if shop.account(request) is None:
            await shop.keep_typed(request, "join", fields, at="/typed")
            raise SignInRequired("who is there?")
        await shop.forget_typed(request, "join")
        return JSONResponse(fields)

    site.app.router.routes += [
        Route("/join", join),
        Route("/typed", typed),
        Route("/send", send, methods=["POST"]),
    ]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop with such a page."""
    async with open_site() as site:
        stand(site)
        yield site


async def press(
    browser: Browser,
    part: str,
    words: str,
    fields: Mapping[str, Any] = TYPED,
    *,
    there: str = "/typed",
) -> httpx2.Response:
    """Press a button of a part as a browser does, with this in the form beside it.

    What was typed is looked for on another page, which shows it and nothing else.
    """
    page = await browser.get(f"/join?part={part}")
    said = button(page.text, words)
    action = re.sub(r"(?<=at=)[^&]*", there.replace("/", "%2F"), said["formaction"])
    return await browser.post(action, fields)


def button(html: str, words: str) -> dict[str, str]:
    """Return the attributes of the button that says this, which is of no form of ours.

    By itself it belongs to the form of the host's, and overrules all that it says.
    """
    tags = re.findall(r"<button([^>]*)>(.*?)</button>", html, re.DOTALL)
    shown = {re.sub(r"<[^>]+>", "", inside): tag for tag, inside in tags}
    tag = next(tag for found, tag in shown.items() if found.endswith(words))
    said = attributes(tag)
    assert html.count("<form") == 1
    assert said["form"] == "join"
    assert said["formmethod"] == "post"
    assert said["formenctype"] == "application/x-www-form-urlencoded"
    assert "formnovalidate" in tag
    return said


async def found(browser: Browser) -> Any:
    """Return what the page of the form would show."""
    page = await browser.get("/typed")
    assert "private" in page.headers["cache-control"]
    return page.json()


# ── there and back ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("part", ["sign_in", "keep_it"])
async def test_a_sign_in_keeps_what_stands_in_the_form(
    browser: Browser, part: str
) -> None:
    """From one press at the provider's; back on the page, until the form is sent."""
    await browser.post("/cart")
    begun = await press(browser, part, "with Lamplight ID")
    assert begun.status_code == 303
    assert begun.headers["location"].startswith("https://id.example/")
    back = await browser.get(browser.site.lamp.approve(begun.headers["location"], KIM))
    assert back.headers["location"] == "/typed"
    assert await found(browser) == TYPED
    assert (await browser.post("/send", TYPED)).json() == TYPED
    await is_gone(browser)


async def test_the_page_itself_is_where_it_leads(browser: Browser) -> None:
    """And where the text is looked for, in whatever language it was."""
    page = await browser.get("/join?lang=en&part=sign_in")
    address = button(page.text, "Lamplight ID")["formaction"]
    begun = await browser.post(address, TYPED)
    back = await browser.get(browser.site.lamp.approve(begun.headers["location"], KIM))
    assert back.headers["location"] == "/join?part=sign_in"
    [kept] = await rows(browser)
    assert kept["next"] == "/join?part=sign_in"


async def test_more_ways_lead_to_the_chooser_and_keep_it_as_well() -> None:
    """The fourth way is one click away, by a button of the same form."""
    names = ("one", "two", "three", "four")
    ways = [provider(name, name.title(), f"{name}.example") for name in names]
    async with open_site(providers=ways) as site:
        stand(site)
        browser = site.browser()
        await browser.post("/cart")
        answer = await press(browser, "keep_it", "More ways")
        assert answer.headers["location"] == "/welcome/sign-in?next=%2Ftyped"
        assert await found(browser) == TYPED


async def test_keeping_an_order_keeps_what_stands_in_the_form(tmp_path: Path) -> None:
    """The one that a link opened, and all that a proven address may have."""
    file, inbox = tmp_path / "shop.db", Inbox()
    async with open_shop(file, inbox, page="/seen/{key}") as site:
        stand(site)
        link = await buy(site, file, site.browser(), 2041)
        kim = site.browser()
        await kim.get(link)
        answer = await press(kim, "claim", "Keep order 2041", TYPED | {"order": "1"})
        assert answer.headers["location"] == "/seen/2041"
        assert await found(kim) == TYPED | {"order": "1"}
        assert (await kim.get("/look")).text != "nobody"
        await kim.sign_in(KIM)
        guest = site.browser()
        await buy(site, file, guest, 2043)
        typed = {"town": "Delft", "order": "2041"}  # a field of the host's own
        answer = await press(kim, "claim", "Keep it", typed)
        assert answer.headers["location"] == "/typed"
        assert await found(kim) == typed
        mine = (await kim.get("/look")).text
        numbers = "SELECT number FROM orders WHERE account_id = $1 ORDER BY number"
        orders = await site.onboarding.store.query(numbers, (mine,))
        assert [row["number"] for row in orders] == [2041, 2043]


async def test_a_part_without_buttons_of_its_own_says_so(site: Site) -> None:
    """A prompt has fields, so it is a form; which browsers do not send in two."""
    with pytest.raises(ConfigError, match="'keep_it', 'sign_in', 'claim'"):
        await site.browser().get("/join?part=prompt")


# ── what does not lead back ──────────────────────────────────────────────────


async def test_a_provider_that_is_down_loses_nothing(browser: Browser) -> None:
    """The problem is another page, and the way on from it ends at the form."""
    with browser.site.lamp.misbehave(Fault.SERVER_ERROR, at="discovery"):
        page = await press(browser, "sign_in", "Lamplight ID")
    assert page.status_code == 503
    assert 'name="next" value="/typed"' in page.text
    assert await found(browser) == TYPED


async def test_a_provider_that_is_no_longer_offered_loses_nothing(
    browser: Browser,
) -> None:
    """A page of yesterday names a provider of yesterday."""
    page = await browser.post("/welcome/sign-in/gone?form=join&at=/typed", TYPED)
    assert page.status_code == 404
    assert await found(browser) == TYPED


async def test_what_is_too_long_begins_nothing(browser: Browser) -> None:
    """The page before still has it, and what it had left before is there, too."""
    await press(browser, "sign_in", "Lamplight ID")
    before = set(browser.client.cookies)
    page = await press(browser, "sign_in", "Lamplight ID", {"wish": "9" * 16_384})
    assert page.status_code == 413
    assert set(browser.client.cookies) == before
    assert await found(browser) == TYPED


async def test_a_form_of_more_fields_than_forms_have_is_refused(
    browser: Browser,
) -> None:
    """Nothing of it is kept."""
    many = {f"field-{n}": "x" for n in range(201)}
    page = await press(browser, "sign_in", "Lamplight ID", many)
    assert page.status_code == 400
    assert await rows(browser) == []


async def test_too_many_that_are_left_are_refused_with_a_way_on() -> None:
    """One press sends the same again, which is in no other place; but no password."""
    limits = LimitPolicy(guests_per_client=Rate(1, per=timedelta(minutes=10)))
    async with open_site(limits=limits) as site:
        stand(site)
        browser = site.browser()
        await press(browser, "sign_in", "Lamplight ID", {})
        sent = TYPED | {"password": "hunter-2", "onboarding-unkept": "wish"}
        page = await press(browser, "sign_in", "Lamplight ID", sent)
        assert page.status_code == 429
        assert await found(browser) == {}
        assert "hunter" not in page.text
        assert "zyx" not in page.text
        form = re.findall(
            r'<form method="post" action="([^"]+)">(.*?)</form>', page.text
        )
        [(action, inside)] = [one for one in form if "form=join" in one[0]]
        inputs = [attributes(one) for one in re.findall("<input([^>]*)>", inside)]
        site.clock.advance(timedelta(minutes=11))
        again = {one["name"]: one["value"] for one in inputs}
        assert (await browser.post(unescape(action), again)).status_code == 303
        assert await found(browser) == {"town": "Utrecht"}


# ── secrecy ──────────────────────────────────────────────────────────────────


async def test_neither_address_nor_cookie_nor_database_shows_it(
    browser: Browser,
) -> None:
    """Not on the way to the provider, and not at rest."""
    begun = await press(browser, "sign_in", "Lamplight ID")
    [kept] = await rows(browser)
    assert "zyx" not in str(kept) + str(begun.headers)
    assert (await found(browser))["wish"] == TYPED["wish"]


@pytest.mark.parametrize(
    "name",
    [
        *("password", "newPassword2", "passwd", "PassPhrase", "wachtwoord", "user_pwd"),
        *("csrfmiddlewaretoken", "authenticity_token", "_csrf", "xsrf", "cvc", "cvv2"),
        *("cardCvc", "CARD_CVV", "pwdConfirm"),
        *("iban", "bsn", "onboarding-nonce"),
    ],
)
async def test_a_secret_is_never_kept(browser: Browser, name: str) -> None:
    """By its name, or since the form says so: not by any button, nor by the host."""
    sent = TYPED | {name: "x", "onboarding-unkept": "iban  bsn"}
    for _ in range(2):
        await press(browser, "sign_in", "Lamplight ID", sent)
        assert await found(browser) == TYPED
    await browser.post("/welcome/typed?form=join&at=/typed", sent)
    assert await found(browser) == TYPED
    await browser.post("/send", sent)
    assert await found(browser) == TYPED


@pytest.mark.parametrize(
    "name",
    [
        *("compass", "passport", "shipping", "pin", "code"),
        # Ids that were drawn by lot, as a host names the fields of a list.
        *("text-tqfvd2kbnn28hbpwd0jz", "text-pwd0jz4k", "row-8h2cvc", "x-csrfbd2k"),
    ],
)
async def test_what_is_no_secret_is_kept(browser: Browser, name: str) -> None:
    """Though a part of its name is a part of one."""
    await press(browser, "sign_in", "Lamplight ID", {name: "x"})
    assert await found(browser) == {name: "x"}


async def test_another_browser_finds_nothing(browser: Browser, site: Site) -> None:
    """What was typed hangs on the secret of the browser, not on who is here."""
    await press(browser, "sign_in", "Lamplight ID")
    await browser.sign_in(KIM)
    other = site.browser()
    await other.sign_in(KIM)
    assert await found(other) == {}
    assert await found(browser) == TYPED


async def test_it_ends_after_half_an_hour(browser: Browser, site: Site) -> None:
    """Whoever comes to this screen next finds nothing of it."""
    await press(browser, "sign_in", "Lamplight ID")
    site.clock.advance(timedelta(minutes=30))
    assert await found(browser) == {}


async def test_another_site_can_press_no_button(browser: Browser) -> None:
    """It would put words into somebody's mouth; and a GET keeps and begins nothing."""
    address = "/welcome/sign-in/lamp?form=join&at=/typed&town=x"
    answer = await browser.post(address, TYPED, **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    answer = await browser.get(address)
    assert answer.headers["location"] == "/welcome/sign-in?next=%2Ftyped"
    assert not browser.client.cookies
    assert await rows(browser) == []


@pytest.mark.parametrize("at", ["https://evil.example/", "//evil.example", "", None])
async def test_it_leads_nowhere_else(browser: Browser, at: str | None) -> None:
    """Neither by its address, nor by a field of the host's form."""
    query = "form=join" + ("" if at is None else f"&at={at}")
    sent = TYPED | {"next": ["https://evil.example/", "x"]}
    begun = await browser.post(f"/welcome/sign-in/lamp?{query}", sent)
    back = await browser.get(browser.site.lamp.approve(begun.headers["location"], KIM))
    assert back.headers["location"] == "/"


async def test_which_form_it_is_must_be_said(browser: Browser) -> None:
    """Otherwise no page would ever show it."""
    assert (await browser.post("/welcome/typed?at=/typed", TYPED)).status_code == 400
    assert await rows(browser) == []


async def test_an_address_is_checked_as_a_form_is(browser: Browser) -> None:
    """What no store can keep is refused there, too."""
    answer = await browser.post("/welcome/sign-in/lamp?form=join&at=/&x=%00", TYPED)
    assert answer.status_code == 400
    assert await rows(browser) == []


# ── a POST that needs a sign-in first ────────────────────────────────────────


async def test_a_form_that_needs_a_sign_in_is_there_again_after_it(
    browser: Browser,
) -> None:
    """On the page that the host names, wherever the form was sent from."""
    page = await browser.post("/send", TYPED)
    assert page.status_code == 401
    assert 'href="/welcome/sign-in?next=%2Ftyped&amp;guest=no"' in page.text
    assert await found(browser) == TYPED
    await browser.sign_in(KIM, next="/typed")
    assert await found(browser) == TYPED
    assert (await browser.post("/send", TYPED)).status_code == 200
    await is_gone(browser)


async def test_a_program_is_told_where_its_form_is(browser: Browser) -> None:
    """It leads there itself."""
    told = await browser.post("/send", TYPED, accept="application/json")
    assert (told.status_code, told.json()["next"]) == (401, "/typed")


async def test_what_is_no_text_is_left_out(browser: Browser, site: Site) -> None:
    """A file of a framework's own form, say."""
    await keep(browser, site, {"town": "Utrecht", "photo": b"\0", "count": 3})
    assert await found(browser) == {"town": "Utrecht"}


@pytest.mark.parametrize("at", ["https://evil.example/typed", "//evil.example"])
async def test_a_page_elsewhere_is_none(browser: Browser, site: Site, at: str) -> None:
    """Text of this site's is for pages of this site."""
    await keep(browser, site, TYPED, at=at)
    [row] = await rows(browser)
    assert row["next"] == "/"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"wish": "9" * 16_384}, BodyTooLarge),
        ({f"field-{n}": "" for n in range(201)}, BodyTooLarge),
        ({"wish": "\0"}, BadRequest),
        ({"\ud800": "x"}, BadRequest),
    ],
    ids=["long", "many", "nul", "half a pair"],
)
async def test_what_no_form_could_have_sent_is_not_kept(
    browser: Browser, site: Site, fields: dict[str, object], error: type[Exception]
) -> None:
    """A host may read forms in another way than ours; what was left before stays."""
    await keep(browser, site, TYPED)
    with pytest.raises(error):
        await keep(browser, site, fields)
    assert await found(browser) == TYPED


async def keep(
    browser: Browser, site: Site, fields: Mapping[str, object], at: str = "/typed"
) -> None:
    """Keep something as a host does; raises what it raises."""
    raised: list[Exception] = []

    async def handler(request: Request) -> Response:
        try:
            await site.onboarding.keep_typed(request, "join", fields, at=at)
        except Exception as error:  # noqa: BLE001  # the layer would answer it
            raised.append(error)
        return JSONResponse({})

    site.app.router.routes.insert(0, Route("/keep", handler, methods=["POST"]))
    await browser.post("/keep")
    for error in raised:
        raise error


async def test_too_late_for_a_cookie_is_too_late(browser: Browser, site: Site) -> None:
    """Nothing is written that nobody could ever open."""
    raised: list[Exception] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await JSONResponse({})(scope, receive, send)
        try:
            await site.onboarding.keep_typed(scope, "join", TYPED, at="/typed")
        except ResponseStarted as error:
            raised.append(error)

    site.app.router.routes.insert(0, Mount("/late", app))
    await browser.get("/late/")
    assert raised
    assert COOKIE not in browser.client.cookies
    assert await rows(browser) == []
