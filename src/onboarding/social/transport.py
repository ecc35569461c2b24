"""HTTP: one pool of connections for all calls, and a call as small as it can be.

Loaded at the first sign-in, or warmed in a thread: httpx2 and a TLS context cost some
100 ms of CPU that no visitor should wait for. There is no client of httpx2's: it would
keep cookies, follow redirects, and write the addresses of our calls into the host's
log, at twice the CPU.
"""

from contextlib import aclosing
from functools import lru_cache

import httpx2

from onboarding.providers.reads import ProviderRequest
from onboarding.social.model import HttpPolicy

_parsed = lru_cache(maxsize=64)(httpx2.URL)
"""Addresses of providers, which are the same in every sign-in."""


class TooLarge(httpx2.TransportError):
    """The response is larger than the limit."""


def open_transport(policy: HttpPolicy) -> httpx2.AsyncBaseTransport:
    """Return a pool of connections that reads nothing from the environment."""
    return httpx2.AsyncHTTPTransport(trust_env=False, proxy=policy.proxy)


async def call(
    transport: httpx2.AsyncBaseTransport,
    policy: HttpPolicy,
    asked: ProviderRequest,
) -> tuple[int, bytes]:
    """Send one request; return the status and the body, if that is within the limit.

    Raises:
        httpx2.HTTPError: When nobody answers in time, or not in HTTP.
        TooLarge: When there is more than that.
    """
    connect, read = policy.connect.total_seconds(), policy.read.total_seconds()
    request = httpx2.Request(
        asked.method,
        _parsed(asked.url),
        # A compressed body of a few kB may hold gigabytes.
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
        return reply.status_code, await _bounded(reply, policy.limit)
    finally:
        await reply.aclose()


async def _bounded(reply: httpx2.Response, limit: int) -> bytes:
    body = bytearray()
    async with aclosing(reply.aiter_bytes()) as parts:
        async for part in parts:
            body += part
            if len(body) > limit:
                raise TooLarge("the response is larger than the limit")
    return bytes(body)
