"""Talking to the provider by hand, as no client library would."""

from urllib.parse import parse_qs, urlsplit

import httpx2

from onboarding.testing import FakeProvider
from tests.testing.peer import Started

ISSUER = "https://id.example"
CALLBACK = "https://shop.example/welcome/callback/fake"


def told(url: str) -> dict[str, str]:
    """Return what a callback URL tells."""
    return {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}


def changed(url: str, **parameters: str | None) -> str:
    """Return the URL with other parameters; None leaves one out."""
    query = told(url) | parameters
    kept = {name: value for name, value in query.items() if value is not None}
    return str(httpx2.URL(url.partition("?")[0], params=kept))


def exchange(started: Started, callback: str, **other: str | None) -> dict[str, str]:
    """Return the form of a good token request; None leaves a field out."""
    form: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "code": told(callback)["code"],
        "redirect_uri": CALLBACK,
        "code_verifier": started.verifier,
    }
    return {name: value for name, value in (form | other).items() if value is not None}


async def ask_token(
    provider: FakeProvider,
    form: dict[str, str],
    auth: tuple[str, str] | None = ("shop", "s3cret"),
    headers: dict[str, str] | None = None,
) -> httpx2.Response:
    """Post to the token endpoint as the shop."""
    transport = httpx2.ASGITransport(app=provider)
    async with httpx2.AsyncClient(transport=transport, auth=auth) as http:
        return await http.post(f"{ISSUER}/token", data=form, headers=headers)


async def get(provider: FakeProvider, path: str, **headers: str) -> httpx2.Response:
    """Get an address of the provider."""
    transport = httpx2.ASGITransport(app=provider)
    async with httpx2.AsyncClient(transport=transport) as http:
        return await http.get(f"{ISSUER}{path}", headers=headers)
