"""GitLab's replies, on gitlab.com and on a server of one's own."""

from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadProviderReply, ConfigError
from onboarding.providers import GitLab
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

GITLAB = GitLab(client_id="a1b2c3", client_secret=SECRET)
CLAIMS: dict[str, Any] = {
    "iss": "https://gitlab.com",
    "sub": "1574083",
    "aud": "a1b2c3",
    "exp": 1767272400,
    "iat": 1767268800,
    "auth_time": 1767268000,
    "sub_legacy": "90b1c0a0e8b6b0d3c8b0",
    "email": "kim@example.org",
    "email_verified": True,
}
USER: dict[str, Any] = {
    "id": 1574083,
    "username": "kim_codes",
    "name": "Kim de Vries",
    "state": "active",
    "locked": False,
    "avatar_url": "https://gitlab.com/uploads/-/system/user/avatar/1574083/avatar.png",
    "web_url": "https://gitlab.com/kim_codes",
    "confirmed_at": "2024-05-23T09:05:22Z",
    "email": "kim@example.org",
}


class TestGitLab(ProviderContract):
    provider = GITLAB
    client_auth = "client_secret_post"
    replies: ClassVar = {"id_token": CLAIMS, "user": USER}
    subject = "1574083"
    unverified: ClassVar = {
        "id_token": CLAIMS | {"email_verified": False},
        "user": USER,
    }


class TestOwnServer(ProviderContract):
    provider = GitLab(
        client_id="a1", client_secret=SECRET, url="https://git.shop.example/gitlab/"
    )
    client_auth = "client_secret_post"
    replies: ClassVar = {"id_token": CLAIMS, "user": USER}
    subject = "1574083"


@pytest.mark.parametrize(
    "changes",
    [{"state": "blocked"}, {"state": None}, {"locked": True}, {"id": 1574084}],
    ids=["blocked", "unknown", "locked", "another"],
)
def test_an_account_that_is_not_active_is_refused(changes: dict[str, Any]) -> None:
    """Or one that is not the token's."""
    with pytest.raises(BadProviderReply):
        GITLAB.identity({"id_token": CLAIMS, "user": USER | changes})


def test_a_server_of_ones_own_has_its_own_people() -> None:
    """The issuer is where it is, and its API is there, too."""
    own = TestOwnServer.provider
    assert own.issuer == "https://git.shop.example/gitlab"
    assert own.reads[0].url == "https://git.shop.example/gitlab/api/v4/user"


@pytest.mark.parametrize(
    ("url", "confirms", "trust"),
    [
        ("https://gitlab.com", False, EmailTrust.VERIFIED),
        ("https://gitlab.com/", False, EmailTrust.VERIFIED),
        ("https://git.shop.example", False, EmailTrust.STATED),
        ("https://gitlab.com.example", False, EmailTrust.STATED),
        ("https://git.shop.example", True, EmailTrust.VERIFIED),
    ],
)
def test_whoever_runs_a_server_says_whether_it_confirms(
    url: str, confirms: bool, trust: EmailTrust
) -> None:
    """As it is installed it does not, and says of every address that it did."""
    server = GitLab(
        client_id="a1", client_secret=SECRET, url=url, confirms_addresses=confirms
    )
    told = server.identity({"id_token": CLAIMS, "user": USER})
    assert told.email_trust is trust


@pytest.mark.parametrize(
    "url", ["git.shop.example", "http://git.shop.example", "", None, "https://a/?x=1"]
)
def test_a_server_is_an_address(url: Any) -> None:
    """A host alone, plain http or a query is none."""
    with pytest.raises(ConfigError, match="url"):
        GitLab(client_id="a1", client_secret=SECRET, url=url)


@pytest.mark.anyio
async def test_somebody_signs_in_with_gitlab() -> None:
    """By the ID token, and the account that is read beside it."""
    at = "https://gitlab.com"
    app = Strict(
        {
            "GET /.well-known/openid-configuration": document(
                at, at, userinfo_endpoint=f"{at}/oauth/userinfo"
            ),
            "GET /keys": keys(),
            "POST /token": says(tokens(id_token=signed(CLAIMS))),
            "GET /api/v4/user": says(USER),
        }
    )
    told = await play(GITLAB, app, "gitlab.com")
    assert (told.subject, told.username) == ("1574083", "kim_codes")
    assert (told.picture, told.name) == (USER["avatar_url"], "Kim de Vries")
    assert "read_user" in app.asked["scope"].split()
