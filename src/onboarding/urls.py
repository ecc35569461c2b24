"""Addresses: which stay on this site, on this machine, or are fit for a sign-in."""

import socket
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

NAT64 = ip_network("64:ff9b::/96")
"""Behind it stands an IPv4 address (RFC 6052 §2.1)."""

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


class Reach(IntEnum):
    """How near a host is: the nearer, the less may somebody out there lead us to it.

    By its name or its number alone: no name is looked up. One that is public and
    answers with a private address (DNS rebinding) would get past a look-up before the
    call as well, since it may answer otherwise the next time. What holds there is TLS:
    we speak https alone, the certificate must be for that very name, and no service in
    here has one for a name of somebody else's; the handshake fails before anything is
    sent. Who wants a wall besides lets calls leave through a proxy
    (``HttpPolicy(proxy=…)``), which decides by the address it connects to.
    """

    ANYWHERE = 0
    """The public internet."""
    INSIDE = 1
    """Private networks (RFC 1918, RFC 4193), and names that only they resolve:
    ``.internal``, ``.local`` (RFC 6762), ``.home.arpa`` (RFC 8375), or without a dot.
    """
    HERE = 2
    """This machine, and what is one cable away: loopback and link-local, such as the
    metadata of a cloud at 169.254.169.254 (RFC 3927)."""

    @classmethod
    def of(cls, url: str) -> "Reach":
        """Return how near the host of an address is."""
        host = (urlsplit(url).hostname or "").removesuffix(".")
        number = _number(host)
        if number is not None:
            return _reach_of(number)
        if host == "localhost" or host.endswith(".localhost"):  # RFC 6761 §6.3
            return cls.HERE
        is_inside = "." not in host or host.endswith(NAMES_INSIDE)
        return cls.INSIDE if is_inside else cls.ANYWHERE


NAMES_INSIDE = (".internal", ".local", ".home.arpa")
"""What names end in that nobody out there can own."""


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return _old_number(host)
    if isinstance(found, IPv4Address):
        return found
    # An IPv4 address in the clothes of IPv6 leads where that one leads.
    behind = found.ipv4_mapped or found.sixtofour
    if found in NAT64:
        behind = IPv4Address(found.packed[-4:])
    return behind or found


def _old_number(host: str) -> IPv4Address | None:
    """Read 127.1, 2130706433 and 0x7f.1, as the C library does when it connects."""
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _reach_of(number: IPv4Address | IPv6Address) -> Reach:
    if number.is_loopback or number.is_link_local or number.is_unspecified:
        return Reach.HERE
    is_out_there = number.is_global and not number.is_multicast
    return Reach.ANYWHERE if is_out_there else Reach.INSIDE


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
