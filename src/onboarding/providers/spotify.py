"""Spotify."""

from dataclasses import dataclass

from onboarding.accounts.model import Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oauth2 import OAuth2
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies


@dataclass(frozen=True, kw_only=True)
class Spotify(OAuth2):
    """Sign in with Spotify: the id of the account, and an address nobody checked."""

    facts = ProviderFacts(
        register="https://developer.spotify.com/dashboard",
        documentation="https://developer.spotify.com/documentation/web-api/tutorials/code-flow",
        steps=(
            "Make an app that uses the Web API.",
            "While it is in development mode, list the people who may sign in.",
        ),
        quirks=(
            "On your machine the redirect URI has `127.0.0.1`; `localhost` is refused.",
            "Pictures are a list, which may be empty.",
            "A newer app may be told no address, whatever it asks for.",
        ),
        address="Stated: Spotify's own documentation says that the address of a "
        "profile is not verified.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH, known.AUTH_JS),
        ),
    )

    name: str = "spotify"
    title: str = "Spotify"
    issuer: str = "https://accounts.spotify.com"
    scopes: tuple[str, ...] = ("user-read-email",)
    endpoints: Endpoints = Endpoints(
        authorization="https://accounts.spotify.com/authorize",
        token="https://accounts.spotify.com/api/token",  # noqa: S106  # an address
    )
    reads: tuple[Read, ...] = (Read("user", "https://api.spotify.com/v1/me"),)

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by their profile."""
        user = read.members(self.name, replies, "user")
        address, trust = read.email(
            user.get("email"), verified=None, trust=self.email_trust
        )
        images = read.rows(user, "images")
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, user.get("id")),
            email=address,
            email_trust=trust,
            name=read.name(user.get("display_name")),
            picture=read.picture(images[0].get("url")) if images else None,
        )
