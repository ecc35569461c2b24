"""Kakao."""

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


@dataclass(frozen=True, kw_only=True)
class Kakao(OAuth2):
    """Sign in with Kakao: the number of the person in this app, and their address."""

    facts = ProviderFacts(
        register="https://developers.kakao.com/console/app",
        documentation="https://developers.kakao.com/docs/latest/en/kakaologin/rest-api",
        steps=(
            "Switch on Kakao Login, and enter the redirect URI.",
            (
                "Set the consent items nickname, profile image and e-mail; the address "
                "needs an app that is registered for a business."
            ),
            (
                "The REST API key is the `client_id`; make a client secret and switch "
                "it on."
            ),
        ),
        quirks=(
            "The id is a number; it is kept as text.",
            "Pictures come over plain http unless `secure_resource=true` asks.",
            "Somebody has another number in each app.",
            (
                "Signing in there may lead on to another host (accounts.kakao.com), "
                "so people leave for it by a link."
            ),
        ),
        address="Verified, where both `is_email_valid` and `is_email_verified` say "
        "so: an address that somebody else took over is verified, and not valid.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.HTTPX_OAUTH),
        ),
    )

    name: str = "kakao"
    title: str = "Kakao"
    issuer: str = "https://kauth.kakao.com"
    leads_on: bool = True
    scopes: tuple[str, ...] = ("account_email", "profile_nickname", "profile_image")
    endpoints: Endpoints = Endpoints(
        authorization="https://kauth.kakao.com/oauth/authorize",
        token="https://kauth.kakao.com/oauth/token",  # noqa: S106  # an address
    )
    reads: tuple[Read, ...] = (
        Read("user", "https://kapi.kakao.com/v2/user/me?secure_resource=true"),
    )
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.VERIFIED

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is in this app."""
        user = read.members(self.name, replies, "user")
        account = _inside(user, "kakao_account")
        profile = _inside(account, "profile")
        verdicts = (account.get("is_email_valid"), account.get("is_email_verified"))
        address, trust = read.email(
            account.get("email"),
            verified=all(verdict is True for verdict in verdicts),
            trust=self.email_trust,
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.counted_subject(self.name, user.get("id")),
            email=address,
            email_trust=trust,
            name=read.name(profile.get("nickname")),
            picture=read.picture(profile.get("profile_image_url")),
        )


def _inside(told: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return what may stand inside, if the person shares it; else nothing."""
    found = told.get(name)
    return found if isinstance(found, dict) else {}
