"""What accounts ask of storage, beside nouns and ``commit``."""

from datetime import datetime
from typing import Protocol

from onboarding.accounts.model import Account, Intent, Receipt, Session
from onboarding.store import NounStore


class AccountStore(NounStore, Protocol):
    """Finds sessions with their accounts, refs, merges, and intents that are over."""

    async def find_session(self, id: str) -> tuple[Session, Account] | None:
        """Return a session and its account in one read."""
        ...

    async def find_account_by_ref(self, ref: str) -> Account | None:
        """Return the account with the host's own key."""
        ...

    async def list_receipts(self, target: str) -> list[Receipt]:
        """Return what was merged into an account, oldest first."""
        ...

    async def list_merged(self, account_id: str) -> list[str]:
        """Return the ids that were merged into an account, also by way of others.

        In the order of the ids.
        """
        ...

    async def list_parked(self, account_id: str) -> list[str]:
        """Return the ids under which rows wait for an account since some merge.

        Also since those of accounts that came to it. In the order of the ids.
        """
        ...

    async def list_tombstones(self, *, after: str = "", limit: int) -> list[Account]:
        """Return accounts that have ended, in the order of their ids.

        Those behind ``after``; where rows wait for somebody is among them.
        """
        ...

    async def list_live(self, *, after: str = "", limit: int) -> list[Account]:
        """Return accounts that have not ended, in the order of their ids.

        Those behind ``after``.
        """
        ...

    async def count_typed(self, address: str) -> int:
        """Return how many live accounts typed an address that they have not proven."""
        ...

    async def list_expired_intents(self, before: datetime, limit: int) -> list[Intent]:
        """Return intents whose life is over."""
        ...
