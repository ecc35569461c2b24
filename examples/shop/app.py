"""The shop as a Starlette app."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from examples.shop import basket, checkout, evenings, shelf, shopkeeper
from examples.shop.catalogue import Catalogue
from examples.shop.one_address import OneAddress
from examples.shop.outbox import Outbox
from examples.shop.shop import Shop
from examples.shop.till import Till
from examples.shop.welcome import Merge, declare
from examples.shop.words import translations
from onboarding import PasskeyPolicy
from onboarding.clock import Clock, system_clock
from onboarding.errors import MethodNotAllowed, NotFound
from onboarding.providers import Provider
from onboarding.stores import upgrade

STATIC = Path(__file__).with_name("static")


def build(
    *,
    url: str,
    secret_key: str,
    database: Path,
    providers: Sequence[Provider] = (),
    is_kept: bool = False,
    passkeys: PasskeyPolicy | None = None,
    merge: Merge = "tell",
    clock: Clock = system_clock,
    settle: Callable[[Shop], Awaitable[None]] | None = None,
) -> Starlette:
    """Return the shop, closed; its lifespan opens it.

    Args:
        url: Where onboarding's pages are, such as ``http://127.0.0.1:8000/welcome``.
        database: The file with the tables of both.
        is_kept: Whether the shopkeeper's pages are there.
        passkeys, merge: See ``welcome.declare``.
        settle: Called once everything is open, to let people move in.
    """
    books = Catalogue.load()
    outbox = Outbox(clock)
    onboarding = declare(
        url=url,
        secret_key=secret_key,
        database=database,
        providers=providers,
        clock=clock,
        mailer=outbox,
        passkeys=passkeys,
        merge=merge,
    )
    shop = Shop(
        onboarding=onboarding,
        books=books,
        till=Till(database, books),
        clock=clock,
        outbox=outbox,
        translations=translations(),
    )
    app = Starlette(
        routes=routes(shop, is_kept=is_kept),
        middleware=[
            Middleware(OneAddress, origin=onboarding.origin),
            onboarding.middleware,
        ],
        exception_handlers={HTTPException: _as_ours},
        lifespan=lambda _: _opened(shop, database, settle),
    )
    app.state.shop = shop
    return app


@asynccontextmanager
async def _opened(
    shop: Shop, database: Path, settle: Callable[[Shop], Awaitable[None]] | None
) -> AsyncIterator[None]:
    await upgrade(f"sqlite:///{database}")
    shop.till.open()  # first: onboarding looks for the tables when it opens
    async with shop.onboarding:
        if settle is not None:
            await settle(shop)
        yield
        shop.till.close()


def routes(shop: Shop, *, is_kept: bool) -> list[BaseRoute]:
    """Return every address of the shop."""
    unlock = shop.onboarding.unlock
    return [
        Route("/", shelf.home),
        Route("/books/{slug}", shelf.book),
        Route("/recommendations", unlock("recommendations")(shelf.recommendations)),
        Route("/circle", unlock("circle")(evenings.circle)),
        Route("/wine", unlock("wine")(evenings.wine)),
        Route("/help", shelf.help_),
        Route("/cart", basket.cart),
        Route("/cart", basket.put, methods=["POST"]),
        Route("/cart/remove", basket.take_out, methods=["POST"]),
        Route("/checkout", checkout.checkout),
        Route("/checkout", checkout.place, methods=["POST"]),
        Route("/orders", checkout.orders),
        Route("/orders/{number}", checkout.order),
        Route("/orders/{number}/placed", checkout.placed),
        *(shopkeeper.routes() if is_kept else []),
        shop.onboarding.mount,
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


async def _as_ours(request: Request, error: Exception) -> Response:
    """Let the layer draw the page of an address that is not there.

    It never sees static files: a missing one is answered in a word.
    """
    match error:
        case HTTPException(status_code=404) if "onboarding" in request.scope:
            raise NotFound from None
        case HTTPException(status_code=405) if "onboarding" in request.scope:
            raise MethodNotAllowed from None
        case HTTPException():
            return PlainTextResponse(error.detail, error.status_code)
    raise error
