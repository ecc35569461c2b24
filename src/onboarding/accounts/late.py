"""Rows that a host wrote under an account which had ended by then.

A request that knew its account before a merge may write after it: the host's statement
names the id of before, and nothing of ours stands in its way. Export and erasure look
there as well; here such rows come to whose they are, or go where they would have gone.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from onboarding.accounts.belongings import Belongings
from onboarding.accounts.live import find_survivor
from onboarding.accounts.model import Ending
from onboarding.accounts.resources import Resource
from onboarding.accounts.store import AccountStore
from onboarding.changes import Change, Touch, retrying
from onboarding.errors import Conflict

ENDED = (Ending.MERGED, Ending.EXPIRED, Ending.ERASED)
"""How an account ends that somebody knew; what is parked waits where it is."""

Settlement = Callable[[str, Sequence[Resource]], Awaitable[bool]]
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

    def settle(self, *, batch: int) -> AsyncIterator[int]:
        """Bring late rows to the survivor, or let them go; each account in a commit.

        Yields how many accounts had some, batch by batch.

        Args:
            batch: How many accounts to look at together; all of them are.
        """
        return self._batches(batch, self._settle)

    def plan(self, *, batch: int) -> AsyncIterator[int]:
        """Yield what ``settle`` would, and write nothing."""
        return self._batches(batch, self._is_late)

    async def _batches(self, batch: int, act: Settlement) -> AsyncIterator[int]:
        after = ""
        while ended := await self._store.list_tombstones(after=after, limit=batch):
            count = 0
            for ending in ENDED:
                ids = [one.id for one in ended if one.ending is ending]
                late = await self._belongings.late(ids, ending)
                count += sum([await act(id, late[id]) for id in late])
            yield count
            after = ended[-1].id

    async def _is_late(self, account_id: str, where: Sequence[Resource]) -> bool:
        return bool(await self._changes(account_id, where))

    async def _settle(self, account_id: str, where: Sequence[Resource]) -> bool:
        async def attempt() -> bool:
            changes = await self._changes(account_id, where)
            await self._store.commit(*changes)
            return bool(changes)

        try:
            return await retrying(attempt)
        except Conflict:  # a key that both have: the next purge tries again
            return False

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
        late = (await self._belongings.late([account_id], ending)).get(account_id, ())
        if ending is Ending.EXPIRED:
            return await self._belongings.lapse(late, account_id)
        return await self._belongings.drop(late, account_id)
