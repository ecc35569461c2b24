"""Providers of plain OAuth 2: they tell who somebody is in an API of their own."""

from dataclasses import dataclass

from onboarding.providers.base import Provider


@dataclass(frozen=True, kw_only=True)
class OAuth2(Provider):
    """A provider that is asked over its API; subclass it and map the replies.

    An access token alone says nothing about whom it was made for, so the subject
    comes from a read with the token that our own code was exchanged for, or from what
    stood beside that token.

    Raises:
        ConfigError: As ``Provider``; and without endpoints.
    """

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        super().__post_init__()
        if self.endpoints is None:
            raise self._wrong(
                "endpoints are missing: write "
                "endpoints=Endpoints(authorization=…, token=…)"
            )
