"""What feedback asks of storage, beside nouns and ``commit``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from onboarding.feedback.model import Moment, Response
from onboarding.store import NounStore


class FeedbackStore(NounStore, Protocol):
    """Reads everybody's responses, and the moments that prompts stand on."""

    async def list_moments(self, account_id: str, names: Sequence[str]) -> list[Moment]:
        """Return events of these names, oldest first.

        Those of accounts that were merged into this one, directly or by way of
        others, count as its own.
        """
        ...

    async def list_open_responses(self, *, limit: int) -> list[Response]:
        """Return responses without a reply, of everybody, oldest first."""
        ...

    async def list_responses_to(
        self, prompt: str, *, since: datetime, until: datetime
    ) -> list[Response]:
        """Return what everybody said to a prompt in [since, until), oldest first."""
        ...
