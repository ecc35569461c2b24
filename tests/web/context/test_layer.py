"""The layer: who is here, what goes into headers, and what becomes of errors."""

import gc
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from onboarding.accounts.model import Session
from onboarding.app import Onboarding
from onboarding.errors import ConfigError, ResponseStarted
from onboarding.events import Entry
from onboarding.web.context.finding import context_of
from onboarding.web.context.layer import Layer
from onboarding.web.context.nonce import NONCE
from onboarding.web.context.request_context import RequestContext
from tests.web.site import (
    KEY,
    ORIGIN,
    SESSION,
    URL,
    Browser,
    ShakyStore,
    Site,
    open_site,
)

pytestmark = pytest.mark.anyio

PRIVATE = "private, no-store"


async def events(site: Site, account_id: str) -> list[str]:
    """Return what the log says of an account."""
    entries = await site.onboarding.store.list_of(Entry, account_id)
    return [entry.name for entry in entries]


async def session_of(site: Site, browser: Browser) -> Session:
    """Return the session whose token a browser keeps."""
    current = await site.onboarding.sessions.find(browser.session or "")
    assert current is not None
    return current.session


# ── visitors and guests ──────────────────────────────────────────────────────


async def test_a_visitor_costs_nothing_and_gets_nothing(browser: Browser) -> None:
    """A page that does not ask who is here keeps its caching, and sets no cookie."""
    answer = await browser.get("/")
    assert answer.headers["cache-control"] == "public"
    assert "set-cookie" not in answer.headers
    assert "vary" not in answer.headers


async def test_a_page_that_looks_is_private(browser: Browser) -> None:
    """Whether nobody is here depends on the cookie too."""
    answer = await browser.get("/look")
    assert answer.text == "nobody"
    assert answer.headers["cache-control"] == PRIVATE
    assert answer.headers["vary"] == "Cookie"
    assert "set-cookie" not in answer.headers


async def test_a_host_that_is_private_already_keeps_its_words(browser: Browser) -> None:
    """Its own caching stays where no shared cache can keep the page."""
    answer = await browser.get("/kept")
    assert answer.headers.get_list("cache-control") == ["private, max-age=60"]
    assert answer.headers["vary"] == "Cookie"


async def test_the_first_write_makes_a_guest_who_stays(browser: Browser) -> None:
    """One cookie, for this host alone; the next request is the same account."""
    first = await browser.post("/cart")
    second = await browser.get("/look")

    cookie = first.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION}=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"):
        assert f"; {flag}" in cookie
    assert "Domain" not in cookie
    assert first.headers["cache-control"] == PRIVATE
    assert second.text == first.text
    assert "set-cookie" not in second.headers


async def test_a_handled_error_of_the_host_keeps_the_guest(browser: Browser) -> None:
    """A 404 that the host answers carries the cookie."""
    answer = await browser.post("/gone")
    assert answer.status_code == 404
    assert browser.session is not None


async def test_a_broken_host_loses_the_guest(site: Site) -> None:
    """A 500 is answered outside every layer: no cookie, and the guest is purged."""
    transport = httpx2.ASGITransport(app=site.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        answer = await client.post("/broken")
    site.clock.advance(timedelta(days=2))
    purged = await site.onboarding.guests.purge()

    assert answer.status_code == 500
    assert "set-cookie" not in answer.headers
    assert purged.gone == 1


async def test_parallel_first_writes_with_one_nonce_are_one_guest(
    browser: Browser,
) -> None:
    """Two writes of one page that a visitor opened end in one account."""
    nonce = (await browser.get("/welcome/me")).json()["nonce"]
    first = await browser.post("/cart", {"onboarding-nonce": nonce})
    browser.client.cookies.clear()
    second = await browser.post("/cart", {"onboarding-nonce": nonce})
    assert first.text == second.text


@pytest.mark.parametrize("path", ["/welcome", "/welcome/", "/welcome?x=1"])
async def test_the_bare_path_leads_nowhere_else(browser: Browser, path: str) -> None:
    """It is our own "not found": a redirect would lead to whatever ``Host`` says."""
    for method in ("GET", "HEAD", "POST"):
        answer = await browser.client.request(
            method,
            path,
            headers={"host": "elsewhere.example", "sec-fetch-site": "same-origin"},
        )
        assert (answer.status_code, answer.headers.get("location")) == (404, None)
        assert "elsewhere" not in answer.text
        assert method == "HEAD" or "not_found" in answer.text
    assert (await browser.get("/welcomes")).text == "Not Found"


@pytest.mark.parametrize("nonce", ["\ud800", "é", "\0", "x" * 9999])
async def test_a_nonce_that_is_none_makes_a_guest(site: Site, nonce: str) -> None:
    """Whatever a host hands over: it leads nowhere, and breaks nothing."""

    async def first(request: Request) -> Response:
        account = await site.onboarding.ensure_account(request, form={NONCE: nonce})
        return PlainTextResponse(account.kind)

    app = Layer(Starlette(routes=[Route("/", first)]), core=site.onboarding)
    transport = httpx2.ASGITransport(app=app)
    headers = {"sec-fetch-site": "same-origin"}
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        assert (await client.get("/", headers=headers)).text == "guest"


async def test_a_guest_is_not_made_once_the_response_has_started(site: Site) -> None:
    """The cookie would be lost, so nothing is written, and the developer is told."""

    async def late(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await site.onboarding.ensure_account(scope)

    transport = httpx2.ASGITransport(app=Layer(late, core=site.onboarding))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        with pytest.raises(ResponseStarted, match="the response has started, so"):
            await client.get("/late")
    site.clock.advance(timedelta(days=2))
    assert (await site.onboarding.guests.purge()).gone == 0


# ── cookies that are worth nothing ───────────────────────────────────────────

DEAD = "06gzvyj603sjantq13ek." + "a" * 43


@pytest.mark.parametrize(
    "cookie",
    [
        pytest.param(f"{SESSION}={DEAD}", id="unknown"),
        pytest.param(f"{SESSION}=", id="empty"),
        pytest.param(f"{SESSION}=null", id="null"),
        pytest.param(f"{SESSION}={'x' * 5000}", id="huge"),
        pytest.param(f"{SESSION}=\xff\xfe", id="no text"),
        pytest.param(f"{SESSION}={DEAD}; {SESSION}={DEAD}", id="twice"),
    ],
)
async def test_a_cookie_that_grants_nothing_is_cleared(
    browser: Browser, cookie: str
) -> None:
    """Whoever sends it is a visitor, never silently a new guest."""
    raw = cookie.encode("latin-1")
    answer = await browser.client.get("/look", headers={b"cookie": raw})

    assert answer.text == "nobody"
    assert answer.headers["set-cookie"].startswith(f"{SESSION}=; Path=/; Max-Age=0;")
    assert answer.headers["cache-control"] == PRIVATE


async def test_a_planted_second_cookie_is_not_believed(browser: Browser) -> None:
    """Of two cookies with our name neither counts, also not the genuine one."""
    await browser.post("/cart")
    token = browser.session
    cookie = f"{SESSION}={token}; {SESSION}={DEAD}"
    answer = await browser.site.browser().client.get(
        "/look", headers={"cookie": cookie}
    )
    assert answer.text == "nobody"


@pytest.mark.parametrize("joint", ["; ", ";"])
async def test_the_same_session_sent_twice_is_one_session(
    browser: Browser, joint: str
) -> None:
    """A proxy that joins headers signs nobody out; in one line, or in two."""
    guest = (await browser.post("/cart")).text
    pair = f"{SESSION}={browser.session}"
    fresh = browser.site.browser().client
    for headers in ([("cookie", joint.join([pair, pair]))], [("cookie", pair)] * 2):
        answer = await fresh.get("/look", headers=headers)
        assert answer.text == guest
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "name", ["__host-onboarding", "onboarding", "__Secure-onboarding"]
)
async def test_another_name_is_another_cookie(browser: Browser, name: str) -> None:
    """Only the exact name with its prefix counts; others are left alone."""
    await browser.post("/cart")
    cookie = f"{name}={browser.session}"
    answer = await browser.site.browser().client.get(
        "/look", headers={"cookie": cookie}
    )
    assert answer.text == "nobody"
    assert "set-cookie" not in answer.headers


async def test_a_tampered_token_grants_nothing(browser: Browser) -> None:
    """One other letter of the secret, and it is somebody else's."""
    await browser.post("/cart")
    token = browser.session or ""
    other = token[:-1] + ("a" if token[-1] != "a" else "b")
    cookie = f"{SESSION}={other}"
    answer = await browser.site.browser().client.get(
        "/look", headers={"cookie": cookie}
    )
    assert answer.text == "nobody"


async def test_an_id_that_we_never_issued_is_not_adopted(browser: Browser) -> None:
    """A cookie planted before the first write is replaced (session fixation)."""
    browser.client.cookies.set(SESSION, DEAD, domain="shop.example", path="/")
    await browser.post("/cart")
    assert browser.session not in (None, DEAD)


async def test_the_token_of_before_a_sign_in_is_dead(site: Site) -> None:
    """Signing in renews the session; a copy of the older token is worth nothing."""
    browser, thief = site.browser(), site.browser()
    await browser.post("/cart")
    stolen = browser.session or ""
    await browser.sign_in()

    cookie = f"{SESSION}={stolen}"
    answer = await thief.client.get("/look", headers={"cookie": cookie})

    assert answer.text == "nobody"
    assert browser.session != stolen
    assert (await browser.get("/look")).text != "nobody"


async def test_a_session_ends_after_its_idle_time(site: Site, browser: Browser) -> None:
    """Thirty days unseen, and the guest is a visitor whose cookie is cleared."""
    await browser.post("/cart")
    await browser.get("/look")
    site.clock.advance(timedelta(days=31))
    answer = await browser.get("/look")
    assert answer.text == "nobody"
    assert "Max-Age=0" in answer.headers["set-cookie"]


# ── what is written afterwards ───────────────────────────────────────────────


async def test_a_session_is_touched_by_the_request_after_the_one_that_made_it(
    site: Site, browser: Browser
) -> None:
    """Being made is not being used: that is how an orphan is known."""
    await browser.post("/cart")
    made = await session_of(site, browser)
    site.clock.advance(timedelta(minutes=1))
    await browser.get("/")
    used = await session_of(site, browser)

    assert made.seen_at == made.created_at
    assert used.seen_at == site.clock()


async def test_a_slow_first_write_is_not_a_use_of_its_session(site: Site) -> None:
    """However long its own request takes, a new session was not used yet."""

    async def write_slowly(request: Request) -> Response:
        await site.onboarding.ensure_account(request)
        site.clock.advance(timedelta(seconds=9))
        return PlainTextResponse("done")

    site.app.router.routes.append(Route("/slow", write_slowly, methods=["POST"]))
    browser = site.browser()
    await browser.post("/slow")
    made = await session_of(site, browser)
    assert made.seen_at == made.created_at


async def test_a_session_is_touched_once_a_day(site: Site, browser: Browser) -> None:
    """Further requests of a day write nothing."""
    await browser.post("/cart")
    site.clock.advance(timedelta(minutes=1))
    await browser.get("/")
    first = await session_of(site, browser)
    site.clock.advance(timedelta(hours=23))
    await browser.get("/")
    same = await session_of(site, browser)
    site.clock.advance(timedelta(hours=2))
    await browser.get("/")
    later = await session_of(site, browser)

    assert same.seen_at == first.seen_at
    assert later.seen_at == site.clock()


async def test_what_fails_after_the_answer_is_nobodys_trouble(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The page is out already: what could not be written is logged by its code."""
    store = ShakyStore()
    async with open_site(database=store) as site:
        browser = site.browser()
        await browser.post("/cart")
        site.clock.advance(timedelta(minutes=1))
        store.commits_fail = True
        answer = await browser.get("/look")

    assert answer.status_code == 200
    assert "failed after the response was sent: store_unavailable" in caplog.text


async def test_a_database_that_is_down_stops_only_who_asks() -> None:
    """Other pages go on, no cookie is cleared, and afterwards all is as it was."""
    store = ShakyStore()
    async with open_site(database=store) as site:
        browser = site.browser()
        made = await browser.post("/cart")
        store.reads_fail = True
        home, look = await browser.get("/"), await browser.get("/look")
        store.reads_fail = False
        again = await browser.get("/look")

    assert home.text == "books"
    assert look.status_code == 503
    assert "We cannot reach our own shelves" in look.text
    assert '<a class="ob-button" href="/look">Try again</a>' in look.text
    assert "set-cookie" not in home.headers
    assert "set-cookie" not in look.headers
    assert again.text == made.text


# ── paths that we never look at ──────────────────────────────────────────────


async def test_a_skipped_path_is_never_looked_at(browser: Browser) -> None:
    """Its pages keep their caching; asking who is here says what to do."""
    with pytest.raises(ConfigError, match="skip="):
        await browser.get("/static/cover.svg")


# ── errors of ours in host code ──────────────────────────────────────────────


async def test_an_error_of_ours_becomes_a_page(browser: Browser) -> None:
    """The host registers nothing, and the person has a way on and back."""
    answer = await browser.get("/refuse?what=sign-in")
    assert answer.status_code == 401
    assert "<h1>Sign in for this</h1>" in answer.text
    href = "/welcome/sign-in?next=%2Frefuse%3Fwhat%3Dsign-in&amp;guest=no"
    assert f'<a class="ob-button" href="{href}">Sign in</a>' in answer.text


async def test_an_error_of_ours_becomes_a_problem(browser: Browser) -> None:
    """For programs it is RFC 9457, with a stable code."""
    answer = await browser.get_json("/refuse?what=down")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["code"] == "store_unavailable"


async def test_a_websocket_is_refused_before_it_is_accepted(site: Site) -> None:
    """An error of ours closes the handshake, which servers answer with 403."""
    from starlette.websockets import WebSocketDisconnect

    client = TestClient(site.app, base_url=ORIGIN)
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/socket?locked"),
    ):
        pass
    assert refused.value.code == 1008


def test_a_websocket_knows_who_is_here_and_may_make_a_guest() -> None:
    """The cookie goes with the handshake's answer."""
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        async with open_site() as site:

            async def receive() -> dict[str, Any]:
                return {"type": "websocket.connect"}

            async def send(message: Any) -> None:
                sent.append(message)

            scope = {
                "type": "websocket",
                "path": "/socket",
                "raw_path": b"/socket",
                "query_string": b"",
                "headers": [],
                "scheme": "wss",
                "subprotocols": [],
            }
            await site.app(scope, receive, send)

    import asyncio

    asyncio.run(run())
    assert sent[0]["type"] == "websocket.accept"
    names = [name for name, _ in sent[0]["headers"]]
    assert b"set-cookie" in names


# ── mistakes of the developer ────────────────────────────────────────────────


async def test_a_request_before_opening_says_which_line_to_add() -> None:
    """Nothing opens lazily."""
    onboarding = Onboarding(url=URL, secret_key=KEY, database="memory:", mailer=None)

    async def home(_: Request) -> Response:
        return PlainTextResponse("hi")

    app = Starlette(routes=[Route("/", home)], middleware=[onboarding.middleware])
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url=ORIGIN
    ) as client:
        with pytest.raises(ConfigError, match=r"lifespan=onboarding\.lifespan"):
            await client.get("/")


def test_a_missing_layer_says_which_line_to_add() -> None:
    """The message names the middleware, whatever was passed in."""
    onboarding = Onboarding(url=URL, secret_key=KEY, database="memory:", mailer=None)
    for carrier in ({"type": "http"}, Request({"type": "http"}), object()):
        with pytest.raises(ConfigError, match=r"onboarding\.middleware"):
            context_of(carrier, onboarding)


@pytest.mark.parametrize("path", ["/", "/look"])
async def test_a_request_leaves_nothing_to_collect(site: Site, path: str) -> None:
    """Its context ends with it: a cycle would wait for the garbage collector."""
    await raw(site, path)
    gc.disable()
    try:
        known = contexts()  # of other tests, say
        await raw(site, path)
        left = [one for one in contexts() if not any(one is old for old in known)]
    finally:
        gc.enable()
    assert left == []


def contexts() -> list[RequestContext]:
    """Return every context that is there."""
    return [one for one in gc.get_objects() if type(one) is RequestContext]


class Server:
    """What a server keeps of a request; like uvicorn's, its send holds the scope."""

    def __init__(self, path: str):
        self.scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "root_path": "",
            "scheme": "https",
            "headers": [(b"host", b"shop")],
        }

    async def receive(self) -> Message:
        """Return an empty body."""
        return {"type": "http.request"}

    async def send(self, _: Message) -> None:
        """Take a message."""


async def raw(site: Site, path: str) -> None:
    """Serve one request as a server does."""
    server = Server(path)
    await site.app(server.scope, server.receive, server.send)
