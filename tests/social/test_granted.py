"""The tokens of a sign-in: handed to the host once, typed, and kept nowhere."""

import asyncio
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from onboarding import Deadlines, Onboarding
from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import ConfigError
from onboarding.providers import GitHub, OpenIDConnect
from onboarding.social.granted import LONGEST_LIFE, expiry, granted
from onboarding.testing import (
    Client,
    FakeOAuth2,
    FakeProvider,
    FrozenClock,
    Network,
    OAuth2Switches,
    Person,
    SigningKey,
    sign_in,
)
from onboarding.types import ProviderTokens

SITE = "https://shop.example"
NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
KIM = Person(subject="kim", name="Kim", email="kim@example.org", email_verified=True)
OTHER = replace(KIM, subject="other")
KEY = SigningKey("EdDSA")
OPENID = OpenIDConnect(
    name="id",
    title="ID",
    issuer="https://id.example",
    client_id="shop",
    client_secret="hush",
    email_trust=EmailTrust.VERIFIED,
)
GITHUB = GitHub(client_id="shop", client_secret="hush")


@pytest.fixture
def clock() -> FrozenClock:
    """Return the clock of everybody."""
    return FrozenClock(NOW)


class Host:
    """A host that is told of tokens."""

    def __init__(self) -> None:
        self.told: list[ProviderTokens] = []

    async def keep(self, tokens: ProviderTokens) -> None:
        """Keep them, here."""
        self.told.append(tokens)


def fakes(clock: FrozenClock) -> tuple[FakeProvider, FakeOAuth2]:
    """Return both providers."""
    back = f"{SITE}/welcome/callback"
    shop = Client(client_id="shop", client_secret="hush", redirect_uris=(f"{back}/id",))
    user = {"id": 1, "login": "kim", "name": "Kim"}
    return (
        FakeProvider(OPENID.issuer, [shop], [KIM, OTHER], clock, key=KEY),
        FakeOAuth2(
            GITHUB,
            redirect_uri=f"{back}/github",
            replies={"user": user, "emails": []},
            clock=clock,
            switches=OAuth2Switches(client_auth="client_secret_post"),
        ),
    )


@contextmanager
def browser_at(
    ids: tuple[FakeProvider, FakeOAuth2], clock: FrozenClock, **settings: Any
) -> Iterator[TestClient]:
    """Open a shop that wants the tokens, and yield a browser there."""
    onboarding = Onboarding(
        url=f"{SITE}/welcome",
        secret_key="a key for tests, of more than thirty-two bytes",
        mailer=None,
        clock=clock,
        providers=[OPENID, GITHUB],
        transport=Network(*ids),
        **{"database": "memory:"} | settings,
    )
    app = Starlette(
        routes=[onboarding.mount],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )
    with TestClient(app, base_url=SITE) as browser:
        yield browser


def test_a_host_gets_the_tokens_of_each_sign_in_once(clock: FrozenClock) -> None:
    """Typed, with whose they are and when they end; reloading brings none again."""
    ids, host = fakes(clock), Host()
    with browser_at(ids, clock, keep_tokens=host.keep) as browser:
        account = sign_in(browser, ids[0]).json()["account"]
        browser.cookies.clear()
        sign_in(browser, ids[1])
    first, second = host.told
    assert (first.account_id, first.provider) == (account, "id")
    assert (first.issuer, first.subject) == (OPENID.issuer, "kim")
    assert first.access_token
    assert first.id_token
    assert first.id_token.count(".") == 2
    assert set(first.scopes) == set(OPENID.scopes)
    assert first.expires_at is not None
    assert first.expires_at > clock()
    assert (second.provider, second.subject) == ("github", "1")
    assert second.access_token
    assert second.id_token is None


def test_tokens_are_kept_nowhere(
    clock: FrozenClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the database, nor in a log, a cookie or what they are printed as."""
    caplog.set_level(logging.DEBUG)
    ids, host = fakes(clock), Host()
    database = f"sqlite:///{tmp_path}/shop.db"
    with browser_at(ids, clock, keep_tokens=host.keep, database=database) as browser:
        answer = sign_in(browser, ids[0])
        seen = f"{answer.text}{browser.cookies}{answer.history}"
    (tokens,) = host.told
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert tokens.account_id.encode() in stored
    for secret in (tokens.access_token, tokens.id_token or "?"):
        assert secret.encode() not in stored
        assert secret not in caplog.text
        assert secret not in seen
        assert secret not in repr(tokens)


@pytest.mark.parametrize("how", ["raises", "is cancelled", "never returns"])
def test_a_host_that_fails_harms_no_sign_in(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """The person is in; the log names the setting, and none of the words."""

    async def fail(tokens: ProviderTokens) -> None:
        if how == "never returns":
            await asyncio.Event().wait()
        if how == "is cancelled":
            raise asyncio.CancelledError
        raise ValueError(tokens.access_token)

    ids = fakes(clock)
    deadlines = Deadlines(request=timedelta(milliseconds=300))
    with browser_at(ids, clock, keep_tokens=fail, deadlines=deadlines) as browser:
        assert sign_in(browser, ids[0]).json()["kind"] == "registered"
    (line,) = [r for r in caplog.records if "tokens_lost" in r.message]
    assert "keep_tokens=" in line.getMessage()
    assert "with id" in line.getMessage()
    assert line.exc_info is None


def test_whoever_must_say_yes_first_has_no_tokens_handed_over(
    clock: FrozenClock,
) -> None:
    """An identity that waits is nobody's yet, and neither are its tokens."""
    ids, host = fakes(clock), Host()
    with browser_at(ids, clock, keep_tokens=host.keep) as browser:
        sign_in(browser, ids[0], KIM)
        browser.cookies.clear()
        sign_in(browser, ids[0], OTHER)  # with Kim's address
    assert [tokens.subject for tokens in host.told] == ["kim"]


def test_what_cannot_be_called_is_refused_when_built(clock: FrozenClock) -> None:
    """With the line to write."""

    def not_async(tokens: ProviderTokens) -> None:
        raise AssertionError(tokens)

    with (
        pytest.raises(ConfigError, match="async def keep"),
        browser_at(fakes(clock), clock, keep_tokens=not_async),
    ):
        pass


# ── reading the response ─────────────────────────────────────────────────────

ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@given(ANY, ANY, ANY, ANY)
def test_whatever_stands_in_a_response_is_typed(
    refresh: object, id_token: object, life: object, scope: object
) -> None:
    """What is not usable counts as not said, and nothing raises."""
    identity = Identity(
        provider="id", issuer=OPENID.issuer, subject="kim", email_trust=EmailTrust.NONE
    )
    said = {
        "access_token": "t",
        "refresh_token": refresh,
        "id_token": id_token,
        "expires_in": life,
        "scope": scope,
    }
    tokens = granted(OPENID, identity, said, "somebody", NOW)
    assert isinstance(tokens.refresh_token, str | None)
    assert isinstance(tokens.id_token, str | None)
    assert all(isinstance(one, str) and one for one in tokens.scopes)
    assert tokens.expires_at is None or NOW < tokens.expires_at <= NOW + LONGEST_LIFE


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (3600, 3600),
        ("3601", 3601),
        (0.5, 0.5),
        (True, None),
        (0, None),
        (-1, None),
        ("soon", None),
        (None, None),
        (math.inf, None),
        (math.nan, None),
        pytest.param(1e-9, None, id="less than a microsecond"),
        pytest.param(10**400, None, id="enormous"),
        (10**12, None),
    ],
)
def test_a_life_is_a_number_of_seconds_or_not_said(
    said: object, seconds: float | None
) -> None:
    """RFC 6749 §5.1; some providers write it as text."""
    ends = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert expiry(said, NOW) == ends


@pytest.mark.parametrize(
    ("said", "scopes"),
    [
        ("repo user", ("repo", "user")),
        ("repo,user", ("repo", "user")),
        ("", OPENID.scopes),
        (None, OPENID.scopes),
        (["repo"], OPENID.scopes),
    ],
)
def test_scopes_are_those_granted_or_those_asked_for(
    said: object, scopes: tuple[str, ...]
) -> None:
    """A response without them grants what was asked for (RFC 6749 §5.1)."""
    identity = Identity(
        provider="id", issuer=OPENID.issuer, subject="kim", email_trust=EmailTrust.NONE
    )
    response = {"access_token": "t", "scope": said}
    assert granted(OPENID, identity, response, "somebody", NOW).scopes == scopes
