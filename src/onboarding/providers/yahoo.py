"""Yahoo."""

from dataclasses import dataclass

from onboarding.accounts.model import EmailTrust
from onboarding.providers import facts as known
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oidc import OpenIDConnect


@dataclass(frozen=True, kw_only=True)
class Yahoo(OpenIDConnect):
    """Sign in with Yahoo: OpenID Connect; name and address come from userinfo."""

    facts = ProviderFacts(
        register="https://developer.yahoo.com/apps/",
        documentation="https://developer.yahoo.com/sign-in-with-yahoo/",
        steps=(
            (
                "Make an app that is a confidential client, and tick the OpenID "
                "Connect permissions Email and Profile."
            ),
            "Yahoo takes https redirect URIs alone.",
        ),
        quirks=(
            "The secret goes in the header.",
            (
                "Signing in there may lead on to another host (login.yahoo.com), "
                "so people leave for it by a link."
            ),
        ),
        address="Verified, where `email_verified` says so.",
        checked="2026-11-21",
        against=(*(known.ALLAUTH, known.SOCIAL_CORE, known.ARCTIC),),
    )

    name: str = "yahoo"
    title: str = "Yahoo"
    issuer: str = "https://api.login.yahoo.com"
    leads_on: bool = True
    email_trust: EmailTrust = EmailTrust.VERIFIED
