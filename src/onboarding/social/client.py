"""The only HTTP of this library: requests to providers, and their responses.

Whatever goes wrong becomes one of three errors, in one place. None of them quotes the
request or the response: these may hold a code or a token.
"""

import asyncio
import json
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from onboarding.clock import Clock, system_clock
from onboarding.deadlines import lasting
from onboarding.errors import BadProviderReply, ProviderUnreachable
from onboarding.providers.base import Provider
from onboarding.providers.reads import ProviderRequest
from onboarding.social import blame
from onboarding.social.blame import Asked
from onboarding.social.model import HttpPolicy
from onboarding.social.outages import Outages

if TYPE_CHECKING:
    import httpx2

    from onboarding.social.token_responses import Tokens

_ends: ContextVar[float | None] = ContextVar("onboarding_calls_end", default=None)
"""When the calls that are made together are over, in ``time.monotonic``."""


class SocialClient:
    """Sends requests to providers. Cheap to build: HTTP is loaded at the first one.

    Args:
        policy: Time-outs, size limit and proxy.
        transport: Leads elsewhere than to the network, for tests
            (``httpx2.ASGITransport``); it is left open.
        clock: The present instant.

    Attributes:
        outages: Which providers did not answer of late, by every call that is made.
        dates: When the last response of each provider was sent, by its own clock.
    """

    def __init__(
        self,
        policy: HttpPolicy | None = None,
        transport: "httpx2.AsyncBaseTransport | None" = None,
        *,
        clock: Clock = system_clock,
    ):
        self._policy = policy or HttpPolicy()
        self.outages = Outages(clock, self._policy.outage)
        self._given = transport
        self._own: httpx2.AsyncBaseTransport | None = None
        self._opening = Lock()
        self.dates: dict[str, str] = {}

    def warm(self) -> None:
        """Load HTTP and OAuth now; made to be called in a thread at the start."""
        self._transport()

    def together(self) -> AbstractContextManager[None]:
        """Give all calls inside one deadline: each has what the others left.

        Without it each call has the whole ``HttpPolicy.total``, and somebody who comes
        back from a slow provider waits for five of them in a row.
        """
        # Inside of another such deadline, that one holds.
        is_inside = _ends.get() is not None
        return nullcontext() if is_inside else lasting(self._policy.total, _ends)

    async def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        own, self._own = self._own, None
        if own is not None:
            await own.aclose()

    async def push(
        self, provider: Provider, endpoint: str, request: ProviderRequest
    ) -> str:
        """Push an authorization request; return what stands for it (RFC 9126 §2.2).

        Raises:
            ProviderUnreachable: When the provider is down or too slow.
            ProviderDenied: When it refuses the request, or us.
            BadProviderReply: When its response names no request.
        """
        from onboarding.social import token_responses

        asked = Asked(provider.name, "pushed", endpoint, _setting(provider, "pushed"))
        status, body = await self._call(asked, request)
        return token_responses.read_pushed(asked, status, body)

    async def exchange(
        self, provider: Provider, endpoint: str, request: ProviderRequest
    ) -> "Tokens":
        """Return the tokens that a code stands for (RFC 6749 §4.1.3).

        Raises:
            ProviderUnreachable: When the provider is down or too slow.
            ProviderDenied: When it refuses the code, or us.
            BadProviderReply: When its response is no token response.
        """
        from onboarding.social import token_responses

        asked = Asked(provider.name, "token", endpoint, _setting(provider, "token"))
        status, body = await self._call(asked, request)
        return token_responses.read_tokens(provider, asked, status, body)

    async def read(
        self,
        provider: str,
        url: str,
        *,
        what: str = "address",
        setting: str | None = None,
    ) -> object:
        """Return the JSON at an address that anybody may read.

        Args:
            provider: The name of the provider, for errors.
            url: The whole address. A redirect is an error: it could lead anywhere.
            what: What is there, for the log.
            setting: The setting that the address came from, if one did.

        Raises:
            ProviderUnreachable: When the provider is down or too slow.
            BadProviderReply: When its response is no JSON.
        """
        asked = Asked(provider, what, url, setting)
        status, body = await self._call(asked, ProviderRequest("GET", url, {}))
        if status != 200:
            raise blame.refusal(asked, status)
        return from_json(asked, body)

    async def ask(
        self, asked: Asked, request: ProviderRequest, *, statuses: Collection[int] = ()
    ) -> bytes | None:
        """Return what a provider tells of a person; None for one of these statuses.

        Raises:
            ProviderUnreachable: When the provider is down or too slow.
            BadProviderReply: When it answers another status that is no success.
        """
        status, body = await self._call(asked, request)
        if status in statuses:
            return None
        if status not in (200, 201):
            raise blame.refusal(asked, status)
        return body

    async def _call(self, asked: Asked, request: ProviderRequest) -> tuple[int, bytes]:
        """Send a request; turn errors of HTTP into ours, without quoting them."""
        import httpx2

        from onboarding.social.decoding import UnreadableBody
        from onboarding.social.transport import call

        name, policy, transport = asked.provider, self._policy, self._transport()
        try:
            async with asyncio.timeout(self._left()):
                reply = await call(transport, policy, request)
        except UnreadableBody as error:
            raise BadProviderReply(name, str(error), endpoint=asked.endpoint) from None
        except httpx2.ProxyError as error:
            raise ProviderUnreachable(
                name,
                "the egress proxy does not let us through",
                endpoint=asked.endpoint,
                setting=blame.PROXY_SETTING,
            ) from error
        except (httpx2.HTTPError, OSError) as error:
            self.outages.begin(name)
            problem = f"did not answer{blame.why_silent(error)}"
            raise ProviderUnreachable(name, problem, endpoint=asked.endpoint) from error
        self.dates[name] = reply.date
        is_out = blame.is_outage(reply.status)
        note = self.outages.begin if is_out else self.outages.end
        note(name)
        return reply.status, reply.body

    def _left(self) -> float:
        """Return the seconds that a call has; with none left it is not sent."""
        ends, total = _ends.get(), self._policy.total.total_seconds()
        left = total if ends is None else ends - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _transport(self) -> "httpx2.AsyncBaseTransport":
        with self._opening:
            if self._given is not None:
                return self._given
            if self._own is None:
                from onboarding.social.transport import open_transport

                self._own = open_transport(self._policy)
            return self._own


def from_json(
    asked: Asked, body: bytes, parse: Callable[[bytes], object] = json.loads
) -> object:
    """Return what a response says.

    Raises:
        BadProviderReply: When it is no JSON, or no what else it should be.
    """
    try:
        found = parse(body)
    except (ValueError, RecursionError):
        raise BadProviderReply(
            asked.provider,
            "the response is no JSON",
            endpoint=asked.endpoint,
            setting=asked.setting,
        ) from None
    return found


def _setting(provider: Provider, endpoint: str) -> str | None:
    return f"endpoints.{endpoint}" if provider.endpoints else None
