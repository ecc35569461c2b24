"""Stamping: an event becomes an entry of one account's log."""

from onboarding.clock import Clock
from onboarding.events import Entry, Event
from onboarding.tokens import Ids


def stamp(clock: Clock, ids: Ids, account_id: str, event: Event) -> Entry:
    """Return the entry to hand to ``store.commit`` beside the change itself.

    Raises:
        ConfigError: When a field of the event holds something else than a primitive.
    """
    return Entry(
        id=ids.new(),
        account_id=account_id,
        at=clock(),
        name=event.name,
        data=event.data(),
    )
