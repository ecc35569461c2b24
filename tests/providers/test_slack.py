"""Slack's claims and answers, as its documentation has them."""

import json
from typing import Any, ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from onboarding.accounts.model import EmailTrust
from onboarding.errors import ProviderDenied
from onboarding.providers import Slack
from onboarding.testing import OpenIDSwitches
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

SLACK = Slack(client_id="25259531569.1115258246291", client_secret=SECRET)
CLAIMS: dict[str, Any] = {
    "iss": "https://slack.com",
    "sub": "U0R7JM",
    "aud": "25259531569.1115258246291",
    "exp": 1767272400,
    "iat": 1767268800,
    "auth_time": 1767268800,
    "https://slack.com/team_id": "T0R7GR",
    "https://slack.com/user_id": "U0R7JM",
    "email": "kim@example.org",
    "email_verified": True,
    "date_email_verified": 1622128723,
    "locale": "en-US",
    "name": "Kim de Vries",
    "picture": "https://secure.gravatar.com/avatar/1.png",
    "https://slack.com/team_name": "The Shop",
    "https://slack.com/team_domain": "the-shop",
}


class TestSlack(ProviderContract):
    provider = SLACK
    client_auth = "client_secret_post"
    switches = OpenIDSwitches(pkce="refused")
    replies: ClassVar = {"id_token": CLAIMS}
    subject = "T0R7GR-U0R7JM"
    subject_of = ("T0R7GR", "U0R7JM")
    unverified: ClassVar = {"id_token": CLAIMS | {"email_verified": False}}


def test_a_member_of_another_workspace_is_somebody_else() -> None:
    """Ids of members are of one workspace."""
    there = SLACK.identity({"id_token": CLAIMS | {"https://slack.com/team_id": "T2"}})
    assert there.subject == "T2-U0R7JM"


@pytest.mark.parametrize(
    ("told", "means"),
    [
        ({"ok": True, "access_token": "a"}, {"ok": True, "access_token": "a"}),
        ({"ok": False, "error": "invalid_code"}, {"error": "invalid_grant"}),
        ({"ok": False, "error": "bad_client_secret"}, {"error": "invalid_client"}),
        ({"ok": False, "error": "internal_error"}, {"error": "internal_error"}),
        ({"ok": False}, {"error": "unknown"}),
        ({"ok": False, "error": ""}, {"error": "unknown"}),
        ({"ok": False, "error": ["x"], "access_token": "a"}, {"error": "unknown"}),
        ([], []),
    ],
)
def test_what_is_not_ok_is_a_refusal(told: object, means: object) -> None:
    """It comes with status 200."""
    assert SLACK.parse_token_response(json.dumps(told).encode()) == means


# ── the whole way ────────────────────────────────────────────────────────────


def exchange(request: Request, form: dict[str, str]) -> Response:
    """Answer every error with status 200."""
    del request
    if "code_verifier" in form:
        return JSONResponse({"ok": False, "error": "internal_error"})
    if form.get("client_secret") != SECRET:
        return JSONResponse({"ok": False, "error": "bad_client_secret"})
    return JSONResponse({"ok": True, **tokens(id_token=signed(CLAIMS))})


def slack() -> Strict:
    """Return a strict Slack."""
    at = "https://slack.com"
    return Strict(
        {
            "GET /.well-known/openid-configuration": document(at, at),
            "GET /keys": keys(),
            "POST /token": exchange,
        }
    )


@pytest.mark.anyio
async def test_somebody_signs_in_with_slack() -> None:
    """Without a verifier."""
    told = await play(SLACK, slack(), "slack.com")
    assert (told.subject, told.locale) == ("T0R7GR-U0R7JM", "en-US")
    assert told.email_trust is EmailTrust.VERIFIED


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changes", "names_setting"),
    [({"pkce": True}, False), ({"client_secret": "another"}, True)],
)
async def test_a_refusal_of_slack_signs_nobody_in(
    changes: dict[str, Any], names_setting: bool
) -> None:
    """And a wrong secret is named as one."""
    given = {"client_id": SLACK.client_id, "client_secret": SECRET, **changes}
    with pytest.raises(ProviderDenied) as caught:
        await play(Slack(**given), slack(), "slack.com")
    assert (caught.value.setting is not None) is names_setting
