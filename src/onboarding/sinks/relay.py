"""Carries what waits in the outbox to the sinks, at least once.

A relay takes a delivery by moving its ``due_at`` forward: the move is a guarded
write, so of two relays one gets it, and should that one die the delivery falls due
again by itself. A sink that fails is tried again later and later, and only that one;
the others keep what they have.

Nothing ends a relay but who runs it: a sink can fail its own deliveries alone, an event
whose row is damaged is set aside, and what nobody thought of is logged, and the work
begun again.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from onboarding.changes import Change, Remove, Replace
from onboarding.clock import Clock
from onboarding.errors import Conflict, StoreError
from onboarding.events import Entry
from onboarding.sinks.base import Sink
from onboarding.sinks.lane import Lane
from onboarding.sinks.outbox import Delivery, OutboxStore, Unreadable
from onboarding.sinks.rules import LONGEST_RETRY, retry_after, sink_names

log = logging.getLogger("onboarding.relay")

BATCH = 50
"""Deliveries taken at once."""

PATIENCE = timedelta(seconds=10)
"""How long a sink may take for one event, unless the relay is told otherwise."""

LEASE = timedelta(minutes=1)
"""How long, beyond that, a taken delivery is nobody else's."""

PAUSE = timedelta(seconds=5)
"""How long an idle relay rests, unless it is woken or told otherwise."""


class Relay:
    """Takes events out of the outbox and hands each to every sink.

    Args:
        store: Where the outbox is.
        sinks: Who gets every event.
        clock: The present instant.
        patience: How long a sink may take for one event; then it has failed.
        pause: How long it rests before it looks for what other processes wrote.
    """

    def __init__(
        self,
        store: OutboxStore,
        sinks: Sequence[Sink],
        clock: Clock,
        *,
        patience: timedelta = PATIENCE,
        pause: timedelta = PAUSE,
    ):
        self._store = store
        self._lanes = {
            name: Lane(name, sink, clock, patience)
            for name, sink in zip(sink_names(sinks), sinks, strict=True)
        }
        self._clock = clock
        self._patience = patience
        self._rest = pause
        self._woken = asyncio.Event()
        self._is_stopping = False
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ``run``, in a task of its own."""
        self._running = asyncio.create_task(self.run(), name="onboarding-relay")
        self._running.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._running is task:
            log.error(
                "relay_ended: its task was cancelled from outside; events wait in the "
                "outbox until this Onboarding is closed and opened again"
            )

    async def close(self) -> None:
        """Carry what is due now, and end what ``start`` began."""
        task, self._running = self._running, None
        if task is not None:
            self.stop()
            # Not awaited itself: it may have been cancelled, and we are not.
            await asyncio.wait({task})

    def wake(self) -> None:
        """Say that something was committed, so that it is carried at once."""
        self._woken.set()

    def stop(self) -> None:
        """Make ``run`` carry what is due now, and then return."""
        self._is_stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Carry whatever falls due, until ``stop``; afterwards it may run again.

        What goes wrong is logged, and the work begun again after the pause: when the
        store cannot be reached, and whatever else it may be.
        """
        try:
            while not self._is_stopping:
                await self._carry_due()
                await self._pause()
            await self._carry_due()
        finally:
            # Another run may be on another event loop, to which an Event is bound.
            self._is_stopping, self._woken = False, asyncio.Event()

    async def _carry_due(self) -> None:
        self._woken.clear()
        try:
            while await self.run_once():
                pass
        except StoreError as error:
            log.warning("relay_waits: the store says %s: %s", error.code, error)
        except Exception as error:  # noqa: BLE001  # it would end all deliveries
            _say_broken(error, "the relay begins again")

    async def run_once(self) -> int:
        """Carry one batch of what is due.

        Returns:
            How many events it took; what failed among them falls due again later.

        Raises:
            StoreError: When the store cannot be read or written.
        """
        # What is due at this very instant is due.
        now = self._clock() + timedelta.resolution
        due = await self._store.list_deliveries(due_before=now, limit=BATCH)
        # At once, so that one slow sink holds a batch up and not each event in it.
        took = await asyncio.gather(
            *(self._deliver(*waiting) for waiting in due), return_exceptions=True
        )
        for one in took:
            if isinstance(one, StoreError) or not isinstance(one, Exception | bool):
                raise one
            if isinstance(one, Exception):
                _say_broken(one, "the delivery falls due again")
        return took.count(True)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._rest.total_seconds()):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _deliver(self, waiting: Delivery, entry: Entry | Unreadable) -> bool:
        if isinstance(entry, Unreadable):
            return await self._set_aside(waiting, entry)
        held = replace(waiting, due_at=self._clock() + self._patience + LEASE)
        if not await self._write(Replace(waiting, held)):
            return False
        taken = set(held.taken.split())
        missing = [name for name in self._lanes if name not in taken]
        carried = await asyncio.gather(
            *(self._lanes[name].carry(entry, held.tries + 1) for name in missing)
        )
        failed = {n for n, is_ok in zip(missing, carried, strict=True) if not is_ok}
        if not failed:
            await self._write(Remove(held))
            return True
        later = replace(
            held,
            due_at=self._clock() + retry_after(held.tries),
            tries=held.tries + 1,
            taken=" ".join(sorted(taken.union(missing).difference(failed))),
        )
        await self._write(Replace(held, later))
        return True

    async def _set_aside(self, waiting: Delivery, event: Unreadable) -> bool:
        """Keep an event that cannot be read out of the way, for whoever mends it."""
        later = replace(
            waiting, due_at=self._clock() + LONGEST_RETRY, tries=waiting.tries + 1
        )
        if not await self._write(Replace(waiting, later)):
            return False
        log.error(
            "event_unreadable: no sink can be given event %s of account %s: %s. It is "
            "set aside, and looked at again in %d hours: mend its row, or delete it",
            waiting.event_id,
            waiting.account_id,
            event.problem,
            LONGEST_RETRY // timedelta(hours=1),
        )
        return True

    async def _write(self, change: Change) -> bool:
        """Commit one change; False when another relay was faster."""
        try:
            await self._store.commit(change)
        except Conflict:
            return False
        return True


def _say_broken(error: Exception, then: str) -> None:
    """Log an error that nobody thought of, by its kind; the rest of it at DEBUG."""
    log.error("relay_failed: %s; %s", type(error).__name__, then)
    log.debug("relay_failed", exc_info=error)
