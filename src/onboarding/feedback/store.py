"""What feedback asks of storage, beside ``commit``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from onboarding.accounts.model import Account
from onboarding.attention.store import AttentionStore
from onboarding.feedback.model import Moment, Response


class FeedbackStore(AttentionStore, Protocol):
    """Reads responses, the moments that prompts stand on, and the ledger."""

    async def find_account(self, id: str) -> Account | None:
        """Return an account, also an ended one."""
        ...

    async def list_moments(self, account_id: str, names: Sequence[str]) -> list[Moment]:
        """Return events of these names, oldest first.

        Those of accounts that were merged into this one, directly or by way of
        others, count as its own.
        """
        ...

    async def list_responses(self, account_id: str) -> list[Response]:
        """Return the responses of an account, oldest first."""
        ...

    async def list_open_responses(self, *, limit: int) -> list[Response]:
        """Return responses without a reply, of everybody, oldest first."""
        ...

    async def list_responses_to(
        self, prompt: str, *, since: datetime, until: datetime
    ) -> list[Response]:
        """Return what everybody said to a prompt in [since, until), oldest first."""
        ...

    async def find_response(self, account_id: str, id: str) -> Response | None:
        """Return one response."""
        ...
