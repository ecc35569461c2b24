"""A small shop with our pages, an identity provider, and browsers that visit it."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import httpx2
from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Host, Route, WebSocketRoute
from starlette.websockets import WebSocket

from onboarding.accounts.model import EmailTrust
from onboarding.app import Onboarding
from onboarding.errors import SignInRequired, StoreUnavailable
from onboarding.events import Event
from onboarding.feedback.model import Prompt
from onboarding.profiling.model import Ask, Feature
from onboarding.providers.oidc import OpenIDConnect
from onboarding.testing import (
    Client,
    FakeProvider,
    FrozenClock,
    Person,
    SigningKey,
    choose,
)

URL = "https://shop.example/welcome"
ORIGIN = "https://shop.example"
KEY = "a key for tests, of more than thirty-two bytes"
SESSION = "__Host-onboarding"

KIM = Person(
    subject="kim", name="Kim de Vries", email="kim@example.org", email_verified=True
)
SAM = Person(subject="sam", name="Sam <b>", email="sam@example.org")
PEOPLE = (KIM, SAM)
SIGNING_KEY = SigningKey()


class Genre(StrEnum):
    """What people read."""

    NOVEL = "novel"
    ADVENTURE = "adventure"


class Profile(BaseModel):
    """What the shop asks."""

    genre: Annotated[
        Genre | None,
        Ask(
            "What do you like to read?",
            why="We sort your shelf by it.",
            labels={"novel": "Novels", "adventure": "Adventure"},
            hints={"novel": "people and their trouble"},
        ),
    ] = None
    birthday: Annotated[
        date | None, Ask("When is your birthday?", why="A gift waits that day.")
    ] = None
    pages: Annotated[
        int | None,
        Field(ge=1),
        Ask("How many pages at most?", why="Nobody likes to stop.", declinable=False),
    ] = None
    mood: Annotated[
        int | None, Field(ge=1, le=5), Ask("How are you?", why="We were wondering.")
    ] = None


class OrderPlaced(Event):
    """The shop's own event."""

    name: ClassVar[str] = "order_placed"
    order: str


FEATURES = (
    Feature(
        "recommendations",
        needs=["genre"],
        wants=["birthday"],
        title="Recommendations",
        button="Open my shelf",
    ),
    Feature("short-books", needs=["pages", "mood"]),
)

TEXTS = {
    "nl": {
        "What do you like to read?": "Wat lees je graag?",
        "We sort your shelf by it.": "We ordenen er je plank mee.",
        "Novels": "Romans",
        "Recommendations": "Aanbevelingen",
        "Open my shelf": "Open mijn plank",
    }
}


def _provider(name: str, title: str, host: str) -> OpenIDConnect:
    return OpenIDConnect(
        name=name,
        title=title,
        issuer=f"https://{host}",
        client_id="shop",
        client_secret="a-secret-of-the-shop",
        email_trust=EmailTrust.VERIFIED,
    )


def _fake(name: str, host: str, clock: FrozenClock) -> FakeProvider:
    client = Client(
        client_id="shop",
        client_secret="a-secret-of-the-shop",
        redirect_uris=(f"{URL}/callback/{name}",),
    )
    return FakeProvider(f"https://{host}", [client], PEOPLE, clock, key=SIGNING_KEY)


@dataclass
class Site:
    """A running shop.

    Attributes:
        lamp: The identity provider called "Lamplight ID", at id.example.
        other: The one called "Other", at other.example.
    """

    onboarding: Onboarding[Any]
    app: Starlette
    clock: FrozenClock
    lamp: FakeProvider
    other: FakeProvider
    transport: httpx2.ASGITransport

    def browser(self, language: str = "en") -> "Browser":
        """Return a browser that was never here."""
        return Browser(self, language)


@dataclass
class Browser:
    """Sends what a browser sends, and keeps cookies; follows nothing by itself."""

    site: Site
    language: str = "en"
    client: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        """Start without any cookie."""
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.site.app),
            base_url=ORIGIN,
            headers={"accept": "text/html,*/*", "accept-language": self.language},
        )

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open an address."""
        return await self.client.get(path, headers={"sec-fetch-site": "none"} | headers)

    async def post(
        self, path: str, data: Mapping[str, Any] | None = None, **headers: str
    ) -> httpx2.Response:
        """Send a form from one of our own pages."""
        own = {"sec-fetch-site": "same-origin", "origin": ORIGIN}
        return await self.client.post(path, data=data or {}, headers=own | headers)

    async def get_json(self, path: str) -> httpx2.Response:
        """Ask for JSON."""
        return await self.get(path, accept="application/json")

    async def post_json(self, path: str, told: object) -> httpx2.Response:
        """Send JSON from a script of our own page, as ``fetch`` does."""
        headers = {"sec-fetch-site": "same-origin", "accept": "*/*"}
        return await self.client.post(path, json=told, headers=headers)

    async def follow(self, answer: httpx2.Response) -> httpx2.Response:
        """Go where an answer leads, on this site."""
        assert answer.status_code == 303, answer.text
        return await self.get(answer.headers["location"])

    async def at_provider(
        self, person: Person | None, provider: str = "lamp", next: str = "/"
    ) -> str:
        """Press the button of a provider, choose there, and return the way back."""
        begun = await self.post(f"/welcome/sign-in/{provider}", {"next": next})
        assert begun.status_code == 303, begun.text
        return await choose(self.site.transport, begun.headers["location"], person)

    async def sign_in(
        self, person: Person | None = KIM, provider: str = "lamp", next: str = "/"
    ) -> httpx2.Response:
        """Sign in, and return the answer of the way back."""
        back = await self.at_provider(person, provider, next)
        return await self.get(back, **{"sec-fetch-site": "cross-site"})

    @property
    def session(self) -> str | None:
        """The token that the browser keeps, if any."""
        return self.client.cookies.get(SESSION)


@asynccontextmanager
async def open_site(**settings: Any) -> AsyncIterator[Site]:
    """Open a shop; settings add to, or replace, those of the shop."""
    clock = FrozenClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    lamp = _fake("lamp", "id.example", clock)
    other = _fake("other", "other.example", clock)
    hosts = [Host("id.example", app=lamp), Host("other.example", app=other)]
    transport = httpx2.ASGITransport(app=Starlette(routes=hosts))
    onboarding: Onboarding[Any] = Onboarding(
        **{
            "url": URL,
            "secret_key": KEY,
            "database": "memory:",
            "providers": [
                _provider("lamp", "Lamplight ID", "id.example"),
                _provider("other", "Other", "other.example"),
            ],
            "profile": Profile,
            "features": FEATURES,
            "prompts": [Prompt.nps("first-order", after=OrderPlaced)],
            "name": "Lamplight",
            "help_url": "/help",
            "texts": TEXTS,
            "clock": clock,
            "transport": transport,
            **settings,
        }
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(onboarding)
        yield Site(
            onboarding=onboarding,
            app=host(onboarding),
            clock=clock,
            lamp=lamp,
            other=other,
            transport=transport,
        )


def host(onboarding: Onboarding[Any]) -> Starlette:
    """Return the shop's own application."""

    async def home(_: Request) -> Response:
        return PlainTextResponse("books", headers={"cache-control": "public"})

    async def look(request: Request) -> Response:
        account = onboarding.account(request)
        return PlainTextResponse(account.id if account else "nobody")

    async def add(request: Request) -> Response:
        form = await request.form()
        nonce = form.get("onboarding-nonce")
        account = await onboarding.ensure_account(
            request, nonce=nonce if isinstance(nonce, str) else None
        )
        return PlainTextResponse(account.id)

    async def order(request: Request) -> Response:
        account = await onboarding.ensure_account(request)
        await onboarding.record(account, OrderPlaced(order="2041"))
        return PlainTextResponse(account.id)

    async def parts(request: Request) -> Response:
        drawn = [
            await onboarding.partial(name, request)
            for name in request.query_params["names"].split(",")
        ]
        return HTMLResponse("\n<hr>\n".join(drawn) + onboarding.field(request))

    @onboarding.unlock("recommendations")
    async def recommendations(request: Request) -> Response:
        profile = await onboarding.profile(onboarding.account(request))
        return PlainTextResponse(f"shelf: {profile.genre}")

    async def break_after_writing(request: Request) -> Response:
        await onboarding.ensure_account(request)
        raise RuntimeError("a bug of the host")

    async def late(request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"begun"
            await onboarding.ensure_account(request)

        return StreamingResponse(pieces())

    async def refuse(request: Request) -> Response:
        errors = {"down": StoreUnavailable("down"), "sign-in": SignInRequired("in")}
        raise errors[request.query_params["what"]]

    async def gone(request: Request) -> Response:
        await onboarding.ensure_account(request)
        raise HTTPException(404)

    async def kept(request: Request) -> Response:
        onboarding.account(request)
        return JSONResponse({}, headers={"cache-control": "private, max-age=60"})

    async def socket(websocket: WebSocket) -> None:
        if "locked" in websocket.query_params:
            raise SignInRequired("in")
        account = await onboarding.ensure_account(websocket)
        await websocket.accept()
        await websocket.send_text(account.id)
        await websocket.close()

    return Starlette(
        routes=[
            onboarding.mount,
            Route("/", home),
            Route("/static/cover.svg", look),
            Route("/look", look, methods=["GET", "POST"]),
            Route("/cart", add, methods=["POST"]),
            Route("/order", order, methods=["POST"]),
            Route("/parts", parts),
            Route("/recommendations", recommendations, methods=["GET", "POST"]),
            Route("/broken", break_after_writing, methods=["POST"]),
            Route("/late", late),
            Route("/refuse", refuse, methods=["GET", "POST"]),
            Route("/gone", gone, methods=["POST"]),
            Route("/kept", kept),
            WebSocketRoute("/socket", socket),
        ],
        middleware=[onboarding.middleware],
    )


def query(location: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def words(html: str) -> str:
    """Return what a person reads of a page, in one line."""
    main = html.partition("<main")[2].partition("</main>")[0] or html
    text = re.sub(r"<[^>]+>", " ", main.partition(">")[2])
    return " ".join(text.split())
