"""The only HTTP of this library: requests to providers, and their responses.

Whatever goes wrong becomes one of three errors, in one place. None of them quotes the
request or the response: these may hold a code or a token.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from contextvars import ContextVar
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from onboarding.deadlines import lasting
from onboarding.errors import (
    BadProviderReply,
    ProviderDenied,
    ProviderError,
    ProviderUnreachable,
)
from onboarding.providers.base import PROTOCOL_PARAMS, Endpoints, Provider
from onboarding.social import blame, rules
from onboarding.social.attempt import Attempt
from onboarding.social.blame import Asked
from onboarding.social.model import HttpPolicy

if TYPE_CHECKING:
    import httpx2

    from onboarding.social.transport import SharedTransport

_ends: ContextVar[float | None] = ContextVar("onboarding_calls_end", default=None)
"""When the calls that are made together are over, in ``time.monotonic``."""

Tokens = Mapping[str, object]
"""A token response (RFC 6749 §5.1); ``access_token`` is a text."""


class SocialClient:
    """Sends requests to providers. Cheap to build: HTTP is loaded at the first one.

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
        self._shared: SharedTransport | None = None
        self._opening = Lock()

    def warm(self) -> None:
        """Load HTTP now; made to be called in a thread when the app starts."""
        self._transport()

    def together(self) -> AbstractContextManager[None]:
        """Give all calls inside one deadline: each has what the others left.

        Without it each call has the whole ``HttpPolicy.total``, and somebody who comes
        back from a slow provider waits for five of them in a row.
        """
        return lasting(self._policy.total, _ends)

    async def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        own, self._own, self._shared = self._own, None, None
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
            provider, self._transport(), self._policy, redirect_uri=redirect_uri
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
            BadProviderReply: When its response is no token response.
        """
        from onboarding.social.transport import client_for

        client = client_for(
            provider, self._transport(), self._policy, redirect_uri=redirect_uri
        )
        setting = "endpoints.token" if provider.endpoints else None
        asked = Asked(provider.name, "token", endpoints.token, setting)
        async with self._calling(asked):
            tokens = await client.fetch_token(
                endpoints.token,
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
            )
        return _usable(asked, tokens)

    async def read(
        self,
        provider: str,
        url: str,
        *,
        token: str | None = None,
        may_be_missing: bool = False,
        what: str = "address",
        setting: str | None = None,
    ) -> object:
        """Return the JSON at an address; None where there may be none, and is none.

        Args:
            provider: The name of the provider, for errors.
            url: The whole address. A redirect is an error: it could lead anywhere.
            token: An access token to show (RFC 6750 §2.1).
            may_be_missing: Whether "not found" (404) is no error.
            what: What is there, for the log.
            setting: The setting that the address came from, if one did.

        Raises:
            ProviderUnreachable: When the provider is down or too slow.
            BadProviderReply: When its response is no JSON.
        """
        asked = Asked(provider, what, url, setting)
        transport = self._transport()
        async with self._calling(asked):
            status, body = await self._get(transport, url, token)
        if status == 404 and may_be_missing:
            return None
        if status != 200:
            raise _refused(asked, status)
        try:
            found: object = json.loads(body)
        except (ValueError, RecursionError):
            raise BadProviderReply(
                provider,
                "the response is no JSON",
                endpoint=asked.endpoint,
                setting=setting,
            ) from None
        return found

    async def _get(
        self, transport: "SharedTransport", url: str, token: str | None
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
        reply = await transport.handle_async_request(request)
        try:
            return reply.status_code, await reply.aread()
        finally:
            await reply.aclose()

    @asynccontextmanager
    async def _calling(self, asked: Asked) -> AsyncIterator[None]:
        """Turn errors of HTTP and OAuth into ours, without quoting them."""
        import httpx2

        from onboarding.social.transport import OAuthError, TooLarge, no_http_log

        name, endpoint = asked.provider, asked.endpoint
        try:
            with no_http_log():
                async with asyncio.timeout(self._left()):
                    yield
        except TooLarge:
            problem = "the response is too large"
            raise BadProviderReply(name, problem, endpoint=endpoint) from None
        except OAuthError as error:
            code = rules.error_code(error.error)
            raise ProviderDenied(
                name, code, endpoint=endpoint, setting=blame.of_code(code)
            ) from None
        except httpx2.HTTPStatusError as error:
            raise _refused(asked, error.response.status_code) from None
        except httpx2.ProxyError as error:
            raise ProviderUnreachable(
                name,
                "the egress proxy does not let us through",
                endpoint=endpoint,
                setting=blame.PROXY_SETTING,
            ) from error
        except (httpx2.HTTPError, OSError) as error:
            problem = f"did not answer{blame.why_silent(error)}"
            raise ProviderUnreachable(name, problem, endpoint=endpoint) from error
        except (ValueError, TypeError, RecursionError):
            # A token response that is no JSON, or no object.
            problem = "the response is no JSON"
            raise BadProviderReply(name, problem, endpoint=endpoint) from None

    def _left(self) -> float:
        """Return the seconds that a call has; with none left it is not sent."""
        ends, total = _ends.get(), self._policy.total.total_seconds()
        left = total if ends is None else ends - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _transport(self) -> "SharedTransport":
        with self._opening:
            if self._shared is None:
                from onboarding.social.transport import SharedTransport, open_transport

                inner = self._given
                if inner is None:
                    inner = self._own = open_transport(self._policy)
                self._shared = SharedTransport(inner, self._policy.limit)
            return self._shared


def _refused(asked: Asked, status: int) -> ProviderError:
    """Return the error for an HTTP status other than 200."""
    kind = ProviderUnreachable if status >= 500 or status == 429 else BadProviderReply
    return kind(
        asked.provider,
        f"answered {status}",
        endpoint=asked.endpoint,
        setting=asked.blamed(status),
    )


def _check_request(provider: str, url: str) -> None:
    """Refuse a request without PKCE, or with a parameter of ours twice."""
    asked = parse_qs(urlsplit(url).query)
    # Authlib leaves PKCE out without a word when it is not set up for it, and a
    # published address may bring a query of its own (RFC 7636 §4.3, RFC 6749 §3.1).
    is_bound = asked.get("code_challenge_method") == ["S256"]
    if not is_bound or any(len(asked.get(name, " ")) != 1 for name in PROTOCOL_PARAMS):
        raise BadProviderReply(provider, "the authorization endpoint sets what we set")


def _is_visible(value: object) -> bool:
    is_text = isinstance(value, str) and bool(value)
    return is_text and str(value).isascii() and str(value).isprintable()


def _usable(asked: Asked, tokens: Mapping[str, object]) -> Tokens:
    """Return the tokens when they are a token response (RFC 6749 §5.1)."""
    access_token, kind = tokens.get("access_token"), tokens.get("token_type")
    problem = ""
    if not _is_visible(access_token):
        problem = "the token response holds no access token"
    elif not isinstance(kind, str) or kind.lower() != "bearer":
        problem = "the access token is no bearer token"
    if problem:
        raise BadProviderReply(asked.provider, problem, endpoint=asked.endpoint)
    return tokens
