"""The endpoints of an OpenID provider, from its discovery document."""

from onboarding.clock import Clock
from onboarding.errors import BadProviderReply
from onboarding.providers.base import Endpoints, Provider
from onboarding.providers.oidc import OpenIDConnect
from onboarding.social.client import SocialClient
from onboarding.social.remembered import Remembered
from onboarding.urls import is_loopback_url, url_problem


class Discovery:
    """Finds the endpoints of providers, and remembers them.

    Args:
        client: Asks for the document.
        clock: The present instant.
    """

    def __init__(self, client: SocialClient, clock: Clock):
        self._client = client
        self._clock = clock
        self._known: dict[tuple[str, str], Remembered[Endpoints]] = {}

    async def find(self, provider: Provider) -> Endpoints:
        """Return the endpoints of a provider.

        Raises:
            ProviderUnreachable: When it is down, and its document was never read.
            BadProviderReply: When its document is not its own, or unsafe to follow.
        """
        if provider.endpoints is not None:
            return provider.endpoints
        return await self._remembered(provider).get()

    def known(self, provider: Provider) -> Endpoints | None:
        """Return the endpoints that are known already; sends no request."""
        if provider.endpoints is not None:
            return provider.endpoints
        return self._remembered(provider).last

    def _remembered(self, provider: Provider) -> Remembered[Endpoints]:
        return self._known.setdefault(
            (provider.name, provider.issuer),
            Remembered(lambda: self._fetch(provider), self._clock),
        )

    async def _fetch(self, provider: Provider) -> Endpoints:
        if not isinstance(provider, OpenIDConnect):
            raise BadProviderReply(provider.name, "has no endpoints and no discovery")
        document = await self._client.read(
            provider.name, provider.discovery, what="discovery", setting="issuer"
        )
        if not isinstance(document, dict):
            raise BadProviderReply(
                provider.name, "discovery is no JSON object", setting="issuer"
            )
        return read_document(provider, document)


def read_document(provider: Provider, document: dict[str, object]) -> Endpoints:
    """Return the endpoints that a discovery document names.

    Raises:
        BadProviderReply: When it speaks for another issuer (OpenID Connect Discovery
            §4.3), or an address in it must not be used.
    """
    issuer = document.get("issuer")
    if issuer != provider.issuer:
        told = issuer if isinstance(issuer, str) and not url_problem(issuer) else "none"
        raise BadProviderReply(
            provider.name,
            "discovery names another issuer than the one configured, "
            f"{provider.issuer}: {told[:200]}",
            endpoint="discovery",
            setting="issuer",
        )
    return Endpoints(
        authorization=_address(provider, document, "authorization_endpoint"),
        token=_address(provider, document, "token_endpoint"),
        jwks=_address(provider, document, "jwks_uri"),
        userinfo=(
            _address(provider, document, "userinfo_endpoint")
            if document.get("userinfo_endpoint") not in (None, "")
            else None
        ),
        promises_iss=document.get("authorization_response_iss_parameter_supported")
        is True,
    )


def _address(provider: Provider, document: dict[str, object], name: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or url_problem(url) is not None:
        raise _unusable(provider, name)
    # A provider out there must not send our calls to services of this machine.
    if is_loopback_url(url) and not is_loopback_url(provider.issuer):
        raise _unusable(provider, name)
    return url


def _unusable(provider: Provider, name: str) -> BadProviderReply:
    problem = f"discovery has no usable {name}"
    return BadProviderReply(provider.name, problem, endpoint="discovery")
