"""The log as something that hangs on an account: told, and never taken away."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from onboarding.accounts.model import Ending
from onboarding.accounts.resources import Planned, Query, Resource

if TYPE_CHECKING:
    from onboarding.journey.store import JourneyStore


class EventsResource(Resource):
    """What happened to a person, merged accounts' events included.

    Events carry an account's id and nothing that tells who it was, so they stay
    where they are: a merge is read through ``merged_into``, and after an erasure the
    log still adds up. What waits to be carried to the sinks waits on.
    """

    name = "events"
    is_told = False

    def __init__(self, store: "JourneyStore"):
        self._store = store

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
        return ()  # they stay where they are, and are told with the survivor's

    @override
    async def export(self, query: Query, account_id: str) -> object:
        return [
            {"at": one.at.isoformat(), "name": one.name, "data": dict(one.data)}
            for one in await self._store.list_journey(account_id)
        ]
