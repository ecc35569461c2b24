"""Keycloak's claims, as a realm gives them when it is made."""

from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import ConfigError
from onboarding.providers import Keycloak
from onboarding.testing.contracts import ProviderContract


def of(
    url: Any = "https://id.shop.example", realm: Any = "shop", **more: Any
) -> Keycloak:
    """Return a provider of this realm."""
    return Keycloak(client_id="web", client_secret="hush", url=url, realm=realm, **more)


CLAIMS: dict[str, Any] = {
    "exp": 1767272400,
    "iat": 1767268800,
    "auth_time": 1767268000,
    "jti": "3e0f6f4c-9c60-4a6b-a2d7-5d2f6a1c0c11",
    "iss": "https://id.shop.example/realms/shop",
    "aud": "web",
    "sub": "f8a8a9a5-2c3e-4b7b-9b0a-1e9e3a2d4c5b",
    "typ": "ID",
    "azp": "web",
    "sid": "b2a6f0f0-7d5e-4d6e-8a3d-9a1b2c3d4e5f",
    "email_verified": True,
    "name": "Kim de Vries",
    "preferred_username": "kim",
    "given_name": "Kim",
    "family_name": "de Vries",
    "email": "kim@example.org",
}


class TestKeycloak(ProviderContract):
    provider = of(email_trust=EmailTrust.VERIFIED)
    client_auth = "client_secret_post"
    replies: ClassVar = {"id_token": CLAIMS}
    subject = "f8a8a9a5-2c3e-4b7b-9b0a-1e9e3a2d4c5b"
    unverified: ClassVar = {"id_token": CLAIMS | {"email_verified": False}}


@pytest.mark.parametrize(
    ("url", "issuer"),
    [
        ("https://id.shop.example", "https://id.shop.example/realms/shop"),
        ("https://id.shop.example/", "https://id.shop.example/realms/shop"),
        ("https://id.shop.example/auth", "https://id.shop.example/auth/realms/shop"),
        ("http://localhost:8080", "http://localhost:8080/realms/shop"),
    ],
)
def test_a_realm_is_an_issuer(url: str, issuer: str) -> None:
    """Older servers have a path before it; one on this machine needs no https."""
    assert of(url).issuer == issuer


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"realm": ""}, "realm"),
        ({"realm": "a/b"}, "realm"),
        ({"realm": None}, "realm"),
        ({"url": "id.shop.example"}, "url"),
        ({"url": "http://id.shop.example"}, "url"),
        ({"url": None}, "url"),
    ],
)
def test_what_is_no_realm_is_refused(given: dict[str, Any], problem: str) -> None:
    """At the start."""
    with pytest.raises(ConfigError, match=problem):
        of(**given)


def test_addresses_count_where_the_realms_owner_says_so() -> None:
    """It may trust other providers that do not check."""
    assert of().identity({"id_token": CLAIMS}).email_trust is EmailTrust.STATED
    assert of().identity({"id_token": CLAIMS}).username == "kim"
