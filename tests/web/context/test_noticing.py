"""What goes wrong without a word is told to the operator: once for each process."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from onboarding import Onboarding
from onboarding.testing import FrozenClock
from onboarding.web.context.noticing import origin_of

pytestmark = pytest.mark.anyio

URL = "https://shop.example/welcome"
KEY = "a key for tests, of more than thirty-two bytes"
OWN = {"sec-fetch-site": "same-origin"}


Told = Callable[[], list[str]]
"""Returns every warning so far, as the operator reads it."""


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    """Listen to what the operator is told."""
    caplog.set_level("WARNING", "onboarding")
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.fixture
async def open_now() -> AsyncIterator[AsyncExitStack]:
    """Close at the end what a test opens."""
    async with AsyncExitStack() as stack:
        yield stack


async def built(stack: AsyncExitStack, **changed: Any) -> Onboarding[Any]:
    """Return an object that is open."""
    settings = {"url": URL, "secret_key": KEY, "database": "memory:", "mailer": None}
    onboarding: Onboarding[Any] = Onboarding(**settings | changed)
    return await stack.enter_async_context(onboarding)


def browser(
    onboarding: Onboarding[Any],
    *routes: BaseRoute,
    at: str = "https://shop.example",
    root_path: str = "",
) -> httpx2.AsyncClient:
    """Return a browser at an application with these routes."""

    async def add(request: Request) -> Response:
        account = await onboarding.ensure_account(request)
        return PlainTextResponse(account.id)

    async def form(request: Request) -> Response:
        await onboarding.form(request)
        return PlainTextResponse("sent")

    async def look(request: Request) -> Response:
        account = onboarding.account(request)
        return PlainTextResponse(account.id if account else "nobody")

    app = Starlette(
        routes=[
            Route("/look", look),
            Route("/add", add, methods=["POST"]),
            Route("/form", form, methods=["POST"]),
            *routes,
        ],
        middleware=[onboarding.middleware],
    )
    transport = httpx2.ASGITransport(app=app, root_path=root_path)
    return httpx2.AsyncClient(transport=transport, base_url=at)


async def test_a_right_set_up_is_no_matter(
    told: Told, open_now: AsyncExitStack
) -> None:
    """Nothing is said of pages at their path, the default port, capitals, or a 404."""
    onboarding = await built(open_now)
    visitor = browser(onboarding, onboarding.mount)
    for host in ("shop.example", "shop.example:443", "SHOP.example"):
        for path in ("account", "nothing", "static/nothing"):
            await visitor.get(f"/welcome/{path}", headers={"host": host})
    await visitor.get("/nothing")
    await visitor.post("/add", headers=OWN)
    evil = {"origin": "https://evil.example"}
    assert (await visitor.post("/form", headers=evil)).status_code == 403
    assert told() == []


# ── our pages ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["account", "sign-in?next=/", "nothing"])
async def test_pages_that_are_not_mounted_are_told_of_once(
    told: Told, open_now: AsyncExitStack, path: str
) -> None:
    """A link of ours that leads to a bare 404 says which line to add."""
    visitor = browser(await built(open_now))
    for _ in range(3):
        assert (await visitor.get(f"/welcome/{path}")).status_code == 404
    [line] = told()
    assert "our pages are not at /welcome" in line
    assert "add onboarding.mount to the routes" in line


async def test_pages_behind_a_route_for_everything_are_told_of(
    told: Told, open_now: AsyncExitStack
) -> None:
    """A host's single page answers our addresses; its own below them are no matter."""

    async def single(_: Request) -> Response:
        return PlainTextResponse("the app")

    onboarding = await built(open_now)
    visitor = browser(onboarding, Route("/{rest:path}", single), onboarding.mount)
    await visitor.get("/welcome/tour")
    assert told() == []
    await visitor.get("/welcome/account")
    [line] = told()
    assert "/welcome/account was answered with 200, and not by them" in line


@pytest.mark.parametrize("root_path", ["", "/shop"])
async def test_a_prefix_that_url_lacks_is_told_of(
    told: Told, open_now: AsyncExitStack, root_path: str
) -> None:
    """The pages are found, and their links lead out of the prefix."""
    onboarding = await built(open_now)
    visitor = browser(onboarding, onboarding.mount, root_path=root_path)
    answer = await visitor.get(f"{root_path}/welcome/account")
    assert answer.status_code == 200
    lines = [line for line in told() if "served at '/shop/welcome'" in line]
    assert (len(told()), len(lines)) == ((1, 1) if root_path else (0, 0))


@pytest.mark.parametrize("root_path", ["", "/shop"])
async def test_pages_at_another_path_than_url_says_are_told_of_once(
    told: Told, open_now: AsyncExitStack, root_path: str
) -> None:
    """Both paths are named."""
    onboarding = await built(open_now)
    visitor = browser(
        onboarding, Mount("/hello", app=onboarding.pages), root_path=root_path
    )
    for _ in range(3):
        answer = await visitor.get(f"{root_path}/hello/account")
        assert answer.status_code == 200
    [line] = told()
    assert (
        f"our pages are served at '{root_path}/hello', and url says '/welcome'" in line
    )


# ── the address of requests ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("https://www.shop.example", "requests come to 'https://www.shop.example'"),
        ("https://shop.example:8443", "requests come to 'https://shop.example:8443'"),
        ("http://127.0.0.1:8000", "requests come to 'http://127.0.0.1:8000'"),
        ("http://shop.example", "by the scheme of 'http://shop.example'"),
    ],
)
@pytest.mark.parametrize("act", ["look at our page", "become a guest"])
async def test_another_address_than_url_says_is_told_of_once(
    told: Told, open_now: AsyncExitStack, at: str, words: str, act: str
) -> None:
    """Both are named, at the first page of ours or the first cookie that is set."""
    onboarding = await built(open_now)
    visitor = browser(onboarding, onboarding.mount, at=at)
    for _ in range(3):
        if act == "become a guest":
            await visitor.post("/add", headers=OWN)
        else:
            await visitor.get("/welcome/account")
    [line] = told()
    assert words in line
    assert "url says 'https://shop.example'" in line


async def test_who_merely_looks_from_elsewhere_is_no_matter(
    told: Told, open_now: AsyncExitStack
) -> None:
    """A health check by the number of the machine goes on without a word."""
    onboarding = await built(open_now)
    visitor = browser(onboarding, onboarding.mount, at="http://10.0.0.7:8000")
    assert (await visitor.get("/look")).text == "nobody"
    assert told() == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("https://www.shop.example", "its page is of 'https://www.shop.example'"),
        ("null", "Referrer-Policy: same-origin"),
    ],
)
@pytest.mark.parametrize("path", ["/form", "/welcome/sign-out"])
async def test_a_refused_form_of_this_very_site_is_told_of_once(
    told: Told, open_now: AsyncExitStack, sent: str, words: str, path: str
) -> None:
    """By a browser without Fetch Metadata, whose origin is not that of ``url``."""
    onboarding = await built(open_now)
    onboarding.noticed.add("host")
    visitor = browser(onboarding, onboarding.mount, at="https://www.shop.example")
    for _ in range(3):
        answer = await visitor.post(path, headers={"origin": sent})
        assert answer.status_code == 403
    [line] = told()
    assert words in line
    assert "(csrf)" in line
    assert "'https://shop.example'" in line


async def test_a_header_of_anybody_is_told_short_and_quoted(
    told: Told, open_now: AsyncExitStack
) -> None:
    """Whoever writes into it cannot write lines into the log."""
    onboarding = await built(open_now)
    visitor = browser(onboarding, onboarding.mount)
    await visitor.get("/welcome/me", headers={"host": "x\x1b[31m" + "y" * 900})
    [line] = told()
    assert "\x1b" not in line
    assert len(line) < 500


@pytest.mark.parametrize(
    ("scheme", "hosts", "origin"),
    [
        ("https", [b"shop.example"], "https://shop.example"),
        ("https", [b"shop.example:443"], "https://shop.example"),
        ("http", [b"[::1]:80"], "http://[::1]"),
        ("wss", [b"shop.example"], "https://shop.example"),
        ("http", [], None),
        ("http", [b"a", b"b"], None),
    ],
)
def test_the_origin_of_a_request(
    scheme: str, hosts: list[bytes], origin: str | None
) -> None:
    """As browsers write it; none where it is not known."""
    headers = [(b"host", host) for host in hosts]
    assert origin_of({"scheme": scheme, "headers": headers}) == origin


# ── several processes ────────────────────────────────────────────────────────


async def test_memory_in_several_processes_is_told_of_once(
    told: Told, open_now: AsyncExitStack
) -> None:
    """A session that the other one made is no session here: nobody kept anything."""
    clock = FrozenClock()
    visitors = [browser(await built(open_now, clock=clock)) for _ in range(2)]
    await visitors[0].post("/add", headers=OWN)
    for _ in range(3):
        cookie = "; ".join(f"{c.name}={c.value}" for c in visitors[0].cookies.jar)
        answer = await visitors[1].get("/look", headers={"cookie": cookie})
        assert answer.text == "nobody"
    [line] = told()
    assert 'database="memory:" belongs to one process' in line


async def test_a_session_of_before_a_restart_is_no_matter(
    told: Told, open_now: AsyncExitStack
) -> None:
    """Nor is one that has ended here, nor what was made up."""
    clock = FrozenClock()
    first = browser(await built(open_now, clock=clock))
    await first.post("/add", headers=OWN)
    old = "; ".join(f"{c.name}={c.value}" for c in first.cookies.jar)
    clock.advance(timedelta(seconds=1))
    onboarding = await built(open_now, clock=clock)
    second = browser(onboarding, onboarding.mount)
    await second.post("/add", headers=OWN)
    ended = "; ".join(f"{c.name}={c.value}" for c in second.cookies.jar)
    await second.post("/welcome/sign-out", headers=OWN)
    for cookie in (old, ended, "__Host-onboarding=made-up"):
        answer = await second.get("/look", headers={"cookie": cookie})
        assert answer.text == "nobody"
    assert told() == []


async def test_a_shared_database_is_no_matter(
    told: Told, open_now: AsyncExitStack, tmp_path: Any
) -> None:
    """Two processes on one file know each other's sessions."""
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    first = browser(await built(open_now, database=database))
    second = browser(await built(open_now, database=database))
    guest = (await first.post("/add", headers=OWN)).text
    cookie = "; ".join(f"{c.name}={c.value}" for c in first.cookies.jar)
    assert (await second.get("/look", headers={"cookie": cookie})).text == guest
    assert told() == []
