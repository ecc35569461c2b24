"""Key sets that providers publish, and which of their keys may sign an ID token."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from onboarding.errors import BadProviderReply

if TYPE_CHECKING:
    from joserfc.jwk import Key, KeySet

KEY_TYPES = frozenset({"RSA", "EC", "OKP"})

NUMBERS = frozenset({"n", "e", "x", "y"})
"""Members of a key in base64url, which some providers pad (RFC 7515 §2)."""

KEY_MEMBERS = NUMBERS | {"kty", "kid", "alg", "crv"}
"""What makes a key (RFC 7517 §4, RFC 7518 §6): a null, a certificate or an expiry
beside it decides nothing."""

RSA_BITS = (2048, 8192 + 6)
"""Bits of a modulus (RFC 7518 §3.3), to the next letter of base64."""

MOST_KEYS = 64
"""Keys of a key set that are read."""


def read_keys(provider: str, document: object) -> "KeySet":
    """Return the keys of a JWK set that may have signed an ID token (RFC 7517 §5).

    Those of another use or type are left out, and so are broken and weak ones: one
    bad key in a set must not end every sign-in.

    Raises:
        BadProviderReply: When none is left.
    """
    from joserfc.jwk import KeySet

    listed = document.get("keys") if isinstance(document, dict) else None
    candidates = listed[:MOST_KEYS] if isinstance(listed, list) else []
    keys = [key for jwk in candidates if (key := _key(jwk)) is not None]
    if not keys:
        raise BadProviderReply(provider, "publishes no usable keys", endpoint="keys")
    return KeySet(keys)


def _key(jwk: object) -> "Key | None":
    # An unknown curve is a KeyError of joserfc's, a list as "kty" a TypeError: one
    # key that nobody here can read is ignored (RFC 7517 §5), whatever it throws.
    with suppress(Exception):
        return _read_key(jwk)
    return None


def _read_key(jwk: object) -> "Key | None":
    from joserfc.jwk import JWKRegistry

    if not isinstance(jwk, dict) or jwk.get("kty") not in KEY_TYPES:
        return None
    if jwk.get("use") not in (None, "", "sig") or _is_unfit(jwk):
        return None
    operations = jwk.get("key_ops")
    if isinstance(operations, list) and operations and "verify" not in operations:
        return None
    members = {name: jwk[name] for name in jwk.keys() & KEY_MEMBERS if jwk[name]}
    if jwk["kty"] == "OKP":
        # Its curve says how it signs, whichever of the two names stands beside it.
        members.pop("alg", None)
    numbers = {
        name: value.rstrip("=") if isinstance(value, str) else value
        for name, value in members.items()
        if name in NUMBERS
    }
    return JWKRegistry.import_key(members | numbers)


def _is_unfit(jwk: Mapping[str, object]) -> bool:
    """Tell whether an RSA key is too weak, or so large that checking it is a burden."""
    modulus = jwk.get("n")
    if jwk.get("kty") != "RSA" or not isinstance(modulus, str):
        return False
    bits = len(modulus.rstrip("=")) * 6
    return not RSA_BITS[0] <= bits <= RSA_BITS[1]
