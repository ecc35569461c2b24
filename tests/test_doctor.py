"""What a look over a set-up finds, asked of the function behind the command."""

import json
from datetime import date, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest

from onboarding import LimitPolicy
from onboarding.core import Core
from onboarding.doctor import Finding, examine
from onboarding.providers import OpenIDConnect
from onboarding.testing import Client, FakeProvider, FrozenClock
from tests.limiting.servers import fake

pytestmark = pytest.mark.anyio


async def finding_of_limits(**settings: Any) -> Finding:
    """Return what is found about limits."""
    core: Core[Any] = Core(
        url="https://shop.example/welcome",
        mailer=None,
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        **settings,
    )
    [found] = [one for one in await examine(core) if "limits" in one.what]
    return found


async def test_limits_in_memory_count_each_worker_by_itself() -> None:
    """That is well; what it means, and that a proxy is to be named, is told."""
    found = await finding_of_limits()
    assert found.is_well
    assert "several workers count each by itself" in found.advice
    assert 'proxies=["…"]' in found.advice
    named = await finding_of_limits(proxies=["10.0.0.0/8"])
    assert "proxies" not in named.advice


async def test_limits_in_redis_are_looked_at() -> None:
    """A server that answers is well; one that is gone is a thing to fix."""
    with fake() as url:
        found = await finding_of_limits(limits=LimitPolicy(storage=url))
        assert (True, "limits are counted in Redis, together") == (
            found.is_well,
            found.what,
        )
    found = await finding_of_limits(limits=LimitPolicy(storage=url))
    assert not found.is_well
    assert "Redis does not answer" in found.what


async def test_an_address_that_cannot_be_read_is_told() -> None:
    """Before the application is started with it."""
    storage = "redis://localhost:port/0"
    found = await finding_of_limits(limits=LimitPolicy(storage=storage))
    assert not found.is_well
    assert 'write storage="redis' in found.advice


async def test_no_limits_are_pointed_out() -> None:
    """Somebody may have forgotten that they are off."""
    found = await finding_of_limits(limits=LimitPolicy.off())
    assert found.is_well
    assert "without end" in found.what


# ── providers ────────────────────────────────────────────────────────────────

DOCUMENT = "/.well-known/openid-configuration"


async def finding_of_provider(
    told: dict[str, object], headers: dict[str, str] | None = None, **settings: Any
) -> Finding:
    """Return what is found about a provider whose document says this, too."""
    clock = FrozenClock()
    client = Client(
        client_id="shop",
        client_secret="a-secret-of-more-than-32-characters",
        redirect_uris=("https://shop.example/welcome/callback/id",),
    )
    fake_one = FakeProvider("https://id.example", [client], [], clock)

    async def answer(request: httpx2.Request) -> httpx2.Response:
        honest = await httpx2.ASGITransport(app=fake_one).handle_async_request(request)
        body = json.loads(await honest.aread())
        if request.url.path == DOCUMENT:
            body |= told
        return httpx2.Response(200, json=body, headers=headers or {})

    known: dict[str, Any] = {
        "name": "id",
        "title": "My ID",
        "issuer": "https://id.example",
        "client_id": "shop",
        "client_secret": client.client_secret,
    }
    core: Core[Any] = Core(
        url="https://shop.example/welcome",
        mailer=None,
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        providers=[OpenIDConnect(**(known | settings))],
        clock=clock,
        transport=httpx2.MockTransport(answer),
    )
    [found] = [one for one in await examine(core) if "My ID" in one.what]
    return found


METHODS = "token_endpoint_auth_methods_supported"
CHALLENGES = "code_challenge_methods_supported"
SIGNING = "id_token_signing_alg_values_supported"
PUSHED = "require_pushed_authorization_requests"
WITHOUT = {"pkce": False, "reasons": {"pkce": "it is old"}}


@pytest.mark.parametrize(
    ("told", "settings", "advice"),
    [
        ({METHODS: ["client_secret_post"]}, {}, 'write client_auth="post"'),
        ({METHODS: ["tls_client_auth"]}, {}, "none of these is known here"),
        ({CHALLENGES: ["plain"]}, {}, "write pkce=False with its reason"),
        ({CHALLENGES: ["S256"]}, WITHOUT, "leave pkce=False out"),
        ({SIGNING: ["RS256"]}, {"algorithms": ("ES256",)}, "it signs with RS256"),
        ({PUSHED: True}, {}, "names no address to push them to"),
    ],
)
async def test_settings_that_a_provider_does_not_take_are_told(
    told: dict[str, object], settings: dict[str, Any], advice: str
) -> None:
    """Before anybody signs in, with what to write, and the redirect URI as ever."""
    found = await finding_of_provider(told, **settings)
    assert not found.is_well
    assert "do not fit" in found.what
    assert advice in found.advice
    assert "https://shop.example/welcome/callback/id" in found.advice


@pytest.mark.parametrize(
    ("told", "settings"),
    [
        ({}, {}),
        ({METHODS: [], CHALLENGES: [], SIGNING: []}, {}),
        ({METHODS: "client_secret_post", CHALLENGES: 7, SIGNING: None}, {}),
        ({METHODS: ["client_secret_basic", "x"], CHALLENGES: ["plain", "S256"]}, {}),
        ({CHALLENGES: ["plain"]}, WITHOUT),
        ({SIGNING: ["EdDSA"]}, {"algorithms": ("Ed25519",)}),
        ({SIGNING: ["Ed25519"]}, {"algorithms": ("EdDSA",)}),
    ],
)
async def test_what_fits_or_is_not_said_is_well(
    told: dict[str, object], settings: dict[str, Any]
) -> None:
    """A document may say nothing, or nonsense; then nothing is wrong here."""
    found = await finding_of_provider(told, **settings)
    assert found.is_well, found
    assert found.what == "My ID: ready"


NOW = FrozenClock()()


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        (timedelta(minutes=5), "clock is 300 s ahead of that of My ID"),
        (timedelta(minutes=-5), "clock is 300 s behind that of My ID"),
        (timedelta(seconds=61), "clock is 61 s ahead of"),
    ],
)
async def test_clocks_that_differ_are_told_with_the_number(
    behind: timedelta, told: str
) -> None:
    """By the date that the provider sends; tokens of it would be refused."""
    sent = {"date": format_datetime(NOW - behind, usegmt=True)}
    found = await finding_of_provider({}, sent)
    assert not found.is_well
    assert told in found.what
    assert "NTP" in found.advice


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"date": format_datetime(NOW, usegmt=True)},
        {"date": format_datetime(NOW - timedelta(seconds=59), usegmt=True)},
        {"date": "yesterday"},
        {"date": "Thu, 99 Foo 2026 12:00:00 GMT"},
        {"date": "Thu, 01 Jan 99999999999 00:00:00 GMT"},
        {"date": "Thu, 01 Jan 2026 00:00:00 +99999999999999999999"},
        {"date": "Thu, 01 Jan 2026 99999999999999999999:00:00 GMT"},
        {"date": ""},
    ],
)
async def test_clocks_that_agree_or_are_not_told_are_well(sent: dict[str, str]) -> None:
    """A minute apart is let through; a date that is none says nothing."""
    found = await finding_of_provider({}, sent)
    assert found.is_well, found


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (NOW.date() - timedelta(days=1), "secret has ended on"),
        (NOW.date(), "secret ends on"),
        (NOW.date() + timedelta(days=30), "secret ends on"),
        (NOW + timedelta(days=30), "secret ends on"),
    ],
)
async def test_a_secret_that_ends_is_told_a_month_before(last: date, told: str) -> None:
    """With its day, and what to do; an instant stands for its day."""
    found = await finding_of_provider({}, secret_expires=last)
    assert not found.is_well
    assert told in found.what
    assert f"{last:%Y-%m-%d}:" in found.what


async def test_a_secret_that_holds_is_well() -> None:
    """More than a month."""
    last = NOW.date() + timedelta(days=31)
    assert (await finding_of_provider({}, secret_expires=last)).is_well
