"""A private key with which a client shows who it is, in place of a secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
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


@dataclass(frozen=True)
class ClientKey:
    """A private key that is registered at a provider; ``repr`` never shows it.

    Args:
        pem: The key in PEM, PKCS #8 or as OpenSSL writes it.
        kid: What the provider calls it; None where it needs no name.
        algorithm: What it signs with.

    Raises:
        ConfigError: When the text is no private key, or one of another kind.
    """

    pem: "SecretStr | Secret | str" = field(repr=False)
    kid: str | None = None
    algorithm: KeyAlgorithm = "RS256"

    def __post_init__(self) -> None:
        """Wrap the text; reading it waits until it is asked for."""
        object.__setattr__(self, "pem", Secret.of(self.pem))

    def check(self) -> None:
        """Sign something with it.

        Raises:
            ConfigError: When that fails: a public key, one of another kind, no key.
        """
        self.sign({"iss": "check"})

    def sign(self, claims: Mapping[str, object]) -> str:
        """Return the claims as a signed JWT (RFC 7519).

        Raises:
            ConfigError: When it is no private key for its algorithm.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError

        header = {"alg": self.algorithm, **({"kid": self.kid} if self.kid else {})}
        known = known_signatures((self.algorithm,))
        try:
            return jwt.encode(header, dict(claims), self._key, registry=known)
        except (JoseError, ValueError, TypeError):
            raise ConfigError(
                f"ClientKey: pem is no private key that signs {self.algorithm}; give "
                "the whole text from -----BEGIN to -----END"
            ) from None

    @cached_property
    def _key(self) -> "Key":
        from joserfc.errors import JoseError
        from joserfc.jwk import JWKRegistry

        kind = {"R": "RSA", "P": "RSA"}.get(self.algorithm[0])
        if kind is None:
            kind = "EC" if self.algorithm.startswith("ES") else "OKP"
        text = Secret.of(self.pem).get_secret_value().strip()
        try:
            key = JWKRegistry.import_key(text, kind)
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
