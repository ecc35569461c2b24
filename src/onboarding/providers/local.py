"""An identity provider on this very machine, for demos and development."""

from dataclasses import dataclass

from onboarding.accounts.model import EmailTrust
from onboarding.providers.oidc import OpenIDConnect
from onboarding.urls import is_loopback_url


@dataclass(frozen=True, kw_only=True)
class Local(OpenIDConnect):
    """An OpenID provider at a plain http address of this machine, fully believed.

    Raises:
        ConfigError: When the issuer is elsewhere: what it says about addresses is
            believed, because whoever runs it runs this machine.
    """

    name: str = "local"
    title: str = "Local ID"
    email_trust: EmailTrust = EmailTrust.VERIFIED

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        super().__post_init__()
        if not is_loopback_url(self.issuer):
            raise self._wrong(
                f"issuer={self.issuer!r} is not on this machine (http on localhost, "
                "127.0.0.1 or [::1]): use OpenIDConnect for a real provider"
            )
