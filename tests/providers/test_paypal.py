"""PayPal's replies, as its documentation has them, and what each proves."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import ConfigError
from onboarding.providers import PayPal
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import Strict, play, says, tokens

PAYPAL = PayPal(client_id="AYSq3RDGsmBLJE-otTkBtM", client_secret="hush")
PPID = "mWq6_1sU85v5EG9yHdPxJRrhGHrnMJ-1PQKtX6pcsmA"
LONG = f"https://www.paypal.com/webapps/auth/identity/user/{PPID}"
USER: dict[str, Any] = {
    "user_id": LONG,
    "name": "Kim de Vries",
    "given_name": "Kim",
    "family_name": "de Vries",
    "payer_id": "WDJJHEBZ4X2LY",
    "verified_account": "true",
    "emails": [
        {"value": "old@example.org", "primary": False, "confirmed": True},
        {"value": "kim@example.org", "primary": True, "confirmed": True},
    ],
}


class TestPayPal(ProviderContract):
    provider = PAYPAL
    replies: ClassVar = {"user": USER}
    subject = PPID
    subject_of = (LONG,)
    unverified: ClassVar = {
        "user": USER | {"emails": [{"value": "kim@example.org", "primary": True}]}
    }


def test_an_id_is_the_same_with_and_without_its_address() -> None:
    """What stands behind the last slash."""
    short = PAYPAL.identity({"user": USER | {"user_id": PPID}})
    assert short.subject == PAYPAL.identity({"user": USER}).subject == PPID


@pytest.mark.parametrize(
    ("changes", "address", "trust"),
    [
        ({}, "kim@example.org", EmailTrust.VERIFIED),
        ({"emails": [USER["emails"][0]]}, None, EmailTrust.NONE),
        ({"emails": []}, None, EmailTrust.NONE),
        (
            {"emails": [{"value": "kim@example.org", "primary": True}]},
            "kim@example.org",
            EmailTrust.STATED,
        ),
        (
            {"email": "one@example.org", "email_verified": True},
            "one@example.org",
            EmailTrust.VERIFIED,
        ),
        ({"email": "one@example.org"}, "one@example.org", EmailTrust.STATED),
        (
            {
                "email_verified": True,
                "emails": [{"value": "a@b.example", "primary": True}],
            },
            "a@b.example",
            EmailTrust.STATED,
        ),
    ],
)
def test_only_a_word_about_that_very_address_counts(
    changes: dict[str, Any], address: str | None, trust: EmailTrust
) -> None:
    """A verified account says nothing of an address, nor does the word of another."""
    told = PAYPAL.identity({"user": USER | changes})
    assert (told.email, told.email_trust) == (address, trust)


def test_the_sandbox_has_other_hosts_and_other_people() -> None:
    """So it is another issuer; a copy says so, rather than to keep the old hosts."""
    sandbox = PayPal(client_id="c", client_secret="hush", sandbox=True)
    assert sandbox.endpoints is not None
    urls = [sandbox.issuer, sandbox.endpoints.token, sandbox.reads[0].url]
    assert all(".sandbox.paypal.com" in url for url in urls)
    with pytest.raises(ConfigError, match="leave issuer out"):
        replace(PAYPAL, sandbox=True)


@pytest.mark.anyio
async def test_somebody_signs_in_with_paypal() -> None:
    """With the schema that userinfo wants."""
    app = Strict(
        {
            "POST /v1/oauth2/token": says(tokens()),
            "GET /v1/identity/oauth2/userinfo": says(USER),
        }
    )
    told = await play(PAYPAL, app, "api-m.paypal.com")
    assert (told.subject, told.issuer) == (PPID, "https://www.paypal.com")
    assert PAYPAL.reads[0].url.endswith("?schema=paypalv1.1")
