"""The purge: who lapsed goes, what is kept says why, and nothing grows with the number.

It walks by id, batch after batch, and holds one batch at a time. Broken off, it has
lost nothing: who went is a tombstone, and the next purge begins with those that are
left.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from onboarding.accounts.belongings import Belongings, Plans, Veto, changes_of
from onboarding.accounts.expiry import Expiry
from onboarding.accounts.late import LateRows
from onboarding.accounts.model import Account, Ending, Intent, Session
from onboarding.accounts.planned import Planned
from onboarding.accounts.refs import without_refs
from onboarding.accounts.resources import Resource
from onboarding.accounts.stuck import Stuck, Upkeep, is_race
from onboarding.changes import Replace, Statement
from onboarding.clock import Clock
from onboarding.events import AccountErased, AccountExpired, Entry
from onboarding.frozen import dataclass
from onboarding.guests.model import GuestPolicy, Hold, HoldKind, Purged
from onboarding.guests.rules import Lapse, lapse
from onboarding.guests.store import GuestStore
from onboarding.guests.tally import Became, Tally
from onboarding.log import Recorder
from onboarding.tokens import Ids

LOOKED_AT_ONCE = 16
"""Guests that are looked at together: their commits share the wait for the disk."""


@dataclass(frozen=True, slots=True)
class End:
    """How a lapsed guest ends: everything goes, or is erased but for what must stay."""

    ending: Ending
    plans: Plans


Look = Callable[[Account, Lapse], Awaitable[Became]]
"""Ends a guest, or says how they would end."""


class Purging:
    """Ends guests whom nobody came back to, and what was kept for long enough.

    Args:
        store: Where guests are kept.
        clock: The present instant.
        ids: Makes ids.
        belongings: Everything that hangs on an account, asked before each end.
        policy: How long a guest is kept.
        session_life: How long a guest's session lives unused.
    """

    def __init__(
        self,
        store: GuestStore,
        clock: Clock,
        ids: Ids,
        *,
        belongings: Belongings,
        policy: GuestPolicy,
        session_life: timedelta,
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._belongings = belongings
        self._late = LateRows(store, belongings)
        self._expiry = Expiry(store, clock, belongings)
        self._policy = policy
        self._session_life = session_life

    def run(self, *, batch: int) -> AsyncIterator[Purged]:
        """Purge; yield what was done so far, after each batch."""
        return self._batches(
            batch,
            self._late.settle(batch=batch),
            self._expiry.run(batch=batch),
            self._end,
        )

    def plan(self, *, batch: int) -> AsyncIterator[Purged]:
        """Yield what ``run`` would do, counted alike; write nothing."""
        return self._batches(
            batch,
            self._late.plan(batch=batch),
            self._expiry.plan(batch=batch),
            self._foresee,
        )

    async def _batches(
        self,
        batch: int,
        settled: AsyncIterator[Upkeep],
        expired: AsyncIterator[Upkeep],
        look: Look,
    ) -> AsyncIterator[Purged]:
        tally = Tally()
        # First, so that what comes to a guest is theirs when they are looked at.
        async for step in settled:
            tally.settled += step.count
            tally.add_stuck(step.stuck)
            yield tally.purged()
        async for step in expired:
            tally.expired += step.count
            tally.add_stuck(step.stuck)
            yield tally.purged()
        since = lapse(self._policy, self._session_life, self._clock())
        after = ""
        # By id and onwards: those who are kept would else be all that is ever read.
        while guests := await self._list(since, after, batch):
            for first in range(0, len(guests), LOOKED_AT_ONCE):
                some = guests[first : first + LOOKED_AT_ONCE]
                looks = [self._try(look, one, since) for one in some]
                for found in await _all_of(looks):
                    tally.add(found)
            after = guests[-1].id
            yield tally.purged()
        yield tally.purged()

    async def _list(self, since: Lapse, after: str, limit: int) -> list[Account]:
        return await self._store.list_lapsed_guests(
            unseen_before=since.unseen_before,
            idle_before=since.idle_before,
            contact_before=since.contact_before,
            after=after,
            limit=limit,
        )

    # ── one guest ────────────────────────────────────────────────────────────

    async def _try(self, look: Look, guest: Account, since: Lapse) -> Became:
        """Look at a guest; what fails for one keeps that one, and nobody else."""
        try:
            return await look(guest, since)
        except Exception as error:  # noqa: BLE001  # a host's verb may raise anything
            return Stuck.of(guest.id, error)

    async def _end(self, guest: Account, since: Lapse) -> Became:
        """End a guest, in a commit of its own whose guard is the guest's version.

        One who signs in at that very moment stays, and so does one who has begun to.
        """
        found = await self._decide(guest, since)
        if not isinstance(found, End):
            return found
        ended = replace(
            guest,
            ending=found.ending,
            ref=None,
            locale=None,
            version=guest.version + 1,
        )
        is_erased = found.ending is Ending.ERASED
        event = AccountErased() if is_erased else AccountExpired()
        # What a merge leaves behind stands beside a ref of the survivor's: else none.
        behind = await without_refs(self._store, guest) if guest.ref else []
        try:
            await self._store.commit(
                Replace(guest, ended),
                *behind,
                *changes_of(found.plans),
                events=[self._log.entry(guest.id, event)],
            )
        except Exception as error:  # noqa: BLE001  # told by what the database says
            if is_race(error):
                return Hold(HoldKind.CHANGED)
            return Stuck.of(guest.id, error, *_blamed(found.plans, error))
        return found.ending

    async def _foresee(self, guest: Account, since: Lapse) -> Became:
        """Say how a guest would end, once late rows have come home."""
        parked = await self._store.list_parked(guest.id)
        merged = await self._store.list_merged(guest.id)
        known = [id for id in merged if id not in parked]
        late = await self._belongings.late(known, Ending.MERGED)
        found = await self._decide(guest, since, late)
        return found.ending if isinstance(found, End) else found

    async def _decide(
        self, guest: Account, since: Lapse, late: Iterable[str] = ()
    ) -> End | Hold | Stuck:
        now, plans = self._clock(), list[tuple[Resource, Planned]]()
        # Whoever is at a provider now comes back to what they left here.
        begun = await self._store.list_of(Intent, guest.id)
        if any(not one.is_used and now < one.expires_at for one in begun):
            return Hold(HoldKind.SIGN_IN)
        parked = await self._store.list_parked(guest.id)
        for id in (guest.id, *late):
            aside = parked if id == guest.id else ()
            planned = await self._belongings.plan_purge(id, now, aside)
            if isinstance(planned, Veto) and planned.error is not None:
                blamed = self._belongings.find(planned.resource)
                return Stuck.of(guest.id, planned.error, blamed)
            if isinstance(planned, Veto):
                return await self._held(guest, since, planned, now)
            plans += planned
        return End(Ending.EXPIRED, plans)

    async def _held(
        self, guest: Account, since: Lapse, veto: Veto, now: datetime
    ) -> End | Hold:
        """Say what becomes of a guest of whom something must be kept."""
        if await self._last_seen(guest) >= since.orders_before:
            return Hold(HoldKind.RESOURCE, veto.resource, veto.reason)
        merged = await self._store.list_merged(guest.id)
        plans = await self._belongings.plan_erase(guest.id, now, merged)
        return End(Ending.ERASED, plans)

    async def _last_seen(self, guest: Account) -> datetime:
        sessions = await self._store.list_of(Session, guest.id)
        if sessions:
            return max(one.seen_at for one in sessions)
        # No browser is ever seen of whoever orders by phone: what they did since, such
        # as a second order, is in the log alone.
        done = await self._store.list_of(Entry, guest.id)
        return max((one.at for one in done), default=guest.created_at)


def _blamed(plans: Plans, error: Exception) -> list[Resource]:
    """Return whose statement it was that breaks a key, or else all who have one."""
    said = [
        (one, change.sql.strip())
        for one, plan in plans
        for change in plan.changes
        if isinstance(change, Statement)
    ]
    broke = [one for one, sql in said if sql == str(error.__cause__)]
    return list(dict.fromkeys(broke or [one for one, _ in said]))


async def _all_of(looks: Iterable[Awaitable[Became]]) -> list[Became]:
    """Wait for all of them; what one raises waits until the others are done."""
    found = await asyncio.gather(*looks, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return [one for one in found if not isinstance(one, BaseException)]
