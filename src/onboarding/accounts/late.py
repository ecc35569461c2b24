"""Rows that a host wrote under an account which had ended by then.

A request that knew its account before a merge may write after it: the host's statement
names the id of before, and nothing of ours stands in its way. Export and erasure look
there as well; here such rows come to whose they are, or go where they would have gone.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

from onboarding.accounts.belongings import Belongings
from onboarding.accounts.live import find_survivor
from onboarding.accounts.model import Ending
from onboarding.accounts.resources import Resource
from onboarding.accounts.store import AccountStore
from onboarding.accounts.stuck import Stuck, Upkeep, find_owners, together
from onboarding.changes import PAUSES, Change, Touch, retrying
from onboarding.errors import Conflict

ENDED = (Ending.MERGED, Ending.EXPIRED, Ending.ERASED)
"""How an account ends that somebody knew; what is parked waits where it is."""

FEW_PAUSES = PAUSES[:4]
"""How often it is tried: whoever is in the way now may be gone when a purge comes
again, and a key that is always in the way would hold it up at each such account."""

Settlement = Callable[[str, Sequence[Resource]], Awaitable[Upkeep]]
"""Does what there is to do about an account's rows, and tells whether there was."""


class LateRows:
    """Finds what was written under accounts that have ended.

    A lapsed guest has no survivor, and nobody comes back to one: what their purge would
    have deleted is deleted, and what it would have kept stays as the host wrote it.

    Args:
        store: Where the accounts are kept.
        belongings: Everything that hangs on an account.
    """

    def __init__(self, store: AccountStore, belongings: Belongings):
        self._store = store
        self._belongings = belongings

    def settle(self, *, batch: int) -> AsyncIterator[Upkeep]:
        """Bring late rows to the survivor, or let them go; each account in a commit.

        Yields how many accounts had some, batch by batch. Where the commit of an
        account fails each time, its resources are settled one by one, and what cannot
        be settled stays where it is, and is told.

        Args:
            batch: How many accounts to look at together; all of them are.
        """
        return self._batches(batch, self._settle)

    def plan(self, *, batch: int) -> AsyncIterator[Upkeep]:
        """Yield what ``settle`` would, and write nothing."""
        return self._batches(batch, partial(self._try, self._is_late))

    async def _batches(self, batch: int, act: Settlement) -> AsyncIterator[Upkeep]:
        after = ""
        while ended := await self._store.list_tombstones(after=after, limit=batch):
            steps = list[Upkeep]()
            for ending in ENDED:
                ids = [one.id for one in ended if one.ending is ending]
                ask = partial(self._belongings.late_of, ending=ending)
                late, stuck = await find_owners(self._belongings, ids, ask)
                steps += [await act(id, late[id]) for id in late]
                steps.append(Upkeep(stuck=stuck))
            yield together(steps)
            after = ended[-1].id

    async def _settle(self, account_id: str, where: Sequence[Resource]) -> Upkeep:
        whole = await self._try(self._commit, account_id, where)
        if not whole.stuck or len(where) == 1:
            return whole
        each = [await self._try(self._commit, account_id, [one]) for one in where]
        found = together(each)
        return Upkeep(count=min(found.count, 1), stuck=found.stuck)

    async def _try(
        self,
        act: Callable[[str, Sequence[Resource]], Awaitable[bool]],
        account_id: str,
        where: Sequence[Resource],
    ) -> Upkeep:
        try:
            return Upkeep(count=int(await act(account_id, where)))
        except Conflict:  # somebody was faster: the next purge tries again
            return Upkeep()
        except Exception as error:  # noqa: BLE001  # a host's verb may raise anything
            return Upkeep(stuck=[Stuck.of(account_id, error, *where)])

    async def _is_late(self, account_id: str, where: Sequence[Resource]) -> bool:
        return bool(await self._changes(account_id, where))

    async def _commit(self, account_id: str, where: Sequence[Resource]) -> bool:
        async def attempt() -> bool:
            changes = await self._changes(account_id, where)
            await self._store.commit(*changes)
            return bool(changes)

        return await retrying(attempt, FEW_PAUSES)

    async def _changes(
        self, account_id: str, where: Sequence[Resource]
    ) -> Sequence[Change]:
        survivor = await find_survivor(self._store, account_id)
        if survivor is None:
            return ()
        if survivor.is_live:
            changes = await self._belongings.bring(where, account_id, survivor.id)
            return [Touch(survivor.id), *changes] if changes else ()
        ending = survivor.ending or Ending.ERASED
        # What its end leaves in place is no reason to end it again.
        late = [
            one
            for one in where
            if await self._belongings.late_of(one, [account_id], ending)
        ]
        if ending is Ending.EXPIRED:
            return await self._belongings.lapse(late, account_id)
        return await self._belongings.drop(late, account_id)
