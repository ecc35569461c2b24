"""A private key with which a client shows who it is, in place of a secret."""

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from onboarding.errors import ConfigError
from onboarding.providers.secret import Secret
from onboarding.providers.signatures import known_signatures

if TYPE_CHECKING:
    from joserfc.jwk import Key
    from pydantic import SecretStr

KeyAlgorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "Ed25519", "EdDSA",
]  # fmt: skip

ASSERTION_LIFE = timedelta(minutes=5)
"""How long an assertion holds: it is used at once, and clocks differ (RFC 7523 §3)."""

CERTIFICATE = re.compile(
    r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----"
)
"""The first certificate of a text in PEM (RFC 7468 §5)."""


@dataclass(frozen=True)
class ClientKey:
    """A private key that is registered at a provider; ``repr`` never shows it.

    Args:
        pem: The key in PEM, PKCS #8 or as OpenSSL writes it.
        kid: What the provider calls it; None where it needs no name.
        algorithm: What it signs with.
        certificate: The X.509 certificate of the key in PEM, where the provider knows
            the key by its thumbprint (``x5t#S256``, RFC 7515 §4.1.8), as Microsoft
            does; the first one of a chain.

    Raises:
        ConfigError: When the text is no private key, or one of another kind.
    """

    pem: "SecretStr | Secret | str" = field(repr=False)
    kid: str | None = None
    algorithm: KeyAlgorithm = "RS256"
    certificate: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Wrap the text; reading it waits until it is asked for."""
        object.__setattr__(self, "pem", Secret.of(self.pem))

    def check(self) -> None:
        """Sign something with it.

        Raises:
            ConfigError: When that fails: a public key, one of another kind, no key,
                or the certificate of another one.
        """
        self.sign({"iss": "check"})
        if not self._is_certified():
            raise ConfigError(
                "ClientKey: certificate is not that of the key in pem; give the whole "
                "text from -----BEGIN CERTIFICATE----- on, as it is registered there"
            )

    def sign(self, claims: Mapping[str, object]) -> str:
        """Return the claims as a signed JWT (RFC 7519).

        Raises:
            ConfigError: When it is no private key for its algorithm.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError

        named = {"kid": self.kid, "x5t#S256": self._thumbprint}
        shown = {name: value for name, value in named.items() if value}
        header = {"alg": self.algorithm, **shown}
        known = known_signatures((self.algorithm,))
        try:
            return jwt.encode(header, dict(claims), self._key, registry=known)
        except (JoseError, ValueError, TypeError):
            raise ConfigError(
                f"ClientKey: pem is no private key that signs {self.algorithm}; give "
                "the whole text from -----BEGIN to -----END"
            ) from None

    @cached_property
    def _thumbprint(self) -> str | None:
        """The SHA-256 of the certificate in DER, in base64url."""
        if self.certificate is None:
            return None
        digest = sha256(b64decode(self._certified[1])).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _is_certified(self) -> bool:
        """Tell whether the certificate, where there is one, is that of the key."""
        from joserfc.errors import JoseError
        from joserfc.jwk import JWKRegistry

        if self.certificate is None:
            return True
        try:
            known = JWKRegistry.import_key(self._certified[0], self._kind)
        except (JoseError, ValueError, TypeError):
            return False
        return known.thumbprint() == self._key.thumbprint()

    @cached_property
    def _certified(self) -> re.Match[str]:
        found = CERTIFICATE.search(self.certificate or "")
        if found is None:
            raise ConfigError(
                "ClientKey: certificate is no X.509 certificate in PEM; give the whole "
                "text from -----BEGIN CERTIFICATE----- on"
            )
        return found

    @property
    def _kind(self) -> Literal["RSA", "EC", "OKP"]:
        if self.algorithm[0] in "RP":
            return "RSA"
        return "EC" if self.algorithm.startswith("ES") else "OKP"

    @cached_property
    def _key(self) -> "Key":
        from joserfc.errors import JoseError
        from joserfc.jwk import JWKRegistry

        text = Secret.of(self.pem).get_secret_value().strip()
        try:
            key = JWKRegistry.import_key(text, self._kind)
            is_private = bool(getattr(key, "is_private", False))
        except (JoseError, ValueError, TypeError) as error:
            raise ValueError("no key") from error
        if not is_private:
            raise ValueError("a public key")
        return key


def assertion_claims(
    client_id: str, audience: str, now: datetime, *, jti: str
) -> dict[str, object]:
    """Return what a client says of itself (RFC 7523 §3, OpenID Connect Core §9).

    Args:
        client_id: Which client.
        audience: The token endpoint.
        now: The present instant.
        jti: Never used before.
    """
    at = int(now.timestamp())
    return {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": at,
        "exp": at + int(ASSERTION_LIFE.total_seconds()),
        "jti": jti,
    }
