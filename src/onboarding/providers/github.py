"""GitHub, whose addresses are read from a list of their own."""

from dataclasses import dataclass

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oauth2 import OAuth2
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies

ENDPOINTS = Endpoints(
    authorization="https://github.com/login/oauth/authorize",
    token="https://github.com/login/oauth/access_token",  # noqa: S106  # an address
)


@dataclass(frozen=True, kw_only=True)
class GitHub(OAuth2):
    """Sign in with GitHub: the number of the account, and its primary address.

    ``login`` and the public address may change hands; neither decides anything.
    """

    facts = ProviderFacts(
        register="https://github.com/settings/developers",
        documentation="https://docs.github.com/apps/oauth-apps/building-oauth-apps",
        steps=(
            (
                "Make an OAuth App, and enter the redirect URI as its callback URL. A "
                "GitHub App does as well; give it the account permission Email "
                "addresses, read-only."
            ),
        ),
        quirks=(
            "Refusals of the token endpoint come with HTTP 200.",
            "Since April 2026 the answer carries `iss` (RFC 9207), which is compared.",
            (
                "A GitHub App without the permission gets a 403 for the addresses, or "
                "a 404; then the public one is taken, which proves nothing."
            ),
        ),
        address="Verified for the primary address, where `verified` says so; the "
        "public address of the profile is stated.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.FASTAPI_SSO, known.HTTPX_OAUTH),
        ),
    )

    name: str = "github"
    title: str = "GitHub"
    issuer: str = "https://github.com/login/oauth"
    scopes: tuple[str, ...] = ("read:user", "user:email")
    endpoints: Endpoints = ENDPOINTS
    reads: tuple[Read, ...] = (
        Read("user", "https://api.github.com/user"),
        # A GitHub App without the e-mail permission gets a 403 here, or a 404.
        Read("emails", "https://api.github.com/user/emails", statuses=(403, 404)),
    )
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.VERIFIED

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by their profile and their list of addresses."""
        user = read.members(self.name, replies, "user")
        addresses = read.rows(replies, "emails")
        primary = next((a for a in addresses if a.get("primary") is True), None)
        # The address of the profile is there to be shown; nobody says it is theirs.
        source = primary or {"email": user.get("email"), "verified": None}
        address, trust = read.email(
            source.get("email"),
            verified=source.get("verified"),
            trust=self.email_trust,
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.counted_subject(self.name, user.get("id")),
            email=address,
            email_trust=trust,
            name=read.name(user.get("name"), user.get("login")),
            username=read.name(user.get("login")),
            picture=read.picture(user.get("avatar_url")),
        )
