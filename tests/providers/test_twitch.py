"""Twitch's claims, which come where they are asked for."""

import json
from typing import Any, ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from onboarding.providers import Twitch
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import (
    SECRET,
    Strict,
    document,
    keys,
    play,
    signed,
    tokens,
)

TWITCH = Twitch(client_id="uo6dggojyb8d6soh92zknwmi5ej1q2", client_secret=SECRET)
CLAIMS: dict[str, Any] = {
    "aud": "uo6dggojyb8d6soh92zknwmi5ej1q2",
    "exp": 1767272400,
    "iat": 1767268800,
    "iss": "https://id.twitch.tv/oauth2",
    "sub": "713936733",
    "azp": "uo6dggojyb8d6soh92zknwmi5ej1q2",
    "email": "kim@example.org",
    "email_verified": True,
    "picture": "https://static-cdn.jtvnw.net/jtv_user_pictures/1-profile_image.png",
    "preferred_username": "kim_plays",
}
OPTIONAL = ("email", "email_verified", "picture", "preferred_username")


class TestTwitch(ProviderContract):
    provider = TWITCH
    client_auth = "client_secret_post"
    replies: ClassVar = {"id_token": CLAIMS}
    subject = "713936733"
    unverified: ClassVar = {"id_token": CLAIMS | {"email_verified": False}}


class StrictTwitch(Strict):
    """Tells what the ``claims`` parameter asks for, and no more."""

    def __init__(self) -> None:
        at = "https://id.twitch.tv/oauth2"
        answers = {
            "GET /oauth2/.well-known/openid-configuration": document(at, at),
            "GET /oauth2/keys": keys(),
            "POST /oauth2/token": self.exchange,
        }
        super().__init__(answers)

    def exchange(self, request: Request, form: dict[str, str]) -> Response:
        """Answer with scopes as a list."""
        del request, form
        wanted = json.loads(self.asked.get("claims", "{}")).get("id_token", {})
        hidden = dict.fromkeys(set(OPTIONAL) - set(wanted))
        scope = self.asked["scope"].split()
        return JSONResponse(
            tokens(id_token=signed(CLAIMS, **hidden), token_type="bearer", scope=scope)
        )


@pytest.mark.anyio
async def test_somebody_signs_in_with_twitch() -> None:
    """With an address, for it is asked for; the username is the name."""
    told = await play(TWITCH, StrictTwitch(), "id.twitch.tv")
    assert (told.subject, told.email) == ("713936733", "kim@example.org")
    assert (told.name, told.username) == ("kim_plays", "kim_plays")
    assert told.picture == CLAIMS["picture"]


@pytest.mark.anyio
async def test_without_the_parameter_twitch_tells_no_address() -> None:
    """Nor a name."""
    silent = Twitch(client_id=TWITCH.client_id, client_secret=SECRET, params={})
    told = await play(silent, StrictTwitch(), "id.twitch.tv")
    assert (told.email, told.name) == (None, None)
