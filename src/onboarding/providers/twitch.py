"""Twitch, which tells of a person what is asked for claim by claim."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.providers import facts as known
from onboarding.providers.base import ClientAuth
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oidc import OpenIDConnect
from onboarding.providers.replies import Replies

ASKED_CLAIMS = (
    '{"id_token":{"email":null,"email_verified":null,"picture":null,'
    '"preferred_username":null}}'
)
"""The claims parameter (OpenID Connect Core §5.5)."""


@dataclass(frozen=True, kw_only=True)
class Twitch(OpenIDConnect):
    """Sign in with Twitch: an ID token says it all, if it is asked to."""

    facts = ProviderFacts(
        register="https://dev.twitch.tv/console/apps",
        documentation="https://dev.twitch.tv/docs/authentication/getting-tokens-oidc/",
        steps=("Make an application of the type Confidential.",),
        quirks=(
            (
                "An address comes only where the parameter `claims` asks for it; the "
                "scope `user:read:email` is needed beside it."
            ),
            "A token response has its scopes as a list, not as one text.",
            "Errors hold `message` and no `error`.",
            "People go by `preferred_username`; there is no other name.",
            (
                "Signing in there may lead on to another host (www.twitch.tv), "
                "so people leave for it by a link."
            ),
        ),
        address="Verified, where `email_verified` says so.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.ARCTIC),
            "https://dev.twitch.tv/docs/authentication/getting-tokens-oidc/",
        ),
    )

    name: str = "twitch"
    title: str = "Twitch"
    issuer: str = "https://id.twitch.tv/oauth2"
    leads_on: bool = True
    scopes: tuple[str, ...] = ("openid", "user:read:email")
    params: Mapping[str, str] = field(
        default_factory=lambda: {"claims": ASKED_CLAIMS}, hash=False
    )
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.VERIFIED
    userinfo: bool = False

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by the ID token."""
        identity = super().identity(replies)
        return replace(identity, name=identity.username)
