"""One sink, kept apart: whatever it does is the failure of one event, and no more.

One sink's slowness does not reach another. Each has a queue of its own, and whoever
finds it full goes on without; and a breaker: after five failures in a row it is let
rest, and nothing is given to it but one event, once the rest is over, to see if it is
back (M. Nygard, *Release It!*, "Circuit Breaker").
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from enum import Enum, unique
from functools import partial

from onboarding.clock import Clock
from onboarding.events import Entry
from onboarding.foreign import ForeignCalls
from onboarding.sinks.base import Sink
from onboarding.sinks.rules import LOUD_AFTER, QUIET, is_milestone, rest_after

log = logging.getLogger("onboarding.relay")

CALLS_AT_ONCE = 50
"""Events that one sink is given at the same time."""

QUEUE = 200
"""Events that wait for one sink, beyond those."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@unique
class Handover(Enum):
    """What became of an event at one sink."""

    TAKEN = "taken"
    FAILED = "failed"
    NOT_TRIED = "not tried"  # the sink rests, or has its hands full


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
        self._calls = ForeignCalls(patience)
        self._failures = 0
        self._rests_until = LONG_AGO
        self._said_at = LONG_AGO
        self._holds = 0
        self.renew()

    def renew(self) -> None:
        """Forget the event loop: the next event may come on another one."""
        self._at_once = asyncio.Semaphore(CALLS_AT_ONCE)
        self._probing = asyncio.Lock()

    @property
    def room(self) -> int:
        """How many events more it may be given; one that rests gives them back."""
        return CALLS_AT_ONCE + QUEUE - (0 if self.is_resting else self._holds)

    @property
    def is_resting(self) -> bool:
        """Whether the sink failed so often that it is left alone for a while."""
        return self._is_broken and self._clock() < self._rests_until

    @property
    def _is_broken(self) -> bool:
        return self._failures >= LOUD_AFTER

    async def carry(self, entry: Entry, tries: int) -> Handover:
        """Hand an event to the sink, when its turn comes.

        What goes wrong is logged, by its kind alone: a message may hold a secret.

        Args:
            entry: The event.
            tries: How often it is tried, with this time.
        """
        if self.is_resting or self.room <= 0:
            return Handover.NOT_TRIED
        self._holds += 1
        try:
            async with self._at_once:
                return await self._carry_unless_broken(entry, tries)
        finally:
            self._holds -= 1

    async def _carry_unless_broken(self, entry: Entry, tries: int) -> Handover:
        if self._is_broken:
            async with self._probing:
                if self.is_resting:
                    return Handover.NOT_TRIED
                if self._is_broken:  # still: this event sees if it is back
                    return await self._carry(entry, tries)
        return await self._carry(entry, tries)

    async def _carry(self, entry: Entry, tries: int) -> Handover:
        error = await self._calls.try_(partial(self._sink, entry))
        if error is None:
            self._succeeded()
            return Handover.TAKEN
        # What was begun before the rest says nothing new of the sink.
        if not self.is_resting:
            self._failed(type(error).__name__, entry, tries)
        return Handover.FAILED

    def _succeeded(self) -> None:
        if self._is_broken:
            log.info("sink_recovered: %s takes events again", self._name)
        self._failures = 0

    def _failed(self, error: str, entry: Entry, tries: int) -> None:
        self._failures += 1
        if self._is_broken:
            self._rests_until = self._clock() + rest_after(self._failures)
        if self._is_news():
            self._say(error, entry, tries)

    def _is_news(self) -> bool:
        if self._is_broken:
            return is_milestone(self._failures)
        return self._clock() - self._said_at >= QUIET

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
