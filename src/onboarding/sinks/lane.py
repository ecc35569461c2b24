"""One sink, kept apart: whatever it does is the failure of one event, and no more.

A sink is foreign code. It may raise anything, a ``CancelledError`` or ``SystemExit`` of
its own among them, cancel the task that it runs in, or never return. So each call runs
in a task of its own that lets nothing out, and is left behind when its time is over.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from onboarding.clock import Clock
from onboarding.events import Entry
from onboarding.sinks.base import Sink
from onboarding.sinks.rules import LOUD_AFTER, QUIET, is_milestone

log = logging.getLogger("onboarding.relay")


class Lane:
    """Hands events to one sink.

    Args:
        name: What the log calls it.
        sink: Who takes them.
        clock: The present instant.
        patience: How long it may take for one event; then it has failed.
    """

    def __init__(self, name: str, sink: Sink, clock: Clock, patience: timedelta):
        self._name = name
        self._sink = sink
        self._clock = clock
        self._patience = patience.total_seconds()
        # The event loop holds tasks weakly: one that is left behind is held here.
        self._calls: set[asyncio.Task[str]] = set()
        self._failures = 0
        self._said_at: datetime | None = None

    async def carry(self, entry: Entry, tries: int) -> bool:
        """Hand an event to the sink; tell whether it was taken.

        What went wrong is logged, by its kind alone: a message may hold a secret.

        Args:
            entry: The event.
            tries: How often it is tried, with this time.
        """
        error = await self._try(entry)
        if not error:
            self._succeeded()
            return True
        self._failures += 1
        if self._is_news():
            self._say(error, entry, tries)
        return False

    def _succeeded(self) -> None:
        if self._failures >= LOUD_AFTER:
            log.info("sink_recovered: %s takes events again", self._name)
        self._failures = 0

    def _is_news(self) -> bool:
        if self._failures >= LOUD_AFTER:
            return is_milestone(self._failures)
        return self._said_at is None or self._clock() - self._said_at >= QUIET

    def _say(self, error: str, entry: Entry, tries: int) -> None:
        is_lasting = max(self._failures, tries) >= LOUD_AFTER
        self._said_at = self._clock()
        log.log(
            logging.ERROR if is_lasting else logging.WARNING,
            "delivery_failed: %s did not take event %s (%s), at try %d; failures in a "
            "row: %d. It waits in the outbox and is tried again",
            self._name,
            entry.id,
            error,
            tries,
            self._failures,
        )

    async def _try(self, entry: Entry) -> str:
        """Return what went wrong, or nothing."""
        call = asyncio.create_task(_call(self._sink, entry), name="onboarding-sink")
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        try:
            await asyncio.wait({call}, timeout=self._patience)
        finally:
            is_over = call.done()
            call.cancel()
        # A sink that takes no notice of being cancelled is not waited for.
        return call.result() if is_over else TimeoutError.__name__


async def _call(sink: Sink, entry: Entry) -> str:
    try:
        await sink(entry)
    except KeyboardInterrupt:
        raise  # the operator's, wherever it strikes
    except BaseException as error:  # noqa: BLE001  # see above: foreign code
        return type(error).__name__
    return ""
