"""Answers as something that hangs on an account."""

from dataclasses import replace

from typing_extensions import override

from onboarding.accounts.facts import Facts, said
from onboarding.accounts.merge_plan import MergedAnswer, Side
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query
from onboarding.changes import Put, RemoveAll
from onboarding.profiling.merge_law import together
from onboarding.profiling.model import Answer, AnswerKind
from onboarding.profiling.proposal import Proposal
from onboarding.profiling.proposal_rules import met


class AnswersResource(Facts[Answer]):
    """What a person told about themselves; at a merge, the better answer counts.

    The other one is kept beside it as a suggestion, so that nothing said is lost.

    Both accounts are guarded by their versions at a merge, and every answer raises
    one: an answer given meanwhile makes the merge plan again.
    """

    name = "answers"
    kind = Answer

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        theirs = await self.list_of(source)
        ours = {answer.question: answer for answer in await self.list_of(target)}
        arriving = [replace(answer, account_id=target) for answer in theirs]
        winners = [
            together(answer, ours[answer.question])
            if answer.question in ours
            else answer
            for answer in arriving
        ]
        meets = any(answer.question in ours for answer in theirs)
        pairs = zip(arriving, winners, strict=True)
        outcome = Outcome.COMBINED if meets else Outcome.ADDED
        return Planned(
            changes=[RemoveAll(Answer, source), *map(Put, winners)],
            outcome=outcome if theirs else Outcome.NOTHING,
            count=len(theirs),
            answers=tuple(_merged(*pair) for pair in pairs),
        )

    @override
    def tell(self, fact: Answer) -> dict[str, object]:
        told: dict[str, object] = {
            "question": fact.question,
            "reply": fact.reply.value,
            "value": fact.value,
            "source": fact.source.name.lower(),
            "via": fact.via,
            "feature": fact.feature,
            "answered_at": fact.answered_at.isoformat(),
            "purpose": fact.purpose,
            "version": fact.version,
        }
        if fact.withdrawn:
            told["withdrawn"] = True
        if fact.because is not None:
            told["because"] = fact.because
        return told | {"suggested": list(fact.suggested)} if fact.suggested else told


class ProposalsResource(Facts[Proposal]):
    """What somebody else says of a person: the union at a merge; what is closed wins.

    Both accounts are guarded by their versions, which every proposal raises.
    """

    name = "proposals"
    kind = Proposal
    is_deed = False

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        theirs = await self.list_of(source)
        ours = {(p.question, p.digest): p for p in await self.list_of(target)}
        arriving = [replace(p, account_id=target) for p in theirs]
        left = [met(p, ours.get((p.question, p.digest), p)) for p in arriving]
        return Planned(
            changes=[RemoveAll(Proposal, source), *map(Put, left)],
            outcome=Outcome.ADDED if theirs else Outcome.NOTHING,
            count=len(theirs),
        )

    @override
    def tell(self, fact: Proposal) -> dict[str, object]:
        return said(
            question=fact.question,
            open=fact.is_open,
            value=fact.value,
            provider=fact.provider,
            issuer=fact.issuer,
            because=fact.because,
            verified=fact.is_verified,
            proposed_at=fact.proposed_at.isoformat(),
        )


def _merged(arriving: Answer, winner: Answer) -> MergedAnswer:
    # By when and how it was given, and not by its value: both may have said the same.
    is_guests = replace(winner, suggested=arriving.suggested) == arriving
    is_declined = winner.reply is AnswerKind.DECLINED
    return MergedAnswer(
        question=winner.question,
        winner=Side.GUEST if is_guests else Side.ACCOUNT,
        is_declined=is_declined,
        value=None if is_declined else winner.value,
        suggested=winner.suggested,
    )
