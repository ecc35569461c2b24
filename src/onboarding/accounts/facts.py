"""Facts of one kind as something that hangs on an account."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from typing_extensions import override

from onboarding.accounts.resources import Outcome, Planned, Resource
from onboarding.changes import Change, MoveAll, Noun, RemoveAll
from onboarding.stores.base import Store

N = TypeVar("N", bound=Noun)


class Facts(Resource, Generic[N]):
    """Nouns of one kind: they move at a merge, and go when the account ends."""

    kind: type[N]

    @abstractmethod
    async def find(self, store: Store, account_id: str) -> Sequence[N]:
        """Return those of one account."""

    @abstractmethod
    def tell(self, fact: N) -> dict[str, object]:
        """Return one as JSON values, for the person whose it is."""

    @override
    async def merge(self, store: Store, source: str, target: str) -> Planned:
        count = len(await self.find(store, source))
        return planned(MoveAll(self.kind, source, target), Outcome.ADDED, count)

    @override
    async def purge(self, store: Store, account_id: str) -> Planned:
        count = len(await self.find(store, account_id))
        return planned(RemoveAll(self.kind, account_id), Outcome.ERASED, count)

    @override
    async def erase(self, store: Store, account_id: str) -> Planned:
        return await self.purge(store, account_id)

    @override
    async def export(self, store: Store, account_id: str) -> object:
        return [self.tell(fact) for fact in await self.find(store, account_id)]


def planned(change: Change, outcome: Outcome, count: int) -> Planned:
    """Return a plan of one change, whose outcome is nothing when no row is there."""
    return Planned(
        changes=[change], outcome=outcome if count else Outcome.NOTHING, count=count
    )
