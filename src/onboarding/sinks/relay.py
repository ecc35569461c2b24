"""Carries what waits in the outbox to the sinks, at least once.

A relay takes a delivery by moving its ``due_at`` forward: the move is a guarded
write, so of two relays one gets it, and should that one die the delivery falls due
again by itself. A sink that fails is tried again later and later, and only that one;
the others keep what they have. And nobody waits for it: events are taken in batches,
but each flies by itself.

Nothing ends a relay but who runs it: a sink can fail its own deliveries alone, an event
whose row is damaged is set aside, and what nobody thought of is logged, and the work
begun again.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from onboarding.background import (
    LEASE,
    LONGEST_RETRY,
    PAUSE,
    Background,
    retry_after,
)
from onboarding.changes import Remove, Replace
from onboarding.clock import Clock
from onboarding.events import Entry
from onboarding.sinks.base import Sink
from onboarding.sinks.lane import Handover, Lane
from onboarding.sinks.outbox import Delivery, OutboxStore, Unreadable
from onboarding.sinks.rules import sink_names
from onboarding.store import try_commit

log = logging.getLogger("onboarding.relay")

BATCH = 50
"""Deliveries taken at once."""

PATIENCE = timedelta(seconds=10)
"""How long a sink may take for one event, unless the relay is told otherwise."""


class Relay(Background):
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
        super().__init__("relay", pause)
        self._store = store
        self._lanes = {
            name: Lane(name, sink, clock, patience)
            for name, sink in zip(sink_names(sinks), sinks, strict=True)
        }
        self._clock = clock
        self._patience = patience
        self._flying: set[asyncio.Task[None]] = set()

    async def _do_some(self) -> int:
        return (await self._take_off())[0]

    async def _end(self) -> None:
        await self._landed(*self._flying)

    def _renew(self) -> None:
        for flight in self._flying:
            flight.cancel()
        for lane in self._lanes.values():
            lane.renew()

    async def run_once(self) -> int:
        """Carry one batch of what is due, to the end.

        Returns:
            How many events it took; what failed among them falls due again later.

        Raises:
            StoreError: When the store cannot be read or written.
        """
        took, flights = await self._take_off()
        await self._landed(*flights)
        return took

    async def _take_off(self) -> tuple[int, "list[asyncio.Task[None]]"]:
        """Take a batch of what is due, and begin to carry it: nobody waits for a sink.

        Returns:
            How many events it took, and those flights that began.
        """
        while not (room := self._room()):
            await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
        # What is due at this very instant is due.
        now = self._clock() + timedelta.resolution
        due = await self._store.list_deliveries(due_before=now, limit=room)
        held = await asyncio.gather(
            *(self._hold(*waiting) for waiting in due), return_exceptions=True
        )
        flights = [self._fly(*one) for one in held if isinstance(one, tuple)]
        for one in held:
            if isinstance(one, BaseException):
                raise one
        return len(held) - held.count(None), flights

    def _room(self) -> int:
        """Return how many more deliveries may begin: none while every sink is full."""
        return min(BATCH, max((lane.room for lane in self._lanes.values()), default=1))

    def _fly(self, held: Delivery, entry: Entry) -> "asyncio.Task[None]":
        flight = asyncio.create_task(
            self._deliver(held, entry), name="onboarding-event"
        )
        self._flying.add(flight)
        flight.add_done_callback(self._flying.discard)
        return flight

    async def _landed(self, *flights: "asyncio.Task[None]") -> None:
        try:
            await asyncio.gather(*flights)
        finally:
            for flight in flights:
                flight.cancel()

    async def _hold(
        self, waiting: Delivery, entry: Entry | Unreadable
    ) -> "tuple[Delivery, Entry] | bool | None":
        """Take a delivery, so that no other relay does.

        Returns:
            It, to be carried; True where it is put off at once, since nobody could be
            given it now; None when another relay was faster.
        """
        if isinstance(entry, Unreadable):
            return await self._set_aside(waiting, entry) or None
        missing = self._missing(waiting)
        if missing and all(self._lanes[name].is_resting for name in missing):
            later = Replace(waiting, self._later(waiting))
            return await try_commit(self._store, later) or None
        held = replace(waiting, due_at=self._clock() + self._patience + LEASE)
        is_ours = await try_commit(self._store, Replace(waiting, held))
        return (held, entry) if is_ours else None

    def _missing(self, delivery: Delivery) -> list[str]:
        taken = delivery.taken.split()
        return [name for name in self._lanes if name not in taken]

    def _later(self, delivery: Delivery, *taken: str) -> Delivery:
        """Return what becomes of a delivery that some sinks did not take."""
        return replace(
            delivery,
            due_at=self._clock() + retry_after(delivery.tries),
            tries=delivery.tries + 1,
            taken=" ".join(sorted({*delivery.taken.split(), *taken})),
        )

    async def _deliver(self, held: Delivery, entry: Entry) -> None:
        try:
            missing = self._missing(held)
            outcomes = await asyncio.gather(
                *(self._lanes[name].carry(entry, held.tries + 1) for name in missing)
            )
            taken = [
                name
                for name, outcome in zip(missing, outcomes, strict=True)
                if outcome is Handover.TAKEN
            ]
            is_done = taken == missing
            later = (
                Remove(held) if is_done else Replace(held, self._later(held, *taken))
            )
            await try_commit(self._store, later)
        except Exception as error:  # noqa: BLE001  # it falls due again by itself
            self._say_broken(error, "an event falls due again in a minute")

    async def _set_aside(self, waiting: Delivery, event: Unreadable) -> bool:
        """Keep an event that cannot be read out of the way, for whoever mends it."""
        later = replace(
            waiting, due_at=self._clock() + LONGEST_RETRY, tries=waiting.tries + 1
        )
        if not await try_commit(self._store, Replace(waiting, later)):
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
