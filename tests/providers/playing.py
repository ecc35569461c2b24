"""A sign-in from the button to the identity, against a strict provider."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import serialization
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from onboarding.accounts.model import Identity
from onboarding.providers import Provider
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.code_flow import CodeFlow
from onboarding.social.rules import AuthorizationResponse, read_response
from onboarding.testing import FrozenClock, SigningKey
from onboarding.testing.id_tokens import genuine
from tests.social.scene import Hosts

URL = "https://shop.example/welcome"
SECRET = "an-app-secret-of-32-characters-1"
ATTEMPT = Attempt(state="st-0", verifier="v" * 43, nonce="n-0")
CLOCK = FrozenClock()
KEY = SigningKey()

Answer = Callable[[Request, dict[str, str]], Response]
"""Answers a request, of which the form has been read."""


class Strict:
    """Answers at all hosts of a provider, as it is told; elsewhere is a 404.

    Args:
        answers: What answers, by method and path: ``POST /token``.
        back: What the browser brings besides state and code.
    """

    def __init__(self, answers: dict[str, Answer], **back: str):
        self.answers = answers
        self.back = back
        self.asked: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app; what was posted comes as a form."""
        request = Request(scope, receive)
        form = dict(parse_qsl((await request.body()).decode()))
        answer = self.answers.get(f"{request.method} {request.url.path}", nowhere)
        await answer(request, form)(scope, receive, send)

    def approve(self, location: str) -> AuthorizationResponse:
        """Say yes to what the browser brings, and return what it takes back."""
        self.asked = dict(parse_qsl(urlsplit(location).query))
        told = {"state": self.asked["state"], "code": "c-0", **self.back}
        return read_response({name: [value] for name, value in told.items()})


def nowhere(request: Request, form: dict[str, str]) -> Response:
    """Answer that there is nothing."""
    del request, form
    return Response("nothing here", 404)


def says(told: object, status: int = 200) -> Answer:
    """Return what answers always alike."""

    def answer(request: Request, form: dict[str, str]) -> Response:
        del request, form
        return JSONResponse(told, status)

    return answer


async def play(provider: Provider, app: Strict, *hosts: str) -> Identity:
    """Sign in there, all the way, and return who came out."""
    flow = CodeFlow(
        SocialClient(transport=Hosts(dict.fromkeys(hosts, app))),
        CLOCK,
        providers={provider.name: provider},
        url=URL,
    )
    location = await flow.authorization_url(provider, ATTEMPT)
    response = app.approve(location)
    return await flow.fetch_identity(provider, response, ATTEMPT)


# ── what an OpenID provider publishes ────────────────────────────────────────


def document(issuer: str, at: str, **more: object) -> Answer:
    """Return a discovery document whose endpoints are all at one address."""
    told = {
        "issuer": issuer,
        "authorization_endpoint": f"{at}/authorize",
        "token_endpoint": f"{at}/token",
        "jwks_uri": f"{at}/keys",
    }
    return says(told | more)


def keys() -> Answer:
    """Return the keys that sign."""
    return says({"keys": [KEY.public_jwk()]})


def signed(claims: dict[str, Any], **changes: object) -> str:
    """Return an ID token of this moment; a claim that is changed to None is gone."""
    at = int(CLOCK().timestamp())
    whole = {**claims, "iat": at, "exp": at + 600, "nonce": "n-0", **changes}
    said = {name: one for name, one in whole.items() if one is not None}
    return genuine(KEY, KEY.header(), said)


def tokens(**more: object) -> dict[str, object]:
    """Return a token response."""
    return {"access_token": "a-0", "token_type": "Bearer", "expires_in": 3600, **more}


def pem(key: Any) -> str:
    """Return a private key as a provider hands it out."""
    text: bytes = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return text.decode()


def public_pem(key: Any) -> str:
    """Return the public half of a key as it is registered at a provider."""
    text: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return text.decode()
