"""Signatures of providers: which algorithms count, and what a key proves."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import TYPE_CHECKING

from onboarding.errors import BadIdToken
from onboarding.providers.base import Provider
from onboarding.providers.checking import ASYMMETRIC, SYMMETRIC
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.signatures import by_both_names, known_signatures

if TYPE_CHECKING:
    from joserfc.jwk import Key, KeySet

WHERE_SIGNED = "ID token"
"""Where it went wrong, for the log."""


def allowed_algorithms(provider: Provider, endpoints: Endpoints) -> tuple[str, ...]:
    """Return what may sign this provider's tokens.

    Our list, or the one that it was declared with; and of these what its discovery
    document names, if that names any (OpenID Connect Core §3.1.3.7, number 7).
    """
    ours = by_both_names(provider.algorithms or ASYMMETRIC)
    theirs = by_both_names(endpoints.algorithms)
    return tuple(one for one in ours if not theirs or one in theirs)


def check_listed(provider: Provider, alg: object, allowed: tuple[str, ...]) -> None:
    """Say by name which algorithm is not this provider's; what is none, checks fail."""
    if alg in (*ASYMMETRIC, *SYMMETRIC) and alg not in allowed:
        problem = f"signed with {alg}, which this provider does not list"
        raise BadIdToken(provider.name, problem, endpoint=WHERE_SIGNED)


def read_algorithm(token: str) -> object:
    """Return what a token's header says, unchecked: it only chooses between keys.

    Raises:
        ValueError: When it has no header.
    """
    header = token.partition(".")[0]
    told = json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    return told.get("alg") if isinstance(told, dict) else None


def secret_key(provider: Provider) -> "Key":
    """Return the key of what is signed with the client secret, and with no other.

    A public key never checks such a signature: whoever reads it could sign so.
    """
    from joserfc.jwk import OctKey

    return OctKey.import_key(provider.secret or "")


def decode(
    token: str, key: "Key | KeySet", algorithms: tuple[str, ...]
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Return header and claims of a token; raise anything if its signature is wrong."""
    from joserfc.jws import deserialize_compact

    signed = deserialize_compact(token, key, registry=known_signatures(algorithms))
    claims = json.loads(signed.payload)
    if not isinstance(claims, dict):
        raise TypeError("the claims are no JSON object")
    return signed.headers(), claims
