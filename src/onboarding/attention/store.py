"""What attention asks of storage, beside ``commit``."""

from typing import Protocol

from onboarding.accounts.store import Committing
from onboarding.attention.model import Attention


class AttentionStore(Committing, Protocol):
    """Reads the ledger."""

    async def list_attention(self, account_id: str) -> list[Attention]:
        """Return the ledger of an account, oldest first."""
        ...
