"""The authorization code flow: to a provider, and from its response to an identity.

RFC 6749 §4.1, with PKCE and OpenID Connect. It knows providers and their responses,
and nothing of accounts, cookies or intents.
"""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from onboarding.accounts.model import Identity
from onboarding.clock import Clock
from onboarding.errors import BadProviderReply, NotFound
from onboarding.providers.base import Provider
from onboarding.providers.claims import wanted
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies
from onboarding.social import rules
from onboarding.social.attempt import Attempt
from onboarding.social.blame import Asked
from onboarding.social.client import SocialClient, from_json
from onboarding.social.described import hiding
from onboarding.social.discovery import Discovery
from onboarding.social.fitting import ahead, misfits
from onboarding.social.granted import Vouched
from onboarding.social.guarding import guarding
from onboarding.social.id_token import IdTokens
from onboarding.social.outages import Outages
from onboarding.social.responses import read_code
from onboarding.social.vouched import vouched

if TYPE_CHECKING:
    from onboarding.social.token_responses import Tokens


SECRETS = frozenset({"access_token", "refresh_token", "id_token"})
"""What of a token response no mapping is handed."""


class CodeFlow:
    """Sends browsers to providers, and learns whom those vouch for.

    Args:
        client: The only HTTP.
        clock: The present instant.
        providers: By their name.
        url: The public address of our pages, without a slash at the end.
        claims: Which further claims about a person are wanted.
    """

    def __init__(
        self,
        client: SocialClient,
        clock: Clock,
        *,
        providers: Mapping[str, Provider],
        url: str,
        claims: Collection[str] = (),
    ):
        self._client = client
        self._clock = clock
        self._discovery = Discovery(client, clock)
        self._id_tokens = IdTokens(client, clock)
        self._providers = providers
        self._url = url
        self._claims = wanted(claims)

    def warm(self) -> None:
        """Load what the first sign-in needs; made to be called in a thread."""
        self._client.warm()
        self._id_tokens.warm()

    async def close(self) -> None:
        """Close the connections to providers; the next call opens new ones."""
        await self._client.close()

    def find(self, name: str) -> Provider:
        """Return a provider by its name.

        Raises:
            NotFound: When none has this name.
        """
        provider = self._providers.get(name)
        if provider is None:
            raise NotFound("no provider has this name")
        return provider

    @property
    def outages(self) -> Outages:
        """Which providers do not answer at the moment."""
        return self._client.outages

    def redirect_uri(self, provider: Provider) -> str:
        """Return where a provider sends browsers back; to be registered there."""
        return f"{self._url}/callback/{provider.name}"

    def form_origins(self) -> tuple[str, ...]:
        """Return where our sign-in buttons lead, for a content security policy."""
        return self._discovery.form_origins(self._providers.values())

    def together(self) -> AbstractContextManager[None]:
        """Give all calls inside one deadline; see ``SocialClient.together``."""
        return self._client.together()

    async def prepare(self, provider: Provider) -> None:
        """Discover a provider's endpoints and keys, as its first sign-in would.

        The keys too: they are needed after a code was exchanged, which works once, and
        a key endpoint that is down for a moment would cost it.

        Raises:
            ProviderError: When its discovery document or its keys cannot be had, or
                are wrong.
        """
        with self.together(), guarding(provider.name, "discovery"):
            endpoints = await self._discovery.find(provider)
            await self._id_tokens.prepare(provider, endpoints)

    def clock_ahead(self, provider: Provider) -> timedelta | None:
        """Return how far our clock is ahead of a provider's that has just answered."""
        return ahead(self._client.dates.get(provider.name, ""), self._clock())

    def misfits(self, provider: Provider) -> list[str]:
        """Return which settings of a provider do not fit what it says of itself.

        Of what is known by ``prepare``; nothing is asked for.
        """
        known = self._discovery.known(provider)
        return list(misfits(provider, known)) if known else []

    async def authorization_url(self, provider: Provider, attempt: Attempt) -> str:
        """Return where the browser goes for this attempt (RFC 6749 §4.1.1).

        Where a provider wants it, the request is pushed first, and the browser takes
        its name there (RFC 9126 §4).

        Raises:
            ProviderError: When the provider's endpoints cannot be discovered, or it
                refuses what is pushed.
        """
        from onboarding.social import messages

        with self.together(), guarding(provider.name, "the authorization request"):
            endpoints = await self._discovery.find(provider)
            params = messages.authorization_params(
                provider, attempt, self.redirect_uri(provider)
            )
            if endpoints.requires_pushed and endpoints.pushed is not None:
                request = messages.pushed_request(
                    provider, endpoints.pushed, params, self._clock()
                )
                named = await self._client.push(provider, endpoints.pushed, request)
                params = messages.renamed(
                    provider, {"client_id": provider.client_id, "request_uri": named}
                )
            return messages.authorization_url(provider, endpoints.authorization, params)

    async def fetch_identity(
        self,
        provider: Provider,
        response: rules.AuthorizationResponse,
        attempt: Attempt,
    ) -> Identity:
        """Return whom the provider vouches for, and forget what it granted.

        Raises:
            ProviderError: As ``fetch``.
        """
        return (await self.fetch(provider, response, attempt)).identity

    async def fetch(
        self,
        provider: Provider,
        response: rules.AuthorizationResponse,
        attempt: Attempt,
    ) -> Vouched:
        """Return whom the provider vouches for in its response to this attempt.

        Raises:
            SignInCancelled: When the person stopped there.
            ProviderError: When it failed, or something it says is wrong.
        """
        with (
            self._client.together(),
            guarding(provider.name, "the sign-in"),
            hiding(response.code, attempt.verifier, attempt.state, provider.secret),
        ):
            endpoints = await self._discovery.find(provider)
            code = read_code(provider, endpoints, response)
            replies: dict[str, object] = {"callback": response.others}
            access_token, tokens = "", None
            if code is not None:
                tokens = await self._exchange(
                    provider, endpoints, attempt, code, replies
                )
                access_token = str(tokens["access_token"])
                replies["token"] = _without_secrets(tokens)
                if provider.openid:
                    replies["id_token"] = await self._id_tokens.check(
                        provider,
                        endpoints,
                        tokens.get("id_token"),
                        attempt=attempt,
                        access_token=access_token,
                    )
            for read in provider.reads_at(endpoints):
                replies[read.name] = await self._read(
                    provider, endpoints, read, replies, access_token
                )
        return Vouched(identity=vouched(provider, replies, self._claims), tokens=tokens)

    async def read_posted(
        self, provider: Provider, id_token: str, nonce: str
    ) -> Identity:
        """Return whom an ID token vouches for that an app brings; nothing else is read.

        Raises:
            ProviderError: When it is not signed so, not for one of our apps, or holds
                another nonce; or there are no keys to check it.
        """
        with (
            self._client.together(),
            guarding(provider.name, "the sign-in"),
            hiding(id_token, nonce),
        ):
            endpoints = await self._discovery.find(provider)
            claims = await self._id_tokens.check_posted(
                provider, endpoints, id_token, nonce
            )
        return vouched(provider, {"id_token": claims}, self._claims)

    async def open_signal(self, provider: Provider, text: str) -> Mapping[str, object]:
        """Return what a signal says, once it is known who signed it, and for whom.

        Raises:
            ProviderError: When it was somebody else, or there are no keys to check it.
        """
        with guarding(provider.name, "the signal"):
            claims = provider.open_signal(text)
            if claims is not None:
                return claims
            if not provider.openid:
                raise BadProviderReply(provider.name, "the signal is not signed")
            endpoints = await self._discovery.find(provider)
            return await self._id_tokens.check_origin(
                provider, endpoints, text, what="signal"
            )

    async def _exchange(
        self,
        provider: Provider,
        endpoints: Endpoints,
        attempt: Attempt,
        code: str,
        replies: Replies,
    ) -> "Tokens":
        from onboarding.social import messages

        request = messages.token_request(
            provider,
            endpoints.token,
            attempt,
            redirect_uri=self.redirect_uri(provider),
            now=self._clock(),
            values={**replies, "code": code, "client_id": provider.client_id},
        )
        return await self._client.exchange(provider, endpoints.token, request)

    async def _read(
        self,
        provider: Provider,
        endpoints: Endpoints,
        read: Read,
        replies: Replies,
        access_token: str,
    ) -> object:
        values = {
            **replies,
            "access_token": access_token,
            "client_id": provider.client_id,
        }
        request = read.request(provider.name, values)
        request = provider.prepare(request.beneath(provider.headers), access_token)
        setting = f"reads: {read.name}" if read in provider.reads else None
        # The address as it is written: filled, it may hold a token.
        asked = Asked(provider.name, read.name, read.url, setting)
        body = await self._client.ask(asked, request, statuses=read.statuses)
        if body is None:
            return None
        if read.name == "userinfo" and getattr(provider, "signs_userinfo", False):
            return await self._id_tokens.check_userinfo(provider, endpoints, body)
        return from_json(asked, body, partial(provider.parse_reply, read.name))


def _without_secrets(tokens: "Tokens") -> dict[str, object]:
    return {name: told for name, told in tokens.items() if name not in SECRETS}
