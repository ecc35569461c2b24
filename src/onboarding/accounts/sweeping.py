"""Sweeps what is over, for as long as an application runs.

An act that nobody finished may hold an address and a name of somebody who has no
account to erase: it goes by itself, soon after its life is over.
"""

from datetime import timedelta

from onboarding.accounts.intents import IntentService
from onboarding.background import Background

BETWEEN_SWEEPS = timedelta(minutes=10)
"""How long it rests: as long as an act that waits is alive, so it is gone in twice."""


class Sweeper(Background):
    """Removes, again and again, every intent whose life is over.

    Any number of processes may do so at once.

    Args:
        intents: Keeps what may be over.
        pause: How long it rests between two looks.
    """

    def __init__(self, intents: IntentService, *, pause: timedelta = BETWEEN_SWEEPS):
        super().__init__("sweep", pause)
        self._intents = intents

    async def _do_some(self) -> int:
        await self._intents.sweep()
        return 0  # a sweep takes everything
