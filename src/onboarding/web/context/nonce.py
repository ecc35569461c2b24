"""The nonce by which parallel first writes of one visitor make one guest."""

from onboarding.web.context.headers import Headers, header_values
from onboarding.web.context.protection import is_same_site

NONCE = "onboarding-nonce"
"""The name of the form field, and of the header for scripts, that carry it.

It has a hyphen, which no question's name has."""


def trusted_nonce(headers: Headers, origin: str, field: str | None) -> str | None:
    """Return the nonce of a request of our own site, or None.

    One that another site sends is worth nothing: it would make this visitor the
    guest of whoever planted it there.

    Args:
        headers: Raw request headers.
        origin: Scheme, host and port of the application's ``url``.
        field: The value of the form field; without one, the header counts.
    """
    nonce = field
    if nonce is None:
        sent = header_values(headers, NONCE.encode())
        nonce = sent[0].decode("latin-1") if len(sent) == 1 else None
    return nonce if nonce and is_same_site(headers, origin) else None
