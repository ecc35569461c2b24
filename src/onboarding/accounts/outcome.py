"""The results of a sign-in: a new session, or an owner who must confirm."""

from dataclasses import dataclass
from enum import StrEnum

from onboarding.accounts.model import Account, Identity, NewSession, Receipt


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MustConfirm:
    """The address is in use here: its owner must sign in before the identity links.

    Nothing was written. The owner's account is left out, since a page could show a
    stranger whose address it is.
    """

    identity: Identity
