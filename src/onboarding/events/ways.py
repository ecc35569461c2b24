"""Events of ways to sign in: gained and lost, refused, and told of by others."""

from typing import ClassVar

from onboarding.events.base import Event, Phase


class PasskeySuspected(Event, phase=Phase.SERVICE):
    """A passkey was refused: its count of uses went back, so it may have been copied.

    ``known`` is how far it had counted, ``sent`` what it said this time.
    """

    name: ClassVar[str] = "passkey_suspected"
    known: int
    sent: int


class AppSignedIn(Event, about="app", phase=Phase.LOYALTY):
    """A person let an app act for them; ``app`` is its ``client_id``."""

    name: ClassVar[str] = "app_signed_in"
    app: str


class SignInRestarted(Event, about="provider", phase=Phase.SERVICE):
    """A sign-in whose state was no longer known was begun again, and succeeded."""

    name: ClassVar[str] = "sign_in_restarted"
    provider: str


class SignInRefused(Event, about="provider", phase=Phase.SERVICE):
    """A sign-in came back from a provider and was refused, to who was here already.

    ``code`` is that of the error. A stranger's leaves no event: there is no account.
    """

    name: ClassVar[str] = "sign_in_refused"
    provider: str
    code: str


class ProviderSignalled(Event, about="provider", phase=Phase.SERVICE):
    """A provider told something of a person on its own: see ``SignalKind``."""

    name: ClassVar[str] = "provider_signalled"
    provider: str
    kind: str


class IdentityLinked(Event, about="provider", phase=Phase.LOYALTY):
    """A registered account gained a way to sign in."""

    name: ClassVar[str] = "identity_linked"
    provider: str


class IdentityUnlinked(Event, about="provider", phase=Phase.SERVICE):
    """A registered account lost an identity: whoever comes with it is a stranger."""

    name: ClassVar[str] = "identity_unlinked"
    provider: str
