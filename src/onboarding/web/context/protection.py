"""Protection from cross-site requests (CSRF), and the limits of a request's body.

There is no token. A browser sends with every POST where it comes from, in
``Sec-Fetch-Site`` (Fetch Metadata) or in ``Origin``, and no page can forge either; a
client that sends neither may act only as long as it sends no cookie, because then it
can act as nobody but itself.
"""

from collections.abc import Iterable

from onboarding.errors import BodyTooLarge, CrossSiteRequest
from onboarding.urls import safe_next
from onboarding.web.context import cookies
from onboarding.web.context.headers import Headers, header_values

LONGEST_BODY = 64 * 1024
"""Bytes a body may have: the longest honest form of ours is a few kilobytes."""

OWN_SITES = {b"same-origin", b"none"}
"""From one of our pages, or typed by the person (Fetch Metadata §2.4)."""


def check_same_site(headers: Headers, origin: str) -> None:
    """Refuse a state change that another site may have caused.

    Args:
        headers: Raw request headers.
        origin: Scheme, host and port of the application's ``url``.

    Raises:
        CrossSiteRequest: Before anything was read or written. Without this check,
            any page could act for whoever visits it (CSRF).
    """
    if not is_same_site(headers, origin):
        raise CrossSiteRequest("this state change did not come from our own pages")


def is_same_site(headers: Headers, origin: str) -> bool:
    """Tell whether a request comes from this very site, and from no other."""
    sites = header_values(headers, b"sec-fetch-site")
    origins = header_values(headers, b"origin")
    if sites:
        return all(site in OWN_SITES for site in sites)
    if origins:
        # `null`, from a sandbox or a privacy setting, could be anybody.
        return all(one == origin.encode() for one in origins)
    return not cookies.are_sent(headers)


def came_from(headers: Headers, origin: str) -> str | None:
    """Return the path of the page of ours that a request came from, by ``Referer``."""
    referers = header_values(headers, b"referer")
    if len(referers) != 1:
        return None
    return safe_next(referers[0].decode("latin-1"), origin, "") or None


def check_length(headers: Headers) -> None:
    """Refuse a body that says itself that it is too long.

    Raises:
        BodyTooLarge: Before a byte of it is read.
    """
    found = header_values(headers, b"content-length")
    # The same number several times is one number (RFC 9110 §8.6).
    for value in {part.strip() for line in found for part in line.split(b",")}:
        if not value.isdigit() or int(value[:12]) > LONGEST_BODY:
            raise BodyTooLarge(f"a body of more than {LONGEST_BODY} bytes")


def is_text(value: str) -> bool:
    """Tell whether every store can keep a text: no NUL, no half of a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def are_texts(values: Iterable[str]) -> bool:
    """Tell whether every store can keep each of the texts."""
    return all(map(is_text, values))
