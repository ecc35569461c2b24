"""Letters as something that hangs on an account."""

from collections.abc import Sequence
from dataclasses import replace

from typing_extensions import override

from onboarding.accounts.facts import Facts, said
from onboarding.accounts.model import Ending, ProvenAddress
from onboarding.accounts.planned import Planned
from onboarding.accounts.resources import Query, Resource
from onboarding.changes import RemoveAll
from onboarding.mail.model import STOPPABLE, Letter, MailStop
from onboarding.store import NounStore


class LettersResource(Facts[Letter]):
    """What is on its way to somebody: it follows a merge, and goes with the account.

    One that a visitor asked for belongs to no account, and goes when whoever proved
    its address has their data erased.
    """

    name = "letters"
    kind = Letter
    is_told = False

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        own = await super().erase(query, account_id)
        proven = await self._store.list_of(ProvenAddress, account_id)
        others = [RemoveAll(Letter, one.address, by="address") for one in proven]
        return replace(own, changes=[*own.changes, *others])

    @override
    def tell(self, fact: Letter) -> dict[str, object]:
        return said(
            kind=fact.kind,
            address=fact.address,
            due_at=fact.due_at.isoformat(),
        )


class MailStopsResource(Resource):
    """Which letters somebody wants no more: a wish of whoever reads an address.

    So it is told and erased with the account that has proven the address, follows it to
    whichever account has it, and outlives a guest who merely typed it.
    """

    name = "mail_stops"
    is_told = False

    def __init__(self, store: NounStore):
        self._store = store

    async def _proven(self, account_id: str) -> list[str]:
        found = await self._store.list_of(ProvenAddress, account_id)
        return [one.address for one in found]

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        return Planned()

    @override
    async def purge(self, query: Query, account_id: str) -> Planned:
        return Planned()

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        gone = [
            RemoveAll(MailStop, address, by="address")
            for address in await self._proven(account_id)
        ]
        return Planned(changes=gone)

    @override
    async def late(
        self, query: Query, account_ids: Sequence[str], ending: Ending
    ) -> Sequence[str]:
        return ()

    @override
    async def export(self, query: Query, account_id: str) -> object:
        found = [
            await self._store.find(MailStop, address, kind)
            for address in await self._proven(account_id)
            for kind in sorted(STOPPABLE)
        ]
        return [
            said(address=one.address, kind=one.kind, since=one.stopped_at.isoformat())
            for one in found
            if one is not None
        ]
