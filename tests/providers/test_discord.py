"""Discord's replies, as its documentation has them, and what each proves."""

from typing import Any, ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.providers import Discord
from onboarding.testing.contracts import ProviderContract

DISCORD = Discord(client_id="157730590492196864", client_secret="hush")
USER: dict[str, Any] = {
    "id": "80351110224678912",
    "username": "kim_plays",
    "discriminator": "0",
    "global_name": "Kim",
    "avatar": "8342729096ea3675442027381ff50dfe",
    "verified": True,
    "email": "kim@example.org",
    "flags": 64,
    "locale": "en-US",
    "mfa_enabled": True,
}


class TestDiscord(ProviderContract):
    provider = DISCORD
    client_auth = "client_secret_post"
    replies: ClassVar = {"user": USER}
    subject = "80351110224678912"
    unverified: ClassVar = {"user": USER | {"verified": False}}


def test_an_account_may_have_a_phone_alone() -> None:
    """Then there is no address, whatever is said of it."""
    told = DISCORD.identity({"user": USER | {"email": None}})
    assert (told.email, told.email_trust) == (None, EmailTrust.NONE)


@pytest.mark.parametrize(
    ("avatar", "end"),
    [
        ("8342729096ea3675442027381ff50dfe", "8342729096ea3675442027381ff50dfe.png"),
        (
            "a_1269e74af4df7417b13759eae50c83dc",
            "a_1269e74af4df7417b13759eae50c83dc.gif",
        ),
        (None, None),
        ("", None),
        ("../../evil", None),
        (7, None),
    ],
)
def test_a_picture_is_named_by_its_hash(avatar: object, end: str | None) -> None:
    """One that begins with ``a_`` moves; what is no hash names nothing."""
    told = DISCORD.identity({"user": USER | {"avatar": avatar}})
    at = "https://cdn.discordapp.com/avatars/80351110224678912/"
    assert told.picture == (f"{at}{end}" if end else None)


def test_it_tells_name_username_and_language() -> None:
    """The username where there is no name to show."""
    told = DISCORD.identity({"user": USER})
    assert (told.name, told.username, told.locale) == ("Kim", "kim_plays", "en-US")
    bare = DISCORD.identity({"user": USER | {"global_name": None}})
    assert bare.name == "kim_plays"
