"""Responses as something that hangs on an account."""

from typing_extensions import override

from onboarding.accounts.resources import Outcome, Planned, Resource
from onboarding.changes import Change, MoveAll, RemoveAll
from onboarding.feedback.model import Response
from onboarding.stores.base import Store


class ResponsesResource(Resource):
    """What a person said and what was said back: moved at a merge, gone at an end.

    Who answered as a guest has answered after signing in, too.
    """

    name = "responses"

    @override
    async def merge(self, store: Store, source: str, target: str) -> Planned:
        move = MoveAll(Response, source, target)
        return await self._plan(store, source, move, Outcome.ADDED)

    @override
    async def purge(self, store: Store, account_id: str) -> Planned:
        remove = RemoveAll(Response, account_id)
        return await self._plan(store, account_id, remove, Outcome.ERASED)

    @override
    async def erase(self, store: Store, account_id: str) -> Planned:
        return await self.purge(store, account_id)

    @override
    async def export(self, store: Store, account_id: str) -> object:
        return [_told(one) for one in await store.list_responses(account_id)]

    async def _plan(
        self, store: Store, account_id: str, change: Change, outcome: Outcome
    ) -> Planned:
        count = len(await store.list_responses(account_id))
        return Planned(
            changes=[change],
            outcome=outcome if count else Outcome.NOTHING,
            count=count,
        )


def _told(response: Response) -> dict[str, object]:
    """A response as JSON values, with what is not there left out."""
    told = {
        "prompt": response.prompt,
        "given_at": response.given_at.isoformat(),
        "score": response.score,
        "text": response.text or None,
        "reply": response.reply,
        "replied_by": response.replied_by,
        "replied_at": response.replied_at and response.replied_at.isoformat(),
        "seen_at": response.seen_at and response.seen_at.isoformat(),
    }
    return {name: value for name, value in told.items() if value is not None}
