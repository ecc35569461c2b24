"""A client that shares no code with the provider: Authlib's OAuth, joserfc's JOSE.

It is as careful as OpenID Connect Core §3.1.3.7 asks, and refuses with `Distrust` or
with whatever error Authlib, joserfc and httpx2 have for it.
"""

import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from onboarding.testing import Client

Json = dict[str, Any]

LIMIT = 1024 * 1024
LEEWAY = 60


class Distrust(Exception):
    """The peer found something that it does not believe."""


@dataclass
class Started:
    """One attempt: where the browser goes, and what the peer keeps."""

    url: str
    state: str
    nonce: str
    verifier: str


class Peer:
    """One client application at one issuer."""

    def __init__(
        self,
        issuer: str,
        client: Client,
        transport: httpx2.AsyncBaseTransport,
        clock: Callable[[], datetime],
    ) -> None:
        self.issuer = issuer
        self.client = client
        self.transport = Bounded(transport)
        self.clock = clock
        self.keys: KeySet | None = None

    def http(self) -> AsyncOAuth2Client:
        """Return a new client over the transport."""
        return AsyncOAuth2Client(
            self.client.client_id,
            self.client.client_secret,
            token_endpoint_auth_method=self.client.auth,
            redirect_uri=self.client.redirect_uris[0],
            scope="openid profile email",
            code_challenge_method="S256",
            transport=self.transport,
            trust_env=False,
            follow_redirects=False,
        )

    def begin(self, **more: str) -> Started:
        """Make a request to sign in."""
        nonce, verifier = generate_token(), generate_token(64)
        url, state = self.http().create_authorization_url(
            f"{self.issuer}/authorize",
            state=secrets.token_urlsafe(),
            nonce=nonce,
            code_verifier=verifier,
            **more,
        )
        return Started(url, state, nonce, verifier)

    async def finish(self, started: Started, callback: str) -> Json:
        """Take the browser back and return the person's claims."""
        discovered = await self._get(f"{self.issuer}/.well-known/openid-configuration")
        demand(discovered["issuer"] == self.issuer, "discovery is of another issuer")
        back = {name: v for name, [v] in parse_qs(urlsplit(callback).query).items()}
        demand(back.get("iss") == self.issuer, "the callback is of another issuer")
        demand(back.get("state") == started.state, "the state is another one")
        token = await self._token(started, callback)
        claims = await self._claims(token["id_token"])
        check(claims, self, started.nonce, token["access_token"])
        told = await self._get(
            discovered["userinfo_endpoint"],
            {"Authorization": f"Bearer {token['access_token']}"},
        )
        demand(told.get("sub") == claims["sub"], "userinfo is of someone else")
        return claims | told

    async def _token(self, started: Started, callback: str) -> Json:
        token = await self.http().fetch_token(
            f"{self.issuer}/token",
            authorization_response=callback,
            code_verifier=started.verifier,
            state=started.state,
        )
        for name in ("access_token", "token_type", "id_token"):
            demand(isinstance(token.get(name), str), f"{name} is missing")
        return dict(token)

    async def _claims(self, id_token: str) -> Json:
        try:
            return self._decode(id_token, self.keys or await self._fetch_keys())
        except InvalidKeyIdError:  # an unknown kid: the keys may be new
            return self._decode(id_token, await self._fetch_keys())

    async def _fetch_keys(self) -> KeySet:
        shown = await self._get(f"{self.issuer}/jwks")
        self.keys = KeySet.import_key_set({"keys": shown["keys"]})
        return self.keys

    @staticmethod
    def _decode(id_token: str, keys: KeySet) -> Json:
        registry = JWSRegistry(algorithms=["RS256"])
        registry.max_header_length = 4096  # room for a key, to see that it is no help
        return jwt.decode(id_token, keys, registry=registry).claims

    async def _get(self, url: str, headers: dict[str, str] | None = None) -> Json:
        http = httpx2.AsyncClient(transport=self.transport, trust_env=False)
        response = await http.get(url, headers=headers)
        return dict(response.raise_for_status().json())


class Bounded(httpx2.AsyncBaseTransport):
    """Reads a limited part of each answer through another transport."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass the request on and guard the answer."""
        reply = await self.inner.handle_async_request(request)
        assert isinstance(reply.stream, httpx2.AsyncByteStream)
        return httpx2.Response(
            reply.status_code, headers=reply.headers, stream=Limited(reply.stream)
        )


class Limited(httpx2.AsyncByteStream):
    """A body that is read no further than the limit."""

    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self.inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body, and refuse when it grows too large."""
        size = 0
        async for chunk in self.inner:
            size += len(chunk)
            demand(size <= LIMIT, "the answer is huge")
            yield chunk

    async def aclose(self) -> None:
        """Close the body."""
        await self.inner.aclose()


def check(claims: Json, peer: Peer, nonce: str, access_token: str) -> None:
    """Demand of the claims what the standard demands."""
    jwt.JWTClaimsRegistry(
        now=int(peer.clock().timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": peer.issuer},
        aud={"essential": True, "value": peer.client.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    ).validate(claims)
    demand(len(claims["sub"]) <= 255, "the subject is too long")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    demand(not several or "azp" in claims, "several audiences without azp")
    azp = claims.get("azp", peer.client.client_id)
    demand(azp == peer.client.client_id, "the token is for another party")
    if "at_hash" in claims:
        expected = create_half_hash(access_token, "RS256").decode()
        demand(claims["at_hash"] == expected, "the access token is another one")


def demand(holds: bool, sentence: str) -> None:
    """Refuse unless it holds."""
    if not holds:
        raise Distrust(sentence)
