"""Key sets, and the signatures that they make good."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import serialize_compact
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from onboarding.errors import BadIdToken, BadProviderReply
from onboarding.providers import Endpoints, OpenIDConnect
from onboarding.providers.checking import ASYMMETRIC
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.id_token import IdTokens
from onboarding.social.keys import read_keys
from onboarding.testing import FrozenClock, SigningKey
from onboarding.testing.id_tokens import genuine
from tests.social.scene import Hosts

pytestmark = pytest.mark.anyio

ISSUER = "https://id.example"
PROVIDER = OpenIDConnect(
    name="id", title="ID", issuer=ISSUER, client_id="shop", client_secret="hush"
)
ENDPOINTS = Endpoints(
    authorization=f"{ISSUER}/a", token=f"{ISSUER}/t", jwks=f"{ISSUER}/keys"
)
ATTEMPT = Attempt(state="st-0", verifier="v" * 43, nonce="n-0")
CLOCK = FrozenClock()
T = int(CLOCK().timestamp())
CLAIMS: dict[str, object] = {
    "iss": ISSUER,
    "aud": "shop",
    "sub": "kim",
    "exp": T + 60,
    "iat": T,
    "nonce": "n-0",
}
KEYS = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
    "ES512": ECKey.generate_key("P-521", {"kid": "ec5"}),
    "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
}
PUBLIC = [key.as_dict(private=False) for key in KEYS.values()]


class Published:
    """An app that publishes a key set."""

    def __init__(self, document: object = None):
        self.document = {"keys": PUBLIC} if document is None else document
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the set, wherever it is asked for."""
        self.calls += 1
        await JSONResponse(self.document)(scope, receive, send)


async def check(
    token: object,
    published: Published | None = None,
    *listed: str,
    provider: OpenIDConnect = PROVIDER,
) -> str:
    """Check a token and return its subject."""
    wire = Hosts({"id.example": published or Published()})
    checker = IdTokens(SocialClient(transport=wire), CLOCK)
    claims = await checker.check(
        provider,
        replace(ENDPOINTS, algorithms=listed),
        token,
        attempt=ATTEMPT,
        access_token="a-token",
    )
    return str(claims["sub"])


def signed(alg: str, **header: object) -> str:
    """Return a good token, signed with this algorithm."""
    key = KEYS[alg]
    return jwt.encode(
        {"alg": alg, "kid": key.kid, **header}, CLAIMS, key, algorithms=[alg]
    )


@pytest.mark.parametrize("alg", KEYS)
async def test_each_kind_of_key_signs(alg: str) -> None:
    """RSA, elliptic curves and Edwards curves."""
    assert await check(signed(alg)) == "kim"


def as_eddsa(claims: dict[str, object]) -> str:
    """Sign with an Edwards curve under the name that deployed providers write."""
    header = {"alg": "EdDSA", "kid": "ed"}
    with pytest.warns(SecurityWarning):
        return jwt.encode(header, claims, KEYS["Ed25519"], algorithms=["EdDSA"])


async def test_an_edwards_curve_signs_by_its_older_name() -> None:
    """RFC 8037 says EdDSA, RFC 9864 Ed25519: the key is the same, and so is the token.

    Nobody is warned of it at each sign-in.
    """
    assert await check(as_eddsa(CLAIMS)) == "kim"
    for name in ("EdDSA", "Ed25519"):
        named = {**KEYS["Ed25519"].as_dict(private=False), "alg": name, "use": "sig"}
        for token in (as_eddsa(CLAIMS), signed("Ed25519")):
            assert await check(token, Published({"keys": [named]})) == "kim"


@pytest.mark.parametrize("published", ["EdDSA", "Ed25519", None])
@pytest.mark.parametrize("declared", ["EdDSA", "Ed25519"])
async def test_an_edwards_curve_is_declared_by_either_name(
    declared: str, published: str | None
) -> None:
    """Whoever declares, publishes or signs by the other name means the same."""
    listed = [published] if published else []
    provider = replace(PROVIDER, algorithms=(declared,))
    for token in (as_eddsa(CLAIMS), signed("Ed25519")):
        assert await check(token, None, *listed, provider=provider) == "kim"
    with pytest.raises(BadIdToken, match="signed with ES256"):
        await check(signed("ES256"), None, *listed, provider=provider)


async def test_a_provider_signs_with_what_its_document_lists() -> None:
    """Discovery §3: another algorithm is not its own, though the key would fit."""
    published = Published()
    assert await check(signed("ES256"), published, "RS256", "ES256") == "kim"
    with pytest.raises(BadIdToken, match="signed with ES256, which this provider"):
        await check(signed("ES256"), published, "RS256")
    for listed in ("EdDSA", "Ed25519"):
        for token in (as_eddsa(CLAIMS), signed("Ed25519")):
            assert await check(token, published, listed) == "kim"
    with pytest.raises(BadIdToken, match="signed with EdDSA"):
        await check(as_eddsa(CLAIMS), published, "ES256")


DIGESTS = {
    "RS256": hashlib.sha256,
    "ES256": hashlib.sha256,
    "ES512": hashlib.sha512,
    "Ed25519": hashlib.sha512,
    "EdDSA": hashlib.sha512,
}
"""What Core §3.1.3.6 and RFC 8032 §5.1 say each is hashed with."""


@pytest.mark.parametrize("alg", DIGESTS)
async def test_each_algorithm_binds_its_access_token(alg: str) -> None:
    """The right at_hash is no reason to refuse, and that of another token always is."""

    def token(access_token: bytes) -> str:
        whole = DIGESTS[alg](access_token).digest()
        claims = CLAIMS | {"at_hash": base64url(whole[: len(whole) // 2])}
        if alg == "EdDSA":
            return as_eddsa(claims)
        key = KEYS[alg]
        return jwt.encode({"alg": alg, "kid": key.kid}, claims, key, algorithms=[alg])

    assert await check(token(b"a-token")) == "kim"
    with pytest.raises(BadIdToken, match="at_hash"):
        await check(token(b"another-token"))


def test_our_list_holds_nothing_that_proves_nothing() -> None:
    """Neither none nor a secret that everybody can download (RFC 8725 §3.2)."""
    assert not {alg for alg in ASYMMETRIC if alg.startswith("HS") or alg == "none"}


async def test_a_token_without_kid_fits_a_single_key() -> None:
    """A provider with one key need not name it; with several, it must."""
    key = KEYS["RS256"]
    token = jwt.encode({"alg": "RS256"}, CLAIMS, key, algorithms=["RS256"])
    single = Published({"keys": [key.as_dict(private=False)]})
    assert await check(token, single) == "kim"
    with pytest.raises(BadIdToken):
        await check(token)


async def test_unknown_headers_are_no_matter_unless_critical() -> None:
    """RFC 7515 §4.1.11: what must be understood and is not, is refused."""
    assert await check(signed("RS256", x5t="abc", cty="JSON")) == "kim"


@pytest.mark.parametrize(
    "token",
    [None, "", 7, [], {}, "a.b.c", "a.b", "....", "é.é.é", "\ud800", "a" * 20_000],
)
async def test_what_is_no_token_is_refused(token: object) -> None:
    """Of any type and size, without asking anybody where it is plainly none."""
    with pytest.raises(BadIdToken):
        await check(token)


async def test_a_good_token_may_not_be_huge() -> None:
    """Its signature holds; it is refused before anybody computes that."""
    key, claims = KEYS["RS256"], CLAIMS | {"groups": "g" * 20_000}
    header = {"alg": "RS256", "kid": key.kid}
    with pytest.raises(BadIdToken, match="far too long"):
        await check(jwt.encode(header, claims, key, algorithms=["RS256"]))


async def test_claims_must_be_an_object() -> None:
    """A signed list says nothing about anybody."""
    key = KEYS["RS256"]
    header = {"alg": "RS256", "kid": key.kid}
    token = serialize_compact(header, b'["kim"]', key, algorithms=["RS256"])
    with pytest.raises(BadIdToken):
        await check(token)


@given(st.text(st.characters(codec="ascii"), max_size=300))
@settings(max_examples=40)
def test_noise_is_no_token(text: str) -> None:
    """Whatever it is, it is refused by name."""
    with pytest.raises(BadIdToken):
        asyncio.run(check(f"{signed('RS256')[:30]}{text}"))


def test_keys_that_cannot_sign_are_left_out() -> None:
    """One bad key in a set ends nobody's sign-in; the good ones stay."""
    good = KEYS["RS256"].as_dict(private=False)
    weak = rsa.generate_private_key(65537, 1024).public_key()
    modulus = weak.public_numbers().n.to_bytes(128)
    bad = [
        OctKey.generate_key(256).as_dict(),
        {"kty": "RSA", "n": base64url(modulus), "e": "AQAB"},
        {**good, "kid": "enc", "use": "enc"},
        {**good, "kid": "n", "n": 7},
        {**good, "kid": "n", "n": "A" * 10_000},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-unheard-of"},
        *({"kty": "post-quantum"}, {}, None, 7, "key", ["RSA"]),
    ]
    assert [key.kid for key in read_keys("id", {"keys": [*bad, good]})] == ["rsa"]


@pytest.mark.parametrize(
    "beside",
    [
        *({name: None} for name in ("use", "alg", "key_ops", "x5c", "x5t", "exp", "d")),
        *({"use": ""}, {"x5c": "no list"}, {"x5t": 5}, {"exp": "soon"}, {"iat": []}),
        *({"key_ops": "verify"}, {"key_ops": ["verify", "of-theirs"]}, {"key_ops": []}),
    ],
    ids=repr,
)
def test_what_decides_nothing_costs_no_key(beside: dict[str, object]) -> None:
    """A null, and whatever else stands beside what makes the key."""
    good = KEYS["RS256"].as_dict(private=False)
    assert [key.kid for key in read_keys("id", {"keys": [good | beside]})] == ["rsa"]


def test_a_padded_key_is_the_same_key() -> None:
    """Base64url has no padding there (RFC 7515 §2); some providers write it."""
    good = KEYS["RS256"].as_dict(private=False)
    padded = {**good, "n": f"{good['n']}==", "e": f"{good['e']}="}
    found = read_keys("id", {"keys": [padded]}).keys[0].as_dict(private=False)
    assert (found["n"], found["e"]) == (good["n"], good["e"])


@pytest.mark.parametrize(
    "beside", [{"use": "enc"}, {"use": ["sig"]}, {"key_ops": ["encrypt"]}, {"alg": 5}]
)
def test_what_decides_is_read_strictly(beside: dict[str, object]) -> None:
    """A key for another purpose checks nothing."""
    good = KEYS["RS256"].as_dict(private=False)
    with pytest.raises(BadProviderReply):
        read_keys("id", {"keys": [good | beside]})


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"keys": None}, {"keys": {}}, {"keys": []}, {"keys": [7]}],
)
def test_a_set_without_a_usable_key_is_refused(document: object) -> None:
    """By name, since nobody could sign in."""
    with pytest.raises(BadProviderReply):
        read_keys("id", document)


def test_a_set_is_read_up_to_a_limit() -> None:
    """Thousands of keys would keep everybody waiting."""
    good = KEYS["RS256"].as_dict(private=False)
    keys = [{"kty": "oct"}] * 64 + [good]
    with pytest.raises(BadProviderReply):
        read_keys("id", {"keys": keys})


async def test_a_provider_without_keys_signs_nobody_in() -> None:
    """Endpoints that name no key set end in a refusal, not in a token believed."""
    checker = IdTokens(SocialClient(transport=Hosts({})), CLOCK)
    bare = Endpoints(authorization=f"{ISSUER}/a", token=f"{ISSUER}/t")
    key = SigningKey()
    signed = genuine(key, key.header(), CLAIMS)
    with pytest.raises(BadProviderReply, match="no keys"):
        await checker.check(PROVIDER, bare, signed, attempt=ATTEMPT, access_token="a")


async def test_two_providers_do_not_share_keys() -> None:
    """The key of one never vouches for the people of another."""
    other, key = SigningKey(), SigningKey()
    wire = Hosts(
        {
            "id.example": Published({"keys": [key.public_jwk()]}),
            "other.example": Published({"keys": [other.public_jwk()]}),
        }
    )
    checker = IdTokens(SocialClient(transport=wire), CLOCK)
    theirs = replace(ENDPOINTS, jwks="https://other.example/keys")
    token = genuine(other, other.header(), CLAIMS)
    asked = {"attempt": ATTEMPT, "access_token": "a-token"}
    assert await checker.check(PROVIDER, theirs, token, **asked)
    with pytest.raises(BadIdToken):
        await checker.check(PROVIDER, ENDPOINTS, token, **asked)


def base64url(data: bytes) -> str:
    """Return bytes as JWKs write them."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
