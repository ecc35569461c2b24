"""HTTP: a pool of connections for each host, and a call as small as it can be.

Loaded at the first sign-in, or warmed in a thread: httpx2 and a TLS context cost some
100 ms of CPU that no visitor should wait for. There is no client of httpx2's: it would
keep cookies, follow redirects, and write the addresses of our calls into the host's
log, at twice the CPU.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import lru_cache
from ssl import SSLContext
from typing import NamedTuple

import httpx2
from typing_extensions import override

from onboarding.providers.reads import ProviderRequest
from onboarding.social.decoding import UnreadableBody, open_decoder
from onboarding.social.model import HttpPolicy

_parsed = lru_cache(maxsize=64)(httpx2.URL)
"""Addresses of providers, which are the same in every sign-in."""


class HttpReply(NamedTuple):
    """What came back.

    Attributes:
        status: The HTTP status.
        body: Decoded, within the limit.
        date: When the sender says that it was sent (RFC 9110 §6.6.1), as it came.
    """

    status: int
    body: bytes
    date: str


class HostPools(httpx2.AsyncBaseTransport):
    """Leads each call to the pool of its host, which nobody else can exhaust.

    In one pool for all, a hundred calls that a slow provider leaves waiting would be
    all the connections there are, and every other provider would wait behind it.

    Args:
        policy: The proxy, where there is one; its own slowness is everybody's.
    """

    def __init__(self, policy: HttpPolicy):
        self._policy = policy
        # Authorities are read from disk, at some 50 ms of CPU: once, for all pools.
        # Nothing is read from the environment, which may name others.
        self._tls: SSLContext = httpx2.create_ssl_context(trust_env=False)
        self._pools: dict[tuple[str, str, int | None], httpx2.AsyncHTTPTransport] = {}

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        place = url.scheme, url.host, url.port
        if place not in self._pools:
            self._pools[place] = httpx2.AsyncHTTPTransport(
                verify=self._tls, trust_env=False, proxy=self._policy.proxy
            )
        return await self._pools[place].handle_async_request(request)

    @override
    async def aclose(self) -> None:
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()


def open_transport(policy: HttpPolicy) -> httpx2.AsyncBaseTransport:
    """Return what leads to the network."""
    return HostPools(policy)


async def call(
    transport: httpx2.AsyncBaseTransport,
    policy: HttpPolicy,
    asked: ProviderRequest,
) -> HttpReply:
    """Send one request; return what came back, if that is within the limit.

    Raises:
        httpx2.HTTPError: When nobody answers in time, or not in HTTP.
        UnreadableBody: When there is more than that, or it is encoded in another way.
    """
    connect, read = policy.connect.total_seconds(), policy.read.total_seconds()
    request = httpx2.Request(
        asked.method,
        _parsed(asked.url),
        # A compressed body of a few kB may hold gigabytes. Some compress unasked.
        headers={
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "onboarding",
            **asked.headers,
        },
        content=asked.body,
        extensions={"timeout": httpx2.Timeout(read, connect=connect).as_dict()},
    )
    reply = await transport.handle_async_request(request)
    try:
        body = await _bounded(reply, policy.limit)
        return HttpReply(reply.status_code, body, reply.headers.get("date", ""))
    finally:
        await reply.aclose()


async def _bounded(reply: httpx2.Response, limit: int) -> bytes:
    decoder = open_decoder(reply.headers.get("content-encoding", ""))
    body = bytearray()
    async with aclosing(_parts(reply)) as parts:
        async for part in parts:
            body += decoder.decode(part, limit + 1 - len(body))
            if len(body) > limit:
                raise UnreadableBody("the response is too large")
    decoder.end()
    return bytes(body)


def _parts(reply: httpx2.Response) -> AsyncGenerator[bytes, None]:
    # What a test hands in (``httpx2.MockTransport``) is in memory already.
    if reply.is_stream_consumed and isinstance(reply.stream, httpx2.AsyncByteStream):
        return _replayed(reply.stream)
    return reply.aiter_raw()


async def _replayed(stream: httpx2.AsyncByteStream) -> AsyncGenerator[bytes, None]:
    async for part in stream:
        yield part
