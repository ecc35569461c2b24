"""The nouns of guest checkout."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from onboarding.accounts.model import Intent, Purpose
from onboarding.accounts.outcome import MergeWaits, SignInResult
from onboarding.cookies import CookieSpec
from onboarding.frozen import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestPolicy:
    """How long a guest is kept, by the state that they were left in.

    A guest whom no browser ever had, made by ``orders.register`` for an order that came
    by phone, is never orphaned: they left an address, and their age counts from when
    they were made. What they ordered holds them as it holds anybody.

    Attributes:
        orphaned_after: A guest whose session never came back is purged after this.
        idle: A guest who came back is purged after this long unseen. None is as long
            as a guest's session lives; less is refused, since they may still come back.
        with_contact: So is one who left an address. None is as ``idle``: a longer
            storage of personal data takes a decision (GDPR, Article 25(2)).
        with_orders: A guest whom a resource of yours keeps has their data erased after
            this long unseen, as if they had asked for it: its ``erase`` says what
            stays. None is never: they are kept for as long as their rows are. Of whom
            no browser is known, the last event in the log counts.
        converge: For how long a page's nonce leads parallel first writes of one
            browser to one guest.
    """

    orphaned_after: timedelta = timedelta(days=1)
    idle: timedelta | None = None
    with_contact: timedelta | None = None
    with_orders: timedelta | None = None
    converge: timedelta = timedelta(hours=1)


class HoldKind(StrEnum):
    """What kind of thing holds a lapsed guest back."""

    SIGN_IN = "sign_in"
    """They are at a provider, or wait for a letter, just now."""
    CHANGED = "changed"
    """Something of theirs changed meanwhile; the next purge looks again."""
    RESOURCE = "resource"
    """A resource of the host's keeps something of theirs."""
    STUCK = "stuck"
    """What it takes fails, each time: the log names whom, and the reason what."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds a lapsed guest back.

    Attributes:
        kind: What kind of thing.
        resource: The name of the resource that keeps something, where one does.
        reason: Why it does, in the host's words; what fails, where something does.
    """

    kind: HoldKind
    resource: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge did so far, or would do: numbers, however many there are.

    Attributes:
        gone: Guests that went, with all that was theirs.
        erased: Guests whose data was erased, and of whom something must stay.
        kept: Lapsed guests that were kept, by what holds them back.
        settled: Accounts that had ended before, and under which rows were written
            since: these came to whose they are, or went.
        expired: Rows that an erasure had left, and that need not stay any more.
        stuck: Accounts that had ended before, and under which rows stay that should
            not, since what it takes fails: by what, which ``HoldKind.STUCK`` says.
    """

    gone: int = 0
    erased: int = 0
    kept: Mapping[Hold, int] = field(default_factory=dict)
    settled: int = 0
    expired: int = 0
    stuck: Mapping[Hold, int] = field(default_factory=dict)

    @property
    def is_stuck(self) -> bool:
        """Whether anything fails each time, and waits for somebody to mend it."""
        return bool(self.stuck) or any(
            hold.kind is HoldKind.STUCK for hold in self.kept
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPolicy:
    """How an address is proven by mail.

    Attributes:
        life: How long a code and a link work (OWASP ASVS 5.0, 6.5.5: at most ten
            minutes).
        tries: How often a code may be tried. It has six digits, so that a guess
            succeeds once in 200,000 (6.6.3).
        letters: How many letters may be on their way to one address within ``life``;
            beyond that none is written, and nothing says so.
    """

    life: timedelta = timedelta(minutes=10)
    tries: int = 5
    letters: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof by mail that was asked for and not given yet.

    Attributes:
        purpose: What it is for.
        address: Where the letter went; not to be shown to whoever asked for it.
        shown: The address, as the one who asked may see it.
        next: Where to go on afterwards.
        provider: Whose identity waits for it, where it is about one.
        tries_left: How often a code may still be tried.
        asked_at: When it was asked for.
        code: What to type where it was asked for; empty in that browser itself.
    """

    purpose: Purpose
    address: str = field(repr=False)
    shown: str = field(repr=False)
    next: str
    provider: str | None = None
    tries_left: int
    asked_at: datetime
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSecrets:
    """What only the letter says.

    Attributes:
        code: Six digits.
        link: What the link to our page ends in, behind the id of the intent and a dot.
    """

    code: str = field(repr=False)
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResult:
    """A proof by mail that was given.

    Attributes:
        signed_in: Who is here from now on; None where the proof opens an order, or
            where they are asked first.
        is_asked: Whether they are to say what comes along, at our page ``merge``.
        order: The key of that order.
        next: Where to go on.
        cookies: To be set or cleared.
    """

    signed_in: SignInResult | None
    is_asked: bool = False
    order: str | None = None
    next: str
    cookies: tuple[CookieSpec, ...]

    @classmethod
    def of(
        cls,
        proof: Intent,
        opened: SignInResult | MergeWaits | None,
        cleared: CookieSpec,
    ) -> "ProofResult":
        """Return what a proof has opened, as its purpose says.

        Args:
            proof: What was given.
            opened: What came of it.
            cleared: Takes its cookie away.
        """
        waits = opened.cookie if isinstance(opened, MergeWaits) else None
        return cls(
            signed_in=None if isinstance(opened, MergeWaits) else opened,
            is_asked=waits is not None,
            order=proof.data.get("order"),
            next=proof.next,
            cookies=(cleared, waits) if waits else (cleared,),
        )
