"""Certificates of the key that a client signs with, as Microsoft wants them."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import JWKRegistry

from onboarding.errors import ConfigError
from onboarding.providers import ClientKey, Microsoft
from onboarding.providers.client_key import KeyAlgorithm

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def pem(key: PrivateKey) -> str:
    """Return a private key as it stands in a file."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def certificate(key: PrivateKey) -> x509.Certificate:
    """Return a certificate of this key, signed by itself."""
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop")])
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=90))
        .sign(key, SHA256())
    )


def text_of(known: x509.Certificate) -> str:
    """Return a certificate as it stands in a file."""
    return known.public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("key", "algorithm"), [(RSA_KEY, "PS256"), (RSA_KEY, "RS256"), (EC_KEY, "ES256")]
)
@pytest.mark.parametrize("chain", [False, True])
def test_a_certificate_goes_along_by_its_thumbprint(
    key: PrivateKey, algorithm: KeyAlgorithm, *, chain: bool
) -> None:
    """SHA-256 over its DER, in base64url (RFC 7515 §4.1.8): so Microsoft finds it."""
    shown = certificate(key)
    text = text_of(shown) + (text_of(certificate(EC_KEY)) if chain else "")
    signing = ClientKey(pem(key), algorithm=algorithm, certificate=text)
    signing.check()
    kind = "EC" if key is EC_KEY else "RSA"
    verifies = JWKRegistry.import_key(pem(key), kind)
    signed = jwt.decode(signing.sign({"iss": "shop"}), verifies, algorithms=[algorithm])
    digest = sha256(shown.public_bytes(Encoding.DER)).digest()
    assert signed.header == {
        "alg": algorithm,
        "typ": "JWT",
        "x5t#S256": urlsafe_b64encode(digest).decode().rstrip("="),
    }


def test_without_a_certificate_there_is_no_thumbprint() -> None:
    """Other providers find a key by its ``kid``, or have one alone."""
    signed = ClientKey(pem(RSA_KEY), kid="k-1").sign({"iss": "shop"})
    verifies = JWKRegistry.import_key(pem(RSA_KEY), "RSA")
    header = jwt.decode(signed, verifies, algorithms=["RS256"]).header
    assert header == {"alg": "RS256", "typ": "JWT", "kid": "k-1"}


@pytest.mark.parametrize("wrong", ["another key's", "cut off", "a key", "nothing"])
def test_a_certificate_that_is_not_the_keys_is_told_at_the_start(wrong: str) -> None:
    """Every sign-in with it would be refused there, and nobody would know why."""
    texts = {
        "another key's": text_of(certificate(EC_KEY)),
        "cut off": text_of(certificate(RSA_KEY))[:200],
        "a key": pem(RSA_KEY),
        "nothing": "",
    }
    key = ClientKey(pem(RSA_KEY), algorithm="PS256", certificate=texts[wrong])
    with pytest.raises(ConfigError, match="ClientKey: certificate is n"):
        Microsoft(client_id="shop", client_auth="private_key_jwt", client_key=key)


def test_microsoft_takes_a_certificate_in_place_of_a_secret() -> None:
    """As its page says that it is written."""
    key = ClientKey(
        pem(RSA_KEY), algorithm="PS256", certificate=text_of(certificate(RSA_KEY))
    )
    provider = Microsoft(
        client_id="shop", client_auth="private_key_jwt", client_key=key
    )
    assert provider.secret is None
