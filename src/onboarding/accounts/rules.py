"""Who is this? The resolution table, and the other pure decisions of identity.

The rows are who is here now; the columns are what the provider's identity is to
us. Each cell says what happens, and ``resolve`` is that table as code:

=============  ============  ==========  ====================  =========================
here now       Unknown       OwnEmail    OthersEmail(X)        Owned(X)
=============  ============  ==========  ====================  =========================
nobody         Register      -           ConfirmOwner(X)       SignIn(X)
guest G        Upgrade(G)    Upgrade(G)  ConfirmOwner(X)       Merge(G, X)
registered R   Link(R)       Link(R)     Link(R)               SignIn(R), or Refuse
=============  ============  ==========  ====================  =========================

No cell links on an e-mail address alone, because whoever can state an address
could then take an account over (pre-hijacking, Sudhodanan and Paverd, USENIX
Security 2022). An address that a provider merely *states* counts as unknown, or
anybody could find out who has an account here by typing addresses at a lax
provider. An identity of a merged account belongs to the survivor; one of an
erased account is unknown.
"""

from datetime import UTC, datetime, timedelta
from typing import assert_never

from onboarding.accounts.model import (
    Account,
    AccountKind,
    EmailTrust,
    Identity,
    Session,
)
from onboarding.frozen import dataclass

# ── the columns ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody here has this identity, and its address says nothing reliable."""


@dataclass(frozen=True, slots=True)
class OwnEmail:
    """The identity is new; its verified address was proven by who is here now."""


@dataclass(frozen=True, slots=True)
class OthersEmail:
    """The identity is new; its verified address was proven by somebody else."""

    owner: Account


@dataclass(frozen=True, slots=True)
class Owned:
    """The identity signs in to a live account."""

    owner: Account


Standing = Unknown | OwnEmail | OthersEmail | Owned


def stand(
    identity: Identity,
    *,
    owner: Account | None,
    prover: Account | None,
    current: Account | None,
) -> Standing:
    """Say which column an identity stands in.

    Args:
        identity: What the provider vouches for.
        owner: The account it signs in to, merges followed.
        prover: The account that proved its address here, merges followed.
        current: Who is here now.
    """
    if owner is not None and owner.is_live:
        return Owned(owner)
    verified = identity.email and identity.email_trust >= EmailTrust.VERIFIED
    if not verified or prover is None or not prover.is_live:
        return Unknown()
    if current is not None and prover.id == current.id:
        return OwnEmail()
    return OthersEmail(prover)


# ── the cells ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Register:
    """Make a registered account."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The guest becomes registered, on the same id."""

    guest: Account


@dataclass(frozen=True, slots=True)
class SignIn:
    """The owner of the identity comes in."""

    owner: Account


@dataclass(frozen=True, slots=True)
class Merge:
    """The guest's things come to the owner of the identity, who comes in."""

    guest: Account
    owner: Account


@dataclass(frozen=True, slots=True)
class Link:
    """The registered account gains a way to sign in."""

    account: Account


@dataclass(frozen=True, slots=True)
class ConfirmOwner:
    """The owner of the address must show who they are; nothing happens yet."""

    owner: Account


@dataclass(frozen=True, slots=True)
class Refuse:
    """The identity belongs to another registered account."""


Settled = Register | Upgrade | SignIn | Merge | Link | Refuse
"""What needs nobody's word any more."""

Resolution = Settled | ConfirmOwner


def resolve(current: Account | None, standing: Standing) -> Resolution:
    """Decide who this is: one cell of the table above.

    Args:
        current: The live account that is here now, or None for a visitor.
        standing: What the identity is to us.
    """
    if current is None:
        return _resolve_visitor(standing)
    if current.kind is AccountKind.GUEST:
        return _resolve_guest(current, standing)
    return _resolve_registered(current, standing)


def _resolve_visitor(standing: Standing) -> Resolution:
    match standing:
        case Unknown():
            return Register()
        case OwnEmail():
            raise ValueError("a visitor has no account, and so has proven no address")
        case OthersEmail(owner):
            return ConfirmOwner(owner)
        case Owned(owner):
            return SignIn(owner)
    assert_never(standing)


def _resolve_guest(guest: Account, standing: Standing) -> Resolution:
    match standing:
        case Unknown() | OwnEmail():
            return Upgrade(guest)
        case OthersEmail(owner):
            return ConfirmOwner(owner)
        case Owned(owner):
            return Merge(guest, owner)
    assert_never(standing)


def _resolve_registered(registered: Account, standing: Standing) -> Settled:
    match standing:
        case Unknown() | OwnEmail() | OthersEmail():
            return Link(registered)
        case Owned(owner):
            return SignIn(owner) if owner.id == registered.id else Refuse()
    assert_never(standing)


def resolve_mail(current: Account | None, prover: Account | None) -> Settled:
    """Decide who it is that a letter reached, once its code or link came back.

    Whoever reads the mail of an address that an account has proven is the owner of
    that account, so nobody is left to be asked: the columns are Unknown and Owned.

    Args:
        current: The live account that is here now, or None for a visitor.
        prover: The account that proved the address before, merges followed.
    """
    owner = prover if prover is not None and prover.is_live else None
    if current is None:
        return Register() if owner is None else SignIn(owner)
    if current.kind is AccountKind.GUEST:
        is_own = owner is not None and owner.id == current.id
        return Upgrade(current) if owner is None or is_own else Merge(current, owner)
    return _resolve_registered(current, Owned(owner) if owner else Unknown())


# ── sessions ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPolicy:
    """How long a session lasts.

    Attributes:
        guest_idle: A guest's session ends after this long unused.
        registered_idle: A registered person's session ends after this long unused.
        absolute: No session outlives this; browsers cap cookies at 400 days
            (RFC 6265bis §5.5).
        fresh: For so long after a sign-in, ways to sign in may be added and taken
            away; afterwards a person signs in once more for it.
    """

    guest_idle: timedelta = timedelta(days=30)
    registered_idle: timedelta = timedelta(days=90)
    absolute: timedelta = timedelta(days=400)
    fresh: timedelta = timedelta(minutes=10)

    @property
    def guest_life(self) -> timedelta:
        """How long after its last use a guest's session lives at most."""
        return min(self.guest_idle, self.absolute)


TOUCH_EVERY = timedelta(days=1)
"""A session's last use is written down at most this often."""


NEVER = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)


def ends_at(session: Session, account: Account, policy: SessionPolicy) -> datetime:
    """Return when a session ends if it is not used; long ago where it is dead."""
    if account.ending is not None or session.epoch != account.epoch:
        return NEVER
    idle = policy.guest_idle if account.is_guest else policy.registered_idle
    return min(
        _after(session.seen_at, idle), _after(session.created_at, policy.absolute)
    )


def _after(instant: datetime, duration: timedelta) -> datetime:
    try:
        return instant + duration
    except OverflowError:  # of a policy without an end, such as timedelta.max
        return FOREVER


def is_fresh(
    session: Session, account: Account, policy: SessionPolicy, now: datetime
) -> bool:
    """Tell whether somebody signed in so lately that they may change how they do.

    Each sign-in begins a session, so the age of one is that of the other. Whoever finds
    a browser that was left open, or has copied its cookie, must not add a way of their
    own, nor take the owner's away (OWASP ASVS 5.0, 7.5.1).
    """
    return not account.is_guest and now < _after(session.created_at, policy.fresh)


def touch_due(session: Session) -> datetime:
    """Return from when on a use of a session should be written down.

    The first use after it was made always is: a session that nobody ever came
    back with is how an orphaned guest is known.
    """
    if not session.seen_after:
        return session.created_at + timedelta.resolution
    return session.seen_at + TOUCH_EVERY
