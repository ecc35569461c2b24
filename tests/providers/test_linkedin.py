"""LinkedIn's replies, and a sign-in at one as strict as LinkedIn is."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadIdToken, ProviderDenied
from onboarding.providers import LinkedIn
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

LINKEDIN = LinkedIn(client_id="86vhj2q7ukf83q", client_secret=SECRET)
CLAIMS: dict[str, Any] = {
    "iss": "https://www.linkedin.com/oauth",
    "aud": "86vhj2q7ukf83q",
    "iat": 1767268800,
    "exp": 1767272400,
    "sub": "782bbtaQ",
    "name": "Kim de Vries",
    "given_name": "Kim",
    "family_name": "de Vries",
    "picture": "https://media.licdn.com/dms/image/C5F03AQHqK8v7tB1HCQ/0/",
    "email": "kim@example.org",
    "email_verified": "true",
    "locale": "en_US",
}
USERINFO = {
    "sub": "782bbtaQ",
    "name": "Kim de Vries",
    "given_name": "Kim",
    "family_name": "de Vries",
    "picture": "https://media.licdn.com/dms/image/C5F03AQHqK8v7tB1HCQ/0/",
    "locale": "en-US",
    "email": "kim@example.org",
    "email_verified": True,
}


class TestLinkedIn(ProviderContract):
    provider = LINKEDIN
    client_auth = "client_secret_post"
    switches = OpenIDSwitches(pkce="refused", nonce=False)
    replies: ClassVar = {"id_token": CLAIMS, "userinfo": USERINFO}
    subject = "782bbtaQ"
    unverified: ClassVar = {
        "id_token": CLAIMS | {"email_verified": "false"},
        "userinfo": USERINFO | {"email_verified": False},
    }


def test_it_says_what_it_goes_without() -> None:
    """Doctor prints it."""
    assert set(LINKEDIN.weakened()) == {"pkce=False", "echoes_nonce=False"}


def test_it_tells_language_and_picture() -> None:
    """As BCP 47 has it."""
    told = LINKEDIN.identity({"id_token": CLAIMS, "userinfo": USERINFO})
    assert (told.locale, told.picture) == ("en-US", USERINFO["picture"])


# ── the whole way ────────────────────────────────────────────────────────────


def exchange(request: Request, form: dict[str, str]) -> Response:
    """Answer as for an app for which PKCE was not enabled: as to a wrong secret."""
    known = (
        form.get("client_secret") == SECRET and "authorization" not in request.headers
    )
    if not known or "code_verifier" in form:
        return JSONResponse({"error": "invalid_client"}, 401)
    # No nonce, whatever was asked for.
    return JSONResponse(tokens(id_token=signed(CLAIMS, nonce=None)))


def linkedin() -> Strict:
    """Return a strict LinkedIn."""
    at = "https://www.linkedin.com/oauth"
    answers = {
        "GET /oauth/.well-known/openid-configuration": document(
            at, at, userinfo_endpoint="https://api.linkedin.com/v2/userinfo"
        ),
        "GET /oauth/keys": keys(),
        "POST /oauth/token": exchange,
        "GET /v2/userinfo": says(USERINFO),
    }
    return Strict(answers)


HOSTS = ("www.linkedin.com", "api.linkedin.com")


@pytest.mark.anyio
async def test_somebody_signs_in_with_linkedin() -> None:
    """Without a challenge, and with a token that holds no nonce."""
    app = linkedin()
    told = await play(LINKEDIN, app, *HOSTS)
    assert (told.subject, told.email) == ("782bbtaQ", "kim@example.org")
    assert told.email_trust is EmailTrust.VERIFIED
    assert "code_challenge" not in app.asked


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("otherwise", "error"),
    [
        (replace(LINKEDIN, pkce=True), ProviderDenied),
        (replace(LINKEDIN, client_auth="basic"), ProviderDenied),
        (replace(LINKEDIN, echoes_nonce=True), BadIdToken),
    ],
    ids=["with PKCE", "with the header", "with a nonce"],
)
async def test_as_the_standards_have_it_nobody_could(
    otherwise: LinkedIn, error: type[Exception]
) -> None:
    """Each of the three is needed."""
    with pytest.raises(error):
        await play(otherwise, linkedin(), *HOSTS)
