"""Auth0's claims, as its documentation has them, and its issuer with a slash."""

from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import ConfigError
from onboarding.providers import Auth0
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import (
    SECRET,
    Strict,
    document,
    keys,
    play,
    says,
    signed,
    tokens,
)

AUTH0 = Auth0(
    client_id="jwtClient7",
    client_secret=SECRET,
    domain="shop.eu.auth0.com",
    email_trust=EmailTrust.VERIFIED,
)
CLAIMS: dict[str, Any] = {
    "nickname": "kim",
    "name": "Kim de Vries",
    "picture": "https://s.gravatar.com/avatar/1?s=480&r=pg",
    "updated_at": "2026-11-20T09:30:00.000Z",
    "email": "kim@example.org",
    "email_verified": True,
    "iss": "https://shop.eu.auth0.com/",
    "aud": "jwtClient7",
    "sub": "auth0|5f7c8ec7c33c6c004bbafe82",
    "iat": 1767268800,
    "exp": 1767272400,
}


class TestAuth0(ProviderContract):
    provider = AUTH0
    client_auth = "client_secret_post"
    replies: ClassVar = {"id_token": CLAIMS}
    subject = "auth0|5f7c8ec7c33c6c004bbafe82"
    unverified: ClassVar = {"id_token": CLAIMS | {"email_verified": False}}


def test_addresses_count_where_the_tenants_owner_says_so() -> None:
    """A connection may call any address verified."""
    usual = Auth0(client_id="c", client_secret=SECRET, domain="shop.eu.auth0.com")
    assert usual.identity({"id_token": CLAIMS}).email_trust is EmailTrust.STATED
    assert AUTH0.identity({"id_token": CLAIMS}).email_trust is EmailTrust.VERIFIED


@pytest.mark.parametrize(
    "domain",
    ["https://shop.eu.auth0.com", "shop.eu.auth0.com/", "Shop", "", "a b", None],
)
def test_a_domain_is_a_host(domain: Any) -> None:
    """The message says what to write."""
    with pytest.raises(ConfigError, match="domain"):
        Auth0(client_id="c", client_secret=SECRET, domain=domain)


@pytest.mark.anyio
async def test_somebody_signs_in_with_auth0() -> None:
    """Under the issuer with its slash, which discovery stands behind but once."""
    at = "https://shop.eu.auth0.com"
    app = Strict(
        {
            "GET /.well-known/openid-configuration": document(f"{at}/", at),
            "GET /keys": keys(),
            "POST /token": says(tokens(id_token=signed(CLAIMS))),
        }
    )
    told = await play(AUTH0, app, "shop.eu.auth0.com")
    assert (told.issuer, told.subject) == (f"{at}/", CLAIMS["sub"])
