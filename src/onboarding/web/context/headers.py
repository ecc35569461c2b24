"""Raw headers: those of a request read, those of a response kept from shared caches."""

from collections.abc import Collection, Mapping
from typing import Any

from onboarding.web.context.lists import members

Headers = list[tuple[bytes, bytes]]
"""Raw ASGI headers: names and values as bytes."""

GivenHeaders = Collection[tuple[bytes, bytes]]
"""The same, as an application gave them."""

FORM_TYPE = "application/x-www-form-urlencoded"
JSON_TYPE = "application/json"

CARRIES_HEADERS = {
    "http.response.start",
    "websocket.accept",
    "websocket.http.response.start",
}
"""ASGI messages that start a response and carry its headers."""

STARTS_RESPONSE = CARRIES_HEADERS | {"websocket.close"}

CACHE_CONTROL = b"cache-control"
PRIVATE = (CACHE_CONTROL, b"private, no-store")
VARY_COOKIE = (b"vary", b"Cookie")


def header_values(headers: Headers, name: bytes) -> list[bytes]:
    """Return the value of each header of this name, which is in lower case."""
    return [value.strip() for header, value in headers if header == name]


def is_reading(scope: Mapping[str, Any]) -> bool:
    """Tell whether a request reads, by GET or HEAD, which is answered as GET is.

    Methods are known by their case (RFC 9110 §9.1, §9.3.2); a websocket has none.
    """
    return scope.get("method") in {"GET", "HEAD"}


def make_private(headers: GivenHeaders, *, sets_cookie: bool) -> Headers:
    """Return headers with which no shared cache keeps the response (RFC 9111 §3).

    A cache that kept it would hand one person's page, or session, to another. What
    the host says itself stays where it is as strict, unless a cookie is set.

    Args:
        headers: Those of the response so far.
        sets_cookie: Whether a cookie goes with it.
    """
    for name, _ in headers:
        if name.lower() == CACHE_CONTROL:
            return [*_tightened(headers, sets_cookie=sets_cookie), VARY_COOKIE]
    return [*headers, PRIVATE, VARY_COOKIE]  # the host says nothing, as most do


def _tightened(headers: GivenHeaders, *, sets_cookie: bool) -> Headers:
    given = [value for name, value in headers if name.lower() == CACHE_CONTROL]
    if not sets_cookie and any(map(_is_private, given)):
        return list(headers)
    others = [pair for pair in headers if pair[0].lower() != CACHE_CONTROL]
    return [*others, PRIVATE]


def _is_private(cache_control: bytes) -> bool:
    """Tell whether no shared cache keeps it: ``private="x"`` is about a field alone."""
    directives = members(cache_control.decode("latin-1").lower())
    return any(directive in {"private", "no-store"} for directive in directives)


PURPOSES = frozenset(
    {b"purpose", b"sec-purpose", b"x-moz", b"x-purpose", b"x-sec-purpose"}
)
"""Headers that say what a page is fetched for: today's, those of older browsers, and
what scripts send that may not set the one of the standard."""

AHEAD_OF_TIME = (b"prefetch", b"prerender", b"preview", b"instant")
"""The purposes at which nobody looks at the page, or not yet."""

PREFETCHED_BY = frozenset(
    {
        b"hx-preloaded",  # htmx, extension "preload"
        b"next-router-prefetch",
        b"next-router-segment-prefetch",
        b"x-middleware-prefetch",  # Next.js, pages router
    }
)
"""Headers of front ends that say so by being there."""


def is_prefetch(headers: Headers) -> bool:
    """Tell whether a page is fetched ahead of time, by a browser or by a front end.

    ``Sec-Purpose`` is the standard's (Fetch §2.2.7); see the lists for the others.
    """
    return any(
        name in PREFETCHED_BY
        or (name in PURPOSES and any(one in value.lower() for one in AHEAD_OF_TIME))
        for name, value in headers
    )
