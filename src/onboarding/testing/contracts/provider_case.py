"""What a contract of providers is told: who it is, and what was recorded there."""

from collections.abc import Mapping
from typing import Any, ClassVar

from onboarding.providers.base import Provider
from onboarding.testing.identity_provider import OpenIDSwitches, RegisteredKey
from onboarding.testing.identity_provider.model import TokenEndpointAuth
from onboarding.testing.oauth2_provider import OAuth2Switches
from onboarding.testing.signing import SigningAlgorithm


class ProviderCase:
    """A provider, what it answered about somebody, and what it demands.

    Attributes:
        provider: The provider, built with any client id and secret.
        replies: What it answered about somebody with an address it verified, if it
            ever says so.
        subject: The stable id that these replies tell.
        subject_of: The values in the replies that it is made of, where it stands in
            none of them as it is: of a team and a person, for example.
        unverified: The same with an address that is *not* verified; None when never.
        switches: In what it differs from a strict provider, by its documentation and
            not by your description of it: ``OpenIDSwitches`` where it signs ID tokens,
            else ``OAuth2Switches``. None demands all that the standards do.
        client_auth: How it lets a client show who it is.
        client_key: What checks the signature of a client that signs.
        signed_with: What signs its ID tokens.
    """

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
