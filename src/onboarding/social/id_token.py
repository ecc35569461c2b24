"""ID tokens: whose signature they bear, and what they then say.

The signature is checked always, also of tokens that come straight from the token
endpoint: TLS proves which host responded, the signature which issuer signed.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from onboarding.clock import Clock
from onboarding.errors import BadIdToken, BadProviderReply, ProviderError
from onboarding.providers.base import Provider
from onboarding.providers.checking import SYMMETRIC
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.oidc import native_clients
from onboarding.social import blame, rules
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.keys import read_keys
from onboarding.social.remembered import Remembered
from onboarding.social.signatures import (
    WHERE_SIGNED,
    allowed_algorithms,
    check_listed,
    decode,
    read_algorithm,
    secret_key,
)

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

LONGEST_ID_TOKEN = 16 * 1024
"""Characters of an ID token; real ones have one or two thousand."""


class IdTokens:
    """Checks ID tokens, and remembers the keys of providers.

    Args:
        client: Asks for the keys.
        clock: The present instant, which decides what has expired.
    """

    def __init__(self, client: SocialClient, clock: Clock):
        self._client = client
        self._clock = clock
        self._keys: dict[str, Remembered[KeySet]] = {}

    def warm(self) -> None:
        """Load what checks signatures; made to be called in a thread."""
        import joserfc.jws  # noqa: F401  # for the sake of loading it

    async def prepare(self, provider: Provider, endpoints: Endpoints) -> None:
        """Fetch a provider's keys, where it signs and they are not at hand.

        Raises:
            ProviderUnreachable: When they cannot be had.
            BadProviderReply: When it publishes none that may sign.
        """
        allowed = set(allowed_algorithms(provider, endpoints))
        if provider.openid and not allowed <= {*SYMMETRIC}:
            await self._remembered(provider, endpoints).get()

    async def check(
        self,
        provider: Provider,
        endpoints: Endpoints,
        token: object,
        *,
        attempt: Attempt,
        access_token: str,
    ) -> Mapping[str, object]:
        """Return the claims of a token that is signed, fresh, and made for us.

        Args:
            provider: Who should have signed it.
            endpoints: Those of the provider; its keys are read there.
            token: What stood where the ID token should be.
            attempt: Whose nonce it must hold, and how old a sign-in may be.
            access_token: What came beside it.

        Raises:
            BadIdToken: When a check of OpenID Connect Core §3.1.3.7 fails.
            ProviderUnreachable: When there are no keys to check with.
        """
        header, claims = await self._signed(provider, endpoints, token)
        expected = rules.Expected(
            issuers=provider.accepted_issuers(claims),
            audience=provider.client_id,
            nonce=attempt.nonce,
            access_token=access_token,
            now=self._clock(),
            needs_nonce=provider.echoes_nonce,
            max_age=attempt.max_age,
        )
        return _held(provider, header, claims, expected)

    async def check_posted(
        self, provider: Provider, endpoints: Endpoints, token: object, nonce: str
    ) -> Mapping[str, object]:
        """Return the claims of a token that an app brings, made for one of our apps.

        Args:
            provider: Who should have signed it.
            endpoints: Those of the provider; its keys are read there.
            token: As the app posted it.
            nonce: What it must hold.

        Raises:
            BadIdToken: As ``check``; and where it was made for our site, or for an app
                that ``native`` does not name.
            ProviderUnreachable: When there are no keys to check with.
        """
        header, claims = await self._signed(provider, endpoints, token)
        audience, *also = native_clients(provider)
        expected = rules.Expected(
            issuers=provider.accepted_issuers(claims),
            audience=audience,
            also=tuple(also),
            nonce=nonce,
            access_token=None,
            now=self._clock(),
        )
        return _held(provider, header, claims, expected)

    async def _signed(
        self, provider: Provider, endpoints: Endpoints, token: object
    ) -> tuple[Mapping[str, object], Mapping[str, object]]:
        if not isinstance(token, str) or not 0 < len(token) <= LONGEST_ID_TOKEN:
            raise BadIdToken(
                provider.name, "is missing or far too long", endpoint=WHERE_SIGNED
            )
        return await self._verify(provider, endpoints, token)

    async def check_userinfo(
        self, provider: Provider, endpoints: Endpoints, body: bytes
    ) -> Mapping[str, object]:
        """Return what signed userinfo says, when it is signed and for us.

        Args:
            provider: Who should have signed it.
            endpoints: Those of the provider; its keys are read there.
            body: As it came.

        Raises:
            BadIdToken: When it is not signed so, or names another issuer or client
                (OpenID Connect Core §5.3.2).
            ProviderUnreachable: When there are no keys to check with.
        """
        text = body.decode("ascii", errors="replace").strip()
        return await self.check_origin(provider, endpoints, text, what="userinfo")

    async def check_origin(
        self, provider: Provider, endpoints: Endpoints, text: str, *, what: str
    ) -> Mapping[str, object]:
        """Return the claims of any JWT that a provider signed, and made for us.

        Args:
            provider: Who should have signed it.
            endpoints: Those of the provider; its keys are read there.
            text: The JWT.
            what: What it is, for the log.

        Raises:
            BadIdToken: When it is not signed so, or names another issuer or client.
            ProviderUnreachable: When there are no keys to check with.
        """
        if not 0 < len(text) <= LONGEST_ID_TOKEN:
            raise BadIdToken(provider.name, "is missing or far too long", endpoint=what)
        _, claims = await self._verify(provider, endpoints, text)
        issuers = provider.accepted_issuers(claims)
        problem = rules.origin_problem(claims, issuers, provider.client_id)
        if problem is not None:
            raise BadIdToken(provider.name, problem, endpoint=what)
        return claims

    async def _verify(
        self, provider: Provider, endpoints: Endpoints, token: str
    ) -> tuple[Mapping[str, object], Mapping[str, object]]:
        from joserfc.errors import InvalidKeyIdError

        allowed = allowed_algorithms(provider, endpoints)
        try:
            alg = read_algorithm(token)
            check_listed(provider, alg, allowed)
            if alg in SYMMETRIC:
                return decode(token, secret_key(provider), allowed)
            keys = self._remembered(provider, endpoints)
            try:
                return decode(token, await keys.get(), allowed)
            except InvalidKeyIdError:
                # Keys are replaced from time to time (Core §10.1.1): look once more.
                return decode(token, await keys.renew(), allowed)
        except ProviderError:
            raise
        except Exception as error:  # whatever a library makes of a forged token
            problem = "the signature proves nothing"
            raise BadIdToken(provider.name, problem, endpoint=WHERE_SIGNED) from error

    def _remembered(
        self, provider: Provider, endpoints: Endpoints
    ) -> "Remembered[KeySet]":
        url = endpoints.jwks
        if url is None:
            raise BadProviderReply(provider.name, "publishes no keys")
        return self._keys.setdefault(
            url, Remembered(lambda: self._fetch(provider, url), self._clock)
        )

    async def _fetch(self, provider: Provider, url: str) -> "KeySet":
        setting = "endpoints.jwks" if provider.endpoints else None
        document = await self._client.read(
            provider.name, url, what="keys", setting=setting
        )
        return read_keys(provider.name, document)


def _held(
    provider: Provider,
    header: Mapping[str, object],
    claims: Mapping[str, object],
    expected: rules.Expected,
) -> Mapping[str, object]:
    """Return claims that say what is expected."""
    problem = rules.claim_problem(claims, str(header.get("alg")), expected)
    if problem is None:
        return claims
    raise BadIdToken(
        provider.name,
        problem,
        endpoint=WHERE_SIGNED,
        setting=blame.of_claims(problem),
        status=blame.status_of_claims(problem),
    )
