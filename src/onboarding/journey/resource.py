"""The log as something that hangs on an account: told, and never taken away."""

from dataclasses import replace
from typing import TYPE_CHECKING

from typing_extensions import override

from onboarding.accounts.facts import LastingFacts
from onboarding.accounts.planned import Planned
from onboarding.accounts.resources import Query
from onboarding.changes import Replace
from onboarding.events import AccountMerged, Entry

if TYPE_CHECKING:
    from onboarding.journey.store import JourneyStore


class EventsResource(LastingFacts):
    """What happened to a person, merged accounts' events included.

    Events carry an account's id and nothing that tells who it was, so they stay
    where they are: a merge is read through ``merged_into``, and after an erasure the
    log still adds up. What waits to be carried to the sinks waits on. One thing goes
    with an erasure: the host's own key for who was merged.
    """

    name = "events"

    def __init__(self, store: "JourneyStore"):
        self._store = store

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        entries = await self._store.list_of(Entry, account_id)
        return Planned(
            changes=[
                Replace(one, replace(one, data={**one.data, "ref": None}))
                for one in entries
                if one.name == AccountMerged.name and one.data.get("ref")
            ]
        )

    @override
    async def export(self, query: Query, account_id: str) -> object:
        return [
            {"at": one.at.isoformat(), "name": one.name, "data": dict(one.data)}
            for one in await self._store.list_journey(account_id)
        ]
