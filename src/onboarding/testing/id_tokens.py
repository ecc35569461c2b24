"""ID tokens, genuine and forged.

A forgery is a function of the provider's key, the header and the claims, and
returns a compact JWS (RFC 7515 §7.1) that a careful client refuses. They are put
together by hand, because a JOSE library rightly declines to make them.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import default_registry

Json = dict[str, object]
"""A JSON object."""


class SigningKey:
    """An RSA key of 2048 bits, made at once (about 50 ms of CPU), with its ``kid``."""

    def __init__(self) -> None:
        self.rsa = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})
        self.kid = self.rsa.thumbprint()

    def public_jwk(self) -> Json:
        """Return the public half as a JWK (RFC 7517), ready for a JWKS."""
        return {**self.rsa.as_dict(private=False), "kid": self.kid}

    def public_pem(self) -> bytes:
        """Return the public half in PEM, as an attacker would download it."""
        return self.rsa.as_pem(private=False)

    def header(self) -> Json:
        """Return the JOSE header of a genuine token."""
        return {"alg": "RS256", "typ": "JWT", "kid": self.kid}

    def sign(self, message: bytes) -> bytes:
        """Return the RS256 signature of the bytes."""
        return default_registry.get_alg("RS256").sign(message, self.rsa)


Signing = Callable[[SigningKey, Json, Json], str]
"""Makes a compact token of the provider's key, the header and the claims."""


def genuine(key: SigningKey, header: Json, claims: Json) -> str:
    """Sign as an honest provider does: RS256, with the key that the JWKS shows."""
    return jwt.encode(header, claims, key.rsa, algorithms=["RS256"])


def at_hash(access_token: str) -> str:
    """Return the hash that ties an access token to an ID token (OIDC Core §3.1.3.6)."""
    half = hashlib.sha256(access_token.encode("ascii")).digest()[:16]
    return _base64url(half)


def unsigned(_key: SigningKey, _header: Json, claims: Json) -> str:
    """Forge a token with ``alg`` "none" and an empty signature (RFC 7515 §A.5)."""
    return _compact({"alg": "none", "typ": "JWT"}, claims, lambda _: b"")


def hmac_with_public_key(key: SigningKey, header: Json, claims: Json) -> str:
    """Forge a token with HS256, the public key in PEM serving as the secret."""

    def sign(message: bytes) -> bytes:
        return hmac.digest(key.public_pem(), message, "sha256")

    return _compact(header | {"alg": "HS256"}, claims, sign)


def unknown_kid(key: SigningKey, header: Json, claims: Json) -> str:
    """Sign with the right key under a ``kid`` that the JWKS does not have."""
    return _compact(header | {"kid": "not-in-the-jwks"}, claims, key.sign)


def foreign_key(_key: SigningKey, header: Json, claims: Json) -> str:
    """Forge a token with a key of one's own under the provider's ``kid``."""
    return _compact(header, claims, SigningKey().sign)


def key_in_header(_key: SigningKey, header: Json, claims: Json) -> str:
    """Forge a token with a key of one's own that it brings along (``jwk``)."""
    own = SigningKey()
    return _compact(header | {"jwk": own.public_jwk()}, claims, own.sign)


def unknown_critical_header(key: SigningKey, header: Json, claims: Json) -> str:
    """Sign well, but demand an extension nobody knows (``crit``, RFC 7515 §4.1.11)."""
    demanding: Json = {"crit": ["x-unheard-of"], "x-unheard-of": True}
    return _compact(header | demanding, claims, key.sign)


def _compact(header: Json, claims: Json, sign: Callable[[bytes], bytes]) -> str:
    message = ".".join(
        _base64url(json.dumps(part).encode()) for part in (header, claims)
    )
    return f"{message}.{_base64url(sign(message.encode()))}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
