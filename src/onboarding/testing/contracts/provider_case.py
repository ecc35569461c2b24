"""What a contract of providers is told: who it is, and what was recorded there."""

from collections.abc import Mapping
from typing import Any, ClassVar

from onboarding.providers.base import Provider
from onboarding.testing.identity_provider import OpenIDSwitches, RegisteredKey
from onboarding.testing.identity_provider.model import TokenEndpointAuth
from onboarding.testing.oauth2_provider import OAuth2Switches
from onboarding.testing.signing import SigningAlgorithm


class ProviderCase:
    """What ``ProviderContract`` is told; each attribute is described there."""

    provider: ClassVar[Provider]
    replies: ClassVar[Mapping[str, Any]]
    subject: ClassVar[str]
    subject_of: ClassVar[tuple[str, ...]] = ()
    unverified: ClassVar[Mapping[str, Any] | None] = None
    switches: ClassVar[OAuth2Switches | OpenIDSwitches | None] = None
    client_auth: ClassVar[TokenEndpointAuth] = "client_secret_basic"
    client_key: ClassVar[RegisteredKey | None] = None
    signed_with: ClassVar[SigningAlgorithm] = "RS256"

    def spelled(self, name: str, body: bytes) -> bytes:
        """Return how the provider writes the reply of a read, made of its JSON.

        Only for one that answers in something else, and so has a ``parse_reply``.
        """
        del name
        return body
