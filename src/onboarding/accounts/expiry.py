"""What an erasure had to leave, and the end of the period for which it had to.

The rows stand under the ids of erased accounts, which nobody comes back to: whoever
looks for them again is this alone.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

from onboarding.accounts.belongings import Belongings, Plans, changes_of
from onboarding.accounts.live import find_survivor
from onboarding.accounts.model import Account, Ending
from onboarding.accounts.resources import Resource
from onboarding.accounts.store import AccountStore
from onboarding.accounts.stuck import (
    Stuck,
    Upkeep,
    find_owners,
    is_race,
    together,
)
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

    def run(self, *, batch: int) -> AsyncIterator[Upkeep]:
        """Remove it, each account in a commit; yield how many rows went, by batch.

        What cannot be removed stays where it is, and is told.

        Args:
            batch: How many accounts to look at together; all of them are.
        """
        return self._batches(batch, self._commit)

    def plan(self, *, batch: int) -> AsyncIterator[Upkeep]:
        """Yield what ``run`` would, and write nothing."""
        return self._batches(batch, _leave)

    async def _batches(self, batch: int, act: Removal) -> AsyncIterator[Upkeep]:
        now, after = self._clock(), ""
        while ended := await self._store.list_tombstones(after=after, limit=batch):
            yield await self._expire(ended, now, act)
            after = ended[-1].id

    async def _expire(
        self, ended: list[Account], now: datetime, act: Removal
    ) -> Upkeep:
        ids, ask = (
            [one.id for one in ended],
            partial(self._belongings.overdue_of, now=now),
        )
        overdue, stuck = await find_owners(self._belongings, ids, ask)
        steps = [await self._end(id, overdue[id], now, act) for id in overdue]
        return together([Upkeep(stuck=stuck), *steps])

    async def _end(
        self, account_id: str, where: Sequence[Resource], now: datetime, act: Removal
    ) -> Upkeep:
        whole = await self._try(account_id, where, now, act)
        if not whole.stuck or len(where) == 1:
            return whole
        return together([await self._try(account_id, [one], now, act) for one in where])

    async def _try(
        self, account_id: str, where: Sequence[Resource], now: datetime, act: Removal
    ) -> Upkeep:
        try:
            survivor = await find_survivor(self._store, account_id)
            # What a live account has is its own, however old.
            if survivor is None or survivor.ending is not Ending.ERASED:
                return Upkeep()
            plans = await self._belongings.plan_expiry(where, account_id, now)
            await act(plans)
        except Exception as error:  # noqa: BLE001  # a host's verb may raise anything
            if is_race(error):  # the next purge tries again
                return Upkeep()
            return Upkeep(stuck=[Stuck.of(account_id, error, *where)])
        return Upkeep(count=sum(plan.count for _, plan in plans))

    async def _commit(self, plans: Plans) -> None:
        await self._store.commit(*changes_of(plans))


async def _leave(_: Plans) -> None:
    """Do nothing: it is looked at only."""
