"""Keys with which a client shows who it is; how they are sent stands in test_quirks."""

from typing import Any, get_args

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc import jwt
from joserfc.jwk import import_key

from onboarding.providers import ClientKey
from onboarding.providers.client_key import KeyAlgorithm
from onboarding.providers.signatures import known_signatures

RSA = rsa.generate_private_key(65537, 2048)
CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
KINDS: dict[str, Any] = {"R": "RSA", "P": "RSA", "ES": "EC", "Ed": "OKP"}


def made_for(algorithm: str) -> Any:
    """Return a private key that can sign so."""
    if algorithm in CURVES:
        return ec.generate_private_key(CURVES[algorithm])
    if algorithm.startswith("Ed"):
        return ed25519.Ed25519PrivateKey.generate()
    return RSA


@pytest.mark.parametrize("algorithm", get_args(KeyAlgorithm))
def test_a_key_signs_with_each_algorithm_by_its_own_name(algorithm: Any) -> None:
    """The header says what was declared, and nobody is warned of what a name is."""
    form = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    pem = made_for(algorithm).private_bytes(*form).decode()
    signed = ClientKey(pem, "key-1", algorithm).sign({"iss": "shop"})
    kind = next(kind for start, kind in KINDS.items() if algorithm.startswith(start))
    key = import_key(pem, kind)
    token = jwt.decode(signed, key, registry=known_signatures((algorithm,)))
    assert token.header == {"alg": algorithm, "typ": "JWT", "kid": "key-1"}
    assert token.claims == {"iss": "shop"}
