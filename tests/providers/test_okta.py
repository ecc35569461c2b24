"""Okta's claims, as its documentation has them, at either sort of server."""

from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import ConfigError
from onboarding.providers import Okta
from onboarding.testing.contracts import ProviderContract


def of(domain: Any = "shop.okta.com", server: Any = "", **more: Any) -> Okta:
    """Return a provider at this server."""
    return Okta(
        client_id="0oa1", client_secret="hush", domain=domain, server=server, **more
    )


CLAIMS: dict[str, Any] = {
    "ver": 1,
    "sub": "00uid4BxXw6I6TV4m0g3",
    "iss": "https://shop.okta.com",
    "aud": "0oa1",
    "iat": 1767268800,
    "exp": 1767272400,
    "amr": ["pwd"],
    "idp": "00o1",
    "auth_time": 1767268000,
    "at_hash": "cpqKfdQA5eH891Ff5oJr_Q",
}
USERINFO: dict[str, Any] = {
    "sub": "00uid4BxXw6I6TV4m0g3",
    "name": "Kim de Vries",
    "preferred_username": "kim@shop.example",
    "locale": "en-US",
    "email": "kim@example.org",
    "email_verified": True,
    "zoneinfo": "Europe/Brussels",
    "updated_at": 1311280970,
}


class TestOkta(ProviderContract):
    provider = of(email_trust=EmailTrust.VERIFIED)
    replies: ClassVar = {"id_token": CLAIMS, "userinfo": USERINFO}
    subject = "00uid4BxXw6I6TV4m0g3"
    unverified: ClassVar = {
        "id_token": CLAIMS,
        "userinfo": USERINFO | {"email_verified": False},
    }


@pytest.mark.parametrize(
    ("server", "issuer"),
    [
        ("", "https://shop.okta.com"),
        ("default", "https://shop.okta.com/oauth2/default"),
        ("aus1-x_Y", "https://shop.okta.com/oauth2/aus1-x_Y"),
    ],
)
def test_each_server_is_an_issuer(server: str, issuer: str) -> None:
    """The organisation's own, and each custom one."""
    assert of(server=server).issuer == issuer


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"server": "default/"}, "server"),
        ({"server": None}, "server"),
        ({"domain": "https://shop.okta.com"}, "domain"),
        ({"domain": None}, "domain"),
    ],
)
def test_what_is_no_server_is_refused(given: dict[str, Any], problem: str) -> None:
    """At the start."""
    with pytest.raises(ConfigError, match=problem):
        of(**given)


def test_addresses_count_where_the_organisations_owner_says_so() -> None:
    """Its administrators write them; the name to sign in with decides nothing."""
    told = of().identity({"id_token": CLAIMS, "userinfo": USERINFO})
    assert told.email_trust is EmailTrust.STATED
    assert (told.subject, told.username) == (CLAIMS["sub"], "kim@shop.example")
