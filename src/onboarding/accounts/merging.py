"""Bringing two accounts together: planned, atomic, idempotent, with a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onboarding.accounts.model import (
    Account,
    Contact,
    ContactLevel,
    Ending,
    IdentityLink,
    Intent,
    ProvenAddress,
    Receipt,
    Session,
)
from onboarding.accounts.resources import Planned, Resource
from onboarding.changes import Add, Change, MoveAll, Put, RemoveAll, Replace, retrying
from onboarding.clock import Clock
from onboarding.errors import AccountEnded, ConfigError
from onboarding.events import AccountMerged, Entry
from onboarding.log import Recorder
from onboarding.stores.base import Store
from onboarding.tokens import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
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
        resources: Everything that hangs on an account, this library's own first.
    """

    def __init__(
        self, store: Store, clock: Clock, ids: Ids, resources: Sequence[Resource]
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._resources = resources

    async def plan(self, source: Account, target: Account) -> Merge:
        """Plan how the source comes to the target; writes nothing.

        Both accounts are replaced under their versions: whoever changes one of
        them meanwhile causes a Conflict, and the plan is made again.
        """
        planned = [
            (resource.name, await resource.merge(self._store, source.id, target.id))
            for resource in self._resources
        ]
        survivor = replace(target, version=target.version + 1)
        ended = replace(
            source,
            ending=Ending.MERGED,
            merged_into=target.id,
            version=source.version + 1,
            ref=None,
        )
        receipt = Receipt(
            source=source.id, target=target.id, at=self._clock(), moved=_told(planned)
        )
        event = AccountMerged(source=source.id)
        return Merge(
            changes=[
                Replace(source, ended),
                Replace(target, survivor),
                *(change for _, plan in planned for change in plan.changes),
                MoveAll(IdentityLink, source.id, target.id),
                MoveAll(Contact, source.id, target.id),
                *map(Put, await self._proofs(source.id, target.id)),
                MoveAll(ProvenAddress, source.id, target.id),
                MoveAll(Intent, source.id, target.id),
                RemoveAll(Session, source.id),
                Add(receipt),
            ],
            events=[self._log.entry(target.id, event)],
            survivor=survivor,
            receipt=receipt,
        )

    async def _proofs(self, source: str, target: str) -> list[Contact]:
        """What the source has proven: it counts for more than what the target typed."""
        known = await self._store.list_contacts(source)
        return [
            replace(contact, account_id=target)
            for contact in known
            if contact.level is ContactLevel.PROVEN
        ]

    async def merge(self, source_id: str, target_id: str) -> Receipt:
        """Bring the source to the target; the same merge again changes nothing.

        The caller vouches that one person owns both accounts.

        Raises:
            AccountEnded: When one of them ended otherwise.
            ConfigError: When both are the same account, or somebody registered would
                become a guest.
        """
        if source_id == target_id:
            raise ConfigError("an account cannot be merged into itself")

        async def attempt() -> Receipt:
            receipt = await self._store.find_receipt(source_id)
            if receipt is not None and receipt.target == target_id:
                return receipt
            source, target = await self._live(source_id), await self._live(target_id)
            if target.is_guest and not source.is_guest:
                raise ConfigError(
                    "a registered account cannot be merged into a guest; merge the "
                    "guest into the registered account"
                )
            merge = await self.plan(source, target)
            await self._store.commit(*merge.changes, events=merge.events)
            return merge.receipt

        return await retrying(attempt)

    async def _live(self, account_id: str) -> Account:
        account = await self._store.find_account(account_id)
        if account is None or not account.is_live:
            raise AccountEnded(account_id)
        return account


def _told(planned: Sequence[tuple[str, Planned]]) -> dict[str, str]:
    """What a receipt keeps: the outcome and the count of each resource."""
    return {
        name: f"{plan.outcome}:{plan.count}" for name, plan in planned if plan.count
    }
