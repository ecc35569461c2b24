"""Cookies: the raw header read, the ``Set-Cookie`` line written.

Over https every cookie of ours has the prefix ``__Host-`` (RFC 6265bis §4.1.3.2):
browsers then take it only with Secure, ``Path=/`` and no Domain, so that a sibling
host cannot plant one. Over http, which is accepted for localhost alone, it has no
prefix, and so can never be mistaken for one of production.
"""

from collections.abc import Hashable, Iterable
from typing import TypeVar

from onboarding.cookies import OURS, CookieNames, CookieSpec
from onboarding.web.context.headers import GivenHeaders

V = TypeVar("V", bound=Hashable)

SESSION = OURS
LANGUAGE = f"{OURS}-language"
LAST_WAY = f"{OURS}-way"


def values(headers: GivenHeaders, name: bytes) -> list[bytes]:
    """Return each value sent under exactly this name.

    See ``agreed`` for what to believe of several.
    """
    return [
        value
        for header, line in headers
        if header == b"cookie"
        for value in values_in(line, name)
    ]


def values_in(line: bytes, name: bytes) -> list[bytes]:
    """Return each value that one ``Cookie`` header has under exactly this name."""
    found = []
    for pair in line.split(b";"):
        own, equals, value = pair.strip().partition(b"=")
        if equals and own == name:
            found.append(value)
    return found


def agreed(values: Iterable[V]) -> V | None:
    """Return the value that was sent, or None where there is none, or several differ.

    Of two that differ somebody planted one (cookie tossing): neither is believed. The
    same twice is no contradiction; proxies that join headers send that.
    """
    different = set(values)
    return different.pop() if len(different) == 1 else None


def jar(headers: GivenHeaders, names: CookieNames) -> dict[str, str]:
    """Return our cookies by their name without prefix, where each is ``agreed``."""
    seen: dict[str, list[str]] = {}
    for header, line in headers:
        if header == b"cookie":
            for pair in line.split(b";"):
                name, equals, value = pair.strip().partition(b"=")
                bare = names.own(name.decode("latin-1"))
                if equals and bare is not None:
                    seen.setdefault(bare, []).append(value.decode("latin-1"))
    believed = ((name, agreed(given)) for name, given in seen.items())
    return {name: value for name, value in believed if value is not None}


def are_sent(headers: GivenHeaders) -> bool:
    """Tell whether the request carries any cookie, ours or not."""
    return any(header == b"cookie" for header, _ in headers)


def line(spec: CookieSpec, names: CookieNames) -> tuple[bytes, bytes]:
    """Return the header that sets a cookie, or clears it where ``max_age`` is 0."""
    flags = "; Secure" if names.secure else ""
    pair = f"{names.sent(spec.name)}={spec.value}"
    text = f"{pair}; Path=/; Max-Age={spec.max_age}; HttpOnly; SameSite=Lax{flags}"
    return b"set-cookie", text.encode("latin-1")
