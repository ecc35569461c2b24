"""What a read of a person may need, and what it may answer."""

import hashlib
import hmac
from typing import Any

import pytest

from onboarding.providers import Read
from onboarding.testing import OAuth2Switches, ReadSwitches
from tests.testing.oauth2_provider.plain import KIM, ME, Plain, acme

pytestmark = pytest.mark.anyio

QUERY = {"query": "{ viewer { id } }"}


def reading(**switches: Any) -> Plain:
    """Return a client of a provider whose one read needs this."""
    return Plain(OAuth2Switches(reads={"me": ReadSwitches(**switches)}))


async def status(shop: Plain, method: str = "GET", **options: Any) -> int:
    """Return the status of a read; TOKEN in the options stands for a living token."""
    token = await shop.token()
    put = {name: _filled(value, token) for name, value in options.items()}
    answer = await shop.ask(method, ME, **put)
    if answer.status_code == 200:
        assert answer.json() == KIM
    return answer.status_code


def _filled(value: Any, token: str) -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner, token) for name, inner in value.items()}
    return value.replace("TOKEN", token) if isinstance(value, str) else value


BEARER = {"headers": {"authorization": "Bearer TOKEN"}}
NAMED: dict[str, Any] = {"headers": {"authorization": "OAuth TOKEN"}}
BARE = {"headers": {"x-shopify-access-token": "TOKEN"}}
IN_QUERY = {"params": {"access_token": "TOKEN"}}
IN_BODY = {"data": {"access_token": "TOKEN"}}
OTHER_NAME = {"params": {"oauth_token": "TOKEN"}}

PLACES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, BEARER),
    ({"scheme": "OAuth"}, NAMED),
    ({"place_name": "X-Shopify-Access-Token", "scheme": ""}, BARE),
    ({"place": "query"}, IN_QUERY),
    ({"place": "query", "place_name": "oauth_token"}, OTHER_NAME),
    ({"place": "body", "method": "POST"}, IN_BODY),
]


@pytest.mark.parametrize(("switches", "options"), PLACES, ids=str)
async def test_the_token_stands_in_one_place(
    switches: dict[str, Any], options: dict[str, Any]
) -> None:
    """Where this provider wants it; in any other place it is not seen."""
    shop, method = reading(**switches), switches.get("method", "GET")
    for _, others in PLACES:
        expected = 200 if others == options else 401
        assert await status(shop, method, **others) == expected
    assert await status(shop, method) == 401


async def test_a_token_may_stand_in_the_path() -> None:
    """Where the address has it, as at HubSpot; a header is then not seen."""
    provider = acme(reads=(Read("me", f"{ME}/of/{{access_token}}"),))
    switches = OAuth2Switches(reads={"me": ReadSwitches(place="path")})
    shop = Plain(switches, provider=provider)
    token = await shop.token()
    assert (await shop.ask("GET", f"{ME}/of/{token}")).json() == KIM
    assert (await shop.read(token, f"{ME}/of/x")).status_code == 401


async def test_a_token_is_shown_once() -> None:
    """Twice in the address is no token."""
    shop = reading(place="query")
    token = await shop.token()
    twice = [("access_token", token), ("access_token", token)]
    assert (await shop.ask("GET", ME, params=twice)).status_code == 401


async def test_a_read_may_be_a_post() -> None:
    """A GET is then not allowed, as a POST is not where GET is wanted."""
    assert await status(reading(method="POST"), "POST", **BEARER) == 200
    assert await status(reading(method="POST"), "GET", **BEARER) == 405
    assert await status(reading(), "POST", **BEARER) == 405


async def test_a_read_may_need_headers() -> None:
    """`Client-Id`, `Notion-Version`: with this value."""
    shop = reading(headers={"Client-Id": "shop"})
    for sent, expected in (
        ({}, 400),
        ({"client-id": "x"}, 400),
        ({"client-id": "shop"}, 200),
    ):
        answer = await shop.read(await shop.token(), headers=sent)
        assert answer.status_code == expected


async def test_a_read_may_need_parameters() -> None:
    """`fields=…`: with this value, and once."""
    shop = reading(query={"fields": "id,email"})
    for sent, expected in (
        ("", 400),
        ("?fields=id", 400),
        ("?fields=id,email&fields=id,email", 400),
        ("?fields=id,email", 200),
    ):
        assert (await shop.read(await shop.token(), ME + sent)).status_code == expected


async def test_a_read_may_need_a_body() -> None:
    """A GraphQL query, as at Linear."""
    shop = reading(method="POST", body=QUERY)
    token = await shop.token()
    for sent, expected in (
        ({}, 400),
        ({"json": {"query": "{}"}}, 400),
        ({"content": "{"}, 400),
        ({"json": QUERY}, 200),
    ):
        answer = await shop.read(token, method="POST", **sent)
        assert answer.status_code == expected


async def test_a_read_may_need_a_proof_of_the_secret() -> None:
    """`appsecret_proof`: HMAC-SHA256 of the token with the client secret (Facebook)."""
    shop = reading(proof=True)
    token = await shop.token()

    def proof(key: str, message: str) -> str:
        return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()

    right, secret = proof("s3cret+with/signs", token), "s3cret+with/signs"
    assert (await shop.read(token)).status_code == 400
    for wrong in (proof("another", token), proof(secret, "another"), ""):
        answer = await shop.read(token, params={"appsecret_proof": wrong})
        assert answer.status_code == 400
    answer = await shop.read(token, params={"appsecret_proof": right})
    assert answer.json() == KIM


@pytest.mark.parametrize("code", [403, 404, 429])
async def test_a_read_may_have_another_status(code: int) -> None:
    """With what was recorded as its body: GitHub Apps answer 403, others 404."""
    shop = reading(status=code)
    answer = await shop.read(await shop.token())
    assert (answer.status_code, answer.json()) == (code, KIM)
