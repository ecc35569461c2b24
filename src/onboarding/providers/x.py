"""X, which gives confirmed addresses alone, and only to who asks by field."""

from dataclasses import dataclass

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oauth2 import OAuth2
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies


@dataclass(frozen=True, kw_only=True)
class X(OAuth2):
    """Sign in with X: the number of the account, and a confirmed address perhaps."""

    facts = ProviderFacts(
        register="https://developer.x.com/en/portal/dashboard",
        documentation="https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code",
        steps=(
            (
                "Make a project with an app, and set up user authentication: a Web "
                "App, which is a confidential client."
            ),
            (
                "Switch on “Request email from users”, for which X wants the addresses"
                " of your terms and your privacy policy. Without it, leave out the "
                'scope: `scopes=("users.read", "tweet.read")`.'
            ),
        ),
        quirks=(
            "`tweet.read` is needed beside `users.read`, though no tweet is read.",
            "What is not named in `user.fields` does not come.",
            "Every answer stands inside `data`.",
            "PKCE and state are compulsory.",
        ),
        address="Implied: `confirmed_email` is never given before it is confirmed, "
        "and nothing is said of the one at hand.",
        checked="2026-11-21",
        against=(*(known.ALLAUTH, known.BETTER_AUTH, known.AUTH_JS, known.ARCTIC),),
    )

    name: str = "x"
    title: str = "X"
    issuer: str = "https://x.com"
    scopes: tuple[str, ...] = ("users.read", "tweet.read", "users.email")
    endpoints: Endpoints = Endpoints(
        authorization="https://x.com/i/oauth2/authorize",
        token="https://api.x.com/2/oauth2/token",  # noqa: S106  # an address
    )
    reads: tuple[Read, ...] = (
        Read(
            "user",
            "https://api.x.com/2/users/me"
            "?user.fields=confirmed_email,name,profile_image_url,username",
        ),
    )
    email_trust: EmailTrust = EmailTrust.IMPLIED

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by their profile."""
        reply = read.members(self.name, replies, "user")
        user = read.members(self.name, reply, "data")
        address, trust = read.email(
            user.get("confirmed_email"),
            verified=None,
            trust=self.email_trust,
            implied=True,
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, user.get("id")),
            email=address,
            email_trust=trust,
            name=read.name(user.get("name"), user.get("username")),
            username=read.name(user.get("username")),
            picture=read.picture(user.get("profile_image_url")),
        )
