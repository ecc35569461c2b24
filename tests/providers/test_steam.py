"""Steam's assertions, as OpenID 2.0 has them, and what each proves."""

import json
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from onboarding.errors import BadProviderReply, ConfigError
from onboarding.providers import Steam
from onboarding.providers.steam import ENDPOINT
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.code_flow import CodeFlow
from onboarding.social.rules import read_response
from onboarding.testing import FrozenClock
from onboarding.testing.contracts import ProviderContract
from tests.social.scene import Hosts
from tests.social.test_client import Recorder

STEAM = Steam(client_id="https://shop.example")
BACK = "https://shop.example/welcome/callback/steam?state=st-0"
WHO = "https://steamcommunity.com/openid/id/76561197960435530"
SAID: dict[str, object] = {
    "state": "st-0",
    "openid.ns": "http://specs.openid.net/auth/2.0",
    "openid.mode": "id_res",
    "openid.op_endpoint": ENDPOINT,
    "openid.claimed_id": WHO,
    "openid.identity": WHO,
    "openid.return_to": BACK,
    "openid.response_nonce": "2026-11-27T20:00:00Zabc=",
    "openid.assoc_handle": "1234567890",
    "openid.signed": (
        "signed,op_endpoint,claimed_id,identity,return_to,response_nonce,assoc_handle"
    ),
    "openid.sig": "c2lnbmF0dXJl",
}
YES = {"ns": "http://specs.openid.net/auth/2.0", "is_valid": "true"}


class TestSteam(ProviderContract):
    provider = STEAM
    replies: ClassVar = {"check": YES, "callback": SAID}
    subject = "76561197960435530"
    subject_of = (WHO,)

    def spelled(self, name: str, body: bytes) -> bytes:
        """Return lines of key and value."""
        lines = (f"{key}:{value}\n" for key, value in json.loads(body).items())
        return "".join(lines).encode()


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "st-1"},
        {"state": None},
        {"openid.op_endpoint": "https://eve.example/openid/login"},
        {"openid.return_to": "https://eve.example/callback?state=st-0"},
        {"openid.return_to": "https://shop.example.eve.example/?state=st-0"},
        {"openid.return_to": "https://shop.example@eve.example/?state=st-0"},
        {"openid.return_to": BACK.replace("st-0", "st-1")},
        {"openid.return_to": BACK + "&state=st-1"},
        {"openid.return_to": "http://shop.example/?state=st-0"},
        {"openid.signed": "op_endpoint,identity,return_to,response_nonce"},
        {"openid.signed": "signed"},
        {"openid.identity": WHO + "1"},
        *(
            {"openid.claimed_id": who, "openid.identity": who}
            for who in (
                "https://eve.example/openid/id/76561197960435530",
                "https://steamcommunity.com/openid/id/",
                "https://steamcommunity.com/openid/id/7/../8",
                "http://steamcommunity.com/openid/id/7",
                "76561197960435530",
                WHO + "?x",
                "https://steamcommunity.com/openid/id/٣",
            )
        ),
    ],
)
def test_no_assertion_that_was_made_for_others_signs_in(
    changed: dict[str, object],
) -> None:
    """Steam signed it, perhaps; but for another site, attempt or thing."""
    with pytest.raises(BadProviderReply):
        STEAM.identity({"check": YES, "callback": SAID | changed})


@pytest.mark.parametrize("said", ["false", "TRUE", True, None, ""])
def test_only_a_plain_yes_is_one(said: object) -> None:
    """Anything else is a signature that Steam does not know."""
    with pytest.raises(BadProviderReply, match="not signed"):
        STEAM.identity({"check": {"is_valid": said}, "callback": SAID})


@pytest.mark.parametrize(
    ("mode", "error"),
    [("cancel", "access_denied"), ("id_res", None), ("error", None), ("", None)],
)
def test_stopping_there_is_told_from_everything_else(
    mode: str, error: str | None
) -> None:
    """OpenID 2.0 has a mode for it, and for nothing else that is a cancellation."""
    assert error == STEAM.error_in({"openid.mode": mode})
    assert STEAM.error_in({}) is None


@pytest.mark.parametrize(
    "origin", ["shop", "https://shop.example/", "https://a.example/x"]
)
def test_the_client_id_is_an_origin(origin: str) -> None:
    """It says for whom an assertion is."""
    with pytest.raises(ConfigError, match="is no origin"):
        Steam(client_id=origin)


def flow(app: Recorder) -> CodeFlow:
    """Return the code flow of Steam alone."""
    return CodeFlow(
        SocialClient(transport=Hosts({"steamcommunity.com": app})),
        FrozenClock(),
        providers={"steam": STEAM},
        url="https://shop.example/welcome",
    )


@pytest.mark.anyio
async def test_steam_is_asked_whether_it_signed_what_came() -> None:
    """With all that came, in another mode; it answers with lines."""
    app = Recorder("ns:http://specs.openid.net/auth/2.0\nis_valid:true\n")
    attempt = Attempt(state="st-0", verifier="v" * 43, nonce="n")
    there = parse_qs(urlsplit(await flow(app).authorization_url(STEAM, attempt)).query)
    assert there["openid.return_to"] == [BACK]
    assert there["openid.realm"] == ["https://shop.example"]
    brought: Any = {name: [value] for name, value in SAID.items()}
    response = read_response(brought)
    identity = await flow(app).fetch_identity(STEAM, response, attempt)
    assert identity.subject == "76561197960435530"
    [(asked, body)] = app.asked
    sent = {name: value for name, [value] in parse_qs(body).items()}
    wanted = {name: value for name, value in SAID.items() if name != "state"}
    assert sent == wanted | {"openid.mode": "check_authentication"}
    assert "authorization" not in asked.headers
    cancelled = read_response({"state": ["st-0"], "openid.mode": ["cancel"]})
    with pytest.raises(BadProviderReply):
        await flow(app).fetch_identity(STEAM, cancelled, attempt)
