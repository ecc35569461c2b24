"""What came of a sign-in."""

from dataclasses import dataclass
from enum import StrEnum

from onboarding.accounts.model import Account, Identity, NewSession, Receipt


class How(StrEnum):
    """Which way somebody came in."""

    REGISTERED = "registered"
    UPGRADED = "upgraded"
    SIGNED_IN = "signed_in"
    MERGED = "merged"
    LINKED = "linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInResult:
    """Somebody is in.

    Attributes:
        new_session: The one that has begun; the browser's older one is over.
        receipt: What was merged, where ``how`` is merged.
    """

    new_session: NewSession
    how: How
    receipt: Receipt | None = None

    @property
    def account(self) -> Account:
        """Whose session it is."""
        return self.new_session.account


@dataclass(frozen=True, slots=True, kw_only=True)
class MustConfirm:
    """The address is in use here: its owner must sign in before the identity links.

    Nothing was written. Who the owner is stays here: it would tell a stranger whose
    address it is.
    """

    identity: Identity
