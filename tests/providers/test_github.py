"""GitHub's replies, as its documentation has them, and what each proves."""

from typing import ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadProviderReply
from onboarding.providers import GitHub
from onboarding.testing import OAuth2Switches
from onboarding.testing.contracts import ProviderContract

GITHUB = GitHub(client_id="Iv1.8a61f9b3a7aba766", client_secret="hush")
USER: dict[str, object] = {
    "login": "kim-codes",
    "id": 583231,
    "node_id": "MDQ6VXNlcjU4MzIzMQ==",
    "avatar_url": "https://avatars.githubusercontent.com/u/583231",
    "type": "User",
    "name": "Kim de Vries",
    "company": None,
    "email": "public@example.org",
}
OLD = {"email": "old@example.org", "primary": False, "verified": True}
PRIMARY = {"email": "kim@example.org", "primary": True, "verified": True}
HIDDEN = {"email": "583231+kim-codes@users.noreply.github.com", "verified": True}


class TestGitHub(ProviderContract):
    provider = GITHUB
    client_auth = "client_secret_post"
    switches = OAuth2Switches(
        answer_shape="form_unless_json", refusal_shape="error_in_200", names_issuer=True
    )
    replies: ClassVar = {"user": USER, "emails": [OLD, PRIMARY, HIDDEN]}
    subject = "583231"
    unverified: ClassVar = {"user": USER, "emails": [PRIMARY | {"verified": False}]}


@pytest.mark.parametrize(
    ("emails", "address", "trust"),
    [
        ([OLD, PRIMARY], "kim@example.org", EmailTrust.VERIFIED),
        ([PRIMARY | {"verified": False}], "kim@example.org", EmailTrust.STATED),
        ([PRIMARY | {"verified": None}], "kim@example.org", EmailTrust.STATED),
        ([OLD, HIDDEN], "public@example.org", EmailTrust.STATED),
        (None, "public@example.org", EmailTrust.STATED),
        ([], "public@example.org", EmailTrust.STATED),
        ({"message": "Not Found"}, "public@example.org", EmailTrust.STATED),
        ([None, 7, "x", PRIMARY], "kim@example.org", EmailTrust.VERIFIED),
    ],
)
def test_only_the_primary_verified_address_proves_anything(
    emails: object, address: str, trust: EmailTrust
) -> None:
    """The address of the profile is there to be shown, and proves nothing."""
    identity = GITHUB.identity({"user": USER, "emails": emails})
    assert (identity.email, identity.email_trust) == (address, trust)


def test_without_any_address_there_is_none() -> None:
    """None is made up, least of all from the login."""
    identity = GITHUB.identity({"user": USER | {"email": None}, "emails": None})
    assert (identity.email, identity.email_trust) == (None, EmailTrust.NONE)


@pytest.mark.parametrize("name", [None, "", " ", 7, "\x00"])
def test_the_login_is_shown_where_there_is_no_name(name: object) -> None:
    """For display only."""
    identity = GITHUB.identity({"user": USER | {"name": name}, "emails": None})
    assert identity.name == "kim-codes"


def test_it_tells_username_and_picture() -> None:
    """To be shown; neither decides anything."""
    told = GITHUB.identity({"user": USER, "emails": None})
    assert told.username == "kim-codes"
    assert told.picture == "https://avatars.githubusercontent.com/u/583231"


@pytest.mark.parametrize("id", [None, True, 0, -1, "583231", 1.0, 2**64, [583231]])
def test_the_subject_is_the_number_alone(id: object) -> None:
    """Text where there should be a number is somebody else's."""
    with pytest.raises(BadProviderReply):
        GITHUB.identity({"user": USER | {"id": id}, "emails": [PRIMARY]})
