"""Where the attacks happen: a host's application, people in browsers, and their mail.

The application is the host's own, built by the host's own function. Around it stand
two identity providers, a mailer that remembers, and a clock that stands still.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
from starlette.applications import Starlette
from starlette.routing import Host as HostRoute
from starlette.types import ASGIApp

from onboarding.accounts.model import EmailTrust
from onboarding.providers import OpenIDConnect
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.testing.clock import FrozenClock
from onboarding.testing.identity_provider import Client, FakeProvider
from onboarding.testing.people import Person
from onboarding.testing.prehijack.lifespan import running
from onboarding.testing.prehijack.mail import AwaitedMail

HERS = "vera@example.org"
"""The victim's address."""

HIS = "mallory@evil.test"
"""The attacker's."""

VICTIM = Person(subject="vera", name="Vera", email=HERS, email_verified=True)
ATTACKER = Person(subject="mallory", name="Mallory", email=HIS, email_verified=True)
CLIENT_SECRET = "what only the provider and this site know"  # noqa: S105, made up for tests


class NotTried(Exception):
    """The application lacks what this attack is about; the message names it."""


PlaceOrder = Callable[["Visitor", str], Awaitable[tuple[str, str]]]
"""Places an order as a visitor, with an address; returns its key and its order link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A host's application, and where its doors are.

    Attributes:
        build: Builds the application anew; hands its keyword arguments to
            ``Onboarding``, and may change them.
        url: The ``url`` of that ``Onboarding``.
        write: A path whose POST makes a guest, such as that of "add to cart".
        data: The fields of that POST.
        settings: Settings that replace those of the kit, such as ``database``.
        order: Places an order, where the host has orders that can be claimed.
    """

    build: Callable[..., ASGIApp]
    url: str = "https://shop.example/welcome"
    write: str = "/cart"
    data: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    order: PlaceOrder | None = None


class Stage:
    """One application, open for one attack.

    Attributes:
        target: What is attacked.
        clock: Its present instant.
        strict: A provider that verifies addresses.
        lax: Another one, which states whatever its people say of themselves.
        mailbox: Its mail.
        store: Its database, where the kit chose it; None where the host did.
    """

    def __init__(self, target: Target):
        self.target = target
        self.clock = FrozenClock()
        self.mailbox = AwaitedMail()
        self.strict = self._provider("strict")
        self.lax = self._provider("lax")
        self.store: Store | None = None
        self._visitors = 0
        self.app: ASGIApp

    def _provider(self, name: str) -> FakeProvider:
        client = Client(
            client_id="target",
            client_secret=CLIENT_SECRET,
            redirect_uris=(f"{self.target.url}/callback/{name}",),
        )
        people = (VICTIM, ATTACKER)
        return FakeProvider(f"https://{name}.test", [client], people, self.clock)

    def settings(self) -> dict[str, Any]:
        """Return what the kit hands to the host's function."""
        network = Starlette(
            routes=[
                HostRoute("strict.test", app=self.strict),
                HostRoute("lax.test", app=self.lax),
            ]
        )
        if "database" not in self.target.settings:
            self.store = store_from("memory:")
        return {
            "database": self.store,
            "clock": self.clock,
            "mailer": self.mailbox,
            "providers": [
                OpenIDConnect(
                    name=name,
                    title=name.title(),
                    issuer=f"https://{name}.test",
                    client_id="target",
                    client_secret=CLIENT_SECRET,
                    email_trust=EmailTrust.VERIFIED,
                )
                for name in ("strict", "lax")
            ],
            "transport": httpx2.ASGITransport(app=network),
            **self.target.settings,
        }

    @property
    def site(self) -> str:
        """Scheme and host of the application."""
        parts = urlsplit(self.target.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def pages(self) -> str:
        """The path of our pages."""
        return urlsplit(self.target.url).path

    def visitor(self) -> "Visitor":
        """Return somebody in a browser of their own, from an address of their own."""
        self._visitors += 1
        return Visitor(self, f"2001:db8:{self._visitors:x}::1")

    def require_order(self) -> PlaceOrder:
        """Return how an order is placed.

        Raises:
            NotTried: When the host has none that can be claimed.
        """
        if self.target.order is None:
            raise NotTried("no order= was given")
        return self.target.order


class Visitor:
    """Somebody in a browser: sends what browsers send, and keeps cookies.

    Args:
        stage: Where.
        address: The network address that requests come from.
    """

    def __init__(self, stage: Stage, address: str):
        self.stage = stage
        transport = httpx2.ASGITransport(app=stage.app, client=(address, 40_000))
        self.client = httpx2.AsyncClient(transport=transport, base_url=stage.site)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open an address, as one that somebody typed."""
        own = {"sec-fetch-site": "none", "accept": "text/html"}
        return await self.client.get(path, headers=own | headers)

    async def post(
        self, path: str, data: Mapping[str, str] | None = None, **headers: str
    ) -> httpx2.Response:
        """Send a form of the site's own pages."""
        own = {
            "sec-fetch-site": "same-origin",
            "origin": self.stage.site,
            "accept": "text/html",
        }
        return await self.client.post(path, data=data or {}, headers=own | headers)

    async def write(self) -> httpx2.Response:
        """Do the first thing worth keeping."""
        target = self.stage.target
        return await self.post(target.write, target.data)

    async def page(self, path: str, **more: Any) -> httpx2.Response:
        """Open one of our pages."""
        return await self.get(f"{self.stage.pages}/{path}", **more)

    async def send(
        self, path: str, data: Mapping[str, str] | None = None, **headers: str
    ) -> httpx2.Response:
        """Send a form to one of our pages."""
        return await self.post(f"{self.stage.pages}/{path}", data, **headers)

    async def me(self) -> dict[str, Any]:
        """Return who this browser is, as our pages tell a front end."""
        answer = await self.page("me", accept="application/json")
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    async def account(self) -> str | None:
        """Return the id of the account that is here, or None for a visitor."""
        return (await self.me()).get("account")

    async def data(self) -> dict[str, Any]:
        """Return what this browser may read of its account."""
        answer = await self.page("account", accept="application/json")
        told: dict[str, Any] = answer.json()
        return told

    async def ways(self) -> set[tuple[str, str]]:
        """Return the identities that sign in to this account."""
        told = (await self.data()).get("identities", ())
        return {(one["provider"], one["subject"]) for one in told}

    async def addresses(self) -> set[tuple[str, str]]:
        """Return the addresses of this account, and what is known of each."""
        told = (await self.data()).get("contacts", ())
        return {(one["address"], one["level"]) for one in told}

    async def approved(
        self, person: Person = VICTIM, at: str = "strict", next: str = "/"
    ) -> str:
        """Begin at a provider, say yes there, and return the way back."""
        begun = await self.send(f"sign-in/{at}", {"next": next})
        provider = self.stage.strict if at == "strict" else self.stage.lax
        return provider.approve(begun.headers["location"], person)

    async def come_back(self, callback: str) -> httpx2.Response:
        """Follow a provider's redirect."""
        return await self.get(callback, **{"sec-fetch-site": "cross-site"})

    async def sign_in(
        self, person: Person = VICTIM, at: str = "strict", next: str = "/"
    ) -> httpx2.Response:
        """Sign in with a provider."""
        return await self.come_back(await self.approved(person, at, next))

    async def ask_letter(
        self, address: str, path: str = "sign-in/email"
    ) -> httpx2.Response:
        """Ask for a letter."""
        return await self.send(path, {"email": address, "sure": "1"})

    async def letter(self, address: str, already: int = 0) -> tuple[str, str]:
        """Return code and link of the newest letter that an address got."""
        message = await self.stage.mailbox.read(address, already)
        code = re.search(r"^(\d{3}) (\d{3})$", message.text, re.MULTILINE)
        link = re.search(r"^https?://\S+$", message.text, re.MULTILINE)
        if code is None or link is None:
            raise NotTried("the host's letters show no code or no link on lines alone")
        return code[1] + code[2], link[0]

    def cookies(self) -> dict[str, str]:
        """Return what this browser keeps."""
        return {one.name: one.value or "" for one in self.client.cookies.jar}

    def carrying(self, cookies: Mapping[str, str]) -> "Visitor":
        """Return another browser with copies of some cookies."""
        other = self.stage.visitor()
        host = urlsplit(self.stage.site).hostname or ""
        for name, value in cookies.items():
            other.client.cookies.set(name, value, domain=host, path="/")
        return other


@asynccontextmanager
async def staged(target: Target) -> AsyncIterator[Stage]:
    """Build a host's application, and keep it open."""
    stage = Stage(target)
    stage.app = target.build(**stage.settings())
    async with running(stage.app):
        yield stage
