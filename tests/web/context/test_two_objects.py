"""Two objects in one process: neither takes the people of the other for its own."""

import inspect
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Host, Mount, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from onboarding import ConfigError, Onboarding
from onboarding.errors import SignInRequired
from onboarding.fastapi import Dependencies
from tests.web.site import KEY, ORIGIN, Browser, open_site

pytestmark = pytest.mark.anyio

STAFF = "https://shop.example/staff/welcome"


def build(url: str = STAFF, **settings: Any) -> Onboarding[Any]:
    """Return an object over a memory of its own, with one prompt to ask for."""
    return Onboarding(
        url=url, secret_key=KEY, database="memory:", mailer=None, **settings
    )


# ── every method that takes a request ────────────────────────────────────────

Ask = Callable[[Onboarding[Any], Request], object]

METHODS: dict[str, Ask] = {
    "account": lambda staff, request: staff.account(request),
    "registered": lambda staff, request: staff.registered(request),
    "ensure_account": lambda staff, request: staff.ensure_account(request),
    "require": lambda staff, request: staff.require(request, "desk"),
    "refuse": lambda staff, request: staff.refuse(request, SignInRequired("in")),
    "check_same_site": lambda staff, request: staff.check_same_site(request),
    "may_see_order": lambda staff, request: staff.may_see_order(request, 2041),
    "form": lambda staff, request: staff.form(request),
    "partial": lambda staff, request: staff.partial("sign_in", request),
    "notice": lambda staff, request: staff.notice(request),
    "locale": lambda staff, request: staff.locale(request),
    "switches_language": lambda staff, request: staff.switches_language(request, {}),
    "typed": lambda staff, request: staff.typed(request, "form"),
    "keep_typed": lambda staff, request: staff.keep_typed(
        request, "form", {"town": "Utrecht"}, at="/"
    ),
    "forget_typed": lambda staff, request: staff.forget_typed(request, "form"),
    "render": lambda staff, request: staff.render(request, "onboarding/nobody.html"),
    "is_page_view": lambda staff, request: staff.is_page_view(request),
    "field": lambda staff, request: staff.field(request),
}


def test_every_method_that_takes_a_request_is_tried() -> None:
    """A new one cannot be left out of the table above."""
    taking = {
        name
        for name, method in inspect.getmembers(Onboarding, inspect.isfunction)
        if "request" in inspect.signature(method).parameters
    }
    assert taking == METHODS.keys()


async def seen_by_the_shop(ask: Callable[[Request], object]) -> Response:
    """Sign in at the shop, and ask something about that person's request."""

    async def handler(request: Request) -> Response:
        found = ask(request)
        if isinstance(found, Awaitable):
            found = await found
        return PlainTextResponse(f"let in: {found}")

    async with open_site() as site:
        site.app.router.routes.append(Route("/ask", handler, methods=["GET", "POST"]))
        browser = site.browser()
        await browser.sign_in()
        answer = await browser.post("/ask")
        return PlainTextResponse(answer.text, answer.status_code)


@pytest.mark.parametrize("name", METHODS)
async def test_the_request_of_another_object_is_refused(name: str) -> None:
    """Who is signed in at the shop is nobody to the staff's object."""
    async with build() as staff:
        with pytest.raises(ConfigError, match=r"url='https://shop\.example/welcome'"):
            await seen_by_the_shop(lambda request: METHODS[name](staff, request))


async def test_what_is_made_of_another_object_refuses_as_well() -> None:
    """FastAPI's dependencies and a locked endpoint go through the same methods."""
    async with build() as staff:
        who = Dependencies(staff)
        for ask in (who.account, who.registered, who.guest, who.profile):
            with pytest.raises(ConfigError, match=STAFF):
                await seen_by_the_shop(ask)


async def test_the_pages_of_another_object_are_refused() -> None:
    """Pages that act for one object do not serve the people of another."""
    async with open_site() as site, build() as staff:
        site.app.router.routes.insert(0, staff.mount)
        with pytest.raises(ConfigError, match=STAFF):
            await site.browser().get("/staff/welcome/account")


# ── one layer inside the other ───────────────────────────────────────────────


def nested(*objects: Onboarding[Any]) -> Starlette:
    """Return an application with the layer of each, the first one outside."""
    return Starlette(
        routes=[one.mount for one in objects],
        middleware=[one.middleware for one in objects],
        lifespan=objects[0].lifespan,
    )


def test_two_layers_around_the_same_requests_end_the_start() -> None:
    """Found when the application starts, with what to write instead."""
    app = nested(build(), build("https://shop.example/welcome"))
    said = r"two Onboarding objects.*Mount\(.*cookie_prefix="
    with pytest.raises(ConfigError, match=said), TestClient(app):
        pass


async def test_a_server_is_told_why_it_cannot_start() -> None:
    """By the message that ASGI has for it: another error counts as "no lifespan"."""
    app = nested(build(), build("https://shop.example/welcome"))
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message)

    with pytest.raises(ConfigError):
        await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
    assert [one["type"] for one in sent] == ["lifespan.startup.failed"]
    assert STAFF in sent[0]["message"]


async def get(app: ASGIApp, path: str) -> httpx2.Response:
    """Open an address as somebody who was never here."""
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        return await client.get(path)


async def test_a_layer_in_a_mounted_application_is_found_by_the_first_request() -> None:
    """The lifespan of what is mounted never runs."""
    async with build() as staff, build("https://shop.example/welcome") as shop:
        inner = Starlette(middleware=[staff.middleware])
        outer = Starlette(
            routes=[Mount("/staff", app=inner)], middleware=[shop.middleware]
        )
        around = shop.around(staff.around(PlainTextResponse("in")))
        for app in (outer, around):
            with pytest.raises(ConfigError, match="two Onboarding objects"):
                await get(app, "/staff/")


async def test_one_layer_twice_is_one_layer() -> None:
    """As with around() over an application that has the middleware already."""
    async with build() as staff:

        async def cart(request: Request) -> Response:
            return PlainTextResponse((await staff.ensure_account(request)).id)

        app = Starlette(routes=[Route("/", cart)], middleware=[staff.middleware] * 2)
        for twice in (app, staff.around(app)):
            answer = await get(twice, "/")
            assert len(answer.headers.get_list("set-cookie")) == 1
            assert await staff.accounts.find(answer.text) is not None


# ── side by side ─────────────────────────────────────────────────────────────


def looking(onboarding: Onboarding[Any], *more: BaseRoute) -> Starlette:
    """Return an application that says who is here, and makes guests."""

    async def look(request: Request) -> Response:
        account = onboarding.account(request)
        return PlainTextResponse(account.id if account else "nobody")

    async def cart(request: Request) -> Response:
        return PlainTextResponse((await onboarding.ensure_account(request)).id)

    mine: list[Middleware] = [onboarding.middleware]
    routes = [Route("/look", look), Route("/cart", cart, methods=["POST"]), *more]
    return Starlette(routes=routes, middleware=mine)


async def test_two_objects_side_by_side_keep_their_people_apart() -> None:
    """On one origin, each with an application and cookies of its own."""
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(open_site())
        staff = await stack.enter_async_context(build(cookie_prefix="staff"))
        desk = looking(staff, Mount("/welcome", app=staff.pages))
        site.app = Starlette(
            routes=[Mount("/staff", app=desk), Mount("/", app=site.app)]
        )
        browser = Browser(site)
        await browser.sign_in()
        customer = (await browser.get("/look")).text

        assert (await browser.get("/staff/look")).text == "nobody"
        clerk = (await browser.post("/staff/cart")).text

        assert (await browser.get("/look")).text == customer
        assert (await browser.get("/staff/look")).text == clerk
        assert {one.name for one in browser.client.cookies.jar} == {
            "__Host-onboarding",
            "__Host-onboarding-notice",  # of the sign-in, for the next page
            "__Host-onboarding-way",  # whose button comes first
            "__Host-staff",
        }
        await browser.post("/staff/welcome/sign-out")
        assert (await browser.get("/staff/look")).text == "nobody"
        assert (await browser.get("/look")).text == customer


async def test_two_objects_on_two_hosts_need_no_more_than_their_hosts() -> None:
    """Browsers keep the cookies of two origins apart by themselves."""
    url = "https://desk.example/welcome"
    async with build() as shop, build(url) as staff:
        app = Starlette(
            routes=[
                Host("desk.example", app=looking(staff, staff.mount)),
                Host("shop.example", app=looking(shop)),
            ]
        )
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport) as client:
            mine = await client.post(f"{ORIGIN}/cart")
            assert (await client.get("https://desk.example/look")).text == "nobody"
            assert (await client.get(f"{ORIGIN}/look")).text == mine.text


@pytest.mark.parametrize("prefix", ["", "Staff", "a-b", "__Host-x", "a b", "1", None])
def test_a_prefix_that_no_cookie_may_have_is_refused(prefix: Any) -> None:
    """With an example of one."""
    with pytest.raises(ConfigError, match=r'cookie_prefix=.*such as "staff"'):
        build(cookie_prefix=prefix)
