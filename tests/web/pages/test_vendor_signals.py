"""What Apple and Facebook tell on their own, in their own words, over HTTP."""

import json
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Host

from onboarding import SignalAct, SignalPolicy
from onboarding.accounts.model import Ending, Identity
from onboarding.providers import Apple, ClientKey, Facebook
from onboarding.testing.id_tokens import genuine
from tests.providers.playing import pem
from tests.providers.test_apple import EC_KEY
from tests.web.pages.test_signals import signed_request
from tests.web.site import SIGNING_KEY, Site, open_site

pytestmark = pytest.mark.anyio

POLICY = SignalPolicy(revoked=SignalAct.UNLINK, deleted=SignalAct.ERASE)
APPLE = Apple(
    client_id="com.example.shop",
    team_id="A1B2C3D4E5",
    client_key=ClientKey(pem(EC_KEY), kid="F6G7H8I9J0", algorithm="ES256"),
)
FACEBOOK = Facebook(client_id="123", client_secret="an-app-secret-of-32-characters--")


async def apples_keys(scope: Any, receive: Any, send: Any) -> None:
    """Answer as Apple's discovery document and its keys."""
    from starlette.responses import JSONResponse

    at = "https://appleid.apple.com"
    told: dict[str, object] = {"keys": [SIGNING_KEY.public_jwk()]}
    if scope["path"].startswith("/.well-known"):
        told = {
            "issuer": at,
            "authorization_endpoint": f"{at}/auth/authorize",
            "token_endpoint": f"{at}/auth/token",
            "jwks_uri": f"{at}/auth/keys",
        }
    await JSONResponse(told)(scope, receive, send)


def shop() -> Any:
    """Return a shop with both."""
    hosts = [Host("appleid.apple.com", app=apples_keys)]
    transport = httpx2.ASGITransport(app=Starlette(routes=hosts))
    return open_site(providers=[APPLE, FACEBOOK], signals=POLICY, transport=transport)


async def person(site: Site, *providers: Any) -> str:
    """Return the id of somebody who has signed in with these, one after the other."""
    current = None
    for provider in providers:
        identity = Identity(
            provider=provider.name, issuer=provider.issuer, subject="kim"
        )
        result: Any = await site.onboarding.accounts.sign_in(identity, current)
        current = result.new_session.current
    return str(current.account.id)


async def left(site: Site, account_id: str) -> tuple[Ending | None, set[str]]:
    """Return how an account ended, and with whom its owner signs in."""
    account = await site.onboarding.accounts.find(account_id)
    assert account is not None
    links = await site.onboarding.accounts.list_identities(account)
    return account.ending, {link.provider for link in links}


def notification(site: Site, said: str, **changes: object) -> str:
    """Return a server notification as Apple signs it: its event is a text."""
    at = int(site.clock().timestamp())
    event = json.dumps({"type": said, "sub": "kim", "event_time": at * 1000})
    claims = {
        "iss": "https://appleid.apple.com",
        "aud": "com.example.shop",
        "iat": at,
        "jti": f"j-{said}",
        "events": event,
        **changes,
    }
    return genuine(SIGNING_KEY, SIGNING_KEY.header(), claims)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("consent-revoked", (None, {"facebook"})),
        ("account-delete", (Ending.ERASED, set())),
        ("account-deleted", (Ending.ERASED, set())),
        ("email-disabled", (None, {"apple", "facebook"})),
        ("email-enabled", (None, {"apple", "facebook"})),
    ],
)
async def test_apple_tells_by_a_signed_payload(
    said: str, expected: tuple[Ending | None, set[str]]
) -> None:
    """Posted as JSON, its event a JSON text inside of it."""
    async with shop() as site:
        kim = await person(site, APPLE, FACEBOOK)
        sent = {"payload": notification(site, said)}
        answer = await site.browser().client.post("/welcome/signals/apple", json=sent)
        assert answer.status_code == 200, answer.text
        assert await left(site, kim) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"iss": "https://elsewhere.example"},
        {"events": {"type": "consent-revoked", "sub": "kim"}},
        {"events": "no JSON"},
        {"events": json.dumps({"type": "party", "sub": "kim"})},
        {"events": json.dumps({"type": "consent-revoked"})},
        {"events": json.dumps(["consent-revoked"])},
        {"jti": 7},
        {"iat": None},
    ],
    ids=repr,
)
async def test_what_is_no_notification_of_apples_does_nothing(
    changes: dict[str, object],
) -> None:
    """For another app, by somebody else, or bent."""
    async with shop() as site:
        kim = await person(site, APPLE, FACEBOOK)
        sent = {"payload": notification(site, "consent-revoked", **changes)}
        answer = await site.browser().client.post("/welcome/signals/apple", json=sent)
        assert answer.status_code == 400
        assert await left(site, kim) == (None, {"apple", "facebook"})


@pytest.mark.parametrize(
    ("at", "expected"),
    [("", (None, {"apple"})), ("/deletion", (Ending.ERASED, set()))],
)
async def test_facebook_tells_by_a_signed_request(
    at: str, expected: tuple[Ending | None, set[str]]
) -> None:
    """Removed, or to be deleted, by the address to which it is posted."""
    async with shop() as site:
        kim = await person(site, FACEBOOK, APPLE)
        told = {
            "algorithm": "HMAC-SHA256",
            "issued_at": int(site.clock().timestamp()),
            "user_id": "kim",
        }
        for secret, status in (("another", 400), (FACEBOOK.secret or "", 200)):
            answer = await site.browser().client.post(
                f"/welcome/signals/facebook{at}",
                data={"signed_request": signed_request(told, secret)},
            )
            assert answer.status_code == status
        assert await left(site, kim) == expected
        assert ("confirmation_code" in answer.json()) is bool(at)
