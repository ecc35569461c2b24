"""The nouns of identity: account, session, identity, contact, intent, receipt.

Five things are kept apart on purpose. An *account* is our record, with one id for
life; a *session* a bearer grant of it; a *contact* a typed address, worth nothing
until it is proven; an *intent* what one request begins and a later one finishes, once;
an *identity* what a provider vouches for: issuer and subject, never an address.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import ClassVar

from onboarding.frozen import dataclass, field
from onboarding.jsonvalue import JsonValue
from onboarding.tokens import Token


class AccountKind(StrEnum):
    """What an account is while it lives."""

    GUEST = "guest"
    REGISTERED = "registered"


class Ending(StrEnum):
    """How an account ended; an ended account stays as a tombstone, for ever."""

    MERGED = "merged"
    PARKED = "parked"  # never lived: rows wait under it since a merge
    EXPIRED = "expired"
    ERASED = "erased"


class EmailTrust(IntEnum):
    """How far a provider's word about an address goes.

    Only ``VERIFIED`` and above may prove an address here. ``AUTHORITATIVE`` runs the
    mailbox itself; ``STATED`` has no claim about it, or one that says false.
    ``IMPLIED`` is given by who hands out confirmed addresses alone, by their own
    documentation, and says nothing about the one at hand.
    """

    NONE = 0
    STATED = 1
    IMPLIED = 2
    VERIFIED = 3
    AUTHORITATIVE = 4


class ContactLevel(IntEnum):
    """What is known about a contact: typed, or proven."""

    ASSERTED = 0
    PROVEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's record, guest or registered, with one id for life.

    Attributes:
        epoch: Rises at a change of power; sessions of an older epoch are dead.
        version: Rises with every guarded change; what a commit compares.
        ref: The host's own key for this person, unique where given; with a merged
            account, what the survivor had one of already.
        locale: The language of their last request, to the day; None of the first.
        merged_into: The account that took over, or may take back what is parked.
    """

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    GUARD: ClassVar[tuple[str, ...]] = ("version",)
    ORDER: ClassVar[tuple[str, ...]] = ("created_at",)

    id: str
    kind: AccountKind = AccountKind.GUEST
    epoch: int = 0
    version: int = 0
    created_at: datetime
    ending: Ending | None = None
    merged_into: str | None = None
    ref: str | None = None
    locale: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether anything may still act on this account."""
        return self.ending is None

    @property
    def is_guest(self) -> bool:
        """Whether nobody has signed in to this account yet."""
        return self.kind is AccountKind.GUEST

    def empowered(self) -> "Account":
        """Return it as it is once it has a way in more: older sessions are dead."""
        return replace(
            self,
            kind=AccountKind.REGISTERED,
            epoch=self.epoch + 1,
            version=self.version + 1,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A bearer grant of one account; only the hash of its secret is kept.

    Attributes:
        epoch: The account's epoch when the session began.
        seen_after: How long after it was made it was last used, to the day, if ever.
        app: The ``client_id`` of the app that carries it; None where a browser's cookie
            does. What one carries is worth nothing where the other is asked.
    """

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    GUARD: ClassVar[tuple[str, ...]] = ("seen_after",)
    ORDER: ClassVar[tuple[str, ...]] = ("created_at",)

    id: str
    account_id: str
    secret_hash: str = field(repr=False)
    epoch: int
    created_at: datetime
    seen_after: timedelta = timedelta(0)
    app: str | None = None

    @property
    def seen_at(self) -> datetime:
        """When it was last used, to the day."""
        return self.created_at + self.seen_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a provider vouches for: who somebody is there.

    ``issuer`` and ``subject`` together are the key; all else may change.

    Attributes:
        provider: The name of the provider in this application.
        issuer: The provider's issuer identifier (OIDC Core §2), a URL.
        subject: The provider's stable id of the person, at most 255 characters.
        email: The address as the provider gives it, normalised, or None.
        email_trust: How far the provider's word about the address goes.
        name: What the provider calls the person, for display only.
        username: The name they chose there; it may change hands.
        picture: The https address of their picture there.
        locale: Their language there, as BCP 47 has it: ``nl-BE``.
        claims: Further facts, by the name of the claim (OIDC Core §5.1); of these only
            what a question proposes (``Ask(…, propose="birthdate")``) is looked at.
    """

    provider: str
    issuer: str
    subject: str
    email: str | None = field(default=None, repr=False)
    email_trust: EmailTrust = EmailTrust.NONE
    name: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)
    picture: str | None = field(default=None, repr=False)
    locale: str | None = None
    claims: Mapping[str, JsonValue] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLink:
    """An identity that signs in to an account."""

    KEY: ClassVar[tuple[str, ...]] = ("issuer", "subject")
    GUARD: ClassVar[tuple[str, ...]] = ("account_id",)
    ORDER: ClassVar[tuple[str, ...]] = ("linked_at",)

    issuer: str
    subject: str
    account_id: str
    provider: str
    email: str | None = field(default=None, repr=False)
    email_trust: EmailTrust = EmailTrust.NONE
    name: str | None = field(default=None, repr=False)
    linked_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey that shows an identity: a public key credential (WebAuthn §4).

    Its identity stands in an ``IdentityLink`` like any other, with the user handle as
    its subject; without that it signs nobody in.

    Attributes:
        id: The credential id, in base64url.
        user_handle: What the authenticator knows the person by, in base64url: random,
            one for each passkey.
        public_key: A COSE key (RFC 9052 §7), in base64url.
        sign_count: How often it has signed, as it said last; 0 where it counts nothing.
        is_syncable: Whether it may be on several devices (backup eligibility).
        is_synced: Whether it was, when it was used last (backup state).
        transports: How a browser reaches it, of the words of WebAuthn §5.8.4.
        name: What the device of the person calls it.
    """

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    GUARD: ClassVar[tuple[str, ...]] = ("account_id", "sign_count")
    ORDER: ClassVar[tuple[str, ...]] = ("created_at",)

    id: str
    account_id: str
    user_handle: str = field(repr=False)
    public_key: str = field(repr=False)
    sign_count: int = 0
    is_syncable: bool = False
    is_synced: bool = False
    transports: tuple[str, ...] = ()
    name: str = field(repr=False)
    created_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An address of one account. Never used to find anyone while unproven.

    Attributes:
        address: Normalised (``onboarding.emails.normalise``).
        typed: As the person or the provider wrote it.
        proven_by: What proved it: the name of a provider, or None.
    """

    KEY: ClassVar[tuple[str, ...]] = ("account_id", "address")
    GUARD: ClassVar[tuple[str, ...]] = ("level",)
    ORDER: ClassVar[tuple[str, ...]] = ("given_at",)

    account_id: str
    address: str = field(repr=False)
    typed: str = field(repr=False)
    level: ContactLevel = ContactLevel.ASSERTED
    given_at: datetime
    proven_by: str | None = None
    proven_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenAddress:
    """The finder of a proven address: at most one account has it."""

    KEY: ClassVar[tuple[str, ...]] = ("address",)
    GUARD: ClassVar[tuple[str, ...]] = ("account_id",)
    ORDER: ClassVar[tuple[str, ...]] = ()

    address: str = field(repr=False)
    account_id: str


class Purpose(StrEnum):
    """What an intent is for; a secret of one purpose is worth nothing for another."""

    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    MAIL_SIGN_IN = "mail_sign_in"
    PROVE = "prove"
    MERGE = "merge"
    MAIL_CONFIRM = "mail_confirm"
    CLAIM = "claim"
    TYPED = "typed"
    SIGNAL = "signal"
    NEW_PASSKEY = "new_passkey"
    USE_PASSKEY = "use_passkey"
    APP_REQUEST = "app_request"
    APP_CODE = "app_code"
    APP_NONCE = "app_nonce"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What one request begins and a later one finishes: once, in the same browser.

    A used one is kept until its life is over, without a secret: nothing finishes it
    again, and whoever comes back by it is still led where they wanted to go.

    Attributes:
        secret_hash: Hash of the secret in the browser's cookie; empty once it is used.
        account_id: Who began it, or None for a visitor; once finished, who came in.
        address: The address that it is about, normalised: whoever proved it and has
            their data erased takes the intent along, whoever left it.
        data: What the later request needs to know; holds no secret.
        next: Where to go afterwards, a path of this site.
        tries: How often somebody tried to guess what finishes it.
    """

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    GUARD: ClassVar[tuple[str, ...]] = ("secret_hash", "tries")
    ORDER: ClassVar[tuple[str, ...]] = ("expires_at",)

    id: str
    purpose: Purpose
    secret_hash: str = field(repr=False)
    account_id: str | None = None
    address: str | None = field(default=None, repr=False)
    data: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    next: str = "/"
    expires_at: datetime
    tries: int = 0

    @property
    def is_used(self) -> bool:
        """Whether it has been taken: it can be finished no more."""
        return not self.secret_hash

    def used(self) -> "Intent":
        """Return what is left of it once it is taken: where it wanted to go."""
        return replace(self, secret_hash="", address=None, data={})

    def finished(self, account_id: str) -> "Intent":
        """Return what is left of it once it has signed an account in."""
        return replace(self.used(), account_id=account_id, data={"finished": "yes"})

    @property
    def signed_in(self) -> str | None:
        """The account that it signed in, once it is finished."""
        return self.account_id if "finished" in self.data else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a merge did: written once, read for ever.

    Attributes:
        moved: What happened, in words, by the name of the resource.
    """

    KEY: ClassVar[tuple[str, ...]] = ("source",)
    GUARD: ClassVar[tuple[str, ...]] = ()
    ORDER: ClassVar[tuple[str, ...]] = ("at",)

    source: str
    target: str
    at: datetime
    moved: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentSession:
    """Who is here now: a live session and its live account.

    Attributes:
        is_unwritten: Whether this use of the session is still to be written down.
    """

    session: Session
    account: Account
    is_unwritten: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session that has just begun, with the token that only its browser may have."""

    account: Account
    session: Session
    token: Token

    @property
    def current(self) -> CurrentSession:
        """Who is here from now on."""
        return CurrentSession(session=self.session, account=self.account)
