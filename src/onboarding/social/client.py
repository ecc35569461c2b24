"""The only HTTP of this library: what we ask of providers, and how they may answer.

Everything that can go wrong on the way becomes one of three errors, in one place,
none of which repeats what was said: an answer may hold a token, an address a code.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from onboarding.errors import (
    BadProviderReply,
    ProviderDenied,
    ProviderError,
    ProviderUnreachable,
)
from onboarding.providers.base import OURS, Endpoints, Provider
from onboarding.social import rules
from onboarding.social.attempt import Attempt
from onboarding.social.model import HttpPolicy

if TYPE_CHECKING:
    import httpx2

    from onboarding.social.transport import Lent

Tokens = Mapping[str, object]
"""What a token endpoint answered; ``access_token`` is a text."""


class SocialClient:
    """Talks to providers. Cheap to build: the wire is loaded at the first call.

    Args:
        policy: Time-outs, size limit and proxy.
        transport: Leads elsewhere than to the network, for tests
            (``httpx2.ASGITransport``); it is left open.
    """

    def __init__(
        self,
        policy: HttpPolicy | None = None,
        transport: "httpx2.AsyncBaseTransport | None" = None,
    ):
        self._policy = policy or HttpPolicy()
        self._given = transport
        self._own: httpx2.AsyncBaseTransport | None = None
        self._lent: Lent | None = None
        self._opening = Lock()

    def warm(self) -> None:
        """Load the wire now; made to be called in a thread when the app starts."""
        self._borrow()

    async def close(self) -> None:
        """Give the connections back; the next call opens new ones."""
        own, self._own, self._lent = self._own, None, None
        if own is not None:
            await own.aclose()

    def authorization_url(
        self,
        provider: Provider,
        endpoints: Endpoints,
        attempt: Attempt,
        redirect_uri: str,
    ) -> str:
        """Return where the browser goes to sign in (RFC 6749 §4.1.1)."""
        from onboarding.social.transport import client_for

        extra = dict(provider.params)
        if provider.openid:
            extra["nonce"] = attempt.nonce
        client = client_for(
            provider, self._borrow(), self._policy, redirect_uri=redirect_uri
        )
        made, _ = client.create_authorization_url(
            endpoints.authorization,
            state=attempt.state,
            code_verifier=attempt.verifier,
            **extra,
        )
        url = str(made)
        _check_request(provider.name, url)
        return url

    async def exchange(
        self,
        provider: Provider,
        endpoints: Endpoints,
        code: str,
        attempt: Attempt,
        redirect_uri: str,
    ) -> Tokens:
        """Return the tokens that a code stands for (RFC 6749 §4.1.3).

        Raises:
            ProviderUnreachable: When the provider is down or too slow.
            ProviderDenied: When it refuses the code, or us.
            BadProviderReply: When it answers with something else than tokens.
        """
        from onboarding.social.transport import client_for

        client = client_for(
            provider, self._borrow(), self._policy, redirect_uri=redirect_uri
        )
        async with self._calling(provider.name):
            tokens = await client.fetch_token(
                endpoints.token,
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
            )
        return _usable(provider.name, tokens)

    async def read(
        self,
        provider: str,
        url: str,
        *,
        token: str | None = None,
        may_be_missing: bool = False,
    ) -> object:
        """Return the JSON at an address; None where there may be none, and is none.

        Args:
            provider: The name of the provider, for errors.
            url: The whole address. A redirect is an error: it could lead anywhere.
            token: An access token to show (RFC 6750 §2.1).
            may_be_missing: Whether "not found" (404) is an answer.

        Raises:
            ProviderUnreachable: When the provider is down or too slow.
            BadProviderReply: When it answers with something else than JSON.
        """
        lent = self._borrow()
        async with self._calling(provider):
            status, body = await self._get(lent, url, token)
        if status == 404 and may_be_missing:
            return None
        if status != 200:
            raise _refused(provider, status)
        try:
            found: object = json.loads(body)
        except (ValueError, RecursionError):
            raise BadProviderReply(provider, "answered with no JSON") from None
        return found

    async def _get(
        self, lent: "Lent", url: str, token: str | None
    ) -> tuple[int, bytes]:
        import httpx2

        headers = {"Accept": "application/json", "User-Agent": "onboarding"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        connect = self._policy.connect.total_seconds()
        timeout = httpx2.Timeout(self._policy.read.total_seconds(), connect=connect)
        request = httpx2.Request(
            "GET", url, headers=headers, extensions={"timeout": timeout.as_dict()}
        )
        reply = await lent.handle_async_request(request)
        try:
            return reply.status_code, await reply.aread()
        finally:
            await reply.aclose()

    @asynccontextmanager
    async def _calling(self, provider: str) -> AsyncIterator[None]:
        """Turn what goes wrong on the way into errors of ours, without its words."""
        import httpx2

        from onboarding.social.transport import OAuthError, TooLarge, hushed

        try:
            with hushed():
                async with asyncio.timeout(self._policy.total.total_seconds()):
                    yield
        except TooLarge:
            raise BadProviderReply(provider, "answered far too much") from None
        except OAuthError as error:
            raise ProviderDenied(provider, rules.error_code(error.error)) from None
        except httpx2.HTTPStatusError as error:
            raise _refused(provider, error.response.status_code) from None
        except (httpx2.HTTPError, OSError):
            raise ProviderUnreachable(provider, "did not answer") from None
        except (ValueError, TypeError, RecursionError):
            # A token answer that is no JSON, or no token answer.
            raise BadProviderReply(provider, "answered with no JSON") from None

    def _borrow(self) -> "Lent":
        with self._opening:
            if self._lent is None:
                from onboarding.social.transport import Lent, open_transport

                inner = self._given
                if inner is None:
                    inner = self._own = open_transport(self._policy)
                self._lent = Lent(inner, self._policy.limit)
            return self._lent


def _refused(provider: str, status: int) -> ProviderError:
    """Return the error for an HTTP status that is no answer."""
    kind = ProviderUnreachable if status >= 500 or status == 429 else BadProviderReply
    return kind(provider, f"answered {status}")


def _check_request(provider: str, url: str) -> None:
    """Refuse a request that would go without PKCE, or says something of ours twice."""
    asked = parse_qs(urlsplit(url).query)
    # Authlib leaves PKCE out without a word when it is not set up for it, and a
    # published address may bring a query of its own (RFC 7636 §4.3, RFC 6749 §3.1).
    is_bound = asked.get("code_challenge_method") == ["S256"]
    if not is_bound or any(len(asked.get(name, " ")) != 1 for name in OURS):
        raise BadProviderReply(provider, "the authorization endpoint sets what we set")


def _usable(provider: str, tokens: Mapping[str, object]) -> Tokens:
    """Return the tokens when they are a token answer (RFC 6749 §5.1)."""
    access_token, kind = tokens.get("access_token"), tokens.get("token_type")
    if not isinstance(access_token, str) or not access_token.isascii():
        raise BadProviderReply(provider, "the answer holds no access token")
    if not access_token.isprintable() or not access_token:
        raise BadProviderReply(provider, "the answer holds no access token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise BadProviderReply(provider, "the token is no bearer token")
    return tokens
