"""The simplest sink: one line in the application's log for each event."""

import logging

from onboarding.events import Entry

logger = logging.getLogger("onboarding.events")


async def log_event(entry: Entry) -> None:
    """Log that an event happened, at INFO, to the logger ``onboarding.events``.

    The message is the event's name; ``event``, ``event_id`` and ``account_id`` stand
    beside it as extra fields. What the event carries is left out: a log has other
    readers than the shop's tables.
    """
    logger.info(
        "%s",
        entry.name,
        extra={
            "event": entry.name,
            "event_id": entry.id,
            "account_id": entry.account_id,
        },
    )
