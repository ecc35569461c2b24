"""Whether a provider's settings fit what it publishes about itself.

For ``onboarding doctor``: what a discovery document says is compared before anybody
signs in. Where the document says nothing, nothing is wrong.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from onboarding.providers.base import Provider
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.signatures import by_both_names

REMINDER = timedelta(days=30)
"""How long before its last day a secret is to be replaced."""

METHOD_NAMES = {
    "basic": "client_secret_basic",
    "post": "client_secret_post",
    "none": "none",
    "client_secret_jwt": "client_secret_jwt",
    "private_key_jwt": "private_key_jwt",
}
"""What Discovery calls each ``client_auth`` (OpenID Connect Core §9)."""


def misfits(provider: Provider, endpoints: Endpoints) -> Iterator[str]:
    """Yield each setting that the provider says it does not take, and what to write.

    Args:
        provider: With its settings.
        endpoints: As its discovery document names them.
    """
    taken = endpoints.client_auths
    if taken and METHOD_NAMES[provider.client_auth] not in taken:
        known = [ours for ours, name in METHOD_NAMES.items() if name in taken]
        advice = " or ".join(f'client_auth="{one}"' for one in known)
        yield (
            f'client_auth="{provider.client_auth}", and it takes {", ".join(taken)}: '
            f"write {advice or 'to its operator, since none of these is known here'}"
        )
    methods = endpoints.code_challenges
    if methods and provider.pkce and "S256" not in methods:
        yield (
            f"it takes code challenges by {', '.join(methods)} alone, and S256 is what "
            "is sent: where it refuses that, write pkce=False with its reason"
        )
    if methods and not provider.pkce and "S256" in methods:
        yield "pkce=False, and it takes S256: leave pkce=False out"
    signing = set(by_both_names(endpoints.algorithms))
    if signing and provider.algorithms and not signing & set(provider.algorithms):
        listed = ", ".join(endpoints.algorithms)
        yield (
            f"algorithms={provider.algorithms!r}, and it signs with {listed}: write "
            "one of these"
        )
    if endpoints.requires_pushed and endpoints.pushed is None:
        yield "it takes pushed requests alone, and names no address to push them to"


def ahead(said: str, now: datetime) -> timedelta | None:
    """Return how far a clock of ours is ahead of whoever sent this date, or None.

    Args:
        said: The header ``Date`` (RFC 9110 §6.6.1).
        now: By our clock, when it came.
    """
    try:
        theirs = parsedate_to_datetime(said)
        # Without a zone it is UTC, as every date of HTTP is.
        return now - theirs.replace(tzinfo=theirs.tzinfo or UTC)
    except (ValueError, OverflowError):  # no date, or none that there is
        return None


def expiring(provider: Provider, today: date) -> str | None:
    """Return what to do about a secret that ends soon, or has ended; None if neither.

    Args:
        provider: With its settings.
        today: In UTC.
    """
    last = provider.secret_expires
    if last is None or today + REMINDER < last:
        return None
    ended = "has ended" if last < today else "ends"
    return (
        f"its secret {ended} on {last}: make a new one there, set it with its own "
        "secret_expires, and take the old one away afterwards"
    )
