"""What feedback asks of storage, beside ``commit``."""

from collections.abc import Sequence
from typing import Protocol

from onboarding.accounts.store import Committing
from onboarding.feedback.model import Moment, Response


class FeedbackStore(Committing, Protocol):
    """Reads responses, and the moments that prompts stand on."""

    async def list_moments(self, account_id: str, names: Sequence[str]) -> list[Moment]:
        """Return events of these names, oldest first.

        Those of accounts that were merged into this one count as its own.
        """
        ...

    async def list_responses(self, account_id: str) -> list[Response]:
        """Return the responses of an account, oldest first."""
        ...

    async def list_all_responses(
        self, *, open_only: bool, limit: int
    ) -> list[Response]:
        """Return responses of everybody, oldest first; ``open_only``: no reply yet."""
        ...

    async def find_response(self, account_id: str, id: str) -> Response | None:
        """Return one response."""
        ...
