"""Sweeps what is over, for as long as an application runs.

An act that nobody finished may hold an address and a name of somebody who has no
account to erase: it goes by itself, soon after its life is over.
"""

import asyncio
import logging
from datetime import timedelta

from onboarding.accounts.intents import IntentService
from onboarding.errors import StoreError

log = logging.getLogger("onboarding.sweeper")

BETWEEN_SWEEPS = timedelta(minutes=10)
"""How long it rests: as long as an act that waits is alive, so it is gone in twice."""


class Sweeper:
    """Removes, again and again, every intent whose life is over.

    Any number of processes may do so at once.

    Args:
        intents: Keeps what may be over.
        pause: How long it rests between two looks.
    """

    def __init__(self, intents: IntentService, *, pause: timedelta = BETWEEN_SWEEPS):
        self._intents = intents
        self._rest = pause
        self._woken: asyncio.Event | None = None

    def wake(self) -> None:
        """Make ``run`` look now; without one that runs it does nothing."""
        if self._woken is not None:
            self._woken.set()

    async def run(self) -> None:
        """Look after each pause, until it is cancelled.

        What goes wrong is logged, and ends no more than that one look.
        """
        woken = self._woken = asyncio.Event()  # of this event loop
        while True:
            try:
                async with asyncio.timeout(self._rest.total_seconds()):
                    await woken.wait()
            except TimeoutError:
                pass
            woken.clear()
            await self._sweep()

    async def _sweep(self) -> None:
        try:
            await self._intents.sweep()
        except StoreError as error:
            log.warning("sweep_waits: the store says %s", error.code)
        except Exception:
            log.exception("sweep_failed: it is tried again after %s", self._rest)
