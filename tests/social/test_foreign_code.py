"""What others' code throws at a provider's data is an error of ours, and no more."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

import pytest

from onboarding.accounts.model import Identity
from onboarding.errors import (
    BadProviderReply,
    ConfigError,
    NotFound,
    ProviderUnreachable,
    SignInCancelled,
    SignInRequired,
)
from onboarding.log_lines import log_line
from onboarding.providers import OpenIDConnect
from onboarding.providers.replies import Replies
from onboarding.social.guarding import guarding
from onboarding.social.keys import read_keys
from tests.social.scene import KIM, Scene
from tests.social.test_client import TOKENS, Recorder, exchange

pytestmark = pytest.mark.anyio


# ── keys ─────────────────────────────────────────────────────────────────────

BAD_KEYS: list[object] = [
    *({"kty": "EC", "crv": v, "x": "AA", "y": "AA"} for v in ("P-999", ["P-256"], 7)),
    *({"kty": "OKP", "crv": v, "x": "AA"} for v in ("Ed9000", {"a": 1}, "X25519")),
    *({"kty": v, "n": "AA", "e": "AQAB"} for v in (["EC"], {"kty": "RSA"}, [[]], "")),
    {"kty": "RSA", "n": "A" * 400, "e": ["AQAB"]},
    {"kty": "RSA", "n": "A" * 400},
    {"kty": "RSA", "n": "é" * 400, "e": "AQAB"},
    {"kty": "RSA", "n": "A" * 400, "e": "AQAB", "alg": ["RS256"]},
    {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    {"kty": "EC", "crv": "P-256", "x": None, "y": {}},
    *(None, 7, "key", [], [[]], {}),
]


@pytest.mark.parametrize("bad", BAD_KEYS, ids=repr)
async def test_one_bad_key_is_ignored(scene: Scene, bad: object) -> None:
    """RFC 7517 §5: whatever stands beside a good key, that one still signs."""
    good = scene.key.public_jwk()
    for listed in ([bad, good], [good, bad]):
        assert len(read_keys("id", {"keys": listed}).keys) == 1
    with pytest.raises(BadProviderReply, match="no usable keys"):
        read_keys("id", {"keys": [bad]})


@pytest.mark.parametrize("kid", [None, 7, ["k"], {"k": 1}, "", "k" * 9999], ids=repr)
async def test_a_key_of_any_name_breaks_nothing(scene: Scene, kid: object) -> None:
    """The good key beside it is found by its own."""
    good = scene.key.public_jwk()
    keys = read_keys("id", {"keys": [good | {"kid": kid}, good]}).keys
    assert good["kid"] in {key.kid for key in keys}


# ── token responses ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity", "9" * 4000])
async def test_a_number_beyond_numbers_decides_nothing(number: str) -> None:
    """JSON has no limit of size, and Python reads more than JSON has."""
    told = json.dumps(TOKENS)[:-1] + f', "expires_in": {number}}}'
    assert (await exchange(Recorder(told)))["access_token"] == "a-token"


# ── mappings of plug-ins ─────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Careless(OpenIDConnect):
    """A provider whose mapping does something else than it promised."""

    act: Callable[[Identity], object] = field(default=lambda identity: identity)

    def identity(self, replies: Replies) -> Identity:
        """Do it."""
        return cast("Identity", self.act(super().identity(replies)))


def careless(scene: Scene, act: Callable[[Identity], object]) -> None:
    """Let the first provider have such a mapping."""
    honest = scene.providers["id"]
    told: dict[str, Any] = {f.name: getattr(honest, f.name) for f in fields(honest)}
    scene.providers["id"] = Careless(**told, act=act)


HUSH = "kim@example.org, as the provider said"
THROWN: list[Exception] = [
    *(KeyError(HUSH), AttributeError(HUSH), ZeroDivisionError(HUSH), OSError(HUSH)),
    *(RecursionError(HUSH), AssertionError(HUSH), StopIteration(HUSH)),
    *(TimeoutError(HUSH), UnicodeError(HUSH), ExceptionGroup(HUSH, [ValueError(HUSH)])),
    *(ConfigError(HUSH), SignInRequired(HUSH), SignInCancelled(HUSH), NotFound(HUSH)),
]


@pytest.mark.parametrize("thrown", THROWN, ids=lambda one: type(one).__name__)
async def test_whatever_a_mapping_throws_is_a_bad_reply(
    scene: Scene, thrown: Exception
) -> None:
    """The log names kind and place; what was said of the person is in the cause."""

    def throw(_: Identity) -> object:
        raise thrown

    careless(scene, throw)
    with pytest.raises(BadProviderReply) as caught:
        await scene.browser().go(KIM)
    assert type(caught.value) is BadProviderReply
    assert caught.value.__cause__ is thrown
    line = log_line(caught.value)
    kind = type(thrown).__name__
    assert f"note={kind} at {__file__.rpartition('/')[2]}:" in line
    assert "provider=id, reason=identity() fails on what was answered" in line
    assert HUSH not in line + str(caught.value)
    assert kind not in str(caught.value.details())


async def test_a_mapping_may_raise_the_errors_of_a_provider(scene: Scene) -> None:
    """They say more, and pass as they are."""
    own = ProviderUnreachable("id", "is being repaired")

    def throw(_: Identity) -> object:
        raise own

    careless(scene, throw)
    with pytest.raises(ProviderUnreachable) as caught:
        await scene.browser().go(KIM)
    assert caught.value is own


@pytest.mark.parametrize(
    "change",
    [
        *({"subject": v} for v in (None, 7, "", "é", "s" * 256, ["kim"], "a\nb")),
        *({"email": v} for v in (7, ["kim@example.org"], {})),
        *({"name": v} for v in (7, ["Kim"], b"Kim")),
        *({"email_trust": v} for v in (None, "verified", True)),
        {"provider": "rival"},
        {"issuer": "https://rival.example"},
    ],
    ids=repr,
)
async def test_whatever_a_mapping_returns_is_looked_at(
    scene: Scene, change: dict[str, Any]
) -> None:
    """Types are promises of others' code; a wrong one would break us further on."""
    careless(scene, lambda identity: replace(identity, **change))
    with pytest.raises(BadProviderReply):
        await scene.browser().go(KIM)


@pytest.mark.parametrize("returned", [None, {}, "kim", 7, []], ids=repr)
async def test_a_mapping_that_makes_nobody_is_a_bad_reply(
    scene: Scene, returned: object
) -> None:
    """A forgotten return, or the reply itself."""
    careless(scene, lambda _: returned)
    with pytest.raises(BadProviderReply, match=r"identity\(\) returns a"):
        await scene.browser().go(KIM)


def test_what_is_thrown_inside_names_the_innermost_line() -> None:
    """In whichever library: the developer sees where."""
    with (
        pytest.raises(BadProviderReply) as caught,
        guarding("id", "the test"),
    ):
        json.loads("{", parse_float=None)
    assert caught.value.note.startswith("JSONDecodeError at decoder.py:")


def test_who_gives_up_is_not_held(caplog: pytest.LogCaptureFixture) -> None:
    """Neither a cancelled task nor Ctrl-C is an error of the provider's."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(KeyboardInterrupt), guarding("id", "the test"):
        raise KeyboardInterrupt
