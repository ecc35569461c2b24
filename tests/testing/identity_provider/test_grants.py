"""Codes are good once, for who they were made for, with the right secret."""

import base64
import hashlib
from datetime import timedelta
from urllib.parse import urlencode

import httpx2
import pytest

from onboarding.testing import (
    Client,
    FakeProvider,
    FrozenClock,
    Person,
    SigningKey,
)
from tests.testing.peer import Peer
from tests.testing.wire import CALLBACK, ISSUER, ask_token, changed, exchange, get

pytestmark = pytest.mark.anyio


# Codes ──────────────────────────────────────────────────────────────────────────────


async def test_a_code_is_good_once_and_its_theft_kills_the_token(
    provider: FakeProvider, peer: Peer, kim: Person
) -> None:
    """A second use of the code is refused, and the access token of the first dies."""
    started = peer.begin()
    form = exchange(started, provider.approve(started.url, kim))
    token = (await ask_token(provider, form)).json()["access_token"]
    bearer = f"Bearer {token}"
    assert (await get(provider, "/userinfo", authorization=bearer)).status_code == 200
    again = await ask_token(provider, form)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await get(provider, "/userinfo", authorization=bearer)).status_code == 401


@pytest.mark.parametrize(("age", "status"), [(59, 200), (60, 400)])
async def test_a_code_lives_a_minute(
    provider: FakeProvider, peer: Peer, clock: FrozenClock, age: int, status: int
) -> None:
    """The code is good for less than sixty seconds."""
    started = peer.begin()
    form = exchange(started, provider.approve(started.url))
    clock.advance(timedelta(seconds=age))
    assert (await ask_token(provider, form)).status_code == status


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": None}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": "v" * 64}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "other"}, "invalid_request"),
    ],
    ids=str,
)
async def test_a_code_is_bound_to_what_was_asked(
    provider: FakeProvider, peer: Peer, wrong: dict[str, str | None], error: str
) -> None:
    """Another redirect URI, verifier, grant or client gets no token."""
    started = peer.begin()
    form = exchange(started, provider.approve(started.url), **wrong)
    response = await ask_token(provider, form)
    assert (response.status_code, response.json()["error"]) == (400, error)
    assert response.headers["cache-control"] == "no-store"


async def test_a_short_verifier_is_none(provider: FakeProvider, peer: Peer) -> None:
    """A verifier that fits the challenge but could be guessed is refused."""
    started = peer.begin()
    digest = hashlib.sha256(b"short").digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    callback = provider.approve(changed(started.url, code_challenge=challenge))
    form = exchange(started, callback, code_verifier="short")
    assert (await ask_token(provider, form)).json()["error"] == "invalid_grant"


async def test_a_wrong_verifier_burns_the_code(
    provider: FakeProvider, peer: Peer
) -> None:
    """There is one guess at the verifier: the right one after it comes too late."""
    started = peer.begin()
    callback = provider.approve(started.url)
    await ask_token(provider, exchange(started, callback, code_verifier="v" * 64))
    response = await ask_token(provider, exchange(started, callback))
    assert response.json()["error"] == "invalid_grant"


async def test_a_code_is_bound_to_its_client(
    provider: FakeProvider, peer: Peer
) -> None:
    """Another client gets nothing for a code, and does not spoil it."""
    started = peer.begin()
    form = exchange(started, provider.approve(started.url))
    theirs = form | {"client_id": "other", "client_secret": "an0ther"}
    stolen = await ask_token(provider, theirs, auth=None)
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert (await ask_token(provider, form)).status_code == 200


# Clients ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("auth", "more"),
    [
        (("shop", "wrong"), {}),
        (("shop", ""), {}),
        (("stranger", "s3cret"), {}),
        (("other", "an0ther"), {}),
        (None, {}),
        (None, {"client_id": "shop"}),
        (None, {"client_id": "shop", "client_secret": "s3cret"}),
        (None, {"client_id": "other", "client_secret": "wrong"}),
    ],
    ids=str,
)
async def test_a_secret_counts_only_when_right_and_in_its_place(
    provider: FakeProvider,
    peer: Peer,
    auth: tuple[str, str] | None,
    more: dict[str, str],
) -> None:
    """A wrong secret, or a right one in the wrong place, is invalid_client with 401."""
    started = peer.begin()
    form = exchange(started, provider.approve(started.url)) | more
    response = await ask_token(provider, form, auth)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response.headers["www-authenticate"].startswith("Basic")
    assert (await ask_token(provider, exchange_of(form))).status_code == 200


def exchange_of(form: dict[str, str]) -> dict[str, str]:
    """Return the form without anything about the client."""
    return {k: v for k, v in form.items() if not k.startswith("client_")}


async def test_two_secrets_are_one_too_many(provider: FakeProvider, peer: Peer) -> None:
    """Authenticating in header and body at once is refused (RFC 6749 §2.3)."""
    started = peer.begin()
    form = exchange(started, provider.approve(started.url), client_secret="s3cret")
    response = await ask_token(provider, form)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "header",
    [
        "Basic not-base64!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Bearer " + base64.b64encode(b"shop:s3cret").decode(),
        "",
    ],
)
async def test_nonsense_is_no_secret(
    provider: FakeProvider, peer: Peer, header: str
) -> None:
    """A malformed Authorization header is a wrong secret, not a failure."""
    started = peer.begin()
    form = exchange(started, provider.approve(started.url))
    response = await ask_token(provider, form, None, {"authorization": header})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


async def test_a_secret_in_the_header_is_form_encoded(
    peer: Peer, kim: Person, clock: FrozenClock, key: SigningKey
) -> None:
    """Id and secret are decoded as RFC 6749 §2.3.1 says they are encoded."""
    odd = Client(client_id="shop", client_secret="a+b c%", redirect_uris=(CALLBACK,))
    provider = FakeProvider(ISSUER, [odd], [kim], clock, key=key)
    started = peer.begin()
    form = exchange(started, provider.approve(started.url))
    assert (await ask_token(provider, form, ("shop", "a+b c%"))).status_code == 401
    response = await ask_token(provider, form, ("shop", "a%2Bb+c%25"))
    assert response.status_code == 200


async def test_the_token_endpoint_takes_forms_by_post(
    provider: FakeProvider, peer: Peer
) -> None:
    """Other bodies, repeated fields and GET are refused."""
    started = peer.begin()
    form = exchange(started, provider.approve(started.url))
    transport = httpx2.ASGITransport(app=provider)
    async with httpx2.AsyncClient(transport=transport, auth=("shop", "s3cret")) as http:
        as_text = await http.post(
            f"{ISSUER}/token",
            content=urlencode(form),
            headers={"content-type": "text/plain"},
        )
        twice = await http.post(f"{ISSUER}/token", data={**form, "code": ["a", "b"]})
        by_get = await http.get(f"{ISSUER}/token", params=form)
    assert as_text.json()["error"] == "invalid_request"
    assert twice.json()["error"] == "invalid_request"
    assert by_get.status_code == 405
