"""Google, which runs some mailboxes itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from onboarding.accounts.model import EmailTrust
from onboarding.providers import facts as known
from onboarding.providers.base import ClientAuth
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oidc import OpenIDConnect

MAILBOXES = ("@gmail.com", "@googlemail.com")


@dataclass(frozen=True, kw_only=True)
class Google(OpenIDConnect):
    """Sign in with Google: an ID token says it all, so no second call is made."""

    facts = ProviderFacts(
        register="https://console.cloud.google.com/apis/credentials",
        documentation="https://developers.google.com/identity/openid-connect/openid-connect",
        steps=(
            "Set up the consent screen: audience External, and published.",
            (
                "Make an OAuth client ID of the type Web application, and enter the "
                "redirect URI."
            ),
        ),
        quirks=(
            (
                "An ID token may name its issuer with or without `https://`; an "
                "identity is kept under one of them."
            ),
            (
                "The parameter `hd` is a hint only; to let in one organisation, "
                "compare the claim."
            ),
        ),
        address="Authoritative for Gmail and for the domains of Google Workspace, "
        "whose mailboxes Google runs. Any other was checked once, when the account "
        "was made, and is verified where `email_verified` says so.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH, known.AUTH_JS),
            *(known.FASTAPI_SSO, known.HTTPX_OAUTH, known.ARCTIC),
        ),
    )

    name: str = "google"
    title: str = "Google"
    issuer: str = "https://accounts.google.com"
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.AUTHORITATIVE
    userinfo: bool = False

    def accepted_issuers(self, claims: Mapping[str, object]) -> tuple[str, ...]:
        """Return what an ID token may name as its issuer: Google writes either."""
        del claims
        return (self.issuer, "accounts.google.com")

    def _trust(self, claims: Mapping[str, object]) -> EmailTrust:
        # Google runs the mailbox of a Gmail address, and of everybody in a hosted
        # domain (`hd`). Any other address it only checked once, at registration.
        # https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
        address, hosted = claims.get("email"), claims.get("hd")
        is_gmail = isinstance(address, str) and address.lower().endswith(MAILBOXES)
        is_hosted = isinstance(hosted, str) and bool(hosted.strip())
        known = (
            EmailTrust.AUTHORITATIVE if is_gmail or is_hosted else EmailTrust.VERIFIED
        )
        return min(known, self.email_trust)
