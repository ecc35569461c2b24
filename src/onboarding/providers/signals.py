"""What providers tell on their own about a person, from server to server.

OpenID Connect Back-Channel Logout 1.0, Facebook's ``signed_request`` and Apple's server
notifications say alike: whom it is about, what happened, and a proof of who says so.
"""

import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

SIGNED_OUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
"""What a logout token says (Back-Channel Logout 1.0 §2.4)."""

LONGEST_SIGNAL = 16 * 1024
"""Characters of a signal; real ones have one or two thousand."""


class SignalKind(StrEnum):
    """What happened to a person at a provider.

    ``SIGNED_OUT``: they signed out there. ``REVOKED``: they took away what they let
    this application do. ``DELETED``: their account there is gone, or they asked there
    for the deletion of what this application has of them. ``EMAIL_STOPPED`` and
    ``EMAIL_RESUMED``: an address that the provider forwards leads nowhere, or does
    again.
    """

    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"
    DELETED = "deleted"
    EMAIL_STOPPED = "email_stopped"
    EMAIL_RESUMED = "email_resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSignal:
    """One thing that a provider tells.

    Attributes:
        kind: What happened.
        issuer: With the subject, the key of the identity that it is about.
        subject: The provider's id of the person.
        id: What the provider calls this signal, or its signature: taken once.
        at: When it was said.
    """

    kind: SignalKind
    issuer: str
    subject: str
    id: str
    at: datetime


class Signalling:
    """What a provider is asked about a signal; by default, it sends none."""

    def signal_in(self, sent: Mapping[str, str]) -> str | None:
        """Return the signed text of a signal among what was posted, or None.

        A provider that sends none answers None to everything; its address is then
        not there.
        """
        del sent
        return None

    def open_signal(self, text: str) -> Mapping[str, object] | None:
        """Return the claims of a signal that the client secret has signed.

        None where it was not signed so: it is checked as an ID token is, by the keys
        that the provider publishes.
        """
        del text
        return None

    def read_signal(
        self, claims: Mapping[str, object], kind: str
    ) -> ProviderSignal | None:
        """Return what a signal says, its signature checked; None for what it is not.

        Args:
            claims: What it says.
            kind: The end of the address that it was sent to, or empty: for a provider
                that tells different things in the same words.
        """
        del claims, kind
        return None


def instant(value: object) -> datetime | None:
    """Return an instant that a signal tells in seconds since 1970, or None.

    Milliseconds are taken for what they are, as Apple writes them inside of events.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > 10**11 else value
    if not 0 < seconds < 2**33:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def logout_of(claims: Mapping[str, object]) -> bool:
    """Tell whether claims are those of a logout token (Back-Channel Logout §2.6).

    Its event is an object, and it holds no nonce: an ID token is never one.
    """
    events = claims.get("events")
    told = events.get(SIGNED_OUT_EVENT) if isinstance(events, dict) else None
    return isinstance(told, dict) and "nonce" not in claims


def open_signed_request(text: str, secret: str) -> Mapping[str, object] | None:
    """Return what a ``signed_request`` says, if the client secret has signed it.

    HMAC-SHA256 over the encoded payload, as Facebook has it:
    https://developers.facebook.com/docs/facebook-login/guides/advanced/parse-signed-request
    """
    signature, dot, payload = text.partition(".")
    if not dot or len(text) > LONGEST_SIGNAL or not text.isascii():
        return None
    expected = hmac.digest(secret.encode(), payload.encode(), sha256)
    if not hmac.compare_digest(_bytes_of(signature), expected):
        return None
    try:
        told = json.loads(_bytes_of(payload))
    except (ValueError, RecursionError):
        return None
    is_so_signed = isinstance(told, dict) and told.get("algorithm") == "HMAC-SHA256"
    return told if is_so_signed else None


def _bytes_of(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
