"""Naver."""

from dataclasses import dataclass

from onboarding.accounts.model import Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oauth2 import OAuth2
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies


@dataclass(frozen=True, kw_only=True)
class Naver(OAuth2):
    """Sign in with Naver: an id that is of this app alone, and a contact address."""

    facts = ProviderFacts(
        register="https://developers.naver.com/apps",
        documentation="https://developers.naver.com/docs/login/api/api.md",
        steps=(
            (
                "Choose the API “Naver Login”, and tick name, e-mail, nickname and "
                "profile image: what is told is decided there, not by scopes."
            ),
            (
                "Enter the redirect URI as a Callback URL; outside development, Naver "
                "reviews the app first."
            ),
        ),
        quirks=(
            (
                "An answer that is good says `resultcode` `00`; the person stands "
                "inside `response`."
            ),
            "There are no scopes.",
            "Somebody has another id in each app.",
        ),
        address="Stated: it is a contact address, which may be any mailbox, and "
        "nothing is said of it.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH, known.AUTH_JS),
        ),
    )

    name: str = "naver"
    title: str = "Naver"
    issuer: str = "https://nid.naver.com"
    endpoints: Endpoints = Endpoints(
        authorization="https://nid.naver.com/oauth2.0/authorize",
        token="https://nid.naver.com/oauth2.0/token",  # noqa: S106  # an address
    )
    reads: tuple[Read, ...] = (Read("user", "https://openapi.naver.com/v1/nid/me"),)
    client_auth: ClientAuth = "post"

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is in this app.

        Raises:
            BadProviderReply: Also when the answer is a refusal.
        """
        reply = read.members(self.name, replies, "user")
        if reply.get("resultcode") != "00":
            raise BadProviderReply(self.name, "user holds an error, and nobody")
        user = read.members(self.name, reply, "response")
        address, trust = read.email(
            user.get("email"), verified=None, trust=self.email_trust
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, user.get("id")),
            email=address,
            email_trust=trust,
            name=read.name(user.get("name"), user.get("nickname")),
            username=read.name(user.get("nickname")),
            picture=read.picture(user.get("profile_image")),
        )
