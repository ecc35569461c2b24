"""Whatever comes back from a provider, or from who pretends to be one.

Never an error that nobody handles, and never an account.
"""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from onboarding.errors import OnboardingError, ProviderError, Refused
from onboarding.providers import Endpoints
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.discovery import read_document
from onboarding.social.id_token import IdTokens
from onboarding.social.keys import read_keys
from onboarding.stores import store_from
from onboarding.testing import FrozenClock, SigningKey
from tests.social.scene import ISSUER, KIM, URL, Hosts, Scene, asked, openid
from tests.world import World

few = settings(max_examples=40)
"""So that CI stays quick; ``--hypothesis-seed`` and a longer run find more."""

NUMBERS = st.sampled_from(
    [float("nan"), float("inf"), float("-inf"), 1e308, -0.0, 2**63, 10**400, -1]
)
SCALARS = st.none() | st.booleans() | st.integers() | NUMBERS | st.text(max_size=20)
HOSTILE = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
"""What may stand anywhere in JSON, as Python reads it: numbers beyond numbers too."""


class Odd:
    """An app that answers as another one does, but for one path."""

    def __init__(self, honest: Any):  # any ASGI app
        self._honest = honest
        self.path = ""
        self.body = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if Request(scope).url.path != self.path:
            await self._honest(scope, receive, send)
            return
        await Response(self.body, media_type="application/json")(scope, receive, send)


class Stage:
    """A scene on an event loop of its own, for many examples."""

    def __init__(self, key: SigningKey):
        self.loop = asyncio.new_event_loop()
        self.store = store_from("memory:")
        self.run(self.store.open())
        self.scene = Scene(World(self.store), key)
        self.odd = Odd(self.scene.id)
        self.scene.wire.lead("id.example", self.odd)

    def run(self, awaited: Any) -> Any:  # whatever it returns
        """Wait for it."""
        return self.loop.run_until_complete(awaited)

    def close(self) -> None:
        """Close all of it."""
        self.run(self.store.close())
        self.loop.close()

    def begin(self) -> tuple[Any, str]:
        """Return a browser, and the way back of an attempt of its own."""
        self.odd.path = ""
        self.scene.start()
        browser = self.scene.browser()
        started = self.run(browser.begin())
        return browser, self.scene.id.approve(started.location, KIM)

    def refuse(self, browser: Any, callback: str) -> OnboardingError:
        """Come back, be refused by an error of ours, and leave nobody behind."""
        with pytest.raises(OnboardingError) as caught:
            self.run(browser.finish(callback))
        assert isinstance(caught.value, Refused | ProviderError), caught.value
        assert caught.value.status < 600
        assert self.run(self.store.query("SELECT id FROM onboarding_accounts")) == []
        return caught.value


@pytest.fixture(scope="module")
def stage(signing_key: SigningKey) -> Iterator[Stage]:
    """Keep one scene for all that is thrown at it."""
    stage = Stage(signing_key)
    yield stage
    stage.close()


def dumped(value: object) -> bytes:
    """Return JSON as bytes; lone surrogates are written as escapes."""
    return json.dumps(value).encode()


# ── the way back ─────────────────────────────────────────────────────────────

PARAMS = st.dictionaries(
    st.sampled_from(
        ["state", "code", "error", "iss", "error_description", "id_token", "next"]
    ),
    st.lists(st.text(max_size=40), max_size=2),
)


@few
@given(sent=PARAMS, keeps=st.sets(st.sampled_from(["state", "iss"])))
def test_no_callback_breaks_us(
    stage: Stage, sent: dict[str, list[str]], keeps: set[str]
) -> None:
    """Of an attempt that is real, with everything else made up."""
    browser, callback = stage.begin()
    real = asked(callback)
    params = {name: [real[name]] for name in keeps} | sent
    if params.get("code") == [real["code"]]:
        params.pop("code")
    query = "&".join(
        f"{name}={quote(value, errors='replace')}"
        for name, values in params.items()
        for value in values
    )
    error = stage.refuse(browser, f"{URL}/callback/id?{query}")
    # Whoever holds the browser wrote all of it: no fault of any server.
    assert error.status < 500


@few
@given(query=st.text(alphabet=st.characters(max_codepoint=255), max_size=80))
def test_no_query_breaks_us(stage: Stage, query: str) -> None:
    """Bytes that are no query at all."""
    browser, _ = stage.begin()
    assert stage.refuse(browser, f"{URL}/callback/id?{query}").status < 500


# ── what the provider answers ────────────────────────────────────────────────


@few
@given(body=st.binary(max_size=60) | HOSTILE.map(dumped))
@example(body=b'{"access_token": "a", "token_type": "Bearer", "expires_in": 1e400}')
@example(body=b"[" * 5000)
def test_no_token_response_breaks_us(stage: Stage, body: bytes) -> None:
    """Without an ID token nobody comes in, whatever else it holds."""
    browser, callback = stage.begin()
    stage.odd.path, stage.odd.body = "/token", body
    stage.refuse(browser, callback)


@few
@given(told=HOSTILE.filter(lambda value: value is not None))
def test_no_userinfo_breaks_us(stage: Stage, told: object) -> None:
    """What is about nobody, or about somebody else, ends the sign-in."""
    browser, callback = stage.begin()
    stage.odd.path, stage.odd.body = "/userinfo", dumped(told)
    stage.refuse(browser, callback)


@few
@given(
    told=st.dictionaries(
        st.sampled_from(
            [
                *("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"),
                *("userinfo_endpoint", "id_token_signing_alg_values_supported"),
                "authorization_response_iss_parameter_supported",
            ]
        ),
        HOSTILE | st.just(ISSUER) | st.text().map(lambda text: f"{ISSUER}/{text}"),
    )
    | HOSTILE
)
def test_no_discovery_document_breaks_us(told: object) -> None:
    """It is read, or refused by an error of ours."""
    document = told if isinstance(told, dict) else {"issuer": told}
    try:
        found = read_document(openid("id", ISSUER), document)
    except ProviderError:
        return
    assert found.token.startswith("https://")


# ── keys ─────────────────────────────────────────────────────────────────────

KEYS: Mapping[str, Any] = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
    "PS256": RSAKey.generate_key(2048, {"kid": "pss", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
    "ES512": ECKey.generate_key("P-521", {"kid": "ec5", "use": "sig"}),
    "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"}),
}
PUBLIC = {alg: key.as_dict(private=False) for alg, key in KEYS.items()}
MEMBERS = st.sampled_from(
    ["kty", "kid", "use", "alg", "crv", "n", "e", "x", "y", "key_ops", "x5c", "d", "k"]
)


@few
@given(
    alg=st.sampled_from(sorted(PUBLIC)),
    changed=st.dictionaries(MEMBERS, HOSTILE, min_size=1, max_size=3),
    dropped=st.sets(MEMBERS, max_size=2),
)
@example(alg="ES256", changed={"crv": "P-999"}, dropped=set())
@example(alg="ES256", changed={"kty": ["EC"]}, dropped=set())
def test_no_key_spoils_the_others(
    alg: str, changed: dict[str, object], dropped: set[str]
) -> None:
    """RSA, EC and OKP keys, bent out of shape, beside a good one."""
    bent = {n: v for n, v in (PUBLIC[alg] | changed).items() if n not in dropped}
    good = next(jwk for other, jwk in PUBLIC.items() if other != alg)
    kids = [key.kid for key in read_keys("id", {"keys": [bent, good]}).keys]
    assert good["kid"] in kids


@few
@given(document=HOSTILE | st.fixed_dictionaries({"keys": HOSTILE}))
def test_no_key_set_breaks_us(document: object) -> None:
    """What holds no key is refused by an error of ours."""
    with pytest.raises(ProviderError):
        read_keys("id", document)


# ── ID tokens ────────────────────────────────────────────────────────────────

ATTEMPT = Attempt(state="st-0", verifier="v" * 43, nonce="n-0")
CLOCK = FrozenClock()
NOW = int(CLOCK().timestamp())
CLAIMS: dict[str, object] = {
    "iss": ISSUER,
    "aud": "shop",
    "sub": "kim",
    "exp": NOW + 60,
    "iat": NOW,
    "nonce": "n-0",
}


def part(data: bytes) -> str:
    """Return bytes as a part of a compact token."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(alg: str, header: Mapping[str, object], claims: object) -> str:
    """Sign with the right key whatever stands in header and claims."""
    message = f"{part(dumped(header))}.{part(dumped(claims))}"
    signature = JWSRegistry(algorithms=[alg]).get_alg(alg)
    return f"{message}.{part(signature.sign(message.encode(), KEYS[alg]))}"


def claims_of(token: object) -> Mapping[str, object] | None:
    """Return what a token says when it is accepted, None when it is refused."""

    async def keys(scope: Scope, receive: Receive, send: Send) -> None:
        body = dumped({"keys": list(PUBLIC.values())})
        await Response(body)(scope, receive, send)

    checker = IdTokens(SocialClient(transport=Hosts({"id.example": keys})), CLOCK)
    endpoints = Endpoints(authorization="a", token="t", jwks=f"{ISSUER}/jwks")
    checking = checker.check(
        openid("id", ISSUER), endpoints, token, attempt=ATTEMPT, access_token="a-token"
    )
    try:
        return asyncio.run(checking)
    except ProviderError:
        return None


ALGS = st.sampled_from(sorted(KEYS))


@pytest.mark.parametrize("alg", KEYS)
def test_a_good_token_is_accepted(alg: str) -> None:
    """Else nothing below would prove anything."""
    token = signed(alg, {"alg": alg, "kid": KEYS[alg].kid}, CLAIMS)
    assert claims_of(token) == CLAIMS


@few
@given(alg=ALGS, data=st.data())
def test_no_touched_token_says_anything_else(alg: str, data: st.DataObject) -> None:
    """A letter, a dot, a part more or less: refused, or the same claims."""
    token = signed(alg, {"alg": alg, "kid": KEYS[alg].kid}, CLAIMS)
    place = data.draw(st.integers(0, len(token)))
    gone = data.draw(st.integers(0, 3))
    put = data.draw(st.text(max_size=3) | st.sampled_from([".", "..", "=", "-", "é"]))
    touched = token[:place] + put + token[place + gone :]
    assert claims_of(touched) in (None, CLAIMS)


@few
@given(parts=st.lists(st.binary(max_size=30).map(part), max_size=6))
@example(parts=["", "", ""])
@example(parts=[part(b"{}"), part(b"{}"), ""])
@example(parts=[part(b'{"alg":["RS256"]}'), part(b"{}"), part(b"x")])
def test_no_parts_make_a_token(parts: list[str]) -> None:
    """One, three, or the five of an encrypted one."""
    assert claims_of(".".join(parts)) is None


@few
@given(
    alg=ALGS,
    header=st.dictionaries(
        st.sampled_from(
            ["alg", "kid", "typ", "cty", "crit", "jwk", "jku", "x5u", "x5c", "b64"]
        ),
        HOSTILE | st.sampled_from(["none", "HS256", "RS256", "ES256", "EdDSA"]),
    ),
)
def test_no_header_breaks_us(alg: str, header: dict[str, object]) -> None:
    """Signed by the right key: what the header says decides nothing but the key."""
    token = signed(alg, {"alg": alg, "kid": KEYS[alg].kid} | header, CLAIMS)
    assert claims_of(token) in (None, CLAIMS)


@few
@given(
    alg=ALGS,
    claims=st.dictionaries(
        st.sampled_from([*CLAIMS, "azp", "nbf", "at_hash"]), HOSTILE, min_size=1
    )
    | HOSTILE,
)
@example(alg="ES256", claims={"exp": float("inf")})
@example(alg="Ed25519", claims={"iat": float("nan")})
@example(alg="RS256", claims={"exp": 10**400})
def test_no_claims_break_us(alg: str, claims: object) -> None:
    """Signed by the right key: who is accepted has all that decides as it must be."""
    told = deepcopy(CLAIMS) | claims if isinstance(claims, dict) else claims
    found = claims_of(signed(alg, {"alg": alg, "kid": KEYS[alg].kid}, told))
    if found is not None:
        for name in ("iss", "nonce"):
            assert found[name] == CLAIMS[name]
        assert found["aud"] in ("shop", ["shop"])


@few
@given(token=HOSTILE | st.binary(max_size=40))
def test_what_is_no_text_is_no_token(token: object) -> None:
    """Whatever stands where the ID token should be."""
    assert claims_of(token) is None
