"""Work that goes on while an application is open, again and again, whatever happens.

Nothing ends it but who began it: what goes wrong is logged, and the work begun again
after a pause.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from datetime import timedelta

from onboarding.errors import StoreError
from onboarding.log_lines import log_line

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=6)

PAUSE = timedelta(seconds=5)
"""How long work rests, unless it is woken or told otherwise."""

LEASE = timedelta(minutes=1)
"""How long, beyond the time for it, what one process took is nobody else's."""


class Background(ABC):
    """Does what is due whenever it is woken, and after each pause.

    Args:
        name: What its log is called, and what the lines in it begin with.
        pause: How long it rests before it looks by itself: other processes wake nobody
            here.
    """

    def __init__(self, name: str, pause: timedelta):
        self._name = name
        self._log = logging.getLogger(f"onboarding.{name}")
        self._rest = pause
        self._woken = asyncio.Event()
        self._is_stopping = False
        self._running: asyncio.Task[None] | None = None

    @abstractmethod
    async def _do_some(self) -> int:
        """Do a part of what is due; return how much that was, 0 when all is done.

        Raises:
            StoreError: When the store cannot be read or written.
        """

    async def _end(self) -> None:  # noqa: B027, mostly nothing
        """Wait for what was begun, and is not done."""

    def _renew(self) -> None:  # noqa: B027, mostly nothing
        """Make everything anew that is bound to an event loop."""

    def start(self) -> None:
        """Begin to ``run``, in a task of its own."""
        self._running = asyncio.create_task(self.run(), name=f"onboarding-{self._name}")
        self._running.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._running is task:
            self._log.error(
                "%s_ended: its task was cancelled from outside; what is due waits "
                "until this Onboarding is closed and opened again",
                self._name,
            )

    async def close(self) -> None:
        """Do what is due now, and end what ``start`` began."""
        task, self._running = self._running, None
        if task is not None:
            self.stop()
            try:
                # Not awaited itself: it may have been cancelled, and we are not.
                await asyncio.wait({task})
            finally:
                task.cancel()  # where nobody waits for us any longer

    def wake(self) -> None:
        """Say that there is something to do, so that it is done at once."""
        self._woken.set()

    def stop(self) -> None:
        """Make ``run`` do what is due now, and then return."""
        self._is_stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Do whatever falls due, until ``stop``; afterwards it may run again."""
        try:
            while not self._is_stopping:
                await self._do_due()
                await self._pause()
            await self._do_due()
            await self._end()
        finally:
            # Another run may be on another event loop, to which an Event is bound.
            self._is_stopping, self._woken = False, asyncio.Event()
            self._renew()

    async def _do_due(self) -> None:
        self._woken.clear()
        try:
            while await self._do_some():
                pass
        except Exception as error:  # noqa: BLE001  # it would end all of it
            self._say_broken(error, "it begins again")

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._rest.total_seconds()):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _say_broken(self, error: Exception, then: str) -> None:
        """Log what the store says, or an error that nobody thought of, by its kind."""
        if isinstance(error, StoreError):
            self._log.warning(
                "%s_waits: the store says %s, %s",
                self._name,
                error.code,
                log_line(error),
            )
            return
        self._log.error("%s_failed: %s; %s", self._name, type(error).__name__, then)
        self._log.debug("%s_failed", self._name, exc_info=error)


def retry_after(tries: int) -> timedelta:
    """Return how long to wait after so many failures and one more.

    Five seconds, doubled each time, and never longer than six hours.
    """
    doubled: timedelta = FIRST_RETRY * 2 ** min(tries, 20)
    return min(doubled, LONGEST_RETRY)
