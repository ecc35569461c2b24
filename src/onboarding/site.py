"""The public address of our pages, taken apart and written as browsers write it."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from onboarding.emails import encoded_domain
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.urls import is_loopback

EXAMPLE = 'url="https://shop.example/welcome"'

NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\Z")
"""A host's name in ASCII; two dots in a row are looked for apart."""

PATH = re.compile(r"(?:/(?!\.\.?(?:/|\Z))[A-Za-z0-9._~-]+)+\Z")
"""Plain segments; browsers take ``.`` and ``..`` out of a path (WHATWG URL §4.4)."""

IMPLIED = {"http": 80, "https": 443}
"""The port that a scheme implies, which browsers never write (RFC 6454 §6.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The public address of our pages, taken apart once.

    Attributes:
        url: Without a trailing slash.
        origin: Scheme, host and port as browsers send them in ``Origin``.
        path: The mount path, such as ``/welcome``.
        is_secure: Whether cookies are Secure and carry the ``__Host-`` prefix.
    """

    url: str
    origin: str
    path: str
    is_secure: bool

    @classmethod
    def parse(cls, url: str) -> "Site":
        """Take the address apart, and write it as a browser would.

        ``Origin`` is compared with it letter by letter, so an address that no browser
        ever sends would refuse every form.

        Raises:
            ConfigError: When it is not a full address, has no path, or is plain
                ``http`` on a host that is not this machine.
        """
        parts, host, port = _taken_apart(url)
        if parts.query or parts.fragment or parts.username is not None:
            raise ConfigError(
                f"url={url!r}: write it without a user, a query or a fragment"
            )
        if parts.scheme == "http" and not is_loopback(host.strip("[]")):
            raise ConfigError(
                f"url={url!r} is plain http, where cookies and codes can be read on "
                "the way; use https (http is for localhost, 127.0.0.1 and [::1])"
            )
        netloc = host if port in (None, IMPLIED[parts.scheme]) else f"{host}:{port}"
        origin = f"{parts.scheme}://{netloc}"
        path = parts.path.rstrip("/")
        if not PATH.match(path):
            raise ConfigError(
                f"url={url!r} needs a plain path of its own for our pages, such as "
                f'"{origin}/welcome"'
            )
        return cls(
            url=origin + path,
            origin=origin,
            path=path,
            is_secure=parts.scheme == "https",
        )


def _taken_apart(url: str) -> tuple[SplitResult, str, int | None]:
    """Return the parts of an address, its host and its port as browsers write them."""
    text = url.strip()  # a line end behind it is what files of settings leave
    try:
        parts = urlsplit(text)
        name, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError(f"url={url!r}: {error}; write {EXAMPLE}") from None
    if parts.scheme not in IMPLIED or not name or not text.isprintable():
        raise ConfigError(
            f"url={url!r} is not a full address; write the public address of our "
            f"pages, such as {EXAMPLE}"
        )
    host = _host(name)
    if host is None or port == 0:
        raise ConfigError(
            f"url={url!r}: no browser can go to {parts.netloc!r}; write the name as "
            f"people type it, such as {EXAMPLE}"
        )
    return parts, host, port


def _host(name: str) -> str | None:
    """Return a host as browsers send it, or None where they would not go there."""
    try:
        # The shortest form of an IPv6 address, in brackets (RFC 5952).
        number = ip_address(name)
    except ValueError:
        return _domain(name)
    return f"[{number.compressed}]" if number.version == 6 else number.compressed


def _domain(name: str) -> str | None:
    """Return a domain in lower case and ASCII, "xn--bcher-kva.example"."""
    found = encoded_domain(name)
    if found is None:
        return None
    name = found.removesuffix(".")
    last = name.rpartition(".")[2]
    # Browsers take a name that ends in a number for an IPv4 address, written oddly.
    is_odd = ".." in name or last.isdigit() or last.startswith("0x")
    return name if NAME.match(name) and not is_odd else None
