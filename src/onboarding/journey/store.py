"""What the journey asks of storage."""

from datetime import datetime
from typing import Protocol

from onboarding.events import Entry
from onboarding.journey.model import Funnel, FunnelReport


class JourneyStore(Protocol):
    """Reads the event log."""

    async def list_journey(self, account_id: str) -> list[Entry]:
        """Return the events of an account and of those merged into it, oldest first."""
        ...

    async def report_funnel(
        self, funnel: Funnel, *, since: datetime, until: datetime
    ) -> FunnelReport:
        """Count who reached which step; the first step lies in [since, until)."""
        ...
