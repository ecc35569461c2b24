"""What is proposed is taken, or refused for good; and what people say is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onboarding.accounts.given import id_of
from onboarding.accounts.live import find_live
from onboarding.accounts.model import Account
from onboarding.changes import Put, Replace, retrying
from onboarding.errors import NotFound
from onboarding.events import (
    Event,
    FeatureUnlocked,
    ProposalAccepted,
    ProposalRefused,
    QuestionAnswered,
    QuestionDeclined,
)
from onboarding.jsonvalue import JsonValue
from onboarding.profiling import proposal_rules as rules
from onboarding.profiling.drafts import P
from onboarding.profiling.intake import Submitted, judge
from onboarding.profiling.model import Answer, AnswerKind
from onboarding.profiling.proposal import Proposal
from onboarding.profiling.proposing import Proposing
from onboarding.tokens import same

THE_APPLICATION = "application"
"""Where a proposal comes from that no provider has made, as events call it."""


class Taking(Proposing[P]):
    """Keeps what people say, and what becomes of a proposal by it."""

    async def accept(
        self,
        account: Account,
        question: str,
        digest: str,
        *,
        values: Mapping[str, JsonValue] | None = None,
        feature: str | None = None,
    ) -> Submitted:
        """Make what is proposed the person's answer; judged as everything they say.

        Args:
            account: Who takes it.
            question: The name of the question.
            digest: Which value they have seen: ``Proposal.digest``.
            values: What else stood in the form, as for ``submit``.
            feature: The feature that asked, as for ``submit``.

        Raises:
            NotFound: When this is not proposed to them, or not any more.
            AccountEnded: When the account was merged, erased or has expired.
            Conflict: When the account kept changing elsewhere.
        """

        async def attempt() -> Submitted:
            now = await find_live(self._store, id_of(account))
            answers = await self._store.list_of(Answer, now.id)
            all_known = await self._store.list_of(Proposal, now.id)
            taken = _find(all_known, question, digest)
            said = {**(values or {}), question: self._value(taken, answers)}
            submitted = judge(
                self.catalogue,
                now,
                answers,
                values=said,
                declined=(),
                feature=feature,
                moment=await self.moment(now),
            )
            changed = tuple(
                rules.confirmed(a, taken) if a.question == question else a
                for a in submitted.changed
            )
            submitted = replace(submitted, changed=changed)
            accepted = [a for a in changed if a.question == question]
            origin = _origin(taken)
            told = [ProposalAccepted(question=question, origin=origin)] * len(accepted)
            await self._keep_said(now, submitted, all_known, told)
            return submitted

        return await retrying(attempt)

    async def refuse(self, account: Account, question: str, digest: str) -> None:
        """Keep that what is proposed is not right: it is never proposed again.

        Raises:
            NotFound: When this is not proposed to them, and never was.
            AccountEnded: When the account was merged, erased or has expired.
            Conflict: When the account kept changing elsewhere.
        """

        async def attempt() -> None:
            now = await find_live(self._store, id_of(account))
            refused = _find(await self._list(now.id, {question}), question, digest)
            if not refused.is_open:
                return
            event = ProposalRefused(question=question, origin=_origin(refused))
            changes = [Replace(refused, rules.closed(refused))]
            await self._keep(now, changes, [event])

        await retrying(attempt)

    # ── inside ───────────────────────────────────────────────────────────────

    def _value(self, taken: Proposal, answers: Sequence[Answer]) -> JsonValue:
        """Return what somebody takes; who presses twice says it again.

        Raises:
            NotFound: When they have said otherwise since.
        """
        if taken.is_open:
            return taken.value
        answer = self._learning.today(answers).get(taken.question)
        if answer is not None and taken.digest in self._digests_of(answer):
            return answer.value
        raise NotFound("this is not proposed any more")

    def _digests_of(self, answer: Answer) -> tuple[str, ...]:
        is_value = answer.reply is AnswerKind.VALUE
        return self._learning.digests(answer.question, answer.value) if is_value else ()

    async def _keep_said(
        self,
        account: Account,
        submitted: Submitted,
        proposals: Sequence[Proposal],
        also: Sequence[Event] = (),
    ) -> None:
        """Keep answers; what was proposed to these questions is closed by them."""
        names = {answer.question for answer in submitted.changed}
        events = [_told(answer) for answer in submitted.changed]
        events += [FeatureUnlocked(feature=name) for name in submitted.opened]
        changes = [*map(Put, submitted.changed), *rules.closing(proposals, names)]
        await self._keep(account, changes, [*events, *also])


def _told(answer: Answer) -> Event:
    kind = QuestionAnswered if answer.reply is AnswerKind.VALUE else QuestionDeclined
    return kind(question=answer.question, feature=answer.feature)


def _find(known: Sequence[Proposal], question: str, digest: str) -> Proposal:
    for proposal in known:
        if proposal.question == question and same(proposal.digest, digest):
            return proposal
    raise NotFound("this is not proposed, or not any more")


def _origin(proposal: Proposal) -> str:
    return proposal.provider or THE_APPLICATION
