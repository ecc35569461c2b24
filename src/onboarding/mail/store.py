"""What mail asks of storage, beside nouns and ``commit``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from onboarding.mail.model import Letter
from onboarding.store import NounStore


class MailStore(NounStore, Protocol):
    """Reads which letters are to be sent."""

    async def list_letters(
        self, *, due_before: datetime, limit: int
    ) -> Sequence[Letter]:
        """Return letters that are due, oldest first."""
        ...
