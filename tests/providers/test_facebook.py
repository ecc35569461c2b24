"""Facebook's replies, and a sign-in at an app that requires its secret."""

import hmac
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadProviderReply, ConfigError, ProviderDenied
from onboarding.providers import Facebook, ProviderRequest
from onboarding.testing import OAuth2Switches, ReadSwitches
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import SECRET, Strict, play, tokens

FACEBOOK = Facebook(client_id="1234567890123456", client_secret=SECRET)
USER: dict[str, Any] = {
    "id": "10158263471234567",
    "name": "Kim de Vries",
    "email": "kim@example.org",
    "picture": {
        "data": {
            "height": 50,
            "is_silhouette": False,
            "url": "https://platform-lookaside.fbsbx.com/platform/profilepic/?asid=1",
            "width": 50,
        }
    },
}


class TestFacebook(ProviderContract):
    provider = FACEBOOK
    client_auth = "client_secret_post"
    switches = OAuth2Switches(
        scope_separator=",", reads={"user": ReadSwitches(proof=True)}
    )
    replies: ClassVar = {"user": USER}
    subject = "10158263471234567"


def test_no_word_about_an_address_is_taken_for_one() -> None:
    """``verified`` in a profile was never about the address."""
    told = FACEBOOK.identity({"user": USER | {"verified": True}})
    assert told.email_trust is EmailTrust.STATED
    without = {name: value for name, value in USER.items() if name != "email"}
    assert FACEBOOK.identity({"user": without}).email is None


@pytest.mark.parametrize(
    "picture",
    [
        None,
        [],
        {"data": None},
        {"data": USER["picture"]["data"] | {"is_silhouette": True}},
    ],
)
def test_a_silhouette_is_no_picture(picture: object) -> None:
    """It stands for having none."""
    assert FACEBOOK.identity({"user": USER}).picture is not None
    assert FACEBOOK.identity({"user": USER | {"picture": picture}}).picture is None


def test_the_version_stands_in_every_address() -> None:
    """It ages, so it is a setting; what is no version is refused."""
    newer = Facebook(client_id="c", client_secret="hush", version="v30.0")
    assert newer.endpoints is not None
    urls = [newer.endpoints.authorization, newer.endpoints.token, newer.reads[0].url]
    assert all("/v30.0/" in url for url in urls)
    for version in ("24", "v24", "v24.0/../x", ""):
        with pytest.raises(ConfigError, match="version"):
            Facebook(client_id="c", client_secret="hush", version=version)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"access_token": "a"}', {"access_token": "a"}),
        (
            b'{"error": {"message": "m", "type": "OAuthException", "code": 191}}',
            {"error": "redirect_uri_mismatch"},
        ),
        (b'{"error": {"code": 1}}', {"error": "invalid_client"}),
        (b'{"error": {"code": [1]}}', {"error": "unknown"}),
        (b'{"error": {}}', {"error": "unknown"}),
        (b"[]", []),
    ],
)
def test_errors_come_in_the_words_of_the_standard(body: bytes, told: object) -> None:
    """So that the log names the setting to look at."""
    assert FACEBOOK.parse_token_response(body) == told


# ── the whole way ────────────────────────────────────────────────────────────


def exchange(request: Request, form: dict[str, str]) -> Response:
    """Give a token for the secret."""
    del request
    if form["client_secret"] != SECRET:
        return JSONResponse({"error": {"type": "OAuthException", "code": 1}}, 400)
    return JSONResponse(tokens(token_type="bearer"))


def me(request: Request, form: dict[str, str]) -> Response:
    """Tell what is asked for by name, to who proves that it is the app."""
    del form
    proof = hmac.digest(SECRET.encode(), b"a-0", "sha256").hex()
    if request.query_params.get("appsecret_proof") != proof:
        told = {"type": "GraphMethodException", "code": 100}
        return JSONResponse({"error": told}, 400)
    fields = request.query_params.get("fields", "id,name").split(",")
    return JSONResponse({name: USER[name] for name in fields})


def facebook() -> Strict:
    """Return a Facebook whose app requires its secret."""
    return Strict(
        {"POST /v24.0/oauth/access_token": exchange, "GET /v24.0/me": me},
    )


@pytest.mark.anyio
async def test_somebody_signs_in_with_facebook() -> None:
    """With a proof beside the token, and every field by name."""
    app = facebook()
    told = await play(FACEBOOK, app, "graph.facebook.com")
    assert (told.subject, told.email) == ("10158263471234567", "kim@example.org")
    assert app.asked["scope"] == "email,public_profile"


@dataclass(frozen=True, kw_only=True)
class Unproven(Facebook):
    """One that signs nothing."""

    def prepare(self, request: ProviderRequest, access_token: str) -> ProviderRequest:
        """Return it as it is."""
        del access_token
        return request


@pytest.mark.anyio
async def test_without_the_proof_facebook_tells_nothing() -> None:
    """400, and nobody is signed in."""
    unproven = Unproven(client_id="1234567890123456", client_secret=SECRET)
    with pytest.raises(BadProviderReply, match="400"):
        await play(unproven, facebook(), "graph.facebook.com")


@pytest.mark.anyio
async def test_a_wrong_secret_is_the_developers() -> None:
    """The error names what to look at."""
    wrong = replace(FACEBOOK, client_secret="another")
    with pytest.raises(ProviderDenied) as caught:
        await play(wrong, facebook(), "graph.facebook.com")
    assert "client_secret" in str(caught.value.setting)
