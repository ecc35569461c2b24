"""What an erasure had to leave, and the end of the period for which it had to.

The rows stand under the ids of erased accounts, which nobody comes back to: whoever
looks for them again is this alone.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

from onboarding.accounts.belongings import Belongings, Plans, changes_of
from onboarding.accounts.live import find_survivor
from onboarding.accounts.model import Account, Ending
from onboarding.accounts.store import AccountStore
from onboarding.clock import Clock

Removal = Callable[[Plans], Awaitable[None]]


class Expiry:
    """Removes what is kept of erased accounts once its retention period is over.

    Args:
        store: Where the accounts are kept.
        clock: The present instant.
        belongings: Everything that hangs on an account.
    """

    def __init__(self, store: AccountStore, clock: Clock, belongings: Belongings):
        self._store = store
        self._clock = clock
        self._belongings = belongings

    def run(self, *, batch: int) -> AsyncIterator[int]:
        """Remove it, each account in a commit; yield how many rows went, by batch.

        Args:
            batch: How many accounts to look at together; all of them are.
        """
        return self._batches(batch, self._commit)

    def plan(self, *, batch: int) -> AsyncIterator[int]:
        """Yield what ``run`` would, and write nothing."""
        return self._batches(batch, _leave)

    async def _batches(self, batch: int, act: Removal) -> AsyncIterator[int]:
        now, after = self._clock(), ""
        while ended := await self._store.list_tombstones(after=after, limit=batch):
            yield await self._expire(ended, now, act)
            after = ended[-1].id

    async def _expire(self, ended: list[Account], now: datetime, act: Removal) -> int:
        ids = [one.id for one in ended]
        count = 0
        for id, where in (await self._belongings.overdue(ids, now)).items():
            survivor = await find_survivor(self._store, id)
            # What a live account has is its own, however old.
            if survivor is not None and survivor.ending is Ending.ERASED:
                plans = await self._belongings.plan_expiry(where, id, now)
                await act(plans)
                count += sum(plan.count for _, plan in plans)
        return count

    async def _commit(self, plans: Plans) -> None:
        await self._store.commit(*changes_of(plans))


async def _leave(_: Plans) -> None:
    """Do nothing: it is looked at only."""
