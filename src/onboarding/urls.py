"""Addresses: which stay on this site, on this machine, or are fit for a sign-in."""

from ipaddress import ip_address
from urllib.parse import urlsplit

LONGEST_NEXT = 2000
"""Characters of a return path that are kept; browsers and proxies carry as many."""


def safe_next(next: str | None, origin: str, default: str = "/") -> str:
    """Return a path of this site to go on to; the default for anything else.

    A link that signs somebody in and then leads elsewhere would lend our name to a
    page that asks for a password.

    Args:
        next: What somebody asked for: a path, or a whole address of this site.
        origin: This site, ``https://shop.example``, without a slash at the end.
        default: Where to go instead.
    """
    if not next or len(next) > LONGEST_NEXT:
        return default
    # Browsers drop tabs and line ends, and read \ as / (WHATWG URL §4.4): what is
    # checked here would not be where they go.
    if not next.isprintable() or "\\" in next or next != next.strip():
        return default
    path = next.removeprefix(origin) if next.startswith(f"{origin}/") else next
    # One slash, and not two: with that, no scheme and no host can follow (§4.4).
    return path if path.startswith("/") and not path.startswith("//") else default


def is_loopback(host: str) -> bool:
    """Tell whether a host never leaves this machine, so that plain http is no risk.

    The name ``localhost`` and every loopback address: 127.0.0.0/8 and ::1 (RFC 6890
    §2.2.2, §2.2.3).
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_loopback_url(url: str) -> bool:
    """Tell whether an address is plain http on this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


def url_problem(url: str) -> str | None:
    """Return why an address may not be used for a sign-in, or None when it may.

    Codes and tokens travel there, so it is https (RFC 6749 §3.1.2.1, §3.2), or http
    on this very machine.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address"
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        return 'must be a whole address, "https://…"'
    if parts.scheme != "https" and not is_loopback_url(url):
        return "must begin with https:// (http only on localhost, 127.0.0.1 or [::1])"
    if "@" in parts.netloc:
        return "must hold no user name or password"
    if "#" in url:
        return "must end before the #"
    return None
