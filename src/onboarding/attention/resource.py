"""The ledger as something that hangs on an account."""

from typing_extensions import override

from onboarding.accounts.resources import Outcome, Planned, Resource
from onboarding.attention.model import Attention
from onboarding.changes import Change, MoveAll, RemoveAll
from onboarding.stores.base import Store


class AttentionResource(Resource):
    """What was asked of a person: the union at a merge, gone at an end.

    A guest who said "not now" has said so after signing in, too.
    """

    name = "attention"

    @override
    async def merge(self, store: Store, source: str, target: str) -> Planned:
        move = MoveAll(Attention, source, target)
        return await self._plan(store, source, move, Outcome.ADDED)

    @override
    async def purge(self, store: Store, account_id: str) -> Planned:
        remove = RemoveAll(Attention, account_id)
        return await self._plan(store, account_id, remove, Outcome.ERASED)

    @override
    async def erase(self, store: Store, account_id: str) -> Planned:
        return await self.purge(store, account_id)

    @override
    async def export(self, store: Store, account_id: str) -> object:
        return [
            {"item": line.item, "act": line.act.value, "at": line.at.isoformat()}
            for line in await store.list_attention(account_id)
        ]

    async def _plan(
        self, store: Store, account_id: str, change: Change, outcome: Outcome
    ) -> Planned:
        count = len(await store.list_attention(account_id))
        return Planned(
            changes=[change],
            outcome=outcome if count else Outcome.NOTHING,
            count=count,
        )
