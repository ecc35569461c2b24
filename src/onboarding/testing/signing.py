"""Keys that sign as providers do, whichever algorithm they chose."""

import base64
import hashlib
import json
import warnings
from collections.abc import Callable
from typing import Literal

from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

Json = dict[str, object]
"""A JSON object."""

SigningAlgorithm = Literal["RS256", "PS256", "ES256", "EdDSA", "HS256"]
"""What signs (RFC 7518 §3.1, RFC 8037). ``EdDSA`` is Ed25519 under the name that
deployed providers write; ``HS256`` takes the client's secret as its key."""


class SigningKey:
    """A key, made at once, with its ``kid``; an RSA key costs about 50 ms of CPU.

    Args:
        algorithm: What it signs with.
        secret: The key itself, for HS256 alone (OpenID Connect Core §10.1); made up
            when None.

    Attributes:
        jwk: The whole key, the private half included.
        kid: Its thumbprint (RFC 7638); None for a shared secret, which nobody
            publishes and so nobody names.
    """

    def __init__(
        self, algorithm: SigningAlgorithm = "RS256", *, secret: str | None = None
    ) -> None:
        self.algorithm = algorithm
        self.jwk = _make(algorithm) if secret is None else _shared(secret)
        self.kid = None if algorithm == "HS256" else self.jwk.thumbprint()

    @property
    def is_public(self) -> bool:
        """Whether there is a half that everybody may know."""
        return self.kid is not None

    def public_jwk(self) -> Json:
        """Return the public half as a JWK (RFC 7517), ready for a JWKS.

        Raises:
            ValueError: When there is none: HS256 has only a secret.
        """
        self._need_public()
        return {**self.jwk.as_dict(private=False), "kid": self.kid}

    def public_pem(self) -> bytes:
        """Return the public half in PEM, as an attacker would download it.

        Raises:
            ValueError: When there is none: HS256 has only a secret.
        """
        self._need_public()
        assert isinstance(self.jwk, RSAKey | ECKey | OKPKey)
        return self.jwk.as_pem(private=False)

    def header(self) -> Json:
        """Return the JOSE header of a genuine token."""
        named = {} if self.kid is None else {"kid": self.kid}
        return {"alg": self.algorithm, "typ": "JWT", **named}

    def sign(self, message: bytes) -> bytes:
        """Return the signature of the bytes."""
        # joserfc knows Ed25519 under its newer name (RFC 9864), and warns of the older.
        name = "Ed25519" if self.algorithm == "EdDSA" else self.algorithm
        return JWSRegistry.algorithms[name].sign(message, self.jwk)

    def _need_public(self) -> None:
        if not self.is_public:
            raise ValueError("HS256 signs with a secret: there is no public half")


def _make(algorithm: SigningAlgorithm) -> Key:
    match algorithm:
        case "RS256" | "PS256":
            return RSAKey.generate_key(2048, {"use": "sig", "alg": algorithm})
        case "ES256":
            return ECKey.generate_key("P-256", {"use": "sig", "alg": algorithm})
        case "EdDSA":
            return OKPKey.generate_key("Ed25519", {"use": "sig", "alg": algorithm})
        case "HS256":
            return OctKey.generate_key(256)


def _shared(secret: str) -> OctKey:
    with warnings.catch_warnings():
        # A test's secret may be short, whatever one thinks of such a key.
        warnings.simplefilter("ignore", SecurityWarning)
        return OctKey.import_key(secret)


def compact(header: Json, claims: Json, sign: Callable[[bytes], bytes]) -> str:
    """Return a compact JWS of a header and claims (RFC 7515 §7.1)."""
    message = ".".join(
        base64url(json.dumps(part).encode()) for part in (header, claims)
    )
    return f"{message}.{base64url(sign(message.encode()))}"


def at_hash(access_token: str, algorithm: SigningAlgorithm = "RS256") -> str:
    """Return the hash that ties an access token to an ID token (OIDC Core §3.1.3.6).

    Ed25519 hashes with SHA-512 inside, so providers do here too.
    """
    digest = hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256
    whole = digest(access_token.encode("ascii")).digest()
    return base64url(whole[: len(whole) // 2])


def base64url(data: bytes) -> str:
    """Return bytes in base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
