"""Any provider of OpenID Connect, by its issuer alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import replies as read
from onboarding.providers.base import Provider
from onboarding.providers.claims import told as told_further
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies
from onboarding.providers.signals import (
    ProviderSignal,
    SignalKind,
    instant,
    logout_of,
)

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, kw_only=True)
class OpenIDConnect(Provider):
    """A provider that signs who somebody is, in an ID token.

    Where it answers is read from its discovery document, unless ``endpoints`` say
    so. ``email_verified`` counts only with ``email_trust=EmailTrust.VERIFIED``:
    anybody can run a provider that claims it, so you say whether this one checks.

    Attributes:
        userinfo: Whether the userinfo endpoint is asked too. Many providers tell
            name and address only there (OpenID Connect Core §5.4); without, a
            sign-in is one call shorter.
        native: Client ids of your apps at this provider, whose ID tokens its SDK gives
            to those apps: ``("com.example.shop",)``. Such a token is taken from an app
            of ``apps=``; it must name one of these as its audience.
        signs_userinfo: Whether userinfo comes as a signed JWT, which is then checked
            as an ID token is (OpenID Connect Core §5.3.2).

    Raises:
        ConfigError: As ``Provider``; and without the scope ``openid``, or with
            endpoints that lack the keys.
    """

    openid: ClassVar[bool] = True

    scopes: tuple[str, ...] = ("openid", "email", "profile")
    userinfo: bool = True
    signs_userinfo: bool = False
    native: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        super().__post_init__()
        if "openid" not in self.scopes:
            raise self._wrong(
                'scopes must hold "openid" (OpenID Connect Core §3.1.2.1)'
            )
        if taken := sorted({"id_token", "userinfo"} & {r.name for r in self.reads}):
            raise self._wrong(
                f"reads must not be called {', '.join(taken)}: that reply has the name "
                'already; write another one, Read("groups", "https://…")'
            )
        if self.endpoints is not None and self.endpoints.jwks is None:
            raise self._wrong("endpoints.jwks is missing: the keys of ID tokens")

    @property
    def discovery(self) -> str:
        """Where the discovery document is (OpenID Connect Discovery §4.1)."""
        return self.issuer.removesuffix("/") + WELL_KNOWN

    def reads_at(self, endpoints: Endpoints) -> tuple[Read, ...]:
        """Return what to read of a person: userinfo, where it is asked and there is."""
        if not self.userinfo or endpoints.userinfo is None:
            return self.reads
        return (Read("userinfo", endpoints.userinfo), *self.reads)

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by the ID token and what userinfo adds to it."""
        claims = read.members(self.name, replies, "id_token")
        subject = read.subject(self.name, claims.get("sub"))
        told = self._userinfo(replies, subject)
        said, source = {**told, **claims}, _about_email(claims, told)
        address, trust = read.email(
            source.get("email"),
            verified=source.get("email_verified"),
            trust=self._trust(source),
        )
        return Identity(
            provider=self.name,
            issuer=self._issuer(claims),
            subject=subject,
            email=address,
            email_trust=trust,
            name=read.name(claims.get("name"), told.get("name")),
            username=read.name(said.get("preferred_username")),
            picture=read.picture(said.get("picture")),
            locale=read.locale(said.get("locale")),
            claims=told_further(said),
        )

    def signal_in(self, sent: Mapping[str, str]) -> str | None:
        """Return the logout token (Back-Channel Logout 1.0 §2.5)."""
        return sent.get("logout_token")

    def read_signal(
        self, claims: Mapping[str, object], kind: str
    ) -> ProviderSignal | None:
        """Return that somebody signed out (Back-Channel Logout 1.0 §2.6).

        One that names a session of theirs alone (``sid``) is nobody's here: sessions of
        this application are not kept by that name, so register it with
        ``backchannel_logout_session_required`` false.
        """
        subject, id = claims.get("sub"), claims.get("jti")
        at = instant(claims.get("iat"))
        if kind or not logout_of(claims) or at is None:
            return None
        if not isinstance(subject, str) or not isinstance(id, str):
            return None
        return ProviderSignal(
            kind=SignalKind.SIGNED_OUT,
            issuer=self._issuer(claims),
            subject=subject,
            id=id,
            at=at,
        )

    def _userinfo(self, replies: Replies, subject: str) -> Mapping[str, object]:
        if replies.get("userinfo") is None:
            return {}
        told = read.members(self.name, replies, "userinfo")
        # Who could swap the access token would bring somebody else's address along
        # (OpenID Connect Core §5.3.2).
        if told.get("sub") != subject:
            raise BadProviderReply(self.name, "userinfo is about somebody else")
        return told

    def _issuer(self, claims: Mapping[str, object]) -> str:
        """Return the issuer under which somebody with these claims is kept."""
        del claims  # a vendor with one for each tenant knows which
        return self.issuer

    def _trust(self, claims: Mapping[str, object]) -> EmailTrust:
        """Return how far a true ``email_verified`` beside these claims goes."""
        del claims  # a vendor knows more
        return self.email_trust


def _about_email(*sources: Mapping[str, object]) -> Mapping[str, object]:
    """Return the first that says address and verdict; they never come from two."""
    whole = [s for s in sources if "email" in s and "email_verified" in s]
    return next(iter([*whole, *(s for s in sources if "email" in s)]), {})


def native_clients(provider: Provider) -> tuple[str, ...]:
    """Return the client ids of apps whose ID tokens are taken; mostly none."""
    return provider.native if isinstance(provider, OpenIDConnect) else ()
