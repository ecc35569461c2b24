"""What goes wrong without a word, noticed at a request: told once, to the operator.

Each of these works for whoever tries it on their own machine, and loses visitors
elsewhere: nothing fails, so nothing would be logged. A warning names what was seen and
what the settings say, and which line to write. It comes once for each object, so once
for each process: a log full of it would be read by nobody.
"""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from onboarding.web.context.headers import header_values
from onboarding.web.context.paths import whole_path

if TYPE_CHECKING:
    from onboarding.core import Core

log = logging.getLogger("onboarding")

OWN_PAGES = frozenset(
    {
        *("account", "answers", "ask", "callback", "confirm", "guest", "me"),
        *("prompt", "sign-in", "sign-out", "unsubscribe"),
    }
)
"""With what the addresses of our pages begin, below the path of ``url``."""

SCHEMES = {"ws": "http", "wss": "https"}
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
LONGEST_SHOWN = 100
"""Characters of a header that are told: anybody may write into it."""


def _warn(core: "Core[Any]", what: str, text: str, *facts: object) -> None:
    if what not in core.noticed:
        core.noticed.add(what)
        log.warning(text, *facts)


# ── our pages ────────────────────────────────────────────────────────────────


def notice_unserved(core: "Core[Any]", scope: Mapping[str, Any], status: int) -> None:
    """Warn where an address of ours is answered, and not by us.

    Args:
        core: Of the layer that the request has passed.
        scope: Of the request.
        status: Of the response. Any other than 404 says something of our own
            addresses alone: there may be pages of the host's beside them.
    """
    path = whole_path(scope)
    if not path.startswith(f"{core.path}/"):
        return
    first = path.removeprefix(f"{core.path}/").partition("/")[0]
    if status == 404 or (status == 200 and first in OWN_PAGES):
        _warn(
            core,
            "unserved",
            "our pages are not at %s, where url says they are: %s was answered with "
            "%s, and not by them; add onboarding.mount to the routes of your "
            "application, in front of those that take every path",
            core.path,
            path[:LONGEST_SHOWN],
            status,
        )


def notice_place(core: "Core[Any]", scope: Mapping[str, Any]) -> None:
    """Warn where a page of ours is served at another path than ``url`` says."""
    if whole_path(scope).startswith(f"{core.path}/"):
        return
    _warn(
        core,
        "misplaced",
        "our pages are served at %r, and url says %r, where all their links lead; "
        "mount them by onboarding.mount, or change url. Where a proxy takes a prefix "
        "off the path, tell it to the server (root_path)",
        scope.get("root_path", "")[:LONGEST_SHOWN],
        core.path,
    )


# ── the address of requests ──────────────────────────────────────────────────


def origin_of(scope: Mapping[str, Any]) -> str | None:
    """Return the origin that a request was sent to, as far as the server knows it."""
    hosts = header_values(scope["headers"], b"host")
    if len(hosts) != 1:
        return None
    sent = scope.get("scheme", "http")
    scheme = SCHEMES.get(sent, sent)
    host = hosts[0].decode("latin-1").lower()
    return f"{scheme}://{host.removesuffix(DEFAULT_PORTS.get(scheme, ''))}"


def notice_address(core: "Core[Any]", scope: Mapping[str, Any]) -> None:
    """Warn where requests come to another host, or by another scheme, than ``url``."""
    seen = origin_of(scope)
    if seen is None or seen == core.origin:
        return
    if seen.partition("://")[2] == core.origin.partition("://")[2]:
        text = (
            "requests come by the scheme of %r, and url says %r; where a proxy ends "
            "TLS, let it send X-Forwarded-Proto, and the server believe it (uvicorn "
            "--forwarded-allow-ips)"
        )
        _warn(core, "scheme", text, seen[:LONGEST_SHOWN], core.origin)
        return
    text = (
        "requests come to %r, and url says %r: browsers keep the cookies of the two "
        "apart, and a sign-in that begins at one ends at the other; open the address "
        "of url, or change url. A proxy must pass Host on"
    )
    _warn(core, "host", text, seen[:LONGEST_SHOWN], core.origin)


def notice_refused_form(core: "Core[Any]", scope: Mapping[str, Any]) -> None:
    """Warn where a form was refused that seems to be of this very site.

    What another site sends is refused without a word more: that is what the check is
    for. ``Sec-Fetch-Site`` is the browser's own judgement, and needs no hint.
    """
    if header_values(scope["headers"], b"sec-fetch-site"):
        return
    origins = header_values(scope["headers"], b"origin")
    sent = origins[0].decode("latin-1") if len(origins) == 1 else None
    if sent == "null":
        _warn(
            core,
            "null origin",
            "a form was refused (csrf), since it came with 'Origin: null'; the origin "
            "of url is %r. A page with Referrer-Policy: no-referrer, or in a sandbox, "
            "sends that: let it have Referrer-Policy: same-origin",
            core.origin,
        )
    elif sent is not None and _is_same_host(sent, scope):
        _warn(
            core,
            "refused",
            "a form was refused (csrf), since its page is of %r, and url says %r; open "
            "the address of url, or change url. A proxy must pass Host on",
            sent[:LONGEST_SHOWN],
            core.origin,
        )


def _is_same_host(origin: str, scope: Mapping[str, Any]) -> bool:
    hosts = header_values(scope["headers"], b"host")
    return [origin.partition("://")[2].lower()] == [
        host.decode("latin-1").lower() for host in hosts
    ]


# ── several processes ────────────────────────────────────────────────────────


def notice_stranger(core: "Core[Any]", token: str) -> None:
    """Warn where a session was made by another process, though each has its own."""
    if core.sessions.is_of_another_process(token):
        _warn(
            core,
            "memory",
            'a session came that another process has made, and database="memory:" '
            "belongs to one process alone: whoever is served by the other is a "
            "stranger here, and loses what they did; serve with one worker, or write "
            'database="sqlite:///shop.db"',
        )
