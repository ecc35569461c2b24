"""A switch that nobody would notice proves nothing: each refuses a usual client."""

from typing import Any

import pytest

from onboarding.errors import ProviderError
from onboarding.testing import (
    AuthorizationRefused,
    ReadSwitches,
    RegisteredKey,
    SigningKey,
)
from tests.testing.oauth2_provider.plain import plain
from tests.testing.ours import Ours

pytestmark = pytest.mark.anyio

KEY = RegisteredKey(pem=SigningKey("ES256").public_pem().decode(), team="TEAM123456")
READS: list[dict[str, Any]] = [
    {"method": "POST"},
    {"place": "query"},
    {"place": "body"},
    {"place": "path"},
    {"place_name": "X-Token"},
    {"scheme": "OAuth"},
    {"headers": {"Client-Id": "shop"}},
    {"query": {"fields": "id"}},
    {"body": {}},
    {"proof": True},
    {"status": 403},
    {"status": 404},
]
SWITCHES: list[dict[str, Any]] = [
    {"pkce": "refused"},
    {"client_auth": "client_secret_post"},
    {"client_auth": "client_secret_query"},
    {"client_auth": "client_secret_jwt"},
    {"client_auth": "private_key_jwt", "client_key": KEY},
    {"client_auth": "apple", "client_key": KEY},
    {"client_auth": "none"},
    {"names": {"client_id": "client_key"}},
    {"exchange_names": {"client_id": "appid", "code": "auth_code"}},
    {"callback_names": {"code": "authCode"}},
    {"callback_extra": {"device_id": "d-1"}},
    {"scope_separator": ","},
    {"fragment": "wechat_redirect"},
    {"exchange_method": "GET"},
    {"exchange_body": "json"},
    {"answer_shape": "untyped"},
    {"answer_shape": "camel"},
    {"answer_shape": "form"},
    *({"reads": {"me": ReadSwitches(**one)}} for one in READS),
]


def named(switches: dict[str, Any]) -> str:
    """Return what a test is called by; a key is another one in each process."""
    return str({n: value for n, value in switches.items() if n != "client_key"})


@pytest.mark.parametrize("switches", SWITCHES, ids=named)
async def test_a_usual_client_is_refused(switches: dict[str, Any]) -> None:
    """One that does all as RFC 6749 has it does not get in here."""
    shop = plain(**switches)
    us = Ours(shop.provider, shop.fake.transport, shop.clock)
    url = await us.begin()
    with pytest.raises((ProviderError, AuthorizationRefused)):
        await us.finish(shop.fake.approve(url))


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"pkce": "optional"},
        {"wants_redirect_uri": False},
        {"names_issuer": True},
        {"params": ("prompt",)},
        {"exchange_params": ("audience",)},
        {"answer_shape": "form_unless_json"},
    ],
    ids=str,
)
async def test_what_only_permits_more_refuses_nobody(switches: dict[str, Any]) -> None:
    """The same client gets in where a provider is but more patient."""
    shop = plain(**switches)
    us = Ours(shop.provider, shop.fake.transport, shop.clock)
    identity = await us.finish(shop.fake.approve(await us.begin()))
    assert identity.subject == "u-4711"
