"""Kakao's replies, as its documentation has them, and what each proves."""

from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadProviderReply
from onboarding.providers import Kakao
from onboarding.testing.contracts import ProviderContract

KAKAO = Kakao(client_id="0f1e2d", client_secret="hush")
ACCOUNT: dict[str, Any] = {
    "profile_nickname_needs_agreement": False,
    "profile": {
        "nickname": "Kim",
        "thumbnail_image_url": "https://img1.kakaocdn.net/thumb/1.jpg",
        "profile_image_url": "https://img1.kakaocdn.net/1.jpg",
        "is_default_image": False,
    },
    "email_needs_agreement": False,
    "is_email_valid": True,
    "is_email_verified": True,
    "email": "kim@example.org",
}
USER: dict[str, Any] = {
    "id": 123456789,
    "connected_at": "2026-04-11T01:45:28Z",
    "kakao_account": ACCOUNT,
}


class TestKakao(ProviderContract):
    provider = KAKAO
    client_auth = "client_secret_post"
    replies: ClassVar = {"user": USER}
    subject = "123456789"
    unverified: ClassVar = {
        "user": USER | {"kakao_account": ACCOUNT | {"is_email_valid": False}}
    }


@pytest.mark.parametrize(
    ("valid", "verified", "trust"),
    [
        (True, True, EmailTrust.VERIFIED),
        (True, False, EmailTrust.STATED),
        (False, True, EmailTrust.STATED),
        (None, True, EmailTrust.STATED),
        (True, None, EmailTrust.STATED),
        ("true", "true", EmailTrust.STATED),
    ],
)
def test_both_flags_must_say_true(
    valid: object, verified: object, trust: EmailTrust
) -> None:
    """An address that somebody else took over stays verified, and is not valid."""
    flags = {"is_email_valid": valid, "is_email_verified": verified}
    told = KAKAO.identity({"user": USER | {"kakao_account": ACCOUNT | flags}})
    assert told.email_trust is trust


@pytest.mark.parametrize("account", [None, {}, [], {"profile": None}])
def test_who_shares_nothing_is_somebody_all_the_same(account: object) -> None:
    """With the number alone."""
    told = KAKAO.identity({"user": USER | {"kakao_account": account}})
    assert (told.subject, told.name, told.email) == ("123456789", None, None)


@pytest.mark.parametrize("id", [None, "123456789", True, 0])
def test_the_subject_is_the_number_alone(id: object) -> None:
    """Text where there should be a number is somebody else's."""
    with pytest.raises(BadProviderReply):
        KAKAO.identity({"user": USER | {"id": id}})


def test_pictures_are_asked_for_over_https() -> None:
    """Else they come over plain http, and are not shown."""
    assert "secure_resource=true" in KAKAO.reads[0].url
    assert KAKAO.identity({"user": USER}).picture == "https://img1.kakaocdn.net/1.jpg"
