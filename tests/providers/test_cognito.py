"""Cognito's claims, as its documentation has them, and where its pool is found."""

from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import ConfigError
from onboarding.providers import Cognito
from onboarding.testing import OpenIDSwitches
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


def of(pool: Any = "eu-west-1_a1B2c3D4e", **more: Any) -> Cognito:
    """Return a provider of this pool."""
    return Cognito(
        client_id="1example23456789", client_secret=SECRET, pool=pool, **more
    )


VERIFYING = of(email_trust=EmailTrust.VERIFIED)
AT = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e"
CLAIMS: dict[str, Any] = {
    "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    "cognito:groups": ["testing"],
    "email_verified": "true",
    "iss": AT,
    "cognito:username": "kim",
    "origin_jti": "aaaaaaaa-bbbb-cccc-dddd-ffffffffffff",
    "aud": "1example23456789",
    "event_id": "64f513be-32db-42b0-b78e-b02127b4f463",
    "token_use": "id",
    "auth_time": 1767268000,
    "exp": 1767272400,
    "iat": 1767268800,
    "name": "Kim de Vries",
    "email": "kim@example.org",
}


class TestCognito(ProviderContract):
    provider = VERIFYING
    client_auth = "client_secret_post"
    switches = OpenIDSwitches(plus_is_space=False)
    replies: ClassVar = {"id_token": CLAIMS}
    subject = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
    unverified: ClassVar = {"id_token": CLAIMS | {"email_verified": "false"}}


@pytest.mark.parametrize(
    ("verdict", "trust"),
    [
        ("true", EmailTrust.VERIFIED),
        (True, EmailTrust.VERIFIED),
        ("false", EmailTrust.STATED),
        (False, EmailTrust.STATED),
        ("1", EmailTrust.STATED),
        (None, EmailTrust.STATED),
    ],
)
def test_a_verdict_may_be_a_text(verdict: object, trust: EmailTrust) -> None:
    """And counts where the pool's owner says so alone."""
    claims = CLAIMS | {"email_verified": verdict}
    assert VERIFYING.identity({"id_token": claims}).email_trust is trust
    assert of().identity({"id_token": claims}).email_trust is EmailTrust.STATED


@pytest.mark.parametrize(
    ("pool", "host"),
    [
        ("eu-west-1_a1B2c3D4e", "cognito-idp.eu-west-1.amazonaws.com"),
        ("us-gov-west-1_A", "cognito-idp.us-gov-west-1.amazonaws.com"),
        ("cn-north-1_A1", "cognito-idp.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_pool_is_found_by_its_region(pool: str, host: str) -> None:
    """It begins with it."""
    assert of(pool).issuer == f"https://{host}/{pool}"


@pytest.mark.parametrize(
    "pool", ["", "a1B2c3D4e", "eu-west-1_a/../b", "evil.example/_a", None]
)
def test_what_is_no_pool_is_refused(pool: Any) -> None:
    """No other host is made of it."""
    with pytest.raises(ConfigError, match="pool"):
        of(pool)


@pytest.mark.anyio
async def test_somebody_signs_in_with_cognito() -> None:
    """At another host than the one that publishes where it is."""
    login = "https://shop.auth.eu-west-1.amazoncognito.com"
    published = document(AT, login, jwks_uri=f"{AT}/.well-known/jwks.json")
    pool = "/eu-west-1_a1B2c3D4e/.well-known"
    app = Strict(
        {
            f"GET {pool}/openid-configuration": published,
            f"GET {pool}/jwks.json": keys(),
            "POST /token": says(tokens(id_token=signed(CLAIMS))),
        }
    )
    hosts = ("cognito-idp.eu-west-1.amazonaws.com", login.removeprefix("https://"))
    told = await play(VERIFYING, app, *hosts)
    assert (told.subject, told.username) == (CLAIMS["sub"], "kim")
    assert told.email_trust is EmailTrust.VERIFIED
