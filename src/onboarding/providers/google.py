"""Google. Register at https://console.cloud.google.com/apis/credentials."""

from collections.abc import Mapping
from dataclasses import dataclass

from onboarding.accounts.model import EmailTrust
from onboarding.providers.base import ClientAuth
from onboarding.providers.oidc import OpenIDConnect

MAILBOXES = ("@gmail.com", "@googlemail.com")


@dataclass(frozen=True, kw_only=True)
class Google(OpenIDConnect):
    """Sign in with Google: an ID token says it all, so no second call is made.

    Facts: https://developers.google.com/identity/openid-connect/openid-connect
    """

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
