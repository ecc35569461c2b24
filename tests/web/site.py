"""A small shop with our pages, an identity provider, and browsers that visit it."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
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
)
from starlette.routing import Host, Route, WebSocketRoute
from starlette.websockets import WebSocket
from typing_extensions import override

from onboarding.accounts.model import Account, EmailTrust, Session
from onboarding.app import Onboarding
from onboarding.changes import Change
from onboarding.errors import SignInRequired, StoreUnavailable
from onboarding.events import Entry, Event
from onboarding.feedback.model import Prompt
from onboarding.mailers.base import Message
from onboarding.profiling.model import Ask, Feature
from onboarding.providers.oidc import OpenIDConnect
from onboarding.stores.sql.store import SqlStore
from onboarding.stores.sql.temporary import TemporarySqlite
from onboarding.testing import (
    Client,
    FakeProvider,
    FrozenClock,
    Person,
    SigningKey,
    choose,
)
from onboarding.web.context.body import read_form

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


def provider(name: str, title: str, host: str) -> OpenIDConnect:
    """Return a provider as the shop has it."""
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


class Inbox:
    """What sends mail in tests: keeps it, and reads the newest as its owner would."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._arrived = asyncio.Queue[Message]()

    async def __call__(self, message: Message) -> None:
        """Take a mail."""
        self.messages.append(message)
        self._arrived.put_nowait(message)

    async def next(self) -> Message:
        """Wait for the next mail."""
        return await asyncio.wait_for(self._arrived.get(), 10)

    async def read(self) -> tuple[str, str]:
        """Wait for a mail, and return its code and the path of its link."""
        message = await self.next()
        code = re.search(r"^(\d{3}) (\d{3})$", message.text, re.MULTILINE)
        link = re.search(rf"^{ORIGIN}(/\S+)$", message.text, re.MULTILINE)
        assert code
        assert link
        return code[1] + code[2], link[1]


class ShakyStore(SqlStore):
    """A store whose reads of sessions, or commits, fail while a test says so."""

    def __init__(self) -> None:
        super().__init__(TemporarySqlite())

    reads_fail = False
    commits_fail = False

    @override
    async def find_session(self, id: str) -> tuple[Session, Account] | None:
        if self.reads_fail:
            raise StoreUnavailable("down")
        return await super().find_session(id)

    @override
    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        if self.commits_fail:
            raise StoreUnavailable("down")
        await super().commit(*changes, events=events)


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


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


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

    async def post_json(
        self, path: str, told: object, headers: Mapping[str, str | bytes] | None = None
    ) -> httpx2.Response:
        """Send JSON from a script of our own page, as ``fetch`` does."""
        usual = {"sec-fetch-site": "same-origin", "accept": "*/*"}
        sent = {n.encode(): _bytes(v) for n, v in {**usual, **(headers or {})}.items()}
        return await self.client.post(path, json=told, headers=sent)

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
async def open_site(**settings: Any) -> AsyncIterator[Site]:  # as Onboarding has them
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
                provider("lamp", "Lamplight ID", "id.example"),
                provider("other", "Other", "other.example"),
            ],
            "profile": Profile,
            "features": FEATURES,
            "prompts": [Prompt.nps("first-order", after=OrderPlaced)],
            "name": "Lamplight",
            "help_url": "/help",
            "texts": TEXTS,
            "mailer": None,
            "clock": clock,
            "transport": transport,
            **settings,
        }
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(onboarding)
        yield Site(
            onboarding=onboarding,
            app=Shop(onboarding).app(),
            clock=clock,
            lamp=lamp,
            other=other,
            transport=transport,
        )


class Shop:
    """The host's own application: a few pages that do what hosts do."""

    def __init__(self, onboarding: Onboarding[Any]):
        self.onboarding = onboarding

    def app(self) -> Starlette:
        """Return the application, with our pages and our layer."""
        shelf: Any = self.shelf
        if "recommendations" in self.onboarding.catalogue.plans:
            shelf = self.onboarding.unlock("recommendations")(self.shelf)
        return Starlette(
            routes=[
                self.onboarding.mount,
                Route("/", self.home),
                Route("/static/cover.svg", self.look),
                Route("/look", self.look, methods=["GET", "POST"]),
                Route("/kept", self.kept),
                Route("/parts", self.parts),
                Route("/cart", self.cart, methods=["POST"]),
                Route("/order", self.order, methods=["POST"]),
                Route("/seen/{number}", self.seen),
                Route("/gone", self.gone, methods=["POST"]),
                Route("/broken", self.broken, methods=["POST"]),
                Route("/refuse", self.refuse, methods=["GET", "POST"]),
                Route("/recommendations", shelf, methods=["GET", "POST"]),
                WebSocketRoute("/socket", self.socket),
            ],
            middleware=[self.onboarding.middleware],
        )

    async def home(self, _: Request) -> Response:
        """Ask nothing of us."""
        return PlainTextResponse("books", headers={"cache-control": "public"})

    async def look(self, request: Request) -> Response:
        """Say who is here."""
        account = self.onboarding.account(request)
        return PlainTextResponse(account.id if account else "nobody")

    async def kept(self, request: Request) -> Response:
        """Look, and be private already."""
        self.onboarding.account(request)
        return JSONResponse({}, headers={"cache-control": "private, max-age=60"})

    async def parts(self, request: Request) -> Response:
        """Draw the parts that are named, and the hidden field."""
        names = request.query_params["names"].split(",")
        drawn = [await self.onboarding.partial(name, request) for name in names]
        return HTMLResponse("\n<hr>\n".join([*drawn, self.onboarding.field(request)]))

    async def cart(self, request: Request) -> Response:
        """Write for the first time."""
        form = await read_form(
            request, self.onboarding.deadlines
        )  # as a host without any CSRF protection
        account = await self.onboarding.ensure_account(request, form=form)
        return PlainTextResponse(account.id)

    async def order(self, request: Request) -> Response:
        """Place an order."""
        account = await self.onboarding.ensure_account(request)
        await self.onboarding.record(account, OrderPlaced(order="2041"))
        return PlainTextResponse(account.id)

    async def seen(self, request: Request) -> Response:
        """Show an order to whom may see it, with the offer to keep it."""
        number = request.path_params["number"]
        if not await self.onboarding.may_see_order(request, number):
            raise HTTPException(404)
        return HTMLResponse(await self.onboarding.partial("claim", request))

    async def gone(self, request: Request) -> Response:
        """Write, and answer with an error of one's own."""
        await self.onboarding.ensure_account(request)
        raise HTTPException(404)

    async def broken(self, request: Request) -> Response:
        """Write, and break."""
        await self.onboarding.ensure_account(request)
        raise RuntimeError("a bug of the host")

    async def refuse(self, request: Request) -> Response:
        """Raise an error of ours."""
        errors = {"down": StoreUnavailable("down"), "sign-in": SignInRequired("in")}
        raise errors[request.query_params["what"]]

    async def shelf(self, request: Request) -> Response:
        """Show what is open once a question is answered."""
        profile = await self.onboarding.profile(self.onboarding.account(request))
        return PlainTextResponse(f"shelf: {profile.genre}")

    async def socket(self, websocket: WebSocket) -> None:
        """Make a guest, or refuse, before accepting."""
        if "locked" in websocket.query_params:
            raise SignInRequired("in")
        account = await self.onboarding.ensure_account(websocket)
        await websocket.accept()
        await websocket.send_text(account.id)
        await websocket.close()


def query(location: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {
        name: values[0] for name, values in parse_qs(urlsplit(location).query).items()
    }


def words(html: str) -> str:
    """Return what a person reads of a page, in one line."""
    main = html.partition("<main")[2].partition("</main>")[0] or html
    inline = re.sub(r"</?bdi>", "", main.partition(">")[2])
    text = re.sub(r"<[^>]+>", " ", inline)
    return " ".join(text.split())
