"""Apps behind real sockets, inside the test's own event loop."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from onboarding.testing import Loopback

pytestmark = pytest.mark.anyio


async def test_its_url_is_known_before_the_app() -> None:
    """Two ports differ, and an app that was told its address answers there."""
    one, two = Loopback(), Loopback()
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse(one.url))])
    async with one.serving(app) as url, httpx2.AsyncClient() as http:
        answer = await http.get(url)
    async with two.serving(app):
        pass
    assert one.url != two.url
    assert url == answer.text == one.url


async def test_the_lifespan_is_part_of_it() -> None:
    """The app starts before the first request and stops after the last."""
    happened: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        happened.append("start")
        yield
        happened.append("stop")

    async with Loopback().serving(Starlette(lifespan=lifespan)):
        assert happened == ["start"]
    assert happened == ["start", "stop"]


async def test_an_app_that_does_not_start_fails_the_context() -> None:
    """A failing lifespan is an error of the test, not the end of the process."""
    plugs: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        plugs.remove("one that was never there")
        yield

    with pytest.raises(RuntimeError, match="did not start"):
        async with Loopback().serving(Starlette(lifespan=lifespan)):
            pass


async def test_signals_stay_with_the_process() -> None:
    """Serving leaves the handler of Ctrl+C alone."""
    before = signal.getsignal(signal.SIGINT)
    async with Loopback().serving(Starlette()):
        assert signal.getsignal(signal.SIGINT) is before


async def test_hung_callers_do_not_hold_up_the_end() -> None:
    """A request that never ends is ended when the context ends."""
    reached = asyncio.Event()

    async def hang(_: Request) -> PlainTextResponse:
        reached.set()
        await asyncio.Event().wait()
        return PlainTextResponse("never")

    loopback = Loopback()
    async with httpx2.AsyncClient() as http:
        async with loopback.serving(Starlette(routes=[Route("/", hang)])):
            caller = asyncio.create_task(http.get(loopback.url))
            await reached.wait()
        assert (await caller).status_code == 500
