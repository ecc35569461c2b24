"""What clients sign to show who they are: RFC 7523, and Apple's own secret.

Pure: a token and an instant in, a sentence about what is wrong out.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry, deserialize_compact

from onboarding.testing.identity_provider.model import Client
from onboarding.testing.signing import SigningKey

APPLE = "https://appleid.apple.com"
"""For whom a secret for Apple is signed (``aud``)."""

LONGEST_APPLE_SECRET = timedelta(seconds=15_777_000)
"""Six months. Source: Apple, "Creating a client secret"."""

LONGEST_ASSERTION = timedelta(hours=1)
"""RFC 7523 §3 leaves it open; providers that say something say this or less."""


class BadAssertion(Exception):
    """What a client signed does not show who it is; the message says why."""


def check_assertion(
    client: Client, token: str, audiences: tuple[str, ...], now: datetime
) -> str:
    """Return the ``jti`` of a sound assertion (RFC 7523 §3, OIDC Core §9).

    Raises:
        BadAssertion: When it proves nothing; the message says why.
    """
    claims = _verified(client, token)
    _demand(claims.get("iss") == client.client_id, "iss is not the client_id")
    _demand(claims.get("sub") == client.client_id, "sub is not the client_id")
    told = claims.get("aud")
    for_whom = told if isinstance(told, list) else [told]
    _demand(any(one in audiences for one in for_whom), "aud is somebody else")
    _in_time(claims, now, LONGEST_ASSERTION)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise BadAssertion("jti is missing")
    return jti


def check_apple_secret(client: Client, token: str, now: datetime) -> None:
    """Check a client secret as Apple does.

    Raises:
        BadAssertion: When Apple would refuse it; the message says why.
    """
    assert client.key is not None  # as every client that signs
    claims = _verified(client, token)
    _demand(claims.get("iss") == client.key.team, "iss is not the team id")
    _demand(claims.get("sub") == client.client_id, "sub is not the client_id")
    _demand(claims.get("aud") == APPLE, f"aud is not {APPLE}")
    _demand("iat" in claims, "iat is missing")
    _in_time(claims, now, LONGEST_APPLE_SECRET)


def subject_of(token: str) -> str | None:
    """Return who an assertion says it is, unproven (RFC 7521 §4.2)."""
    _, _, rest = token.partition(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(rest.partition(".")[0] + "=="))
    except ValueError:
        return None
    told = claims.get("sub") if isinstance(claims, dict) else None
    return told if isinstance(told, str) else None


def _verified(client: Client, token: str) -> Mapping[str, object]:
    key, algorithm, kid = _key(client)
    try:
        signed = deserialize_compact(
            token, key, registry=JWSRegistry(algorithms=[algorithm])
        )
        claims = json.loads(signed.payload)
    except (JoseError, ValueError) as error:
        raise BadAssertion("the signature is none of this client's") from error
    _demand(kid in {None, signed.headers().get("kid")}, "kid names another key")
    if not isinstance(claims, dict):
        raise BadAssertion("the claims are no JSON object")
    return claims


def _key(client: Client) -> tuple[Key, str, str | None]:
    """Return what checks a client's signature, with which algorithm, and its name."""
    known = client.key
    if known is None:
        return SigningKey("HS256", secret=client.client_secret).jwk, "HS256", None
    kind = ECKey if known.algorithm == "ES256" else RSAKey
    return kind.import_key(known.pem), known.algorithm, known.kid


def _in_time(claims: Mapping[str, object], now: datetime, longest: timedelta) -> None:
    instant = now.timestamp()
    for name in ("iat", "nbf"):
        _demand(_seconds(claims.get(name, 0)) <= instant, f"{name} lies in the future")
    ends = _seconds(claims.get("exp"))
    _demand(instant < ends, "it has expired")
    _demand(ends <= instant + longest.total_seconds(), "it lives for too long")


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadAssertion("exp, iat or nbf is missing or no number")
    return float(value)


def _demand(holds: object, sentence: str) -> None:
    if not holds:
        raise BadAssertion(sentence)
