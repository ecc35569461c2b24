"""Carries what waits in the outbox to the sinks, at least once.

A relay takes a delivery by moving its ``due_at`` forward: the move is a guarded
write, so of two relays one gets it, and should that one die the delivery falls due
again by itself. A sink that fails is tried again later and later, and only that one;
the others keep what they have.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from onboarding.changes import Change, Remove, Replace
from onboarding.clock import Clock
from onboarding.errors import Conflict, StoreError
from onboarding.events import Entry
from onboarding.sinks.base import Sink
from onboarding.sinks.outbox import Delivery, OutboxStore

log = logging.getLogger("onboarding.relay")

BATCH = 50
"""Deliveries taken at once."""

PATIENCE = timedelta(seconds=10)
"""How long a sink may take for one event, unless the relay is told otherwise."""

LEASE = timedelta(minutes=1)
"""How long, beyond that, a taken delivery is nobody else's."""

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=6)
LOUD_AFTER = 5
"""Failures in a row after which it is logged: more than a minute without success."""

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
        self._sinks = dict(zip(sink_names(sinks), sinks, strict=True))
        self._clock = clock
        self._patience = patience
        self._rest = pause
        self._woken = asyncio.Event()
        self._is_stopping = False

    def wake(self) -> None:
        """Say that something was committed, so that it is carried at once."""
        self._woken.set()

    def stop(self) -> None:
        """Make ``run`` carry what is due now, and then return."""
        self._is_stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Carry whatever falls due, until ``stop``; afterwards it may run again.

        A store that cannot be reached is logged and asked again after the pause.
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
            log.warning("relay_waits: the store says %s", error.code)

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
            if isinstance(one, BaseException):
                raise one
        return took.count(True)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._rest.total_seconds()):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _deliver(self, waiting: Delivery, entry: Entry) -> bool:
        held = replace(waiting, due_at=self._clock() + self._patience + LEASE)
        if not await self._write(Replace(waiting, held)):
            return False
        taken = set(held.taken.split())
        missing = [name for name in self._sinks if name not in taken]
        results = await asyncio.gather(*(self._carry(n, entry) for n in missing))
        failed = {n: error for n, error in zip(missing, results, strict=True) if error}
        if not failed:
            await self._write(Remove(held))
            return True
        later = replace(
            held,
            due_at=self._clock() + retry_after(held.tries),
            tries=held.tries + 1,
            taken=" ".join(sorted(taken.union(missing).difference(failed))),
        )
        if later.tries >= LOUD_AFTER:
            _say(later, failed)
        await self._write(Replace(held, later))
        return True

    async def _carry(self, name: str, entry: Entry) -> str:
        """Hand an event to one sink; return what went wrong, or nothing."""
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await self._sinks[name](entry)
        except Exception as error:  # noqa: BLE001  # a sink is foreign code
            return type(error).__name__
        return ""

    async def _write(self, change: Change) -> bool:
        """Commit one change; False when another relay was faster."""
        try:
            await self._store.commit(change)
        except Conflict:
            return False
        return True


def _say(later: Delivery, failed: Mapping[str, str]) -> None:
    """Log who fails, by name and kind of error: a message may hold a secret."""
    for name, error in failed.items():
        log.error(
            "delivery_failed: %s did not take event %s in %d tries (%s)",
            name,
            later.event_id,
            later.tries,
            error,
        )


def sink_names(sinks: Iterable[Sink]) -> list[str]:
    """Return a name for each sink, the same in every process that has the same ones.

    Where two are made of the same class or function, the later one gets a number.
    """
    seen: Counter[str] = Counter()
    names = []
    for sink in sinks:
        made_of = sink if hasattr(sink, "__qualname__") else type(sink)
        name = f"{made_of.__module__}.{made_of.__qualname__}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def retry_after(tries: int) -> timedelta:
    """Return how long to wait after so many failures and one more.

    Five seconds, doubled each time, and never longer than six hours.
    """
    doubled: timedelta = FIRST_RETRY * 2 ** min(tries, 20)
    return min(doubled, LONGEST_RETRY)
