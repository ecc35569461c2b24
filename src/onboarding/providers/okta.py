"""Okta: an organisation, by its domain."""

from dataclasses import dataclass

from onboarding.providers import facts as known
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.made import host_of, make, word_of
from onboarding.providers.oidc import OpenIDConnect


@dataclass(frozen=True, kw_only=True)
class Okta(OpenIDConnect):
    """Sign in with an organisation at Okta, at its own server or a custom one.

    Attributes:
        domain: The organisation's, ``shop.okta.com``, or a custom domain.
        server: Which custom authorization server, ``default`` for example; empty for
            the organisation's own. Each is an issuer, with people of its own.

    Raises:
        ConfigError: As ``OpenIDConnect``; and for a domain or a server that is none.
    """

    facts = ProviderFacts(
        register="https://login.okta.com/",
        documentation="https://developer.okta.com/docs/concepts/auth-servers/",
        steps=(
            "In the Admin Console, make an app integration: OIDC, Web Application.",
            "Enter the redirect URI as a Sign-in redirect URI, and assign people.",
        ),
        quirks=(
            (
                "The organisation's own server and each custom one are different "
                "issuers: decide once."
            ),
            "`preferred_username` may change hands; the subject is the user's id.",
            (
                "An ID token that comes with an access token tells little, so userinfo"
                " is asked."
            ),
        ),
        address="Stated, until you say `email_trust=EmailTrust.VERIFIED`: whoever "
        "runs the organisation writes addresses into it, so say it of your own alone.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH, known.AUTH_JS),
        ),
    )

    name: str = "okta"
    title: str = "Okta"
    issuer: str = ""
    domain: str
    server: str = ""

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        server = word_of(self, "server", r"[A-Za-z0-9_-]*", "default")
        path = f"/oauth2/{server}" if server else ""
        make(self, "issuer", f"https://{host_of(self, 'domain')}{path}")
        super().__post_init__()
