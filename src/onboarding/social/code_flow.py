"""The authorization code flow: to a provider, and from its response to an identity.

RFC 6749 §4.1, with PKCE and OpenID Connect. It knows providers and their responses,
and nothing of accounts, cookies or intents.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from onboarding.accounts.model import Identity
from onboarding.clock import Clock
from onboarding.errors import (
    BadProviderReply,
    NotFound,
    ProviderDenied,
    SignInCancelled,
)
from onboarding.providers.base import Endpoints, Provider
from onboarding.social import blame, rules
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.discovery import Discovery
from onboarding.social.id_token import IdTokens


class CodeFlow:
    """Sends browsers to providers, and learns whom those vouch for.

    Args:
        client: The only HTTP.
        clock: The present instant.
        providers: By their name.
        url: The public address of our pages, without a slash at the end.
    """

    def __init__(
        self,
        client: SocialClient,
        clock: Clock,
        *,
        providers: Mapping[str, Provider],
        url: str,
    ):
        self._client = client
        self._discovery = Discovery(client, clock)
        self._id_tokens = IdTokens(client, clock)
        self._providers = providers
        self._url = url

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

    def redirect_uri(self, provider: Provider) -> str:
        """Return where a provider sends browsers back; to be registered there."""
        return f"{self._url}/callback/{provider.name}"

    def form_origins(self) -> tuple[str, ...]:
        """Return where our sign-in buttons lead, for a page's content security policy.

        Browsers apply ``form-action`` to the redirect after a POST, so the list holds
        the origin of every provider's authorization endpoint; of its issuer, until
        the endpoint is discovered.
        """
        found = (self._origin(provider) for provider in self._providers.values())
        return tuple(dict.fromkeys(found))

    def _origin(self, provider: Provider) -> str:
        known = self._discovery.known(provider)
        parts = urlsplit(known.authorization if known else provider.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    async def prepare(self, provider: Provider) -> None:
        """Discover a provider's endpoints, as its first sign-in would.

        Raises:
            ProviderError: When its discovery document cannot be had, or is wrong.
        """
        await self._discovery.find(provider)

    async def authorization_url(self, provider: Provider, attempt: Attempt) -> str:
        """Return where the browser goes for this attempt (RFC 6749 §4.1.1).

        Raises:
            ProviderError: When the provider's endpoints cannot be discovered.
        """
        endpoints = await self._discovery.find(provider)
        return self._client.authorization_url(
            provider, endpoints, attempt, self.redirect_uri(provider)
        )

    async def fetch_identity(
        self,
        provider: Provider,
        response: rules.AuthorizationResponse,
        attempt: Attempt,
    ) -> Identity:
        """Return whom the provider vouches for in its response to this attempt.

        Raises:
            SignInCancelled: When the person stopped there.
            ProviderError: When it failed, or something it says is wrong.
        """
        with self._client.together():
            endpoints = await self._discovery.find(provider)
            code = read_code(provider, endpoints, response)
            tokens = await self._client.exchange(
                provider, endpoints, code, attempt, self.redirect_uri(provider)
            )
            replies = await self._read(provider, endpoints, tokens, attempt)
        identity = provider.identity(replies)
        if (identity.provider, identity.issuer) != (provider.name, provider.issuer):
            raise BadProviderReply(provider.name, "the mapping names somebody else")
        return identity

    async def _read(
        self,
        provider: Provider,
        endpoints: Endpoints,
        tokens: Mapping[str, object],
        attempt: Attempt,
    ) -> Mapping[str, object]:
        access_token = str(tokens["access_token"])
        replies: dict[str, object] = {}
        if provider.openid:
            replies["id_token"] = await self._id_tokens.check(
                provider,
                endpoints,
                tokens.get("id_token"),
                nonce=attempt.nonce,
                access_token=access_token,
            )
        for read in provider.reads_at(endpoints):
            replies[read.name] = await self._client.read(
                provider.name,
                read.url,
                token=access_token,
                may_be_missing=read.optional,
                what=read.name,
                setting=f"reads: {read.name}" if read in provider.reads else None,
            )
        return replies


def read_code(
    provider: Provider, endpoints: Endpoints, response: rules.AuthorizationResponse
) -> str:
    """Return the code of an authorization response from the provider we asked.

    With several providers, one of them could send us another one's code, and read
    what we do with it (RFC 9207 §2.4, RFC 9700 §4.4).

    Raises:
        SignInCancelled: When the person stopped there.
        ProviderDenied: When the response is another error.
        BadProviderReply: When it names another issuer, or none though it promises
            to, or brings no code.
    """
    if response.iss is not None and response.iss != provider.issuer:
        raise BadProviderReply(
            provider.name,
            "the authorization response names another issuer",
            endpoint="authorization",
        )
    if response.error == "access_denied":
        raise SignInCancelled(provider.name)
    if response.error is not None:
        code = rules.error_code(response.error)
        raise ProviderDenied(
            provider.name,
            code,
            endpoint="authorization",
            setting=blame.of_code(code),
        )
    if response.iss is None and endpoints.promises_iss:
        raise BadProviderReply(
            provider.name,
            "the authorization response names no issuer",
            endpoint="authorization",
        )
    if response.code is None:
        raise BadProviderReply(
            provider.name,
            "the authorization response holds no code",
            endpoint="authorization",
        )
    return response.code
