"""What guests ask of storage, beside what accounts do."""

from datetime import datetime
from typing import Protocol

from onboarding.accounts.model import Account
from onboarding.accounts.store import AccountStore
from onboarding.store import NounStore


class GuestStore(AccountStore, Protocol):
    """Finds guests whom nobody came back to."""

    async def list_lapsed_guests(
        self,
        *,
        unseen_before: datetime,
        idle_before: datetime,
        contact_before: datetime,
        after: str = "",
        limit: int,
    ) -> list[Account]:
        """Return live guests to purge in the order of their ids, behind ``after``.

        Those whose every session was never used after it was made and began
        before ``unseen_before``, and those whose every session was last seen
        before ``idle_before``; where they left an address, before ``contact_before``
        alone. A guest without a session counts from when it was made.
        """
        ...


class ProofStore(NounStore, Protocol):
    """Counts what is on its way to an address."""

    async def count_proofs(self, address: str, now: datetime) -> int:
        """Return how many proofs of an address may still be finished."""
        ...
