"""Writes what happened, and reads it back as a timeline or a funnel."""

from datetime import datetime

from onboarding.clock import Clock
from onboarding.events import Entry, Event
from onboarding.journey.model import Funnel, FunnelReport
from onboarding.journey.store import JourneyStore
from onboarding.log import Recorder
from onboarding.tokens import Ids


class JourneyService:
    """Events over time, a host's own beside ours.

    Args:
        store: Where the log is kept.
        clock: The present instant.
        ids: Makes ids.
    """

    def __init__(self, store: JourneyStore, clock: Clock, ids: Ids):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)

    async def record(self, account_id: str, event: Event) -> Entry:
        """Write down that something happened to somebody, now.

        The account's own row is not touched, so that recording never makes anybody
        decide again; what is written under a merged account counts for its survivor.

        Raises:
            ConfigError: When a field of the event holds more than a primitive.
        """
        entry = self._log.entry(account_id, event)
        await self._store.commit(events=[entry])
        return entry

    async def timeline(self, account_id: str) -> list[Entry]:
        """Return everything that happened to somebody, oldest first."""
        return await self._store.list_journey(account_id)

    async def funnel(
        self, funnel: Funnel, *, since: datetime, until: datetime | None = None
    ) -> FunnelReport:
        """Count how many people reached which step of a funnel.

        Args:
            since: People whose first step lies here or later count; aware.
            until: And before this instant; now by default.

        Raises:
            ValueError: When an instant is naive.
        """
        end = until or self._clock()
        if since.tzinfo is None or end.tzinfo is None:
            raise ValueError("a period is told in aware instants: give them a tzinfo")
        return await self._store.report_funnel(funnel, since=since, until=end)
