"""The windows of one process, by our clock.

The memory of the library ``limits`` reads the machine's time, and looks all that it
keeps through with each hit, in a thread for each key: whoever comes from many addresses
would make every request dearer. Here a key whose window is over goes when as many keys
have come as were kept.
"""

from collections import deque

from limits.aio.storage import MemoryStorage
from typing_extensions import override

from onboarding.clock import Clock

UNSWEPT = 1024
"""Keys that are kept without looking whether any of them is over."""


class Memory(MemoryStorage):
    """Keeps the instants of what was done, by key, until they no longer count."""

    def __init__(self, clock: Clock):
        super().__init__()
        self._clock = clock
        self._windows: dict[str, deque[float]] = {}
        self._ends: dict[str, float] = {}
        self._sweep_at = UNSWEPT

    def __len__(self) -> int:
        """Return how many keys are kept."""
        return len(self._windows)

    @override
    async def acquire_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count something if it may be done now, and tell whether it may."""
        now, window = self._live(key, expiry)
        if len(window) + amount > limit:
            return False
        window.extend([now] * amount)
        self._windows[key], self._ends[key] = window, now + expiry
        if len(self._windows) > self._sweep_at:
            self._sweep(now)
        return True

    @override
    async def get_moving_window(
        self, key: str, limit: int, expiry: int
    ) -> tuple[float, int]:
        """Return the oldest instant that counts now, and how many there are."""
        now, window = self._live(key, expiry)
        return (window[0] if window else now), len(window)

    def _live(self, key: str, expiry: int) -> tuple[float, deque[float]]:
        """Return the present instant, and what of a key counts at it."""
        now = self._clock().timestamp()
        window = self._windows.get(key)
        if window is None:
            return now, deque()
        # What is exactly as old as the window is long is over: who was told to come
        # back then is let in.
        while window and window[0] <= now - expiry:
            window.popleft()
        return now, window

    def _sweep(self, now: float) -> None:
        for key in [key for key, ends in self._ends.items() if ends <= now]:
            del self._windows[key], self._ends[key]
        self._sweep_at = max(UNSWEPT, 2 * len(self._windows))
