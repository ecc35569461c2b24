"""Any provider of OpenID Connect: which claim counts, and how far."""

from typing import ClassVar

import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadProviderReply, ConfigError
from onboarding.providers import Endpoints, Local, OpenIDConnect, Read
from onboarding.testing.contracts import ProviderContract

ISSUER = "https://id.example/tenant"


def provider(trust: EmailTrust = EmailTrust.VERIFIED) -> OpenIDConnect:
    """Return a provider whose word goes this far."""
    return OpenIDConnect(
        name="my-id",
        title="My ID",
        issuer=ISSUER,
        client_id="shop",
        client_secret="hush",
        email_trust=trust,
    )


BARE: dict[str, object] = {"iss": ISSUER, "sub": "kim-1", "aud": "shop"}
EMAIL: dict[str, object] = {"email": "kim@example.org", "email_verified": True}
NAMED: dict[str, object] = {"sub": "kim-1", "name": "Kim de Vries", **EMAIL}


class TestOpenIDConnect(ProviderContract):
    provider = provider()
    replies: ClassVar = {"id_token": BARE, "userinfo": NAMED}
    subject = "kim-1"
    unverified: ClassVar = {
        "id_token": BARE,
        "userinfo": NAMED | {"email_verified": False},
    }


class TestLocal(ProviderContract):
    provider = Local(
        issuer="http://127.0.0.1:8000/id", client_id="shop", client_secret="hush"
    )
    replies: ClassVar = {"id_token": BARE | NAMED, "userinfo": NAMED}
    subject = "kim-1"
    unverified: ClassVar = {"id_token": BARE | EMAIL | {"email_verified": "false"}}


STATED, VERIFIED = EmailTrust.STATED, EmailTrust.VERIFIED


@pytest.mark.parametrize(
    ("claim", "cap", "trust"),
    [
        (True, VERIFIED, VERIFIED),
        ("true", VERIFIED, VERIFIED),
        ("TRUE", VERIFIED, VERIFIED),
        (True, EmailTrust.AUTHORITATIVE, EmailTrust.AUTHORITATIVE),
        (True, STATED, STATED),
        (True, EmailTrust.NONE, EmailTrust.NONE),
        (False, VERIFIED, STATED),
        ("false", VERIFIED, STATED),
        (None, VERIFIED, STATED),
        (1, VERIFIED, STATED),
        ("yes", VERIFIED, STATED),
        ([True], VERIFIED, STATED),
    ],
    ids=repr,
)
def test_verified_counts_as_far_as_the_developer_says(
    claim: object, cap: EmailTrust, trust: EmailTrust
) -> None:
    """A true lifts an address to the cap; anything else is merely stated."""
    told = {"id_token": BARE | EMAIL | {"email_verified": claim}}
    assert provider(cap).identity(told).email_trust is trust


def test_nobody_is_believed_by_default() -> None:
    """Anybody can run a provider that claims to have checked."""
    stranger = OpenIDConnect(
        name="x", title="X", issuer=ISSUER, client_id="shop", client_secret="hush"
    )
    assert stranger.identity({"id_token": BARE | EMAIL}).email_trust is STATED


@pytest.mark.parametrize(
    ("id_token", "userinfo", "email", "trust"),
    [
        ({}, EMAIL, "kim@example.org", VERIFIED),
        (EMAIL, {"email": "old@example.org"}, "kim@example.org", VERIFIED),
        ({"email": "kim@example.org"}, EMAIL, "kim@example.org", VERIFIED),
        ({"email": "new@example.org"}, EMAIL, "kim@example.org", VERIFIED),
        (
            {"email": "a@example.org", "email_verified": False},
            EMAIL,
            "a@example.org",
            STATED,
        ),
        ({"email": "a@example.org"}, {"email_verified": True}, "a@example.org", STATED),
        ({"email_verified": True}, {"email": "a@example.org"}, "a@example.org", STATED),
        ({}, {}, None, EmailTrust.NONE),
    ],
)
def test_address_and_verdict_come_from_one_place(
    id_token: dict[str, object],
    userinfo: dict[str, object],
    email: str | None,
    trust: EmailTrust,
) -> None:
    """A verdict about one address is never put beside another one."""
    told = {"id_token": BARE | id_token, "userinfo": {"sub": "kim-1"} | userinfo}
    identity = provider().identity(told)
    assert (identity.email, identity.email_trust) == (email, trust)


@pytest.mark.parametrize("sub", [None, "", "someone-else", "KIM-1", ["kim-1"]])
def test_userinfo_is_about_the_same_person(sub: object) -> None:
    """Core §5.3.2: otherwise a swapped token brings somebody else's address."""
    told = {"id_token": BARE, "userinfo": {**EMAIL, "sub": sub}}
    with pytest.raises(BadProviderReply, match="somebody else"):
        provider().identity(told)


def test_the_name_of_the_id_token_comes_first() -> None:
    """It is signed."""
    told = {"id_token": BARE | {"name": "Kim"}, "userinfo": NAMED}
    assert provider().identity(told).name == "Kim"


def test_the_document_is_below_the_issuer() -> None:
    """OpenID Connect Discovery §4.1, also where the issuer ends with a slash."""
    assert provider().discovery == f"{ISSUER}/.well-known/openid-configuration"
    slashed = OpenIDConnect(
        name="x", title="X", issuer=ISSUER + "/", client_id="s", client_secret="hush"
    )
    assert slashed.discovery == provider().discovery
    assert slashed.issuer == ISSUER + "/"


def test_userinfo_is_read_where_there_is_one_and_it_is_wanted() -> None:
    """And what else the provider names, after it."""
    there = Endpoints(authorization="https://a.example", token="https://t.example")
    more = Endpoints(
        authorization=there.authorization,
        token=there.token,
        userinfo="https://u.example",
    )
    extra = Read("groups", "https://id.example/groups")
    asking = OpenIDConnect(
        name="x",
        title="X",
        issuer=ISSUER,
        client_id="s",
        client_secret="hush",
        reads=(extra,),
    )
    silent = OpenIDConnect(
        name="x",
        title="X",
        issuer=ISSUER,
        client_id="s",
        client_secret="hush",
        userinfo=False,
    )
    assert asking.reads_at(there) == (extra,)
    assert asking.reads_at(more) == (Read("userinfo", "https://u.example"), extra)
    assert silent.reads_at(more) == ()


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"scopes": ("email",)}, 'must hold "openid"'),
        (
            {
                "endpoints": Endpoints(
                    authorization="https://a.example", token="https://t.example"
                )
            },
            "endpoints.jwks is missing",
        ),
    ],
)
def test_what_openid_connect_needs_is_asked_for(
    wrong: dict[str, object], advice: str
) -> None:
    """The scope that makes an ID token come, and the keys that check it."""
    with pytest.raises(ConfigError, match=advice):
        OpenIDConnect(
            **{
                "name": "x",
                "title": "X",
                "issuer": ISSUER,
                "client_id": "s",
                "client_secret": "hush",
            }
            | wrong
        )


@pytest.mark.parametrize("issuer", ["https://id.example", "https://localhost/id"])
def test_the_local_one_is_local(issuer: str) -> None:
    """Its word about addresses is believed, so it must be this machine."""
    with pytest.raises(ConfigError, match="use OpenIDConnect"):
        Local(issuer=issuer, client_id="shop", client_secret="hush")
