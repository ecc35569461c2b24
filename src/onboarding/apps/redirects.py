"""Where the answer of a sign-in may go: pure decisions about addresses.

It carries a code, and whoever gets it on the way is stopped by the verifier that only
the app knows (RFC 7636). Where it goes is decided before anybody is sent anywhere: an
address that is not registered gets not even an error, or our name would lend itself to
any page (open redirect, RFC 9700 §4.11).

Two kinds of address are accepted. An ``https`` one that the app has claimed is given
to the app by the system itself. A loopback one leaves no machine. A scheme of its own
(``com.example.shop:/callback``, RFC 8252 §7.1) is refused: any app may claim the same,
and could then run the whole sign-in under the name of another (§8.6), which a verifier
does not stop.
"""

import re
from urllib.parse import quote, urlencode, urlsplit

from onboarding.urls import url_problem

LONGEST_REDIRECT = 512
"""Characters of an address that is registered; it stands in the address of a page."""

LOOPBACK = re.compile(
    r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/[^?#\\\s]*)?\Z"
)
"""RFC 8252 §7.3. Not ``localhost``, which may lead to another machine (§8.3)."""

HIGHEST_PORT = 65_535


def redirect_problem(uri: str) -> str | None:
    """Return why no answer may go to an address, or None when it may."""
    if len(uri) > LONGEST_REDIRECT:
        return f"is longer than {LONGEST_REDIRECT} characters"
    if uri.startswith("http://"):
        if _loopback(uri) is None:
            return (
                "is plain http, which is for http://127.0.0.1/… and http://[::1]/… "
                "alone, without a query; localhost may lead elsewhere"
            )
        return None
    if not uri.startswith("https://"):
        return (
            "must begin with https:// (an address that the app has claimed), or with "
            "http://127.0.0.1; any other app may claim a scheme of one's own"
        )
    return url_problem(uri)


def is_registered(registered: str, given: str) -> bool:
    """Tell whether an address is the one that is registered.

    Letter by letter (RFC 9700 §4.1.3); on loopback any port will do, since an app takes
    whichever is free, and all else is compared as it stands.
    """
    if registered == given:
        return True
    ours = _loopback(registered)
    return ours is not None and ours == _loopback(given)


def _loopback(uri: str) -> tuple[str, str] | None:
    """Return host and path of a loopback address; None for any other address."""
    found = LOOPBACK.match(uri)
    if found is None or int(found["port"] or 0) > HIGHEST_PORT or not uri.isascii():
        return None
    return found["host"], found["path"] or "/"


def with_answer(redirect_uri: str, **said: str | None) -> str:
    """Return where the browser is sent: the address with what is said, in its query."""
    told = urlencode({n: v for n, v in said.items() if v is not None}, quote_via=quote)
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{told}"


def form_source(redirect_uri: str) -> str:
    """Return what lets a form lead to an address, in a content security policy.

    The grammar of CSP has no address of IPv6, so there the scheme has to do.
    """
    parts = urlsplit(redirect_uri)
    is_ipv6 = parts.netloc.startswith("[")
    return f"{parts.scheme}:" if is_ipv6 else f"{parts.scheme}://{parts.netloc}"
