"""Acme. Register at https://acme.example/apps."""

from dataclasses import dataclass

from onboarding import EmailTrust
from onboarding.providers import Endpoints, Identity, OAuth2, Read
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.replies import Replies


@dataclass(frozen=True, kw_only=True)
class Acme(OAuth2):
    """Sign in with Acme."""

    name: str = "acme"
    title: str = "Acme"
    # With the subject, the key of an identity: change it, and everybody is a stranger.
    issuer: str = "https://acme.example"
    scopes: tuple[str, ...] = ("profile", "email")
    endpoints: Endpoints = Endpoints(
        authorization="https://acme.example/oauth/authorize",
        token="https://acme.example/oauth/token",
    )
    reads: tuple[Read, ...] = (Read("person", "https://api.acme.example/me"),)
    client_auth: ClientAuth = "post"
    # It says of each address whether it has checked it.
    email_trust: EmailTrust = EmailTrust.VERIFIED

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is."""
        person = read.members(self.name, replies, "person")
        address, trust = read.email(
            person.get("mail"),
            verified=person.get("mail_checked"),
            trust=self.email_trust,
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, person.get("id")),
            email=address,
            email_trust=trust,
            name=read.name(person.get("display_name")),
            picture=read.picture(person.get("picture")),
        )
