"""What can be known to be wrong before anybody signs in, is said then."""

import subprocess
import sys
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

import onboarding.providers
from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import ConfigError
from onboarding.providers import Endpoints, OAuth2, OpenIDConnect, Provider, Read
from onboarding.providers.replies import Replies

GOOD: dict[str, object] = {
    "name": "id",
    "title": "ID",
    "issuer": "https://id.example",
    "client_id": "shop",
    "client_secret": "hush-hush",
}


@dataclass(frozen=True, kw_only=True)
class Example(OAuth2):
    """A provider of somebody's own, in as few lines as it takes."""

    def identity(self, replies: Replies) -> Identity:
        """Return nobody."""
        raise NotImplementedError


def build(**changes: object) -> Provider:
    """Build a good provider, but for these changes."""
    return OpenIDConnect(**(GOOD | changes))


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        *(
            ({"name": n}, "name=")
            for n in ("", "My ID", "id_", "-id", "ïd", "a/b", "i" * 33)
        ),
        ({"title": " "}, "title is empty"),
        *(
            ({"client_id": c}, "client_id must be")
            for c in ("", " ", None, "a\n", "ä", " a")
        ),
        *(
            ({"client_secret": s}, "client_secret holds")
            for s in ("", " x", "€", "x\n")
        ),
        ({"client_secret": None}, 'write client_auth="none"'),
        ({"client_auth": "none"}, 'is never shown with client_auth="none"'),
        ({"client_auth": "jwt"}, 'client_auth="basic"'),
        ({"issuer": "http://id.example"}, "must begin with https://"),
        ({"issuer": "id.example"}, "must be a whole address"),
        ({"issuer": "https://id.example?x=1"}, "must have no query"),
        ({"issuer": "https://id.example#x"}, "must end before the #"),
        ({"issuer": "https://me:pw@id.example"}, "no user name or password"),
        (
            {"reads": (Read("a", "http://api.example"),)},
            "reads 'a'='http://api.example'",
        ),
        ({"scopes": "openid"}, "scopes must be a tuple"),
        ({"scopes": ("openid email",)}, "scopes must be a tuple"),
        ({"scopes": ("openid", 7)}, "scopes must be a tuple"),
        ({"params": {"state": "x"}}, "params must not set state"),
        ({"params": {"nonce": "x", "scope": "y"}}, "params must not set nonce, scope"),
        ({"email_trust": True}, "email_trust must be one of EmailTrust"),
    ],
)
def test_what_cannot_work_is_refused_with_advice(
    changes: dict[str, object], advice: str
) -> None:
    """The sentence names the class and the setting, and says what to write."""
    with pytest.raises(ConfigError) as caught:
        build(**changes)
    assert str(caught.value).startswith("OpenIDConnect: ")
    assert advice in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("part", ["authorization", "token", "jwks", "userinfo"])
def test_every_endpoint_is_checked(part: str) -> None:
    """And named where it is wrong."""
    urls = dict.fromkeys(("authorization", "token", "jwks"), "https://id.example/x")
    endpoints = Endpoints(**(urls | {part: "http://id.example/x"}))
    with pytest.raises(ConfigError, match=rf"endpoints\.{part}="):
        build(endpoints=endpoints)


def test_plain_oauth_needs_to_be_told_where() -> None:
    """It has no discovery, and an access token says nothing about anybody."""
    there = Endpoints(authorization="https://a.example", token="https://t.example")
    known = {"endpoints": there, "reads": (Read("user", "https://api.example"),)}
    assert Example(**(GOOD | known))
    with pytest.raises(ConfigError, match="endpoints are missing"):
        Example(**(GOOD | known | {"endpoints": None}))


def test_a_public_client_has_no_secret() -> None:
    """PKCE alone protects its codes."""
    assert build(client_secret=None, client_auth="none").secret is None


def test_a_secret_may_come_wrapped_or_bare() -> None:
    """Either way it is wrapped, shown to nobody, and the same."""
    bare, wrapped = build(), build(client_secret=SecretStr("hush-hush"))
    assert bare == wrapped
    assert hash(bare) == hash(wrapped)
    assert bare.secret == wrapped.secret == "hush-hush"
    assert "hush" not in f"{bare!r} {bare} {vars(bare)}"


def test_the_names_are_all_there() -> None:
    """The table, the list and the package agree; a wrong name is an AttributeError."""
    for name in onboarding.providers.__all__:
        assert getattr(onboarding.providers, name).__name__ == name
    assert dir(onboarding.providers) == sorted(onboarding.providers.__all__)
    with pytest.raises(AttributeError, match="Gogle"):
        _ = onboarding.providers.Gogle  # type: ignore[attr-defined]  # that is the test


def test_naming_one_provider_loads_no_other() -> None:
    """A catalogue of a hundred costs those who use one nothing."""
    code = "import sys; from onboarding.providers import Google; print(*sys.modules)"
    run = [sys.executable, "-c", code]
    loaded = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    ours = {n for n in loaded.split() if n.startswith("onboarding.providers.")}
    assert {"onboarding.providers.google", "onboarding.providers.oidc"} <= ours
    assert "onboarding.providers.github" not in ours


def test_trust_is_a_level() -> None:
    """Stated is what a provider is believed by default."""
    assert build().email_trust is EmailTrust.STATED
