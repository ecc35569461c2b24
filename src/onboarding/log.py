"""Recording: an event becomes an entry of one account's log."""

from onboarding.clock import Clock
from onboarding.events import Entry, Event
from onboarding.events.base import about_of, worth_of
from onboarding.tokens import Ids


class Recorder:
    """Stamps events with an id and the present instant; writes nothing itself.

    Args:
        clock: The present instant.
        ids: Makes the ids of entries.
    """

    def __init__(self, clock: Clock, ids: Ids):
        self._clock = clock
        self._ids = ids

    def entry(self, account_id: str, event: Event) -> Entry:
        """Return the entry to hand to ``store.commit`` beside the change itself.

        Raises:
            ConfigError: When a field of the event holds something else than a
                primitive, or than its class promises.
        """
        data = event.data()
        return Entry(
            id=self._ids.new(),
            account_id=account_id,
            at=self._clock(),
            name=event.name,
            data=data,
            about=about_of(type(event), data),
            worth=worth_of(type(event), data),
        )
