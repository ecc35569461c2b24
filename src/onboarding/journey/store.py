"""What the journey asks of storage, beside nouns and ``commit``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from onboarding.events import Entry
from onboarding.journey.model import Funnel, FunnelReport
from onboarding.store import NounStore


class JourneyStore(NounStore, Protocol):
    """Reads the event log."""

    async def list_journey(self, account_id: str) -> list[Entry]:
        """Return the events of an account, oldest first (by instant, then id).

        Those of accounts that were merged into this one, directly or by way of
        others, stand among its own.
        """
        ...

    async def report_funnel(
        self, funnel: Funnel, *, since: datetime, until: datetime
    ) -> FunnelReport:
        """Count who reached which step; the first step lies in [since, until).

        Counted as ``onboarding.journey.sql.funnel_sql`` says.
        """
        ...

    async def list_undeclared(
        self, names: Sequence[str], *, after: tuple[str, str], limit: int
    ) -> list[Entry]:
        """Return entries of these names that say neither about nor worth, with data.

        Args:
            names: Names of events.
            after: Account and id of the last entry that was looked at; the order is
                by these two.
            limit: How many at most.
        """
        ...
