"""What profiling asks of storage, beside ``commit``."""

from typing import Protocol

from onboarding.accounts.store import Committing
from onboarding.profiling.model import Answer


class ProfilingStore(Committing, Protocol):
    """Reads answers."""

    async def list_answers(self, account_id: str) -> list[Answer]:
        """Return the answers of an account, by the name of the question."""
        ...
