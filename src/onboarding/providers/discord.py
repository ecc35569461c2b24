"""Discord."""

import re
from collections.abc import Mapping
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

AVATAR = re.compile(r"(a_)?[0-9a-f]{1,64}\Z")
"""The hash that is an avatar's name; one that begins with ``a_`` moves."""


@dataclass(frozen=True, kw_only=True)
class Discord(OAuth2):
    """Sign in with Discord: the number of the account, and its address if any."""

    facts = ProviderFacts(
        register="https://discord.com/developers/applications",
        documentation="https://discord.com/developers/docs/topics/oauth2",
        steps=("Enter the redirect URI under OAuth2, “Redirects”.",),
        quirks=(
            "An account may have a phone number and no address at all.",
            "A picture is a hash; its address is made of it.",
            "`username` may change hands; the number never does.",
        ),
        address="Verified, where `verified` says so.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH, known.AUTH_JS),
            *(known.FASTAPI_SSO, known.HTTPX_OAUTH, known.ARCTIC),
        ),
    )

    name: str = "discord"
    title: str = "Discord"
    issuer: str = "https://discord.com"
    scopes: tuple[str, ...] = ("identify", "email")
    endpoints: Endpoints = Endpoints(
        authorization="https://discord.com/oauth2/authorize",
        token="https://discord.com/api/oauth2/token",  # noqa: S106  # an address
    )
    reads: tuple[Read, ...] = (Read("user", "https://discord.com/api/users/@me"),)
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.VERIFIED

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by their account."""
        user = read.members(self.name, replies, "user")
        subject = read.subject(self.name, user.get("id"))
        address, trust = read.email(
            user.get("email"), verified=user.get("verified"), trust=self.email_trust
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=subject,
            email=address,
            email_trust=trust,
            name=read.name(user.get("global_name"), user.get("username")),
            username=read.name(user.get("username")),
            picture=_avatar_of(subject, user),
            locale=read.locale(user.get("locale")),
        )


def _avatar_of(subject: str, user: Mapping[str, object]) -> str | None:
    named = user.get("avatar")
    match = AVATAR.match(named) if isinstance(named, str) else None
    if match is None:
        return None
    kind = "gif" if match[1] else "png"
    return read.picture(
        f"https://cdn.discordapp.com/avatars/{subject}/{match[0]}.{kind}"
    )
