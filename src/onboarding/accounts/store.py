"""What accounts ask of storage, beside ``commit``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from onboarding.accounts.model import (
    Account,
    Contact,
    IdentityLink,
    Intent,
    Receipt,
    Session,
)
from onboarding.changes import Change
from onboarding.events import Entry


class Committing(Protocol):
    """Applies changes, all or none."""

    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        """Apply every change in order and append the events, or apply nothing.

        Shielded from cancellation: a caller that hangs up does not tear it.

        Raises:
            Conflict: When a guard fails.
            BadRequest: When a text is one that no database holds (a NUL, half a
                surrogate pair), or a number is not finite.
            StoreUnavailable: When the database cannot be written.
        """
        ...


class AccountStore(Committing, Protocol):
    """Finds accounts, sessions, identities, contacts and intents."""

    async def find_session(self, id: str) -> tuple[Session, Account] | None:
        """Return a session and its account in one read."""
        ...

    async def list_sessions(self, account_id: str) -> list[Session]:
        """Return the sessions of an account, oldest first."""
        ...

    async def find_account(self, id: str) -> Account | None:
        """Return an account, also an ended one."""
        ...

    async def find_account_by_ref(self, ref: str) -> Account | None:
        """Return the account with the host's own key."""
        ...

    async def find_identity(self, issuer: str, subject: str) -> IdentityLink | None:
        """Return the link of an identity."""
        ...

    async def list_identities(self, account_id: str) -> list[IdentityLink]:
        """Return the ways to sign in to an account, oldest first."""
        ...

    async def find_proven(self, address: str) -> str | None:
        """Return the id of the account that proved a normalised address."""
        ...

    async def list_contacts(self, account_id: str) -> list[Contact]:
        """Return the addresses of an account, oldest first."""
        ...

    async def find_intent(self, id: str) -> Intent | None:
        """Return an intent that nobody has used yet."""
        ...

    async def list_receipts(self, target: str) -> list[Receipt]:
        """Return what was merged into an account, oldest first."""
        ...

    async def find_receipt(self, source: str) -> Receipt | None:
        """Return the receipt of the merge of an account."""
        ...

    async def list_lapsed_guests(
        self,
        *,
        unseen_before: datetime,
        idle_before: datetime,
        after: str = "",
        limit: int,
    ) -> list[Account]:
        """Return live guests to purge in the order of their ids, behind ``after``.

        Those whose every session was never used after it was made and began
        before ``unseen_before``, and those whose every session was last seen
        before ``idle_before``. A guest without a session counts from when it was made.
        """
        ...

    async def list_expired_intents(self, before: datetime, limit: int) -> list[Intent]:
        """Return intents whose life is over."""
        ...

    async def list_entries(self, account_id: str) -> list[Entry]:
        """Return the events of one account, oldest first."""
        ...

    async def query(
        self, sql: str, values: tuple[str | int | None, ...] = ()
    ) -> list[dict[str, object]]:
        """Run a host resource's own SELECT in the portable subset.

        Raises:
            ConfigError: On a store that holds no SQL.
        """
        ...
