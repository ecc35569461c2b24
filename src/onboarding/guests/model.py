"""The nouns of guest checkout."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onboarding.accounts.model import Purpose
from onboarding.accounts.outcome import SignInResult
from onboarding.cookies import CookieSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestPolicy:
    """How long a guest is kept.

    Attributes:
        orphaned_after: A guest whose session never came back is purged after this.
        idle: A guest who came back is purged after this long unseen; as long as a
            guest's session lives.
        converge: For how long a page's nonce leads parallel first writes of one
            browser to one guest.
    """

    orphaned_after: timedelta = timedelta(days=1)
    idle: timedelta = timedelta(days=30)
    converge: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge did.

    Attributes:
        gone: Ids of the guests that went.
        kept: Ids of those that something of theirs held back.
        settled: Ids of accounts that were merged or erased before, and under which
            rows were written since: these came to whose they are, or went.
    """

    gone: tuple[str, ...]
    kept: tuple[str, ...]
    settled: tuple[str, ...] = ()


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
        tries_left: How often a code may still be tried.
        asked_at: When it was asked for.
        code: What to type where it was asked for; empty in that browser itself.
    """

    purpose: Purpose
    address: str = field(repr=False)
    shown: str = field(repr=False)
    next: str
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
        signed_in: Who is here from now on; None where they are to say first what comes
            along.
        next: Where to go on.
        cookies: To be set or cleared.
    """

    signed_in: SignInResult | None
    next: str
    cookies: tuple[CookieSpec, ...]
