"""Bringing two accounts together: planned, atomic, idempotent, with a receipt."""

from collections.abc import Sequence
from dataclasses import replace

from onboarding.accounts.belongings import Belongings, Plans, changes_of
from onboarding.accounts.given import checked_id
from onboarding.accounts.live import check_live, find_live
from onboarding.accounts.model import Account, Ending, Receipt
from onboarding.accounts.refs import left_behind
from onboarding.accounts.resources import Outcome
from onboarding.changes import Add, Change, Replace, retrying
from onboarding.clock import Clock
from onboarding.errors import ConfigError
from onboarding.events import AccountMerged, Entry
from onboarding.frozen import dataclass
from onboarding.log import Recorder
from onboarding.store import NounStore
from onboarding.tokens import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePlan:
    """One merge, ready to commit; the guards are the versions of both accounts."""

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
    """

    def __init__(
        self, store: NounStore, clock: Clock, ids: Ids, belongings: Belongings
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._belongings = belongings

    async def plan(self, source: Account, target: Account) -> MergePlan:
        """Plan how the source comes to the target; writes nothing.

        Both accounts are replaced under their versions: whoever changes one of
        them meanwhile causes a Conflict, and the plan is made again.
        """
        plans = await self._belongings.plan_merge(source.id, target.id)
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
        receipt = Receipt(
            source=source.id, target=target.id, at=self._clock(), moved=_told(plans)
        )
        event = AccountMerged(source=source.id, ref=behind)
        return MergePlan(
            changes=[
                Replace(source, ended),
                Replace(target, survivor),
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
        if checked_id(source_id) == checked_id(target_id):
            raise ConfigError("an account cannot be merged into itself")

        async def attempt() -> Receipt:
            read = await self._store.find(Account, source_id)
            # In this order: a receipt that is looked for first may be written, by
            # another process, before the account is read.
            receipt = await self._store.find(Receipt, source_id)
            if receipt is not None and receipt.target == target_id:
                return receipt
            source = check_live(read, source_id)
            target = await find_live(self._store, target_id)
            if target.is_guest and not source.is_guest:
                raise ConfigError(
                    "a registered account cannot be merged into a guest; merge the "
                    "guest into the registered account"
                )
            plan = await self.plan(source, target)
            await self._store.commit(*plan.changes, events=plan.events)
            return plan.receipt

        return await retrying(attempt)


def _told(plans: Plans) -> dict[str, str]:
    """What a receipt keeps: the outcome and the count of each resource."""
    return {
        resource.name: f"{plan.outcome}:{plan.count}"
        for resource, plan in plans
        if plan.count and resource.is_told and plan.outcome is not Outcome.ERASED
    }
