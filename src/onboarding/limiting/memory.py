"""The windows of one process, in its memory.

Ours, and not those of the library that counts in Redis. These read the machine's time,
and with each hit they walk through all their keys: whoever comes from many addresses
would make every guest dearer. And two windows would cost a guest twenty microseconds.
"""

from collections import deque
from collections.abc import Sequence

from onboarding.clock import Clock
from onboarding.limiting.model import Full, Place

UNSWEPT = 1024
"""Windows that are kept without looking whether any of them is over."""


class MemoryWindows:
    """Keeps the instants at which places were taken, until they no longer count.

    A window that is over goes when as many have come as were kept. Places are taken
    by whom every limit let through, so those overall bound how many windows there are.
    """

    def __init__(self, clock: Clock):
        self._clock = clock
        self._windows: dict[str, deque[float]] = {}
        self._ends: dict[str, float] = {}
        self._sweep_at = UNSWEPT

    def __len__(self) -> int:
        """Return how many windows are kept."""
        return len(self._windows)

    async def take(self, wanted: Sequence[Place]) -> Full | None:
        """Take each place, or none.

        Who is refused by one window has so used up nothing in another.

        Returns:
            None when each was free, else the window that is full for longest.
        """
        now = self._clock().timestamp()
        full = [found for one in wanted if (found := self._look(one, now))]
        if full:
            return max(full, key=lambda one: one.until)
        for one in wanted:
            self._windows.setdefault(one.key, deque()).append(now)
            self._ends[one.key] = now + one.seconds
        if len(self._windows) > self._sweep_at:
            self._sweep(now)
        return None

    def _look(self, place: Place, now: float) -> Full | None:
        window = self._windows.get(place.key)
        if window is None:
            return None
        # What is exactly as old as the window is long is over: who was told to come
        # back then is let in.
        while window and window[0] <= now - place.seconds:
            window.popleft()
        if len(window) < place.times:
            return None
        return Full(place.scope, window[0] + place.seconds)

    def _sweep(self, now: float) -> None:
        for key in [key for key, ends in self._ends.items() if ends <= now]:
            del self._windows[key], self._ends[key]
        self._sweep_at = max(UNSWEPT, 2 * len(self._windows))

    async def is_there(self) -> bool:
        """Tell whether it can be counted in."""
        return True

    async def close(self) -> None:
        """Give back what was opened: nothing."""
