"""Naver's replies, as its documentation has them, and what each proves."""

from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadProviderReply
from onboarding.providers import Naver
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import Strict, play, says, tokens

NAVER = Naver(client_id="jyvqXeaVOVmV", client_secret="hush")
USER: dict[str, Any] = {
    "id": "32742776",
    "email": "kim@example.org",
    "nickname": "kim",
    "profile_image": "https://ssl.pstatic.net/static/pwe/address/nodata_33x33.gif",
    "age": "40-49",
    "gender": "F",
    "name": "Kim de Vries",
    "birthday": "10-01",
}
REPLY = {"resultcode": "00", "message": "success", "response": USER}


class TestNaver(ProviderContract):
    provider = NAVER
    client_auth = "client_secret_post"
    replies: ClassVar = {"user": REPLY}
    subject = "32742776"


@pytest.mark.parametrize("code", ["024", "", None, 0, "000"])
def test_what_is_not_00_is_an_error(code: object) -> None:
    """Whoever stands beside it."""
    with pytest.raises(BadProviderReply):
        NAVER.identity({"user": REPLY | {"resultcode": code}})


def test_a_contact_address_proves_nothing() -> None:
    """It may be any mailbox."""
    told = NAVER.identity({"user": REPLY})
    assert (told.email, told.email_trust) == ("kim@example.org", EmailTrust.STATED)
    assert (told.name, told.username) == ("Kim de Vries", "kim")


@pytest.mark.anyio
async def test_somebody_signs_in_with_naver() -> None:
    """Without scopes: what is told is decided at Naver."""
    app = Strict(
        {"POST /oauth2.0/token": says(tokens()), "GET /v1/nid/me": says(REPLY)}
    )
    told = await play(NAVER, app, "nid.naver.com", "openapi.naver.com")
    assert told.subject == "32742776"
    assert "scope" not in app.asked
