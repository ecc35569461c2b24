"""Auth0: a tenant, by its domain."""

from dataclasses import dataclass

from onboarding.providers import facts as known
from onboarding.providers.base import ClientAuth
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.made import host_of, make
from onboarding.providers.oidc import OpenIDConnect


@dataclass(frozen=True, kw_only=True)
class Auth0(OpenIDConnect):
    """Sign in with a tenant of Auth0.

    Attributes:
        domain: The tenant's, ``shop.eu.auth0.com``, or a custom domain. It is a part
            of the issuer: with another one, everybody is a stranger.

    Raises:
        ConfigError: As ``OpenIDConnect``; and for a domain that is none.
    """

    facts = ProviderFacts(
        register="https://manage.auth0.com/",
        documentation="https://auth0.com/docs/get-started/authentication-and-authorization-flow/authorization-code-flow",
        steps=(
            "Make an application of the type Regular Web Application.",
            "Enter the redirect URI as an Allowed Callback URL.",
        ),
        quirks=(
            "The issuer ends with a slash.",
            (
                "A subject names the connection, too: `auth0|…`, `google-oauth2|…`. "
                "Somebody who comes by another one is somebody else, unless you link "
                "them there."
            ),
        ),
        address="Stated, until you say `email_trust=EmailTrust.VERIFIED`: a "
        "connection to somebody's directory may call any address verified, so say it "
        "only where every connection of the tenant checks.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.ARCTIC),
            "https://auth0.com/docs/secure/tokens/id-tokens/id-token-structure",
        ),
    )

    name: str = "auth0"
    title: str = "Auth0"
    issuer: str = ""
    client_auth: ClientAuth = "post"
    userinfo: bool = False
    domain: str

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        make(self, "issuer", f"https://{host_of(self, 'domain')}/")
        super().__post_init__()
