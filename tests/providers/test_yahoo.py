"""Yahoo's replies, as its documentation has them, and what each proves."""

from typing import Any, ClassVar

from onboarding.providers import Yahoo
from onboarding.testing.contracts import ProviderContract

YAHOO = Yahoo(client_id="dj0yJmk9", client_secret="hush")
CLAIMS: dict[str, Any] = {
    "iss": "https://api.login.yahoo.com",
    "sub": "FSVIDUW3D7FSVIDUW3D72F2F",
    "aud": "dj0yJmk9",
    "exp": 1767272400,
    "iat": 1767268800,
    "auth_time": 1767268000,
    "at_hash": "7CvQxkx1tD3yP3IU1vQ4Zw",
}
USERINFO: dict[str, Any] = {
    "sub": "FSVIDUW3D7FSVIDUW3D72F2F",
    "name": "Kim de Vries",
    "given_name": "Kim",
    "family_name": "de Vries",
    "locale": "en-US",
    "email": "kim@example.org",
    "email_verified": True,
    "picture": "https://s.yimg.com/ag/images/1_192sq.jpg",
    "nickname": "Kim",
}


class TestYahoo(ProviderContract):
    provider = YAHOO
    replies: ClassVar = {"id_token": CLAIMS, "userinfo": USERINFO}
    subject = "FSVIDUW3D7FSVIDUW3D72F2F"
    unverified: ClassVar = {
        "id_token": CLAIMS,
        "userinfo": USERINFO | {"email_verified": False},
    }


def test_userinfo_tells_what_the_id_token_does_not() -> None:
    """Name, picture, language and address."""
    told = YAHOO.identity({"id_token": CLAIMS, "userinfo": USERINFO})
    assert (told.name, told.locale) == ("Kim de Vries", "en-US")
    assert (told.email, told.picture) == ("kim@example.org", USERINFO["picture"])
