"""Moving windows, counted by the library ``limits``: all that is wanted, or nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from limits.aio.strategies import MovingWindowRateLimiter

from onboarding.limiting.model import Full, Place

if TYPE_CHECKING:
    from limits.storage import StorageTypes


class Windows:
    """The windows of one storage."""

    def __init__(self, storage: "StorageTypes"):
        self._strategy = MovingWindowRateLimiter(storage)

    async def take(self, wanted: Sequence[Place]) -> Full | None:
        """Take each place, or none.

        All windows are looked at before any place is taken: who is refused by one has
        used up nothing in another. Between processes somebody faster may take the last
        place of one meanwhile; no window ever gives more places than it has.

        Returns:
            None when each was free, else the window that is full for longest.
        """
        full = [found for one in wanted if (found := await self._look(one))]
        if full:
            return max(full, key=lambda one: one.until)
        for one in wanted:
            if not await self._strategy.hit(one.item, one.key):
                return await self._look(one) or Full(one.scope, 0)
        return None

    async def _look(self, one: Place) -> Full | None:
        until, places = await self._strategy.get_window_stats(one.item, one.key)
        return Full(one.scope, until) if places < 1 else None

    async def is_there(self) -> bool:
        """Tell whether the storage answers; memory always does."""
        return True

    async def close(self) -> None:
        """Give back what was opened: nothing."""
