"""Google's replies, as its documentation has them, and what each proves."""

from typing import ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.providers import Google
from onboarding.providers.oidc import OpenIDConnect
from onboarding.testing.contracts import ProviderContract

GOOGLE = Google(client_id="42-x.apps.googleusercontent.com", client_secret="hush")
CLAIMS: dict[str, object] = {
    "iss": "https://accounts.google.com",
    "azp": "42-x.apps.googleusercontent.com",
    "aud": "42-x.apps.googleusercontent.com",
    "sub": "110169484474386276334",
    "email": "kim.de.vries@gmail.com",
    "email_verified": True,
    "at_hash": "7CvQxkx1tD3yP3IU1vQ4Zw",
    "name": "Kim de Vries",
    "given_name": "Kim",
    "family_name": "de Vries",
    "picture": "https://lh3.googleusercontent.com/a/kim=s96-c",
    "iat": 1767268800,
    "exp": 1767272400,
}


class TestGoogle(ProviderContract):
    provider = GOOGLE
    client_auth = "client_secret_post"
    replies: ClassVar = {"id_token": CLAIMS}
    subject = "110169484474386276334"
    unverified: ClassVar = {"id_token": CLAIMS | {"email_verified": False}}


@pytest.mark.parametrize(
    ("claims", "trust"),
    [
        ({}, EmailTrust.AUTHORITATIVE),
        ({"email": "Kim@GMAIL.com"}, EmailTrust.AUTHORITATIVE),
        ({"email": "kim@googlemail.com"}, EmailTrust.AUTHORITATIVE),
        ({"email": "kim@shop.example", "hd": "shop.example"}, EmailTrust.AUTHORITATIVE),
        ({"email": "kim@shop.example"}, EmailTrust.VERIFIED),
        ({"email": "kim@shop.example", "hd": ""}, EmailTrust.VERIFIED),
        ({"email": "kim@shop.example", "hd": True}, EmailTrust.VERIFIED),
        ({"email": "kim@notgmail.com"}, EmailTrust.VERIFIED),
        ({"email": "kim@gmail.com.example"}, EmailTrust.VERIFIED),
        ({"email_verified": False}, EmailTrust.STATED),
        ({"email_verified": None}, EmailTrust.STATED),
        (
            {"email": "kim@shop.example", "hd": "x", "email_verified": 1},
            EmailTrust.STATED,
        ),
        ({"email": None}, EmailTrust.NONE),
    ],
)
def test_google_answers_for_its_own_mailboxes(
    claims: dict[str, object], trust: EmailTrust
) -> None:
    """Gmail and hosted domains; other addresses it checked once; a no is a no."""
    assert GOOGLE.identity({"id_token": CLAIMS | claims}).email_trust is trust


def test_the_developer_may_believe_less() -> None:
    """The cap holds for Google too."""
    less = Google(client_id="c", client_secret="hush", email_trust=EmailTrust.STATED)
    assert less.identity({"id_token": CLAIMS}).email_trust is EmailTrust.STATED


def test_either_spelling_of_the_issuer_is_google() -> None:
    """An identity is kept under one, whichever the token names."""
    assert GOOGLE.accepted_issuers({}) == (
        "https://accounts.google.com",
        "accounts.google.com",
    )
    short = GOOGLE.identity({"id_token": CLAIMS | {"iss": "accounts.google.com"}})
    assert short.issuer == "https://accounts.google.com"


def test_google_is_not_called_twice() -> None:
    """Its ID token holds all that is read."""
    assert isinstance(GOOGLE, OpenIDConnect)
    assert not GOOGLE.userinfo
