"""The demo: the shop and two identity providers, from one process and one event loop.

Each has an address of its own, so a sign-in crosses from one origin to another and
back, as it would with a real provider.
"""

import json
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from examples.shop import people
from examples.shop.app import build
from examples.shop.welcome import Merge
from onboarding import PasskeyPolicy
from onboarding.clock import Clock, system_clock
from onboarding.providers import Local
from onboarding.testing import Client, FakeProvider, Person

HOST = "127.0.0.1"
"""Where everything listens."""

BY_NAME = "localhost"
"""What the shop may be called instead: no browser makes a passkey for a number."""

CLIENT = "lamplight-shop"


LAMP = "M8 2h8l5 11h-8v6h4v3H7v-3h4v-6H3Z"
BOAT = "M11 2v13H3Zm2 3 7 10h-7ZM1 17h22l-4 5H5Z"
"""Paths of icons, drawn for the demo in a square of 24 by 24."""


class Vouching(NamedTuple):
    """A provider of the demo: what it is called, whom it knows, and its icon."""

    title: str
    people: Sequence[Person]
    icon: str = ""


PROVIDERS = {
    "lamplight": Vouching("Lamplight ID", people.AT_LAMPLIGHT, LAMP),
    "harbour": Vouching("Harbour ID", people.AT_HARBOUR, BOAT),
}
NOTE = "These people are made up, and this provider runs on your own machine."


class PortTaken(Exception):
    """An address that the demo needs is in use; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """Where the shop and each provider listen."""

    shop: socket.socket
    providers: Mapping[str, socket.socket]

    @property
    def all(self) -> list[socket.socket]:
        """Every socket, the shop's first."""
        return [self.shop, *self.providers.values()]


def listen(folder: Path, port: int) -> Sockets:
    """Take the ports: the shop's as asked for, the providers' as the first time.

    A provider's address is part of who its people are here, so it is remembered.

    Raises:
        PortTaken: When another program has one of them; none is kept then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "ports.json"
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    try:
        with ExitStack() as given_back:
            shop = given_back.enter_context(_bind(port))
            after = partial(_bind_after, port_of(shop))
            providers = {
                name: given_back.enter_context(
                    _bind(known[name]) if name in known else after()
                )
                for name in PROVIDERS
            }
            given_back.pop_all()
    except OSError as error:
        raise PortTaken(
            f"{error.strerror}: free the port, choose another one (PORT=9000), or "
            f"remove {folder} to begin afresh"
        ) from error
    file.write_text(
        json.dumps({name: port_of(taken) for name, taken in providers.items()}),
        encoding="utf-8",
    )
    return Sockets(shop=shop, providers=providers)


def _bind(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        error.strerror = f"port {port} is taken"
        raise


def _bind_after(port: int) -> socket.socket:
    for candidate in range(port + 1, min(port + 100, 2**16)):
        with suppress(OSError):
            return _bind(candidate)
    return _bind(0)


def port_of(taken: socket.socket) -> int:
    """Return the port of a socket."""
    return int(taken.getsockname()[1])


def url_of(taken: socket.socket, host: str = HOST) -> str:
    """Return the address at which a socket is reached."""
    return f"http://{host}:{port_of(taken)}"


def secret_key(folder: Path) -> str:
    """Return the key that signs; made on the first start, for its owner's eyes only."""
    file = folder / "secret-key"
    if not file.exists():
        private = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(private, "w", encoding="utf-8") as new:
            new.write(secrets.token_hex(32))
    return file.read_text("utf-8")


class Demo:
    """The shop and its providers as one ASGI app, told apart by port.

    Args:
        folder: Where database and key are; survives restarts.
        sockets: Where everything listens.
        is_kept: Whether the shopkeeper's pages are there.
        host: What the shop is called in its address; by name it knows passkeys.
        merge: Whether a guest's things come along at once, or after a question.
        vouching: What the providers are called, and whom they know.
    """

    def __init__(
        self,
        folder: Path,
        sockets: Sockets,
        *,
        is_kept: bool,
        host: str = HOST,
        merge: Merge = "tell",
        clock: Clock = system_clock,
        vouching: Mapping[str, Vouching] = PROVIDERS,
    ) -> None:
        self._shop_url = url_of(sockets.shop, host)
        self._secret = secrets.token_urlsafe(24)
        self._clock = clock
        self._vouching = vouching
        issuers = {name: url_of(taken) for name, taken in sockets.providers.items()}
        self.shop = build(
            url=f"{self._shop_url}/welcome",
            secret_key=secret_key(folder),
            database=folder / "shop.db",
            providers=[self._described(*pair) for pair in issuers.items()],
            is_kept=is_kept,
            passkeys=PasskeyPolicy() if host == BY_NAME else None,
            merge=merge,
            clock=clock,
            settle=partial(people.settle, issuer=issuers["lamplight"]),
        )
        self._by_port: dict[int, ASGIApp] = {port_of(sockets.shop): self.shop}
        self._names = {port_of(s): name for name, s in sockets.providers.items()}

    def _described(self, name: str, issuer: str) -> Local:
        """Return a provider as the shop knows it."""
        return Local(
            name=name,
            title=self._vouching[name].title,
            icon=self._vouching[name].icon,
            issuer=issuer,
            client_id=CLIENT,
            client_secret=self._secret,
        )

    def _provider(self, name: str, issuer: str) -> FakeProvider:
        """Return the provider itself, which knows the shop as its only client."""
        client = Client(
            client_id=CLIENT,
            client_secret=self._secret,
            redirect_uris=(f"{self._shop_url}/welcome/callback/{name}",),
        )
        title, known, _ = self._vouching[name]
        return FakeProvider(issuer, [client], known, self._clock, name=title, note=NOTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as whoever listens at the port; the lifespan is the shop's."""
        if scope["type"] == "lifespan":
            await self.shop(scope, receive, send)
        else:
            await self._at(int(scope["server"][1]))(scope, receive, send)

    def _at(self, port: int) -> ASGIApp:
        # A provider's key takes a moment to make, so it is made for who needs it.
        if port not in self._by_port:
            issuer = f"http://{HOST}:{port}"
            self._by_port[port] = self._provider(self._names[port], issuer)
        return self._by_port[port]
