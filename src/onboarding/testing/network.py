"""A network that ends at fakes: whoever lives at an address answers there."""

from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import httpx2
from starlette.types import Receive, Scope, Send

WEB_PORTS = {"https": 443, "http": 80}


def place(parts: SplitResult) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address (RFC 6454 §4)."""
    return parts.scheme, parts.hostname or "", parts.port or WEB_PORTS.get(parts.scheme)


def same_place(one: SplitResult, other: SplitResult) -> bool:
    """Whether two addresses have one origin."""
    return place(one) == place(other)


def is_below(top: str, path: object) -> bool:
    """Whether a path is another one, or lies below it."""
    return f"{path}/".startswith(f"{top}/")


def same_path(url: str, known: str) -> bool:
    """Whether an address is a known one, whatever its query and fragment."""
    asked, own = urlsplit(url), urlsplit(known)
    return same_place(asked, own) and asked.path == own.path


class Resident(Protocol):
    """An ASGI app that knows at which addresses it lives."""

    def lives_at(self, url: str) -> bool:
        """Whether it answers at an address."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app."""


class Network(httpx2.AsyncBaseTransport):
    """Leads each request to the fake that lives there, by the addresses of the fakes.

    Hand it to ``Onboarding(transport=…)`` where an application has several providers;
    a single fake has one of its own, as ``fake.transport``. Elsewhere nobody answers:
    that raises ``httpx2.ConnectError``, as a name that does not exist.

    Args:
        residents: The fakes; the first that lives at an address answers.

    Attributes:
        requests: All that was asked, in order.
    """

    def __init__(self, *residents: Resident) -> None:
        self._residents = tuple((one, httpx2.ASGITransport(one)) for one in residents)
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Hand a request to whoever lives at its address."""
        self.requests.append(request)
        url = str(request.url)
        for resident, way in self._residents:
            if resident.lives_at(url):
                return await way.handle_async_request(request)
        raise httpx2.ConnectError(f"nobody lives at {request.url.host}")
