"""The endpoints of an OpenID provider, from its discovery document."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from onboarding.clock import Clock
from onboarding.errors import BadProviderReply
from onboarding.providers.base import Provider
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.oidc import OpenIDConnect
from onboarding.social.client import SocialClient
from onboarding.social.remembered import Remembered
from onboarding.urls import Reach, url_problem

MOST_WORDS = 64
"""Things of one sort that a document may list; the longest known has twenty."""


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

    def form_origins(self, providers: Iterable[Provider]) -> tuple[str, ...]:
        """Return where the buttons of providers lead, each once.

        Browsers apply ``form-action`` to the redirect after a POST, so it is the origin
        of each authorization endpoint; of the issuer, until that is discovered.
        """
        found = []
        for provider in providers:
            known = self.known(provider)
            parts = urlsplit(known.authorization if known else provider.issuer)
            found.append(f"{parts.scheme}://{parts.netloc}")
        return tuple(dict.fromkeys(found))

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
    if not provider.is_discovered_issuer(issuer):
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
        userinfo=_optional(provider, document, "userinfo_endpoint"),
        promises_iss=document.get("authorization_response_iss_parameter_supported")
        is True,
        pushed=_optional(provider, document, "pushed_authorization_request_endpoint"),
        requires_pushed=document.get("require_pushed_authorization_requests") is True,
        revocation=_optional(provider, document, "revocation_endpoint"),
        end_session=_optional(provider, document, "end_session_endpoint"),
        algorithms=_words(document, "id_token_signing_alg_values_supported"),
        client_auths=_words(document, "token_endpoint_auth_methods_supported"),
        code_challenges=_words(document, "code_challenge_methods_supported"),
    )


def _optional(provider: Provider, document: dict[str, object], name: str) -> str | None:
    if document.get(name) in (None, ""):
        return None
    return _address(provider, document, name)


def _words(document: dict[str, object], name: str) -> tuple[str, ...]:
    """Return what a provider says that it can; nothing where it does not say."""
    told = document.get(name)
    words = told[:MOST_WORDS] if isinstance(told, list) else []
    return tuple(word for word in words if isinstance(word, str))


def _address(provider: Provider, document: dict[str, object], name: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or url_problem(url) is not None:
        raise _unusable(provider, name)
    # A provider out there must not send our calls to services in here (SSRF).
    if Reach.of(url) > Reach.of(provider.issuer):
        problem = f"discovery leads inside by its {name}: if it may, write endpoints="
        raise BadProviderReply(provider.name, problem, endpoint="discovery")
    return url


def _unusable(provider: Provider, name: str) -> BadProviderReply:
    problem = f"discovery has no usable {name}"
    return BadProviderReply(provider.name, problem, endpoint="discovery")
