"""ID tokens, genuine and forged.

A forgery is a function of the provider's key, the header and the claims, and
returns a compact JWS (RFC 7515 §7.1) that a careful client refuses. They are put
together by hand, because a JOSE library rightly declines to make them.
"""

import hmac
from collections.abc import Callable
from functools import cache

from onboarding.testing.signing import Json, SigningAlgorithm, SigningKey, compact

Signing = Callable[[SigningKey, Json, Json], str]
"""Makes a compact token of the provider's key, the header and the claims."""


def genuine(key: SigningKey, header: Json, claims: Json) -> str:
    """Sign as an honest provider does, with the key that the JWKS shows."""
    return compact(header, claims, key.sign)


def unsigned(_key: SigningKey, _header: Json, claims: Json) -> str:
    """Forge a token with ``alg`` "none" and an empty signature (RFC 7515 §A.5)."""
    return compact({"alg": "none", "typ": "JWT"}, claims, lambda _: b"")


def hmac_with_public_key(key: SigningKey, header: Json, claims: Json) -> str:
    """Forge a token with HS256, the public key in PEM serving as the secret."""

    def sign(message: bytes) -> bytes:
        return hmac.digest(key.public_pem(), message, "sha256")

    return compact(header | {"alg": "HS256"}, claims, sign)


def unknown_kid(key: SigningKey, header: Json, claims: Json) -> str:
    """Sign with the right key under a ``kid`` that the JWKS does not have."""
    return compact(header | {"kid": "not-in-the-jwks"}, claims, key.sign)


def foreign_key(key: SigningKey, header: Json, claims: Json) -> str:
    """Forge a token with a key of one's own under the provider's ``kid``."""
    return compact(header, claims, strangers_key(key.algorithm).sign)


def key_in_header(key: SigningKey, header: Json, claims: Json) -> str:
    """Forge a token with a key of one's own that it brings along (``jwk``)."""
    own = strangers_key(key.algorithm)
    return compact(header | {"jwk": own.public_jwk()}, claims, own.sign)


@cache
def strangers_key(algorithm: SigningAlgorithm) -> SigningKey:
    """Return a key that no provider has; the same one each time, to save the making."""
    return SigningKey(algorithm)


def unknown_critical_header(key: SigningKey, header: Json, claims: Json) -> str:
    """Sign well, but demand an extension nobody knows (``crit``, RFC 7515 §4.1.11)."""
    demanding: Json = {"crit": ["x-unheard-of"], "x-unheard-of": True}
    return compact(header | demanding, claims, key.sign)
