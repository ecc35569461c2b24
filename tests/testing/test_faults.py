"""Each fault does what it says, and nothing else; a careful client survives it."""

import asyncio
import base64
import hmac
import json
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from authlib.common.errors import AuthlibBaseError
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import default_registry

from onboarding.testing import (
    Client,
    FakeProvider,
    Fault,
    FrozenClock,
    Loopback,
    OpenIDSwitches,
    Person,
    SigningKey,
)
from onboarding.testing.faults import Altered, FaultPlace, Forged, Padded, Replaced
from onboarding.testing.signing import at_hash
from tests.testing.peer import Distrust, Peer
from tests.testing.wire import CALLBACK, ISSUER

pytestmark = pytest.mark.anyio

GONE = "(gone)"
ELSEWHERE = "https://elsewhere.example"
NOW = 1767268800  # where the clock stands: 1 January 2026, noon

# What differs from an honest provider, place by place; nothing else may.
ALTERED: dict[Fault, dict[str, dict[str, object]]] = {
    Fault.WRONG_NONCE: {"id_token": {"nonce": "a-nonce-of-someone-else"}},
    Fault.MISSING_NONCE: {"id_token": {"nonce": GONE}},
    Fault.WRONG_ISSUER: {"id_token": {"iss": ELSEWHERE}},
    Fault.MISSING_ISSUER: {"id_token": {"iss": GONE}},
    Fault.WRONG_AUDIENCE: {"id_token": {"aud": "another-client"}},
    Fault.MISSING_AUDIENCE: {"id_token": {"aud": GONE}},
    Fault.SEVERAL_AUDIENCES: {"id_token": {"aud": ["shop", "another-client"]}},
    Fault.FOREIGN_AZP: {"id_token": {"azp": "another-client"}},
    Fault.OURS_ONLY_AS_AZP: {"id_token": {"aud": "another-client", "azp": "shop"}},
    Fault.EXPIRED: {"id_token": {"iat": NOW - 7200, "exp": NOW - 3600}},
    Fault.MISSING_EXPIRY: {"id_token": {"exp": GONE}},
    Fault.ISSUED_IN_THE_FUTURE: {"id_token": {"iat": NOW + 7200, "exp": NOW + 10800}},
    Fault.NOT_YET_VALID: {"id_token": {"nbf": NOW + 3600}},
    Fault.WRONG_AT_HASH: {"id_token": {"at_hash": "of another token"}},
    Fault.KEYS_FOR_ENCRYPTION: {"jwks": {"use": "enc"}},
    Fault.MISSING_SUBJECT: {"id_token": {"sub": GONE}, "userinfo": {"sub": GONE}},
    Fault.NUMERIC_SUBJECT: {"id_token": {"sub": 4711}, "userinfo": {"sub": 4711}},
    Fault.OVERLONG_SUBJECT: {
        "id_token": {"sub": "s" * 300},
        "userinfo": {"sub": "s" * 300},
    },
    Fault.USERINFO_OF_SOMEONE_ELSE: {"userinfo": {"sub": "someone-else"}},
    Fault.EMAIL_VERIFIED_TEXT_FALSE: {
        "id_token": {"email_verified": "false"},
        "userinfo": {"email_verified": "false"},
    },
    Fault.EMAIL_VERIFIED_TEXT_TRUE: {
        "id_token": {"email_verified": "true"},
        "userinfo": {"email_verified": "true"},
    },
    Fault.OTHER_ISSUER_IN_CALLBACK: {"callback": {"iss": ELSEWHERE}},
    Fault.MISSING_ISSUER_IN_CALLBACK: {"callback": {"iss": GONE}},
    Fault.OTHER_ISSUER_IN_DISCOVERY: {"discovery": {"issuer": ELSEWHERE}},
    Fault.MISSING_ID_TOKEN: {"token": {"id_token": GONE}, "id_token": {GONE: GONE}},
    Fault.MISSING_ACCESS_TOKEN: {"token": {"access_token": GONE}},
    Fault.MISSING_TOKEN_TYPE: {"token": {"token_type": GONE}},
}

REPLACED: dict[Fault, tuple[int, str, str]] = {
    Fault.HTML_PAGE: (200, "text/html; charset=utf-8", "<!doctype html>"),
    Fault.SERVER_ERROR: (500, "text/plain; charset=utf-8", "Internal Server Error"),
    Fault.INVALID_JSON: (200, "application/json", '{"access_token": '),
    Fault.ERROR_ANSWER: (400, "application/json", '{"error": "invalid_grant"}'),
    Fault.ERROR_WITHOUT_NAME: (422, "application/json", '{"detail": '),
    Fault.REDIRECT: (307, "text/plain; charset=utf-8", ""),
}

# What a careful client says to it.
REFUSALS: dict[Fault, str] = {
    Fault.WRONG_NONCE: "'nonce'",
    Fault.MISSING_NONCE: "'nonce'",
    Fault.WRONG_ISSUER: "'iss'",
    Fault.MISSING_ISSUER: "'iss'",
    Fault.WRONG_AUDIENCE: "'aud'",
    Fault.MISSING_AUDIENCE: "'aud'",
    Fault.SEVERAL_AUDIENCES: "several audiences",
    Fault.FOREIGN_AZP: "for another party",
    Fault.OURS_ONLY_AS_AZP: "'aud'",
    Fault.EXPIRED: "expired",
    Fault.MISSING_EXPIRY: "'exp'",
    Fault.ISSUED_IN_THE_FUTURE: "issued in the future",
    Fault.NOT_YET_VALID: "not yet valid",
    Fault.WRONG_AT_HASH: "access token is another",
    Fault.ALG_NONE: "'none' is not allowed",
    Fault.HMAC_WITH_PUBLIC_KEY: "'HS256' is not allowed",
    Fault.UNKNOWN_KID: "No key for kid",
    Fault.FOREIGN_KEY: "bad_signature",
    Fault.KEY_IN_HEADER: "bad_signature",
    Fault.UNKNOWN_CRITICAL_HEADER: "x-unheard-of",
    Fault.KEYS_FOR_ENCRYPTION: "No key for kid",
    Fault.MISSING_SUBJECT: "'sub'",
    Fault.NUMERIC_SUBJECT: "'sub'",
    Fault.OVERLONG_SUBJECT: "too long",
    Fault.USERINFO_OF_SOMEONE_ELSE: "userinfo is of someone else",
    Fault.OTHER_ISSUER_IN_CALLBACK: "callback is of another issuer",
    Fault.MISSING_ISSUER_IN_CALLBACK: "callback is of another issuer",
    Fault.OTHER_ISSUER_IN_DISCOVERY: "discovery is of another issuer",
    Fault.MISSING_ID_TOKEN: "id_token is missing",
    Fault.MISSING_ACCESS_TOKEN: "access_token is missing",
    Fault.MISSING_TOKEN_TYPE: "token_type is missing",
    Fault.HTML_PAGE: "JSON",
    Fault.SERVER_ERROR: "500",
    Fault.INVALID_JSON: "JSON",
    Fault.ERROR_ANSWER: "invalid_grant",
    Fault.ERROR_WITHOUT_NAME: "access_token is missing",
    Fault.REDIRECT: "",
    Fault.HUGE_BODY: "huge",
}
TAKEN_WITH_CARE = (Fault.EMAIL_VERIFIED_TEXT_FALSE, Fault.EMAIL_VERIFIED_TEXT_TRUE)

Refusals = (Distrust, JoseError, AuthlibBaseError, ValueError, httpx2.HTTPError)


@dataclass
class Seen:
    """Everything that the provider told in one sign-in, unchecked."""

    places: dict[str, dict[str, Any]]
    signed: str

    @property
    def header(self) -> dict[str, Any]:
        """The header of the ID token."""
        header: dict[str, Any] = json.loads(unbase64(self.signed.split(".")[0]))
        return header

    @property
    def message(self) -> bytes:
        """What the ID token's signature is about."""
        return self.signed.rpartition(".")[0].encode()

    @property
    def signature(self) -> bytes:
        """The ID token's signature."""
        return unbase64(self.signed.rpartition(".")[2])


def unbase64(text: str) -> bytes:
    """Decode base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def see(provider: FakeProvider, peer: Peer, person: Person) -> Seen:
    """Sign somebody in without looking closely, and return what was told."""
    started = peer.begin()
    url = str(httpx2.URL(started.url).copy_merge_params({"nonce": "n", "state": "s"}))
    callback = provider.approve(url, person)
    back = {k: v for k, [v] in parse_qs(urlsplit(callback).query).items()}
    transport = httpx2.ASGITransport(app=provider)
    async with httpx2.AsyncClient(transport=transport, base_url=ISSUER) as http:
        discovery = (await http.get("/.well-known/openid-configuration")).json()
        [jwk] = (await http.get("/jwks")).json()["keys"]
        form = {
            "grant_type": "authorization_code",
            "code": back.pop("code"),
            "redirect_uri": CALLBACK,
            "code_verifier": started.verifier,
        }
        answer = (await http.post("/token", data=form, auth=("shop", "s3cret"))).json()
        # Kept from the client, but known to the provider: userinfo works all the same.
        live = answer.get("access_token") or next(iter(provider._desk.grants._tokens))
        bearer = {"authorization": f"Bearer {live}"}
        userinfo = (await http.get("/userinfo", headers=bearer)).json()
    signed = answer.get("id_token", "")
    claims = json.loads(unbase64(signed.split(".")[1])) if signed else {}
    if "at_hash" in claims:
        fits = claims["at_hash"] == at_hash(live)
        claims["at_hash"] = "of the token" if fits else "of another token"
    steady = dict.fromkeys(answer.keys() & {"access_token", "id_token"}, "(a token)")
    places = {
        "discovery": discovery,
        "jwks": jwk,
        "callback": back,
        "token": answer | steady,
        "id_token": claims,
        "userinfo": userinfo,
    }
    return Seen(places, signed)


def difference(honest: dict[str, Any], faulty: dict[str, Any]) -> dict[str, object]:
    """Return what is told otherwise in one place."""
    if honest and not faulty:
        return {GONE: GONE}
    return {
        name: faulty.get(name, GONE)
        for name in honest.keys() | faulty.keys()
        if honest.get(name, GONE) != faulty.get(name, GONE)
    }


def verifies(seen: Seen, key: RSAKey) -> bool:
    """Tell whether the key made the signature with RS256."""
    model = default_registry.get_alg("RS256")
    return model.verify(seen.message, seen.signature, key)


# Each does what it says ─────────────────────────────────────────────────────────────


def test_every_fault_is_proven() -> None:
    """No row of the table is without a test, by its kind."""
    kinds = {kind: {f for f in Fault if isinstance(f.value, kind)} for kind in KINDS}
    assert kinds[Altered] == ALTERED.keys()
    assert kinds[Replaced] == REPLACED.keys()
    assert set().union(*kinds.values()) == set(Fault) - {Fault.SLOW}
    assert set(Fault) - REFUSALS.keys() == {*TAKEN_WITH_CARE, Fault.SLOW}


KINDS = (Altered, Forged, Replaced, Padded)


@pytest.mark.parametrize("fault", ALTERED, ids=lambda fault: fault.name)
async def test_it_tells_something_else_in_its_place_only(
    provider: FakeProvider, peer: Peer, kim: Person, fault: Fault
) -> None:
    """What differs from the honest provider is what the table says, nothing more."""
    honest = await see(provider, peer, kim)
    provider._desk.grants._tokens.clear()
    with provider.misbehave(fault):
        faulty = await see(provider, peer, kim)
    found = {
        place: difference(honest.places[place], faulty.places[place])
        for place in honest.places
    }
    assert ALTERED[fault] == {place: diff for place, diff in found.items() if diff}


async def test_an_unsigned_token_has_no_signature(
    provider: FakeProvider, peer: Peer, kim: Person
) -> None:
    """ALG_NONE: the header says none and nothing follows the second dot."""
    with provider.misbehave(Fault.ALG_NONE):
        seen = await see(provider, peer, kim)
    assert seen.header == {"alg": "none", "typ": "JWT"}
    assert seen.signed.endswith(".")


async def test_a_public_key_can_serve_as_a_secret(
    provider: FakeProvider, peer: Peer, kim: Person, key: SigningKey
) -> None:
    """HMAC_WITH_PUBLIC_KEY: the PEM of the public key verifies the token as HS256."""
    with provider.misbehave(Fault.HMAC_WITH_PUBLIC_KEY):
        seen = await see(provider, peer, kim)
    public = RSAKey.import_key(seen.places["jwks"]).as_pem(private=False)
    assert seen.header == key.header() | {"alg": "HS256"}
    assert seen.signature == hmac.digest(public, seen.message, "sha256")


async def test_a_kid_can_be_unknown(
    provider: FakeProvider, peer: Peer, kim: Person, key: SigningKey
) -> None:
    """UNKNOWN_KID: the signature is good, but under a kid that no JWKS has."""
    with provider.misbehave(Fault.UNKNOWN_KID):
        seen = await see(provider, peer, kim)
    assert seen.header["kid"] != seen.places["jwks"]["kid"]
    assert verifies(seen, key.jwk)


async def test_another_key_can_hide_under_the_kid(
    provider: FakeProvider, peer: Peer, kim: Person, key: SigningKey
) -> None:
    """FOREIGN_KEY: the header is the honest one, and the signature is not."""
    honest = await see(provider, peer, kim)
    with provider.misbehave(Fault.FOREIGN_KEY):
        seen = await see(provider, peer, kim)
    assert seen.header == honest.header
    assert verifies(honest, key.jwk)
    assert not verifies(seen, key.jwk)


async def test_a_token_can_bring_its_own_key(
    provider: FakeProvider, peer: Peer, kim: Person, key: SigningKey
) -> None:
    """KEY_IN_HEADER: the key in the header verifies the token, the JWKS does not."""
    with provider.misbehave(Fault.KEY_IN_HEADER):
        seen = await see(provider, peer, kim)
    assert seen.header["kid"] == key.kid
    assert verifies(seen, RSAKey.import_key(seen.header["jwk"]))
    assert not verifies(seen, key.jwk)


async def test_a_token_can_demand_the_unheard_of(
    provider: FakeProvider, peer: Peer, kim: Person, key: SigningKey
) -> None:
    """UNKNOWN_CRITICAL_HEADER: well signed, with an extension nobody understands."""
    with provider.misbehave(Fault.UNKNOWN_CRITICAL_HEADER):
        seen = await see(provider, peer, kim)
    assert seen.header["crit"] == ["x-unheard-of"]
    assert "x-unheard-of" in seen.header
    assert verifies(seen, key.jwk)


@pytest.mark.parametrize(
    "fault",
    [fault for fault in Fault if isinstance(fault.value, Forged)],
    ids=lambda fault: fault.name,
)
async def test_a_forged_signature_leaves_the_claims_alone(
    provider: FakeProvider, peer: Peer, kim: Person, fault: Fault
) -> None:
    """Only the signing is wrong, so that only a check of it refuses the token."""
    honest = await see(provider, peer, kim)
    with provider.misbehave(fault):
        faulty = await see(provider, peer, kim)
    assert faulty.places == honest.places


@pytest.mark.parametrize("at", get_args(FaultPlace))
@pytest.mark.parametrize("fault", REPLACED, ids=lambda fault: fault.name)
async def test_an_endpoint_answers_something_else(
    client: Client, clock: FrozenClock, key: SigningKey, fault: Fault, at: FaultPlace
) -> None:
    """The answer is replaced at the endpoint that was named, and only there."""
    pushed = OpenIDSwitches(pushed_requests=True)
    provider = FakeProvider(ISSUER, [client], [], clock, key=key, switches=pushed)
    with provider.misbehave(fault, at=at):
        answers = {endpoint: await call(provider, endpoint) for endpoint in ADDRESSES}
    status, media_type, body = REPLACED[fault]
    broken = answers.pop(at)
    assert broken.status_code == status
    assert broken.headers["content-type"] == media_type
    assert broken.text.startswith(body)
    assert broken.headers.get("location", "").startswith(ELSEWHERE) == (status == 307)
    honest = {endpoint: await call(provider, endpoint) for endpoint in answers}
    assert {e: r.status_code for e, r in answers.items()} == {
        e: r.status_code for e, r in honest.items()
    }


ADDRESSES: dict[FaultPlace, tuple[str, str]] = {
    "discovery": ("GET", "/.well-known/openid-configuration"),
    "jwks": ("GET", "/jwks"),
    "authorize": ("GET", "/authorize"),
    "decide": ("POST", "/authorize"),
    "token": ("POST", "/token"),
    "userinfo": ("GET", "/userinfo"),
    "pushed": ("POST", "/pushed"),
}


async def call(provider: FakeProvider, endpoint: FaultPlace) -> httpx2.Response:
    """Call an endpoint without saying much."""
    method, path = ADDRESSES[endpoint]
    transport = httpx2.ASGITransport(app=provider)
    async with httpx2.AsyncClient(transport=transport) as http:
        return await http.request(method, f"{ISSUER}{path}")


async def test_a_replaced_answer_does_nothing(
    provider: FakeProvider, peer: Peer, kim: Person
) -> None:
    """The code is not redeemed by a token endpoint that answers something else."""
    started = peer.begin()
    callback = provider.approve(started.url, kim)
    with provider.misbehave(Fault.SERVER_ERROR), pytest.raises(httpx2.HTTPStatusError):
        await peer.finish(started, callback)
    assert (await peer.finish(started, callback))["sub"] == "kim-1"


async def test_a_huge_body_is_good_json_and_sent_lazily(provider: FakeProvider) -> None:
    """HUGE_BODY: 64 MiB in small blocks, made as they are sent, then the honest end."""
    sent: list[int] = []
    tail = b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal tail
        if message["type"] == "http.response.body":
            sent.append(len(message["body"]))
            tail = message["body"] or tail
        else:
            assert b"content-length" not in dict(message["headers"])
            assert dict(message["headers"])[b"content-type"] == b"application/json"

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/jwks",
        "query_string": b"",
        "headers": [],
        "asgi": {"version": "3.0", "spec_version": "2.4"},
    }
    with provider.misbehave(Fault.HUGE_BODY, at="jwks"):
        await provider(scope, receive, send)
    assert sum(sent) == 64 * 1024 * 1024 + len(tail)
    assert max(sent) <= 64 * 1024
    assert json.loads(b" " * 100 + tail).keys() == {"keys"}


async def test_a_client_may_hang_up_on_a_huge_body(
    provider: FakeProvider, key: SigningKey
) -> None:
    """Over sockets a client with a limit stops reading, and the provider stops too."""
    loopback = Loopback()
    provider.misbehave(Fault.HUGE_BODY, at="jwks")
    async with loopback.serving(provider), httpx2.AsyncClient() as http:
        async with http.stream("GET", f"{loopback.url}/jwks") as response:
            first = await anext(response.aiter_raw())
        provider.behave()
        after = await http.get(f"{loopback.url}/jwks")
    assert first.isspace()
    assert len(first) < 1024 * 1024
    assert after.json()["keys"] == [key.public_jwk()]


async def test_a_slow_endpoint_waits_for_the_test(
    provider: FakeProvider, peer: Peer, kim: Person
) -> None:
    """SLOW: the caller waits at the gate, the test knows it, and opens."""
    started = peer.begin()
    callback = provider.approve(started.url, kim)
    provider.misbehave(Fault.SLOW, at="userinfo")
    async with asyncio.timeout(5):
        waiting = asyncio.create_task(peer.finish(started, callback))
        await provider.gate.reached.wait()
        assert provider.calls["userinfo"] == 1
        assert not waiting.done()
        provider.gate.opened.set()
        assert (await waiting)["sub"] == "kim-1"


async def test_behaving_lets_the_held_up_go(
    provider: FakeProvider, peer: Peer, kim: Person
) -> None:
    """Nobody stays at the gate once SLOW is off, and it is shut when on again."""
    for times in 1, 2:
        started = peer.begin()
        callback = provider.approve(started.url, kim)
        async with asyncio.timeout(5):
            with provider.misbehave(Fault.SLOW):
                waiting = asyncio.create_task(peer.finish(started, callback))
                await provider.gate.reached.wait()
                assert provider.calls["token"] == times
                with provider.misbehave(Fault.SERVER_ERROR, at="jwks"):
                    pass
                assert not provider.gate.opened.is_set()
            assert (await waiting)["sub"] == "kim-1"


# Putting on and taking off ──────────────────────────────────────────────────────────


async def test_faults_last_as_long_as_their_context(
    provider: FakeProvider, peer: Peer, kim: Person
) -> None:
    """Leaving a context takes off what it put on, and nothing else."""
    provider.misbehave(Fault.WRONG_NONCE)
    with provider.misbehave(Fault.NUMERIC_SUBJECT, Fault.MISSING_TOKEN_TYPE):
        three = await see(provider, peer, kim)
    one = await see(provider, peer, kim)
    provider.behave()
    none = await see(provider, peer, kim)
    assert three.places["id_token"]["sub"] == 4711
    assert "token_type" not in three.places["token"]
    assert three.places["id_token"]["nonce"] == "a-nonce-of-someone-else"
    assert one.places["id_token"]["sub"] == "kim-1"
    assert one.places["id_token"]["nonce"] == "a-nonce-of-someone-else"
    assert none.places["id_token"]["nonce"] == "n"


def test_a_fault_with_a_place_of_its_own_takes_no_other(provider: FakeProvider) -> None:
    """Naming an endpoint for a fault in what is told is a mistake of the test."""
    with pytest.raises(ValueError, match="WRONG_NONCE has a place of its own"):
        provider.misbehave(Fault.WRONG_NONCE, at="jwks")


# A careful client survives ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: fault.name)
async def test_a_careful_client_refuses(
    provider: FakeProvider, peer: Peer, kim: Person, fault: Fault
) -> None:
    """Every fault is enough to be refused, for the reason that it is made for."""
    started = peer.begin()
    with provider.misbehave(fault), pytest.raises(Refusals) as refusal:
        await peer.finish(started, provider.approve(started.url, kim))
    assert REFUSALS[fault] in f"{refusal.value!r} {refusal.value}"


@pytest.mark.parametrize("fault", TAKEN_WITH_CARE, ids=lambda fault: fault.name)
async def test_words_for_booleans_are_no_reason_to_refuse(
    provider: FakeProvider, peer: Peer, kim: Person, fault: Fault
) -> None:
    """A client gets the text as it is, and has to read it with care."""
    started = peer.begin()
    with provider.misbehave(fault):
        claims = await peer.finish(started, provider.approve(started.url, kim))
    assert claims["email_verified"] in {"true", "false"}
