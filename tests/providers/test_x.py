"""X's replies, and a sign-in at one that tells what is asked for by name."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from onboarding.accounts.model import EmailTrust
from onboarding.errors import ProviderDenied
from onboarding.providers import Read, X
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import SECRET, Strict, play, tokens

TWELVE = X(client_id="aVpZc3VzN2", client_secret=SECRET)
USER: dict[str, Any] = {
    "id": "2244994945",
    "name": "Kim de Vries",
    "username": "kim_writes",
    "profile_image_url": "https://pbs.twimg.com/profile_images/1/kim_normal.jpg",
    "confirmed_email": "kim@example.org",
}


class TestX(ProviderContract):
    provider = TWELVE
    replies: ClassVar = {"user": {"data": USER}}
    subject = "2244994945"


def test_a_confirmed_address_is_implied() -> None:
    """X gives no other, and says nothing of the one at hand; a username is none."""
    told = TWELVE.identity({"user": {"data": USER}})
    assert (told.email, told.email_trust) == ("kim@example.org", EmailTrust.IMPLIED)
    assert (told.username, told.picture) == ("kim_writes", USER["profile_image_url"])
    without = {name: value for name, value in USER.items() if name != "confirmed_email"}
    told = TWELVE.identity({"user": {"data": without}})
    assert (told.email, told.email_trust) == (None, EmailTrust.NONE)


# ── the whole way ────────────────────────────────────────────────────────────


def exchange(request: Request, form: dict[str, str]) -> Response:
    """Give a token to who shows a verifier, and the secret in the header."""
    if "code_verifier" not in form or "authorization" not in request.headers:
        return JSONResponse({"error": "invalid_request"}, 400)
    return JSONResponse(tokens(token_type="bearer"))


def me(request: Request, form: dict[str, str]) -> Response:
    """Tell three fields, and what else is asked for by name."""
    del form
    asked = request.query_params.get("user.fields", "").split(",")
    told = {"id", "name", "username", *asked}
    return JSONResponse({"data": {n: v for n, v in USER.items() if n in told}})


def x() -> Strict:
    """Return a strict X."""
    return Strict({"POST /2/oauth2/token": exchange, "GET /2/users/me": me})


@pytest.mark.anyio
async def test_somebody_signs_in_with_x() -> None:
    """With an address, since it is asked for."""
    app = x()
    told = await play(TWELVE, app, "api.x.com")
    assert (told.subject, told.email) == ("2244994945", "kim@example.org")
    assert "users.email" in app.asked["scope"].split()


@pytest.mark.anyio
async def test_without_the_fields_there_is_no_address() -> None:
    """What is not named does not come."""
    plain = replace(TWELVE, reads=(Read("user", "https://api.x.com/2/users/me"),))
    told = await play(plain, x(), "api.x.com")
    assert (told.subject, told.email, told.picture) == ("2244994945", None, None)


@pytest.mark.anyio
async def test_without_pkce_nobody_signs_in_with_x() -> None:
    """It is compulsory there."""
    plain = replace(TWELVE, pkce=False, reasons={"pkce": "for this test"})
    with pytest.raises(ProviderDenied):
        await play(plain, x(), "api.x.com")
