"""TikTok's replies, and a sign-in at one that knows its own names alone."""

from typing import Any, ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadProviderReply, ProviderDenied
from onboarding.providers import TikTok
from onboarding.testing import OAuth2Switches
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import SECRET, Strict, play, tokens

TIKTOK = TikTok(client_id="awk1dx2xcdcv9x", client_secret=SECRET)
USER: dict[str, Any] = {
    "open_id": "723f24d7-e717-40f8-a2b6-cb8464cd23b4",
    "display_name": "Kim",
    "avatar_url": "https://p19-sign.tiktokcdn-us.com/tos-avt-0068-tx/1.jpeg",
}
REPLY = {
    "data": {"user": USER},
    "error": {"code": "ok", "message": "", "log_id": "20220829194722CBE87ED59D524E"},
}


class TestTikTok(ProviderContract):
    provider = TIKTOK
    client_auth = "client_secret_post"
    switches = OAuth2Switches(
        names={"client_id": "client_key"},
        exchange_names={"client_id": "client_key"},
        scope_separator=",",
    )
    replies: ClassVar = {"user": REPLY}
    subject = "723f24d7-e717-40f8-a2b6-cb8464cd23b4"


def test_there_is_never_an_address() -> None:
    """Not even where something stands in its place."""
    mail = {"user": USER | {"email": "kim@example.org"}}
    told = TIKTOK.identity({"user": REPLY | {"data": mail}})
    assert (told.email, told.email_trust) == (None, EmailTrust.NONE)


def test_an_error_beside_somebody_is_an_error() -> None:
    """It comes with status 200."""
    error = {"code": "scope_not_authorized", "message": "…", "log_id": "1"}
    with pytest.raises(BadProviderReply, match="error"):
        TIKTOK.identity({"user": REPLY | {"error": error}})


# ── the whole way ────────────────────────────────────────────────────────────


def exchange(request: Request, form: dict[str, str]) -> Response:
    """Refuse with status 200."""
    del request
    known = form.get("client_key") == TIKTOK.client_id
    if not known or form.get("client_secret") != SECRET:
        told = {"error": "invalid_request", "error_description": "…", "log_id": "1"}
        return JSONResponse(told)
    return JSONResponse(tokens(open_id=USER["open_id"], scope="user.info.basic"))


def info(request: Request, form: dict[str, str]) -> Response:
    """Tell what is asked for by name."""
    del form
    fields = request.query_params["fields"].split(",")
    user = {name: USER[name] for name in fields}
    return JSONResponse({**REPLY, "data": {"user": user}})


@pytest.mark.anyio
async def test_somebody_signs_in_with_tiktok() -> None:
    """By its own names for everything."""
    answers = {"POST /v2/oauth/token/": exchange, "GET /v2/user/info/": info}
    app = Strict(answers)
    told = await play(TIKTOK, app, "open.tiktokapis.com")
    assert (told.subject, told.picture) == (USER["open_id"], USER["avatar_url"])
    assert app.asked["client_key"] == TIKTOK.client_id
    assert "client_id" not in app.asked
    plain = TikTok(client_id=TIKTOK.client_id, client_secret=SECRET, names={})
    with pytest.raises(ProviderDenied):
        await play(plain, app, "open.tiktokapis.com")
