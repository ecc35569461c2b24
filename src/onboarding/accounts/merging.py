"""Bringing two accounts together: planned, atomic, idempotent, with a receipt."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from onboarding.accounts.belongings import Belongings, Plans, changes_of
from onboarding.accounts.given import checked_id
from onboarding.accounts.live import check_live, find_live
from onboarding.accounts.merge_plan import MergePlan, Part, ResourcePlan, place_of
from onboarding.accounts.model import Account, Ending, Receipt
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.refs import left_behind
from onboarding.accounts.ways import TellsOfWays
from onboarding.changes import Add, Change, Replace, retrying
from onboarding.clock import Clock
from onboarding.errors import ConfigError
from onboarding.events import AccountMerged, Entry
from onboarding.frozen import dataclass
from onboarding.log import Recorder
from onboarding.store import NounStore
from onboarding.tokens import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyMerge:
    """One merge, ready to commit; the guards are the versions of both accounts."""

    plan: MergePlan
    changes: Sequence[Change]
    events: Sequence[Entry]
    survivor: Account
    receipt: Receipt


class Merging:
    """Plans and commits merges over every resource.

    Args:
        store: Where the accounts are kept.
        clock: The present instant.
        ids: Makes ids.
        belongings: Everything that hangs on an account.
        ways: Tells people what leads to their account from then on.
    """

    def __init__(
        self,
        store: NounStore,
        clock: Clock,
        ids: Ids,
        belongings: Belongings,
        *,
        ways: TellsOfWays,
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._belongings = belongings
        self._ways = ways

    async def plan(self, source_id: str, target_id: str) -> MergePlan:
        """Tell what it would mean that the source comes to the target; writes nothing.

        Of each resource and each answer: what moves, what joins, what waits, what
        wins, and by which rule.

        Raises:
            AccountEnded: When one of them has ended, by a merge or otherwise.
            ConfigError: As ``merge``.
        """
        _check_two(source_id, target_id)
        source = await find_live(self._store, source_id)
        target = await find_live(self._store, target_id)
        _check_ranks(source, target)
        plans = await self._belongings.plan_merge(source_id, target_id)
        return _plan(source_id, target_id, plans)

    async def prepare(self, source: Account, target: Account) -> ReadyMerge:
        """Plan how the source comes to the target, with all changes; writes nothing.

        Both accounts are replaced under their versions: whoever changes one of
        them meanwhile causes a Conflict, and the plan is made again.
        """
        now = self._clock()
        plans = await self._belongings.plan_merge(source.id, target.id)
        plan = _plan(source.id, target.id, plans)
        behind = left_behind(source, target)
        survivor = replace(
            target, version=target.version + 1, ref=target.ref or source.ref
        )
        ended = replace(
            source,
            ending=Ending.MERGED,
            merged_into=target.id,
            version=source.version + 1,
            ref=behind,
            locale=None,
        )
        receipt = Receipt(source=source.id, target=target.id, at=now, moved=plan.moved)
        event = AccountMerged(source=source.id, ref=behind)
        return ReadyMerge(
            plan=plan,
            changes=[
                Replace(source, ended),
                Replace(target, survivor),
                # Before the rows move: those that go to the source come along.
                *await self._ways.ways_joined(source, target),
                # Before the rows that it is to hold: a foreign key may want it.
                *places(source.id, target.id, plans, now),
                *changes_of(plans),
                Add(receipt),
            ],
            events=[self._log.entry(target.id, event)],
            survivor=survivor,
            receipt=receipt,
        )

    async def merge(self, source_id: str, target_id: str) -> Receipt:
        """Bring the source to the target; the same merge again changes nothing.

        The caller vouches that one person owns both accounts.

        Raises:
            AccountEnded: When one of them ended otherwise.
            ConfigError: When both are the same account, or somebody registered would
                become a guest.
        """
        _check_two(source_id, target_id)

        async def attempt() -> Receipt:
            read = await self._store.find(Account, source_id)
            # In this order: a receipt that is looked for first may be written, by
            # another process, before the account is read.
            receipt = await self._store.find(Receipt, source_id)
            if receipt is not None and receipt.target == target_id:
                return receipt
            source = check_live(read, source_id)
            target = await find_live(self._store, target_id)
            _check_ranks(source, target)
            ready = await self.prepare(source, target)
            await self._store.commit(*ready.changes, events=ready.events)
            return ready.receipt

        return await retrying(attempt)


def _check_two(source_id: str, target_id: str) -> None:
    if checked_id(source_id) == checked_id(target_id):
        raise ConfigError("an account cannot be merged into itself")


def _check_ranks(source: Account, target: Account) -> None:
    if target.is_guest and not source.is_guest:
        raise ConfigError(
            "a registered account cannot be merged into a guest; merge the guest into "
            "the registered account"
        )


def places(source: str, target: str, plans: Plans, now: datetime) -> list[Change]:
    """Return what makes the place under which some plans let rows wait, if any do."""
    if not any(plan.place for _, plan in plans):
        return []
    place = Account(
        id=place_of(source), created_at=now, ending=Ending.PARKED, merged_into=target
    )
    return [Add(place)]


UNTOLD = (Outcome.NOTHING, Outcome.ERASED)
"""What a merge does that says nothing to anybody, such as ending a session."""


def _plan(source: str, target: str, plans: Plans) -> MergePlan:
    told = [
        ResourcePlan(name=one.name, parts=_parts(plan), is_deed=one.is_deed)
        for one, plan in plans
        if plan.count and one.is_told and plan.outcome not in UNTOLD
    ]
    answers = tuple(answer for _, plan in plans for answer in plan.answers)
    return MergePlan(
        source=source, target=target, resources=tuple(told), answers=answers
    )


def _parts(plan: Planned) -> tuple[Part, ...]:
    return plan.parts or (Part(outcome=plan.outcome, count=plan.count),)
