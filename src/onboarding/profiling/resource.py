"""Answers as something that hangs on an account."""

from dataclasses import replace

from typing_extensions import override

from onboarding.accounts.resources import Outcome, Planned, Resource
from onboarding.changes import Put, RemoveAll
from onboarding.profiling.model import Answer
from onboarding.profiling.rules import better
from onboarding.stores.base import Store


class AnswersResource(Resource):
    """What a person told about themselves; at a merge, the better answer stays.

    Both accounts are guarded by their versions at a merge, and every answer raises
    one: an answer given meanwhile makes the merge plan again.
    """

    name = "answers"

    @override
    async def merge(self, store: Store, source: str, target: str) -> Planned:
        theirs = await store.list_answers(source)
        ours = {answer.question: answer for answer in await store.list_answers(target)}
        arriving = [replace(answer, account_id=target) for answer in theirs]
        winners = [
            answer
            for answer in arriving
            if answer.question not in ours
            or better(answer, ours[answer.question]) is answer
        ]
        meets = any(answer.question in ours for answer in theirs)
        outcome = Outcome.COMBINED if meets else Outcome.ADDED
        return Planned(
            changes=[RemoveAll(Answer, source), *map(Put, winners)],
            outcome=outcome if theirs else Outcome.NOTHING,
            count=len(theirs),
        )

    @override
    async def purge(self, store: Store, account_id: str) -> Planned:
        count = len(await store.list_answers(account_id))
        return Planned(
            changes=[RemoveAll(Answer, account_id)],
            outcome=Outcome.ERASED if count else Outcome.NOTHING,
            count=count,
        )

    @override
    async def erase(self, store: Store, account_id: str) -> Planned:
        return await self.purge(store, account_id)

    @override
    async def export(self, store: Store, account_id: str) -> object:
        return [
            {
                "question": answer.question,
                "reply": answer.reply.value,
                "value": answer.value,
                "source": answer.source.name.lower(),
                "via": answer.via,
                "feature": answer.feature,
                "answered_at": answer.answered_at.isoformat(),
            }
            for answer in await store.list_answers(account_id)
        ]
