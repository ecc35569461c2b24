"""What somebody typed is there again after a sign-in, with no script at all."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from onboarding.accounts.model import Account, Intent
from onboarding.changes import Add
from onboarding.tokens import Token
from tests.web.pages.test_typed import Who, a_buyer, a_visitor, press, shows
from tests.web.site import KEY, KIM, SAM, Browser, Site, open_site

pytestmark = pytest.mark.anyio

COOKIE = "__Host-onboarding-typed"
FORM = "onboarding-form"
ASK = "/welcome/ask/short-books?next=/cart"
LOTS = {"pages": "lots of pages"}
OPINION = {"text": "A bent corner.", "prompt": "first-order"}

PAGES: list[tuple[Who, str, dict[str, str]]] = [
    (a_visitor, ASK, LOTS),
    (a_buyer, "/welcome/answers?question=pages", {"pages": "250"}),
    (a_visitor, "/welcome/guest?next=/cart", {"email": "kim@"}),
    (a_buyer, "/welcome/prompt?next=/look", OPINION),
    (a_buyer, "/parts?names=prompt", OPINION | {"text": "Two\nlines & <more>"}),
]


def form_of(path: str) -> str:
    """Return the id of the form on a page."""
    return f"onboarding-prompt-{FORM}" if path.startswith("/parts") else FORM


async def leave(
    browser: Browser,
    path: str,
    typed: Mapping[str, str],
    *,
    form: str = "",
    **more: str,
) -> httpx2.Response:
    """Press the way to sign in below a form, with this in it."""
    at = urlencode({"form": form or form_of(path), "at": path})
    return await browser.post(f"/welcome/typed?{at}", {**typed, **more})


async def shown(browser: Browser, path: str, typed: Mapping[str, str]) -> bool:
    """Tell whether a page has this in its fields."""
    page = await browser.get(path)
    assert page.status_code == 200
    try:
        shows(replace_text(page), typed)
    except AssertionError:
        return False
    return True


def replace_text(page: httpx2.Response) -> httpx2.Response:
    """Return a page with its characters as people read them."""
    return httpx2.Response(page.status_code, text=unescape(page.text))


async def rows(browser: Browser) -> list[Mapping[str, object]]:
    """Return every intent in the database, as it is stored."""
    return list(
        await browser.site.onboarding.store.query(
            "SELECT * FROM onboarding_intents WHERE purpose = 'typed'"
        )
    )


@pytest.mark.parametrize(("who", "path", "typed"), PAGES)
async def test_a_sign_in_keeps_what_was_typed(
    browser: Browser, who: Who, path: str, typed: dict[str, str]
) -> None:
    """On the page from which it began, by whoever has an account from then on."""
    await who(browser)
    await browser.get(path)
    to_choice = await leave(browser, path, typed)
    assert to_choice.status_code == 303
    assert (
        to_choice.headers["location"] == f"/welcome/sign-in?{urlencode({'next': path})}"
    )
    back = await browser.sign_in(KIM, next=path)
    assert back.headers["location"] == path
    assert await shown(browser, path, typed)
    assert await shown(browser, path, typed), "gone when it is loaded again"


async def test_the_door_of_a_question_is_a_button_of_its_form(browser: Browser) -> None:
    """A visitor presses it, and finds the question as they left it."""
    page = await browser.get(ASK)
    to_choice = await press(browser, page, LOTS, "Sign in")
    chooser = await browser.follow(to_choice)
    back = re.search(
        r'name="next" value="(/welcome/ask/short-books[^"]*)"', chooser.text
    )
    assert back
    assert await shown(browser, unescape(back[1]), LOTS)


async def test_a_merge_leaves_it_where_it_is(browser: Browser, site: Site) -> None:
    """A guest who has an account already is that account, and typed this."""
    await site.browser().sign_in(KIM)
    await a_buyer(browser)
    guest = (await browser.get("/look")).text
    await leave(browser, ASK, LOTS)
    await browser.sign_in(KIM)
    found = await site.onboarding.store.find(Account, guest)
    assert found
    assert found.merged_into == (await browser.get("/look")).text
    assert await shown(browser, ASK, LOTS)


async def test_it_is_no_answer_and_nobody_becomes_a_guest(browser: Browser) -> None:
    """Nothing is looked at, nothing is kept as said, and a visitor stays one."""
    await leave(browser, ASK, LOTS)
    assert browser.session is None
    store = browser.site.onboarding.store
    for table in ("accounts", "answers", "contacts", "responses", "events"):
        assert not await store.query(f"SELECT * FROM onboarding_{table}")


# ── secrecy ──────────────────────────────────────────────────────────────────


async def test_neither_address_nor_cookie_nor_database_shows_it(
    browser: Browser,
) -> None:
    """Not in the clear: what is stored is opened by the browser's secret alone."""
    answer = await leave(browser, ASK, {"pages": "zyx-typed"})
    kept = await rows(browser)
    secret = browser.client.cookies[COOKIE].partition(".")[2]
    assert len(kept) == 1
    assert "zyx" not in str(kept) + str(answer.headers)
    assert secret not in str(kept)
    assert await shown(browser, ASK, {"pages": "zyx-typed"})


async def test_it_is_shown_to_the_browser_that_typed_it(
    browser: Browser, site: Site
) -> None:
    """To no other one, nor to whoever guesses at its secret."""
    await leave(browser, ASK, LOTS)
    id = browser.client.cookies[COOKIE].partition(".")[0]
    other = site.browser()
    assert not await shown(other, ASK, LOTS)
    for cookie in (Token.new(id).reveal(), f"{id}.", "x", ""):
        other.client.cookies.set(COOKIE, cookie)
        assert not await shown(other, ASK, LOTS)


async def test_a_page_that_may_show_it_is_in_no_cache(browser: Browser) -> None:
    """Neither with it nor without."""
    await a_buyer(browser)
    for _ in range(2):
        page = await browser.get("/parts?names=prompt")
        assert "private" in page.headers["cache-control"]
        assert "Cookie" in page.headers["vary"]
        await leave(browser, "/parts?names=prompt", {"text": "Well."})


async def test_another_site_cannot_leave_a_form_here(browser: Browser) -> None:
    """It would put words into somebody's mouth."""
    answer = await browser.post(
        f"/welcome/typed?form={FORM}&at=/", LOTS, **{"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert COOKIE not in browser.client.cookies


@pytest.mark.parametrize("at", ["https://evil.example/", "//evil.example", "x", ""])
async def test_it_leads_nowhere_else(browser: Browser, at: str) -> None:
    """Another site is no page of ours, in either way that it leads."""
    to_choice = await leave(browser, at, LOTS)
    assert to_choice.headers["location"] == "/welcome/sign-in?next=%2F"
    switched = await leave(browser, at, LOTS, **{"onboarding-language": "nl"})
    assert switched.headers["location"] == "/"


async def test_a_key_that_is_no_longer_in_use_opens_nothing(browser: Browser) -> None:
    """The page is as if nothing had been typed."""
    await leave(browser, ASK, LOTS)
    cookie = browser.client.cookies[COOKIE]
    left = await browser.site.onboarding.store.find(Intent, cookie.partition(".")[0])
    assert left
    async with open_site(secret_key=f"another {KEY}") as site:
        await site.onboarding.store.commit(Add(left))
        stranger = site.browser()
        stranger.client.cookies.set(COOKIE, cookie)
        assert not await shown(stranger, ASK, LOTS)
    async with open_site(secret_key=[f"another {KEY}", KEY]) as site:
        await site.onboarding.store.commit(Add(left))
        again = site.browser()
        again.client.cookies.set(COOKIE, cookie)
        assert await shown(again, ASK, LOTS)


async def test_whoever_can_write_the_database_cannot_read_it_there(
    browser: Browser,
) -> None:
    """Not even through us, by a secret of their own in the place of the browser's."""
    await leave(browser, ASK, LOTS)
    id = browser.client.cookies[COOKIE].partition(".")[0]
    left = await browser.site.onboarding.store.find(Intent, id)
    assert left
    forged = Token.new(id)
    async with open_site() as site:
        own = replace(left, secret_hash=forged.hash)
        await site.onboarding.store.commit(Add(own))
        stranger = site.browser()
        stranger.client.cookies.set(COOKIE, forged.reveal())
        assert not await shown(stranger, ASK, LOTS)


# ── which form ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "other",
    [
        "/welcome/ask/short-books?next=/look",
        "/welcome/answers?question=pages",
    ],
)
async def test_another_page_does_not_show_it(browser: Browser, other: str) -> None:
    """Though it asks for the same."""
    await leave(browser, ASK, LOTS)
    assert not await shown(browser, other, LOTS)
    assert not await shown(browser, ASK, LOTS | {"pages": "less"})


async def test_another_form_of_the_page_does_not_show_it(browser: Browser) -> None:
    """Though it has fields of the same names."""
    await a_buyer(browser)
    await leave(browser, "/parts?names=prompt", OPINION, form="other")
    assert not await shown(browser, "/parts?names=prompt", OPINION)


async def test_another_question_of_the_form_does_not_show_it(browser: Browser) -> None:
    """What was written about one prompt is no answer to the next."""
    await a_buyer(browser)
    said = {"text": "Well.", "prompt": "another"}
    await leave(browser, "/parts?names=prompt", said)
    assert not await shown(browser, "/parts?names=prompt", {"text": "Well."})


async def test_the_last_form_that_was_left_counts(browser: Browser) -> None:
    """One for each browser; nothing is left of the one before."""
    await leave(browser, ASK, LOTS)
    await leave(browser, ASK, {"pages": "few"})
    assert await shown(browser, ASK, {"pages": "few"})
    assert sorted(str(row["data"]) == "{}" for row in await rows(browser)) == [
        False,
        True,
    ]


async def test_fields_that_a_form_should_not_have_do_no_harm(browser: Browser) -> None:
    """A field twice, a strange name, nothing at all: the page is there."""
    for sent in ({"pages": ["1", "2"], "question": ["x"]}, {"": "x"}, {}):
        at = urlencode({"form": FORM, "at": ASK})
        await browser.post(f"/welcome/typed?{at}", sent)
        assert (await browser.get(ASK)).status_code == 200


async def test_a_host_reads_what_its_own_form_held(
    browser: Browser, site: Site
) -> None:
    """Each field once, none of ours; for nobody else, and in no cache."""
    shop = site.onboarding

    async def checkout(request: Request) -> Response:
        typed = await shop.typed(request, "checkout")
        if request.method == "POST":
            await shop.forget_typed(request, "checkout")
        return JSONResponse(typed)

    site.app.router.routes.append(Route("/checkout", checkout, methods=["GET", "POST"]))
    at = urlencode({"form": "checkout", "at": "/checkout"})
    sent = {"town": "Utrecht", "x": ["1", "2"], "onboarding-nonce": "n"}
    for expected in ({}, {"town": "Utrecht", "x": "1"}):
        page = await browser.get("/checkout")
        assert page.json() == expected
        assert "private" in page.headers["cache-control"]
        assert "Cookie" in page.headers["vary"]
        await browser.post(f"/welcome/typed?{at}", sent)
    assert (await site.browser().get("/checkout")).json() == {}
    await browser.post("/checkout")
    await is_gone(browser)


# ── when it ends ─────────────────────────────────────────────────────────────


async def test_it_ends_after_half_an_hour(browser: Browser, site: Site) -> None:
    """And is swept with all that nobody finished."""
    await leave(browser, ASK, LOTS)
    site.clock.advance(timedelta(minutes=29))
    assert await shown(browser, ASK, LOTS)
    site.clock.advance(timedelta(minutes=1))
    assert not await shown(browser, ASK, LOTS)
    site.clock.advance(timedelta(seconds=1))
    assert await site.onboarding.intents.sweep() == 1
    assert not await rows(browser)


async def test_it_ends_when_the_form_is_sent(browser: Browser) -> None:
    """A form that is refused shows it itself, and is not sent yet."""
    at = "/welcome/guest?next=/cart"
    await leave(browser, at, {"email": "kim@exa"})
    assert (await browser.post("/welcome/guest", {"email": "kim@"})).status_code == 422
    assert await shown(browser, at, {"email": "kim@exa"})
    await browser.post("/welcome/guest", {"email": "kim@example.org"})
    await is_gone(browser)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/welcome/answers", {"question": "pages", "pages": "3", "do": "answer"}),
        ("/welcome/prompt/first-order", {"score": "9"}),
        ("/welcome/prompt/first-order", {"do": "dismiss"}),
    ],
)
async def test_it_ends_when_any_form_of_ours_is_sent(
    browser: Browser, path: str, sent: dict[str, str]
) -> None:
    """A question, an opinion, and one that is not wanted."""
    await a_buyer(browser)
    await leave(browser, "/look", {"text": "Well."}, form=f"x-{FORM}")
    assert (await browser.post(path, sent)).status_code == 303
    await is_gone(browser)


async def test_a_form_of_the_host_goes_on_waiting(browser: Browser) -> None:
    """Until the host says that it was sent."""
    await leave(browser, "/checkout", {"town": "Utrecht"}, form="checkout")
    await browser.post("/welcome/guest", {"email": "kim@example.org"})
    assert COOKIE in browser.client.cookies


async def test_it_ends_with_signing_out(browser: Browser) -> None:
    """Whoever comes to this screen next finds nothing of it."""
    await browser.sign_in(KIM)
    await leave(browser, ASK, LOTS)
    await browser.post("/welcome/sign-out")
    await is_gone(browser)


@pytest.mark.parametrize("signs_in_between", [True, False])
async def test_it_ends_with_erasure(browser: Browser, signs_in_between: bool) -> None:
    """Typed as who is erased, or in the same browser by a visitor before."""
    if signs_in_between:
        await leave(browser, ASK, LOTS)
    await browser.sign_in(KIM)
    if not signs_in_between:
        await leave(browser, ASK, LOTS)
    await browser.post("/welcome/account/erase")
    await is_gone(browser)


async def test_erasure_from_elsewhere_takes_it_along(
    browser: Browser, site: Site
) -> None:
    """What was typed while somebody was here is theirs."""
    await browser.sign_in(KIM)
    await leave(browser, ASK, LOTS)
    elsewhere = site.browser()
    await elsewhere.sign_in(KIM)
    await elsewhere.post("/welcome/account/erase")
    assert not await rows(browser)


async def is_gone(browser: Browser) -> None:
    """Assert that neither browser nor database has anything of it."""
    assert COOKIE not in browser.client.cookies
    assert [row for row in await rows(browser) if row["data"] != "{}"] == []


async def test_what_is_too_long_is_refused_and_not_lost(browser: Browser) -> None:
    """The page before still has it; what was left there before, too."""
    await leave(browser, ASK, LOTS)
    answer = await leave(browser, ASK, {"pages": "9" * 16_384})
    assert answer.status_code == 413
    assert await shown(browser, ASK, LOTS)
    assert (await leave(browser, ASK, {"pages": "9" * 16_000})).status_code == 303


# ── another language, in a part of ours on a page of the host's ──────────────


@pytest.fixture
async def framed(tmp_path: Path) -> AsyncIterator[Browser]:
    """A buyer, in a shop whose own page has our frame and our prompt."""
    (tmp_path / "order.html").write_text(
        '{% extends "onboarding/_base.html" %}'
        "{% block main %}<h1>Order</h1>{{ prompt }}"
        '{% include "onboarding/_door.html" %}{% endblock %}'
    )
    async with open_site(templates=tmp_path) as site:
        shop = site.onboarding

        async def order(request: Request) -> Response:
            part = await shop.partial("prompt", request)
            return shop.render(request, "order.html", {"prompt": part})

        site.app.router.routes.append(Route("/orders/7", order))
        browser = site.browser()
        await a_buyer(browser)
        yield browser


async def test_the_switch_of_a_page_carries_what_was_typed_into_our_part(
    framed: Browser,
) -> None:
    """There and back; no address of the page asks for a language any more."""
    typed = {"text": "A bent corner."}
    page = await framed.get("/orders/7?lang=en")
    back = await press(framed, page, typed)
    assert back.headers["location"] == "/orders/7"
    dutch = await framed.follow(back)
    assert 'lang="nl"' in dutch.text[:60]
    shows(dutch, typed)
    english = await framed.follow(await press(framed, dutch, typed, "English"))
    assert 'lang="en"' in english.text[:60]
    shows(english, typed)
    assert await responses(framed) == []


async def responses(browser: Browser) -> list[object]:
    """Return every opinion that was given."""
    query = browser.site.onboarding.store.query
    return list(await query("SELECT * FROM onboarding_responses"))


async def test_a_door_of_the_host_belongs_to_our_part(framed: Browser) -> None:
    """Where nothing else on the page is typed into."""
    typed = {"text": "A bent corner."}
    page = await framed.get("/orders/7")
    assert (await press(framed, page, typed, "Sign in")).status_code == 303
    await framed.sign_in(SAM, next="/orders/7")
    shows(await framed.get("/orders/7"), typed)


async def test_a_door_of_a_page_without_a_form_is_a_link(framed: Browser) -> None:
    """It can be opened in another tab."""
    await framed.post("/welcome/prompt/first-order", {"do": "dismiss"})
    page = await framed.get("/orders/7")
    assert '<a href="/welcome/sign-in?next=%2Forders%2F7">Sign in</a>' in page.text
    assert 'hreflang="nl">Nederlands</a>' in page.text


async def test_a_number_stays_the_number_that_was_typed(site: Site) -> None:
    """It is read in the language of the page it was typed on."""
    browser = site.browser("nl")
    path = "/welcome/answers?question=pages"
    switched = await leave(
        browser, path, {"pages": "1.500"}, **{"onboarding-language": "en"}
    )
    assert 'lang="en"' in (await browser.follow(switched)).text[:60]
    assert await shown(browser, path, {"pages": "1500"})
