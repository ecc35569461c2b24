"""An application below a prefix: whole paths, and those below it, are told apart."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from onboarding import Onboarding
from onboarding.testing import FrozenClock
from onboarding.web.context.paths import path_as_sent, path_below, whole_path

URL = "http://localhost/shop/welcome"


@pytest.mark.parametrize(
    ("root_path", "path", "whole", "below"),
    [
        ("", "/cart", "/cart", "/cart"),
        ("/shop", "/shop/cart", "/shop/cart", "/cart"),
        ("/shop/", "/shop/cart", "/shop/cart", "/cart"),
        ("/shop", "/cart", "/shop/cart", "/cart"),
        ("/shop", "/shopping", "/shop/shopping", "/shopping"),
        ("/shop", "/shop", "/shop", ""),
        ("/a/b", "/a/b/c", "/a/b/c", "/c"),
    ],
)
def test_a_path_is_whole_or_below_the_prefix(
    root_path: str, path: str, whole: str, below: str
) -> None:
    """Whether the server left the prefix in the path, or a proxy took it off."""
    scope = {"path": path, "root_path": root_path}
    assert (whole_path(scope), path_below(scope)) == (whole, below)


def build(**changed: Any) -> Onboarding[Any]:
    """Return an object whose pages stand below the prefix."""
    return Onboarding(
        url=URL,
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        clock=FrozenClock(),
        **changed,
    )


ONE = build(skip=["/static/"])


async def page(request: Request) -> Response:
    """A page of the host's, which says where we believe it to be."""
    return PlainTextResponse(str(await ONE.partial("sign_in", request)) or "none")


async def look(request: Request) -> Response:
    """Say whether we have looked at this request."""
    return PlainTextResponse("seen" if "onboarding" in request.scope else "skipped")


ROUTES = [Route("/page", page), Route("/static/look", look), Route("/look", look)]


def starlette() -> ASGIApp:
    """Mount it as the docs do for Starlette."""
    return Starlette(
        routes=[*ROUTES, ONE.mount],
        middleware=[ONE.middleware],
        lifespan=ONE.lifespan,
    )


def fastapi() -> FastAPI:
    """Mount it as the docs do for FastAPI."""
    app = FastAPI(routes=ROUTES, middleware=[ONE.middleware], lifespan=ONE.lifespan)
    app.mount(ONE.path, ONE.pages)
    return app


def around() -> ASGIApp:
    """Wrap an application of another framework."""
    return ONE.around(Starlette(routes=ROUTES))


def below() -> ASGIApp:
    """Mount the pages below the prefix, as a mounted application does."""
    return Starlette(
        routes=[*ROUTES, Mount("/welcome", app=ONE.pages)],
        middleware=[ONE.middleware],
        lifespan=ONE.lifespan,
    )


TOLD_BY_SERVER = [starlette, fastapi, around, below]


@pytest.fixture(params=TOLD_BY_SERVER, ids=lambda make: make.__name__)
def visitor(request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """Return a browser at an application whose server was told the prefix."""
    make: Callable[[], ASGIApp] = request.param
    with TestClient(
        make(), base_url="http://localhost", root_path="/shop", follow_redirects=False
    ) as client:
        yield client


@pytest.mark.parametrize("path", ["me", "account", "sign-in?next=/shop/look"])
def test_our_pages_are_found_below_a_prefix(visitor: TestClient, path: str) -> None:
    """By the very address that ``url`` has, and its links lead there too."""
    answer = visitor.get(f"/shop/welcome/{path}")
    assert answer.status_code == 200
    if path == "account":
        assert 'href="/shop/welcome/account?lang=nl"' in answer.text
        static = answer.text.partition('href="')[2].partition('"')[0]
        assert visitor.get(static).status_code == 200


def test_a_prefix_that_no_proxy_took_off_is_not_doubled() -> None:
    """A server puts it in front all the same; links lead where the browser is."""
    with TestClient(
        starlette(), base_url="http://localhost", root_path="/shop"
    ) as visitor:
        answer = visitor.get("/shop/shop/welcome/account")
    assert answer.status_code == 200
    assert 'href="/shop/welcome/account?lang=nl"' in answer.text


def test_what_is_no_page_of_ours_below_a_prefix_is_our_not_found(
    visitor: TestClient,
) -> None:
    """It was us who answered, and the host's own pages are still the host's."""
    answer = visitor.get("/shop/welcome/nothing")
    assert (answer.status_code, "This page is not" in answer.text) == (404, True)
    assert visitor.get("/shop/look").text == "seen"


def test_skipped_paths_are_those_below_the_prefix(visitor: TestClient) -> None:
    """Written as the routes are."""
    assert visitor.get("/shop/static/look").text == "skipped"


@pytest.mark.parametrize("prefix", ["/shop", ""], ids=["left", "taken off"])
def test_an_application_that_tells_the_prefix_itself(prefix: str) -> None:
    """With ``FastAPI(root_path=…)``, whether the proxy leaves the prefix or not."""
    app = fastapi()
    app.root_path = "/shop"  # as the argument, without its warning
    with TestClient(app, base_url="http://localhost") as visitor:
        assert visitor.get(f"{prefix}/welcome/me").json()["kind"] == "visitor"
        answer = visitor.get(f"{prefix}/welcome/account")
        assert 'href="/shop/welcome/account?lang=nl"' in answer.text
        assert visitor.get(f"{prefix}/static/look").text == "skipped"
        assert visitor.get(f"{prefix}/look").text == "seen"


@pytest.mark.parametrize("prefix", ["/shop", ""], ids=["left", "taken off"])
def test_a_skip_may_be_written_whole(prefix: str) -> None:
    """As whoever reads the address in a browser would write it."""
    two = build(skip=["/shop/look"])
    app = Starlette(routes=ROUTES, middleware=[two.middleware], lifespan=two.lifespan)
    with TestClient(app, base_url="http://localhost", root_path="/shop") as visitor:
        assert visitor.get(f"{prefix}/look").text == "skipped"
        assert visitor.get(f"{prefix}/static/look").text == "seen"


def test_the_whole_sign_in_of_a_page_below_a_prefix_leads_back_there() -> None:
    """A refusal on a page leads to the chooser, and from there to that very page."""
    two = build()

    async def mine(request: Request) -> Response:
        return PlainTextResponse(two.registered(request).id)

    app = FastAPI(
        routes=[Route("/mine", mine), two.mount],
        middleware=[two.middleware],
        lifespan=two.lifespan,
    )
    app.root_path = "/shop"
    with TestClient(app, base_url="http://localhost") as visitor:
        answer = visitor.get("/mine?n=1")
    assert 'href="/shop/welcome/sign-in?next=%2Fshop%2Fmine%3Fn%3D1' in answer.text


# ── the path as it was sent ──────────────────────────────────────────────────


def as_sent(path: str, raw: bytes, root: str = "") -> str:
    """Return what stands in a link to this very page."""
    return path_as_sent({"path": path, "raw_path": raw, "root_path": root})


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("/shop/AC/DC", b"/shop/AC%2FDC"),
        ("/shop/AC/DC", b"/AC%2FDC"),
        ("/AC/DC", b"/AC%2FDC"),
        ("/AC/DC", b"/shop/AC%2FDC"),
    ],
)
def test_a_prefix_stands_before_it_once(path: str, raw: bytes) -> None:
    """Whoever keeps it to itself: the server, or the proxy before it."""
    sent = as_sent(path, raw, "/shop")
    assert sent in {"/shop/AC%2FDC", "/shop/AC/DC"}
    assert unquote(sent) == "/shop/AC/DC"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"/shelf/AC%2FDC", "/shelf/AC%2FDC"),
        (b"/shelf/AC%2fDC", "/shelf/AC%2fDC"),
        (b"/shelf;v=1/~sam/a,b:c@d", "/shelf;v=1/~sam/a,b:c@d"),
        (b"/caf%C3%A9", "/caf%C3%A9"),
        (b"/100%25", "/100%25"),
    ],
)
def test_a_path_keeps_its_bytes(raw: bytes, expected: str) -> None:
    """A slash, a percent sign or a semicolon in a name stays as it was sent."""
    assert as_sent(unquote(raw.decode()), raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"/another",
        b"/a\\b",
        b"/\xff",
        b"/a?b",
        b"/a b",
        b'/"',
        b"/a%0Ab/elsewhere",
    ],
)
def test_a_raw_path_that_is_not_of_this_path_counts_for_nothing(raw: bytes) -> None:
    """A server need not send it, and middleware may have changed the path."""
    assert as_sent("/shop/café", raw) == "/shop/caf%C3%A9"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.binary())
def test_a_link_leads_to_the_path_that_applications_see(path: str, raw: bytes) -> None:
    """Whatever was sent, it is the same page, in characters that a link may hold."""
    for sent in (raw, quote(path).encode(), quote(path, safe="").encode()):
        link = as_sent(path, sent)
        assert unquote(link) == path
        assert link.isascii()
        assert link.isprintable()
