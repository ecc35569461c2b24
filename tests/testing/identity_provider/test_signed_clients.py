"""Clients that sign who they are: RFC 7523, and Apple's secret."""

import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

from onboarding.testing import (
    Client,
    FakeProvider,
    FrozenClock,
    OpenIDSwitches,
    Person,
    RegisteredKey,
    SigningKey,
)
from onboarding.testing.identity_provider.client_auth import JWT_BEARER
from onboarding.testing.signing import compact
from tests.testing.peer import Peer, Started
from tests.testing.wire import CALLBACK, ISSUER, ask_token, exchange

pytestmark = pytest.mark.anyio

OWN = ECKey.generate_key("P-256")
FOREIGN = ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)
PUBLIC = OWN.as_pem(private=False).decode()
NOW = int(FrozenClock()().timestamp())
GONE = "(gone)"

ASSERTION: dict[str, Any] = {
    "iss": "shop",
    "sub": "shop",
    "aud": f"{ISSUER}/token",
    "iat": NOW,
    "exp": NOW + 300,
    "jti": "first",
}
APPLE: dict[str, Any] = {
    "iss": "TEAM123456",
    "sub": "shop",
    "aud": "https://appleid.apple.com",
    "iat": NOW,
    "exp": NOW + 3600,
}


def signed(
    claims: dict[str, Any], key: Key = OWN, alg: str = "ES256", kid: str = "key-1"
) -> str:
    """Return what a client signed; GONE leaves a claim out."""
    kept = {name: value for name, value in claims.items() if value != GONE}
    return jwt.encode({"alg": alg, "kid": kid}, kept, key, algorithms=[alg])


Make = Callable[[str], FakeProvider]


@pytest.fixture
def fake(kim: Person, clock: FrozenClock, key: SigningKey) -> Make:
    """Return what makes a provider at which the shop signs in one way."""
    return lambda auth: made(auth, kim, clock, key)


def made(
    auth: str, kim: Person, clock: FrozenClock, key: SigningKey, **switches: Any
) -> FakeProvider:
    """Return a provider at which the shop signs."""
    client = Client(
        client_id="shop",
        redirect_uris=(CALLBACK,),
        auth=auth,  # type: ignore[arg-type]  # the tests name real ones
        key=RegisteredKey(pem=PUBLIC, kid="key-1", team="TEAM123456"),
    )
    known = OpenIDSwitches(**switches)
    return FakeProvider(ISSUER, [client], [kim], clock, key=key, switches=known)


async def ask(
    provider: FakeProvider, started: Started, **shown: str
) -> httpx2.Response:
    """Exchange a fresh code, and show this."""
    form = exchange(started, provider.approve(started.url))
    return await ask_token(provider, form | shown, auth=None)


def assertion(token: str) -> dict[str, str]:
    """Return the two parameters of RFC 7523 §2.2."""
    return {"client_assertion_type": JWT_BEARER, "client_assertion": token}


async def test_a_signature_shows_who_it_is(
    fake: Make, peer: Peer, clock: FrozenClock
) -> None:
    """With or without `client_id` beside it, for the endpoint or the issuer."""
    provider = fake("private_key_jwt")
    for number, more in enumerate(({}, {"client_id": "shop"})):
        for aud in (f"{ISSUER}/token", ISSUER, [ISSUER, "https://other.example"]):
            claims = ASSERTION | {"aud": aud, "jti": f"{number} {aud}"}
            answer = await ask(
                provider, peer.begin(), **assertion(signed(claims)), **more
            )
            assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "other"}, "iss"),
        ({"sub": "other"}, "unknown"),
        ({"aud": "https://other.example"}, "aud"),
        ({"aud": GONE}, "aud"),
        ({"exp": NOW}, "expired"),
        ({"exp": GONE}, "missing"),
        ({"exp": NOW + 3601}, "too long"),
        ({"exp": "soon"}, "no number"),
        ({"iat": NOW + 1}, "iat"),
        ({"nbf": NOW + 1}, "nbf"),
        ({"jti": GONE}, "jti"),
    ],
    ids=str,
)
async def test_what_an_assertion_says_is_checked(
    fake: Make,
    peer: Peer,
    claims: dict[str, Any],
    why: str,
) -> None:
    """Every claim of RFC 7523 §3 and OpenID Connect Core §9."""
    provider = fake("private_key_jwt")
    answer = await ask(provider, peer.begin(), **assertion(signed(ASSERTION | claims)))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert why in answer.json()["error_description"]


@pytest.mark.parametrize(
    "token",
    [
        signed(ASSERTION, FOREIGN),
        signed(ASSERTION, RSA, "RS256"),
        compact(
            {"alg": "HS256", "kid": "key-1"},
            ASSERTION,
            lambda message: hmac.digest(PUBLIC.encode(), message, "sha256"),
        ),
        signed(ASSERTION, kid="key-2"),
        "no.token.at-all",
        "",
    ],
    ids=["foreign", "another type", "hmac", "kid", "garbage", "empty"],
)
async def test_only_its_own_key_signs(fake: Make, peer: Peer, token: str) -> None:
    """Not a foreign one, not the public one as a secret, not under another name."""
    provider = fake("private_key_jwt")
    more = {"client_id": "shop"}
    answer = await ask(provider, peer.begin(), **assertion(token), **more)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_pushed_request_may_be_signed_for_its_own_address(
    peer: Peer, kim: Person, clock: FrozenClock, key: SigningKey
) -> None:
    """RFC 9126 §2: three audiences there, and not that one at the token endpoint."""
    provider = made("private_key_jwt", kim, clock, key, pushed_requests=True)
    query = dict(parse_qsl(urlsplit(peer.begin().url).query))
    way = httpx2.ASGITransport(app=provider)
    async with httpx2.AsyncClient(transport=way) as http:
        for aud in (f"{ISSUER}/pushed", f"{ISSUER}/token", ISSUER):
            shown = assertion(signed(ASSERTION | {"aud": aud, "jti": aud}))
            answer = await http.post(f"{ISSUER}/pushed", data=query | shown)
            assert answer.status_code == 201, answer.text
        claims = ASSERTION | {"aud": f"{ISSUER}/pushed", "jti": "other"}
        refused = await http.post(f"{ISSUER}/token", data=assertion(signed(claims)))
    assert refused.json()["error_description"] == "aud is somebody else"


async def test_a_secret_may_sign_as_well(
    peer: Peer, kim: Person, clock: FrozenClock, key: SigningKey
) -> None:
    """`client_secret_jwt`: HS256 with the secret, which is itself no proof."""
    shop = Client(
        client_id="shop",
        client_secret="s3cret",
        redirect_uris=(CALLBACK,),
        auth="client_secret_jwt",
    )
    provider = FakeProvider(ISSUER, [shop], [kim], clock, key=key)
    header = {"alg": "HS256"}
    for secret, status in (("s3cret", 200), ("another", 401)):
        sign = SigningKey("HS256", secret=secret).sign
        token = compact(header, ASSERTION | {"jti": secret}, sign)
        answer = await ask(provider, peer.begin(), **assertion(token))
        assert answer.status_code == status
    bare = {"client_id": "shop", "client_secret": "s3cret"}
    assert (await ask(provider, peer.begin(), **bare)).status_code == 401


async def test_an_assertion_is_good_once(
    fake: Make, peer: Peer, clock: FrozenClock
) -> None:
    """Its `jti` is remembered (RFC 7523 §3)."""
    provider, shown = (
        fake("private_key_jwt"),
        assertion(signed(ASSERTION)),
    )
    assert (await ask(provider, peer.begin(), **shown)).status_code == 200
    again = await ask(provider, peer.begin(), **shown)
    assert (again.status_code, again.json()["error_description"]) == (
        401,
        "jti was used already",
    )


async def test_a_secret_that_is_signed_as_apple_asks(
    fake: Make, peer: Peer, clock: FrozenClock
) -> None:
    """It is shown as any secret in a body, and is good until it ends."""
    provider, secret = fake("apple"), signed(APPLE)
    for _ in "first", "again":
        answer = await ask(
            provider, peer.begin(), client_id="shop", client_secret=secret
        )
        assert answer.status_code == 200, answer.text
    clock.advance(timedelta(hours=1))
    late = await ask(provider, peer.begin(), client_id="shop", client_secret=secret)
    assert late.json() == {
        "error": "invalid_client",
        "error_description": "it has expired",
    }


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (signed(APPLE | {"iss": "shop"}), "team"),
        (signed(APPLE | {"sub": "com.example.app"}), "sub"),
        (signed(APPLE | {"aud": f"{ISSUER}/token"}), "aud"),
        (signed(APPLE | {"iat": GONE}), "iat"),
        (signed(APPLE | {"exp": NOW + 15_777_001}), "too long"),
        (signed(APPLE, kid="key-2"), "kid"),
        (signed(APPLE, FOREIGN), "signature"),
        (signed(APPLE, RSA, "RS256"), "signature"),
        ("a-plain-secret", "signature"),
    ],
    ids=["iss", "sub", "aud", "iat", "exp", "kid", "key", "alg", "plain"],
)
async def test_apple_checks_its_secret(
    fake: Make, peer: Peer, token: str, why: str
) -> None:
    """Team, audience, key id, ES256 and six months at most; the status is 400."""
    provider = fake("apple")
    answer = await ask(provider, peer.begin(), client_id="shop", client_secret=token)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")
    assert why in answer.json()["error_description"]


@pytest.mark.parametrize(
    ("auth", "why"),
    [
        ("private_key_jwt", "RegisteredKey"),
        ("apple", "RegisteredKey"),
        ("client_secret_post", "client_secret"),
        ("client_secret_jwt", "client_secret"),
    ],
)
def test_a_client_that_could_never_come_in_is_refused(auth: Any, why: str) -> None:
    """Without its key, or without its secret."""
    with pytest.raises(ValueError, match=why):
        Client(client_id="shop", redirect_uris=(CALLBACK,), auth=auth)
