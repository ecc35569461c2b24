"""The provider as an honest one, seen by a client of other make."""

from datetime import timedelta

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.applications import Starlette
from starlette.routing import Mount

from onboarding.testing import (
    Client,
    FakeProvider,
    FrozenClock,
    Loopback,
    Network,
    Person,
    SigningKey,
    choose,
)
from tests.testing.peer import Peer
from tests.testing.wire import ISSUER, ask_token, exchange, get

pytestmark = pytest.mark.anyio


async def test_a_client_of_other_make_signs_somebody_in(
    provider: FakeProvider, peer: Peer, kim: Person
) -> None:
    """Authlib and joserfc take a person through discovery, page, token and userinfo."""
    started = peer.begin()
    callback = await choose(httpx2.ASGITransport(app=provider), started.url, kim)
    claims = await peer.finish(started, callback)
    expected = {
        "sub": "kim-1",
        "name": "Kim de Vries",
        "email": "kim@example.org",
        "email_verified": True,
        "picture": "https://id.example/kim.png",
    }
    assert claims | expected == claims
    assert provider.calls == dict.fromkeys(
        ("discovery", "jwks", "authorize", "decide", "token", "userinfo"), 1
    )


async def test_it_works_over_real_sockets(
    client: Client, kim: Person, clock: FrozenClock, key: SigningKey
) -> None:
    """The same way over loopback, the issuer being where the server listens."""
    loopback = Loopback()
    provider = FakeProvider(loopback.url, [client], [kim], clock, key=key)
    async with loopback.serving(provider), httpx2.AsyncHTTPTransport() as transport:
        peer = Peer(loopback.url, client, transport, clock)
        started = peer.begin()
        claims = await peer.finish(started, await choose(transport, started.url, kim))
    assert claims["iss"] == loopback.url
    assert claims["sub"] == "kim-1"


async def test_a_secret_in_the_body_is_for_who_registered_it_so(
    provider: FakeProvider,
    other: Client,
    transport: httpx2.AsyncBaseTransport,
    kim: Person,
    clock: FrozenClock,
) -> None:
    """A client_secret_post client signs in, and its redirect URI keeps its query."""
    peer = Peer(ISSUER, other, transport, clock)
    started = peer.begin()
    callback = provider.approve(started.url, kim)
    assert callback.startswith("https://other.example/back?tab=1&")
    assert (await peer.finish(started, callback))["aud"] == "other"


async def test_the_id_token_says_what_the_standard_asks(
    provider: FakeProvider, peer: Peer, kim: Person, clock: FrozenClock, key: SigningKey
) -> None:
    """Issuer, audience, times, nonce and auth_time are there, under the key's kid."""
    started = peer.begin()
    callback = provider.approve(started.url, kim)
    clock.advance(timedelta(seconds=30))
    answer = (await ask_token(provider, exchange(started, callback))).json()
    token = jwt.decode(answer["id_token"], KeySet([key.jwk]), algorithms=["RS256"])
    now = int(clock().timestamp())
    assert token.header == {"alg": "RS256", "typ": "JWT", "kid": key.kid}
    assert token.claims.pop("at_hash")
    assert token.claims == {
        "iss": ISSUER,
        "sub": "kim-1",
        "aud": "shop",
        "iat": now,
        "exp": now + 3600,
        "auth_time": now - 30,
        "nonce": started.nonce,
        "name": "Kim de Vries",
        "picture": "https://id.example/kim.png",
        "email": "kim@example.org",
        "email_verified": True,
    }


async def test_the_token_answer_is_complete_and_not_stored(
    provider: FakeProvider, peer: Peer, kim: Person
) -> None:
    """The answer names type, life and scope, and no cache may keep it."""
    started = peer.begin(scope="openid email shoe_size")
    response = await ask_token(
        provider, exchange(started, provider.approve(started.url, kim))
    )
    answer = response.json()
    assert response.headers["cache-control"] == "no-store"
    assert set(answer) == {
        *("access_token", "token_type", "expires_in", "scope", "id_token"),
    }
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert answer["scope"] == "email openid"


async def test_discovery_promises_what_is_kept(provider: FakeProvider) -> None:
    """The document names this issuer, S256 only, RS256 only, and promises `iss`."""
    document = (await get(provider, "/.well-known/openid-configuration")).json()
    assert document["issuer"] == ISSUER
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["response_types_supported"] == ["code"]


async def test_the_jwks_shows_one_public_key(
    provider: FakeProvider, key: SigningKey
) -> None:
    """The JWKS has the public half of the key for signatures, and no private part."""
    [shown] = (await get(provider, "/jwks")).json()["keys"]
    assert shown.keys() == {"kty", "use", "alg", "kid", "n", "e"}
    assert (shown["kid"], shown["use"], shown["alg"]) == (key.kid, "sig", "RS256")


async def test_a_new_key_is_found_in_the_jwks(
    provider: FakeProvider, peer: Peer, kim: Person, key: SigningKey
) -> None:
    """After a rotation a client that knows the old key succeeds by asking again."""
    for _ in "old", "new":
        started = peer.begin()
        await peer.finish(started, provider.approve(started.url, kim))
        provider.rotate_key()
    assert provider.calls["jwks"] == 2
    [shown] = (await get(provider, "/jwks")).json()["keys"]
    assert shown["kid"] != key.kid


# Addresses ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mounted", [False, True])
async def test_an_issuer_may_have_a_path(
    client: Client, kim: Person, clock: FrozenClock, key: SigningKey, mounted: bool
) -> None:
    """Its own transport leads below it, and a mount in another application, too."""
    issuer = f"{ISSUER}/common/v2.0"
    fake = FakeProvider(issuer, [client], [kim], clock, key=key)
    way: httpx2.AsyncBaseTransport = fake.transport
    if mounted:
        way = httpx2.ASGITransport(Starlette(routes=[Mount("/common/v2.0", app=fake)]))
    peer = Peer(issuer, client, way, clock)
    started = peer.begin()
    claims = await peer.finish(started, await choose(way, started.url, kim))
    assert claims["iss"] == issuer
    assert fake.calls["userinfo"] == 1


async def test_two_providers_share_a_host(
    client: Client, kim: Person, clock: FrozenClock, key: SigningKey
) -> None:
    """Each at its own path, and none where neither is."""
    paths = "/one", "/oneself"
    fakes = [
        FakeProvider(f"{ISSUER}{path}", [client], [kim], clock, key=key)
        for path in paths
    ]
    async with httpx2.AsyncClient(transport=Network(*fakes)) as http:
        for path in paths:
            assert (await http.get(f"{ISSUER}{path}/jwks")).status_code == 200
        with pytest.raises(httpx2.ConnectError):
            await http.get(f"{ISSUER}/jwks")
    assert [fake.calls["jwks"] for fake in fakes] == [1, 1]


# Userinfo ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        ({}, 'Bearer realm="userinfo"'),
        ({"authorization": "Basic c2hvcDpzM2NyZXQ="}, "Bearer"),
        ({"authorization": "Bearer made-up"}, 'error="invalid_token"'),
        ({"authorization": "Bearer "}, "Bearer"),
    ],
    ids=str,
)
async def test_userinfo_is_for_bearers(
    provider: FakeProvider, header: dict[str, str], challenge: str
) -> None:
    """Without a token that was given out, userinfo says 401 and nothing more."""
    response = await get(provider, "/userinfo", **header)
    assert response.status_code == 401
    assert challenge in response.headers["www-authenticate"]
    assert response.content == b""


async def test_an_access_token_dies_after_an_hour(
    provider: FakeProvider, peer: Peer, clock: FrozenClock
) -> None:
    """The token is good for less than the hour that was announced."""
    started = peer.begin()
    form = exchange(started, provider.approve(started.url))
    answer = (await ask_token(provider, form)).json()
    bearer = f"Bearer {answer['access_token']}"
    clock.advance(timedelta(seconds=answer["expires_in"] - 1))
    assert (await get(provider, "/userinfo", authorization=bearer)).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert (await get(provider, "/userinfo", authorization=bearer)).status_code == 401


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("openid", {"sub"}),
        ("openid profile", {"sub", "name", "picture"}),
        ("openid email", {"sub", "email", "email_verified"}),
    ],
)
async def test_a_client_learns_what_it_asked_for(
    provider: FakeProvider, peer: Peer, kim: Person, scope: str, expected: set[str]
) -> None:
    """Userinfo tells no more than the scopes of the request open."""
    started = peer.begin(scope=scope)
    form = exchange(started, provider.approve(started.url, kim))
    token = (await ask_token(provider, form)).json()["access_token"]
    info = await get(provider, "/userinfo", authorization=f"Bearer {token}")
    assert info.json().keys() == expected


# Being built ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "issuer",
    ["id.example", "ftp://x", "https://x?y", "https://x#y", "https://"],
)
def test_a_malformed_issuer_is_refused(
    issuer: str, clock: FrozenClock, key: SigningKey
) -> None:
    """An issuer is an http(s) address without a query or a fragment."""
    with pytest.raises(ValueError, match=r"no http|path only"):
        FakeProvider(issuer, [], [], clock, key=key)


def test_ids_are_unique(
    clock: FrozenClock, key: SigningKey, kim: Person, client: Client
) -> None:
    """Two clients or two people with one id are refused."""
    for clients, people in ([client, client], [kim]), ([client], [kim, kim]):
        with pytest.raises(ValueError, match="share an id"):
            FakeProvider(ISSUER, clients, people, clock, key=key)


def test_a_secret_is_not_shown_by_accident(client: Client) -> None:
    """The repr of a client keeps its secret."""
    assert "s3cret" not in repr(client)
