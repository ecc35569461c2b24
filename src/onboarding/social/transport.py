"""HTTP: one pooled transport, shared by many short-lived OAuth clients.

Loaded at the first sign-in, or warmed in a thread: httpx2, Authlib and a TLS context
cost some 150 ms of CPU that no visitor should wait for.
"""

import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import cast
from urllib.parse import quote_plus

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from onboarding.providers.base import Provider
from onboarding.social.model import HttpPolicy
from onboarding.visible import is_blank

__all__ = [
    "OAuthError",
    "SharedTransport",
    "TooLarge",
    "client_for",
    "no_http_log",
    "open_transport",
]

_calling: ContextVar[bool] = ContextVar("onboarding_calling", default=False)


class TooLarge(httpx2.TransportError):
    """The response is larger than the limit."""


class _Bounded(httpx2.AsyncByteStream):
    """Reads a body and stops where it becomes too large."""

    def __init__(self, inner: httpx2.AsyncByteStream, limit: int):
        self._inner = inner
        self._left = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._left -= len(chunk)
            if self._left < 0:
                raise TooLarge("the response is larger than the limit")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


class SharedTransport(httpx2.AsyncBaseTransport):
    """A transport that many clients use: bounded, uncompressed, closed by none of them.

    A shared *client* would carry the cookies of one person's sign-in into the next
    one's; a shared transport carries only connections.

    Args:
        inner: Sends the requests; whoever made it closes it.
        limit: The largest body in bytes.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, limit: int):
        self._inner = inner
        self._limit = limit

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, and bound what comes back."""
        # A compressed body of a few kB may hold gigabytes.
        request.headers["Accept-Encoding"] = "identity"
        reply = await self._inner.handle_async_request(request)
        stream = cast("httpx2.AsyncByteStream", reply.stream)  # as async ones have it
        return httpx2.Response(
            reply.status_code,
            headers=reply.headers,
            stream=_Bounded(stream, self._limit),
            extensions=reply.extensions,
        )

    async def aclose(self) -> None:
        """Do nothing: a client that ends must not close the connections of others."""


def open_transport(policy: HttpPolicy) -> httpx2.AsyncBaseTransport:
    """Return a pool of connections that reads nothing from the environment."""
    return httpx2.AsyncHTTPTransport(trust_env=False, proxy=policy.proxy)


def client_for(
    provider: Provider,
    transport: SharedTransport,
    policy: HttpPolicy,
    *,
    redirect_uri: str,
) -> AsyncOAuth2Client:
    """Return an OAuth client for one attempt: no token or cookie outlives it."""
    connect, read = policy.connect.total_seconds(), policy.read.total_seconds()
    client = AsyncOAuth2Client(
        provider.client_id,
        provider.secret,
        token_endpoint_auth_method=_AUTH[provider.client_auth],
        redirect_uri=redirect_uri,
        scope=" ".join(provider.scopes),
        code_challenge_method="S256",
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(read, connect=connect),
        headers={"User-Agent": "onboarding"},
    )
    client.register_compliance_hook("access_token_response", _what_decides)
    return client


TOKEN_MEMBERS = frozenset(
    {"access_token", "token_type", "id_token", "error", "error_description"}
)
"""What we read of a token response (RFC 6749 §5.1, §5.2)."""


def _what_decides(reply: httpx2.Response) -> httpx2.Response:
    """Return a token response without what decides nothing, before Authlib reads it.

    It would end a sign-in over an ``expires_in`` of ``"3600.5"``, though no token is
    kept that long, and over an ``"error": null`` beside good tokens.
    """
    try:
        told = reply.json()
    except (ValueError, RecursionError):
        return reply  # Authlib says what is wrong
    if not isinstance(told, dict):
        return reply
    kept = {name: told[name] for name in told.keys() & TOKEN_MEMBERS}
    error = kept.get("error", "")
    says_nothing = is_blank(error) if isinstance(error, str) else not error
    if says_nothing and reply.is_success and kept.get("access_token"):
        kept.pop("error", None)
    return httpx2.Response(reply.status_code, json=kept, request=reply.request)


def _basic(
    client: AsyncOAuth2Client, method: str, uri: str, headers: dict[str, str], body: str
) -> tuple[str, dict[str, str], str]:
    # Authlib joins them as they are; RFC 6749 §2.3.1 form-encodes both first.
    del method
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return uri, headers, body


_AUTH = {"basic": _basic, "post": "client_secret_post", "none": "none"}


@contextmanager
def no_http_log() -> Iterator[None]:
    """Keep httpx2 from writing the addresses of our calls into the host's log.

    It writes them whole, at INFO. Other calls of the application keep their lines.
    """
    logger = logging.getLogger("httpx2")
    if _is_not_ours not in logger.filters:
        logger.addFilter(_is_not_ours)
    token = _calling.set(True)
    try:
        yield
    finally:
        _calling.reset(token)


def _is_not_ours(_: logging.LogRecord) -> bool:
    return not _calling.get()
