"""Our own nouns as what hangs on an account: those that go, and those that stay."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from typing_extensions import override

from onboarding.accounts.model import Ending
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query, Resource
from onboarding.changes import Change, MoveAll, Noun, RemoveAll
from onboarding.store import NounStore

N = TypeVar("N", bound=Noun)


class Facts(Resource, Generic[N]):
    """Nouns of one kind: they move at a merge, and go when the account ends.

    The changes are about whatever is there at the moment of the commit; what is read
    before serves to tell of it.

    Args:
        store: Where they are kept.

    Attributes:
        kind: The kind of noun.
    """

    kind: type[N]

    def __init__(self, store: NounStore):
        self._store = store

    async def list_of(self, account_id: str) -> list[N]:
        """Return those of an account, in their order."""
        return await self._store.list_of(self.kind, account_id)

    @abstractmethod
    def tell(self, fact: N) -> dict[str, object]:
        """Return one as JSON values, for the person whose it is."""

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        count = len(await self.list_of(source))
        return planned(MoveAll(self.kind, source, target), Outcome.ADDED, count)

    @override
    async def purge(self, query: Query, account_id: str) -> Planned:
        return Planned(changes=[RemoveAll(self.kind, account_id)])  # told to nobody

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        count = len(await self.list_of(account_id))
        return planned(RemoveAll(self.kind, account_id), Outcome.ERASED, count)

    @override
    async def late(
        self, query: Query, account_ids: Sequence[str], ending: Ending
    ) -> Sequence[str]:
        return ()  # whoever writes a fact demands in the same commit a live account

    @override
    async def export(self, query: Query, account_id: str) -> object:
        return [self.tell(fact) for fact in await self.list_of(account_id)]


class LastingFacts(Resource):
    """Facts that stay where they are, whatever becomes of the account.

    They hold nothing that tells who it was; whoever reads them follows a merge. So no
    page before an erasure mentions them, and none of them can be late.
    """

    is_told = False

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        return Planned()

    @override
    async def purge(self, query: Query, account_id: str) -> Planned:
        return Planned()

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        return Planned()

    @override
    async def late(
        self, query: Query, account_ids: Sequence[str], ending: Ending
    ) -> Sequence[str]:
        return ()


def planned(change: Change, outcome: Outcome, count: int) -> Planned:
    """Return a plan of one change, whose outcome is nothing when no row is there."""
    return Planned(
        changes=[change], outcome=outcome if count else Outcome.NOTHING, count=count
    )


def said(**told: object) -> dict[str, object]:
    """Return what has a value: who reads their data need not read what is not there."""
    return {name: value for name, value in told.items() if value is not None}
