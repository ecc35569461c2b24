"""Places in an address, a header or a body that take a value of an earlier answer.

``"https://api.example/users/{token.user_id}"`` is filled when the call is made. What is
put in comes from a stranger's server, so it never decides which host is called, and in
an address it cannot leave its place.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

from onboarding.errors import BadProviderReply
from onboarding.providers.replies import Replies

FILLED_PLACE = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\}")
"""``{access_token}``, or the name of an answer and the way to a value in it."""

LONGEST_FILLING = 4096
"""Characters that are put into one place; access tokens may be long."""


def places_in(text: str) -> list[str]:
    """Return what stands in the places of a text, without the braces."""
    return FILLED_PLACE.findall(text)


def fill_address(provider: str, url: str, values: Replies) -> str:
    """Return an address with its places filled, each percent-encoded (RFC 3986 §2.4).

    Raises:
        BadProviderReply: When a value is missing, or is no text and no whole number.
    """
    return FILLED_PLACE.sub(
        lambda place: quote(find(provider, place[1], values), ""), url
    )


def fill_text(provider: str, text: str, values: Replies) -> str:
    """Return a text with its places filled, as the values are.

    Raises:
        BadProviderReply: As ``fill_address``.
    """
    return FILLED_PLACE.sub(lambda place: find(provider, place[1], values), text)


def find(provider: str, path: str, values: Replies) -> str:
    """Return the value that a place asks for, as text.

    Raises:
        BadProviderReply: When it is missing, empty, far too long, not printable, or
            no text and no whole number.
    """
    value = _at(values, path)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_FILLING:
        raise BadProviderReply(provider, f"{path} is missing or no usable value")
    if not value.isprintable():
        raise BadProviderReply(provider, f"{path} is not printable")
    return value


def _at(value: object, path: str) -> object:
    """Return what stands at a dotted path; a name may hold dots itself."""
    if not isinstance(value, Mapping):
        return None
    if path in value:
        return value[path]
    # OpenID 2.0 calls its parameters ``openid.sig``, so the rest was tried whole.
    head, _, rest = path.partition(".")
    return _at(value.get(head), rest) if rest else None
