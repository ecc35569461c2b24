"""Amazon."""

from dataclasses import dataclass

from onboarding.accounts.model import Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oauth2 import OAuth2
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies


@dataclass(frozen=True, kw_only=True)
class Amazon(OAuth2):
    """Login with Amazon: an id, a name and an address."""

    facts = ProviderFacts(
        register="https://developer.amazon.com/loginwithamazon/console/site/lwa/overview.html",
        documentation="https://developer.amazon.com/docs/login-with-amazon/documentation-overview.html",
        steps=(
            (
                "Make a security profile, and enter the redirect URI under Web "
                "Settings, “Allowed Return URLs”."
            ),
        ),
        quirks=(
            (
                "Somebody has one id for all apps of your company, and another one for "
                "those of others."
            ),
            "There is no picture.",
        ),
        address="Stated: Amazon says of no address whether it was confirmed.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE),
            "https://developer.amazon.com/docs/login-with-amazon/customer-profile.html",
        ),
    )

    name: str = "amazon"
    title: str = "Amazon"
    issuer: str = "https://www.amazon.com"
    scopes: tuple[str, ...] = ("profile",)
    endpoints: Endpoints = Endpoints(
        authorization="https://www.amazon.com/ap/oa",
        token="https://api.amazon.com/auth/o2/token",  # noqa: S106  # an address
    )
    reads: tuple[Read, ...] = (Read("user", "https://api.amazon.com/user/profile"),)
    client_auth: ClientAuth = "post"

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by their profile."""
        user = read.members(self.name, replies, "user")
        address, trust = read.email(
            user.get("email"), verified=None, trust=self.email_trust
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, user.get("user_id")),
            email=address,
            email_trust=trust,
            name=read.name(user.get("name")),
        )
