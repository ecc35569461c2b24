"""The results of a sign-in: a new session, or an owner who must confirm."""

from enum import StrEnum

from onboarding.accounts.model import Account, Identity, NewSession, Receipt
from onboarding.cookies import CookieSpec
from onboarding.frozen import dataclass


class How(StrEnum):
    """What a sign-in did."""

    REGISTERED = "registered"
    UPGRADED = "upgraded"
    SIGNED_IN = "signed_in"
    MERGED = "merged"
    LINKED = "linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInResult:
    """A sign-in that succeeded.

    Attributes:
        new_session: The session that has begun; the browser's older one has ended.
        how: What was done: an account registered, upgraded, and so on.
        receipt: What was merged, where ``how`` is merged.
    """

    new_session: NewSession
    how: How
    receipt: Receipt | None = None

    @property
    def account(self) -> Account:
        """Whose session it is."""
        return self.new_session.account


class Confirming(StrEnum):
    """Who is here, to an identity that waits for the owner of its address.

    =================  ============  ==============  =================
    here now           owner lives   owner is here   owner is gone
    =================  ============  ==============  =================
    nobody, or guest   SIGN_IN       -               OVER
    registered         SOMEBODY      OWNER           OVER
    =================  ============  ==============  =================
    """

    SIGN_IN = "sign_in"
    OWNER = "owner"
    SOMEBODY = "somebody_else"
    OVER = "over"

    @classmethod
    def by(cls, current: Account | None, prover: Account | None) -> "Confirming":
        """Decide whether who is here may say yes: one cell of the table above.

        Args:
            current: Who is here now, or None for a visitor.
            prover: Who proved the address here, merges followed.
        """
        if prover is None or not prover.is_live:
            return cls.OVER
        if current is None or current.is_guest:
            return cls.SIGN_IN
        return cls.OWNER if current.id == prover.id else cls.SOMEBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class MustConfirm:
    """The address is in use here: its owner must sign in before the identity links.

    Nothing was written. The owner's account is left out, since a page could show a
    stranger whose address it is.
    """

    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeWaits:
    """The account is theirs; what they did as a guest is theirs to bring along or not.

    Nothing was merged, and nobody is signed in: the guest is here as before.

    Attributes:
        cookie: What lets this browser, and no other, say which.
    """

    cookie: CookieSpec
