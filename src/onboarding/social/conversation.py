"""What is said between us and a provider, from the first address to the identity.

It knows providers and their replies, and nothing of accounts, cookies or intents.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from onboarding.accounts.model import Identity
from onboarding.clock import Clock
from onboarding.errors import BadProviderReply, ProviderDenied, SignInCancelled
from onboarding.providers.base import Endpoints, Provider
from onboarding.social import rules
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.discovery import Discovery
from onboarding.social.id_token import IdTokens


class Conversation:
    """Sends people to providers, and hears whom those vouch for.

    Args:
        client: The only HTTP.
        clock: The present instant.
    """

    def __init__(self, client: SocialClient, clock: Clock):
        self._client = client
        self._discovery = Discovery(client, clock)
        self._id_tokens = IdTokens(client, clock)

    def warm(self) -> None:
        """Load what the first sign-in needs; made to be called in a thread."""
        self._client.warm()
        self._id_tokens.warm()

    async def close(self) -> None:
        """Give the connections back; the next call opens new ones."""
        await self._client.close()

    def origin(self, provider: Provider) -> str:
        """Return where the browser is sent: scheme and host, as far as is known.

        That is the authorization endpoint's, or the issuer's until it is discovered.
        """
        known = self._discovery.known(provider)
        parts = urlsplit(known.authorization if known else provider.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    async def prepare(self, provider: Provider) -> None:
        """Learn where a provider answers.

        Raises:
            ProviderError: When that cannot be had.
        """
        await self._discovery.find(provider)

    async def address(
        self, provider: Provider, attempt: Attempt, redirect_uri: str
    ) -> str:
        """Return where the browser goes for this attempt.

        Raises:
            ProviderError: When it cannot be had.
        """
        endpoints = await self._discovery.find(provider)
        return self._client.authorization_url(
            provider, endpoints, attempt, redirect_uri
        )

    async def hear(
        self,
        provider: Provider,
        answer: rules.Answer,
        attempt: Attempt,
        redirect_uri: str,
    ) -> Identity:
        """Return whom the provider vouches for, by its answer to this attempt.

        Raises:
            SignInCancelled: When the person stopped there.
            ProviderError: When it failed, or something it says is wrong.
        """
        endpoints = await self._discovery.find(provider)
        code = read_code(provider, endpoints, answer)
        tokens = await self._client.exchange(
            provider, endpoints, code, attempt, redirect_uri
        )
        replies = await self._ask(provider, endpoints, tokens, attempt)
        identity = provider.identity(replies)
        if (identity.provider, identity.issuer) != (provider.name, provider.issuer):
            raise BadProviderReply(provider.name, "the mapping names somebody else")
        return identity

    async def _ask(
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
            )
        return replies


def read_code(provider: Provider, endpoints: Endpoints, answer: rules.Answer) -> str:
    """Return the code of an answer that comes from the provider we asked.

    With several providers, one of them could send us another one's code, and read
    what we do with it (RFC 9207 §2.4, RFC 9700 §4.4).

    Raises:
        SignInCancelled: When the person stopped there.
        ProviderDenied: When it answers with another error.
        BadProviderReply: When it names another issuer, or none though it promises
            to, or brings no code.
    """
    if answer.iss is not None and answer.iss != provider.issuer:
        raise BadProviderReply(provider.name, "the answer names another issuer")
    if answer.error == "access_denied":
        raise SignInCancelled(provider.name)
    if answer.error is not None:
        raise ProviderDenied(provider.name, rules.error_code(answer.error))
    if answer.iss is None and endpoints.promises_iss:
        raise BadProviderReply(provider.name, "the answer names no issuer")
    if answer.code is None:
        raise BadProviderReply(provider.name, "the answer holds no code")
    return answer.code
