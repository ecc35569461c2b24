"""What the application knows is proposed, and what is proposed is taken or refused."""

from collections.abc import Collection

from onboarding.accounts.given import id_of
from onboarding.accounts.live import find_live
from onboarding.accounts.model import Account
from onboarding.changes import Touch, retrying
from onboarding.clock import Clock
from onboarding.errors import ConfigError, InvalidAnswer
from onboarding.jsonvalue import JsonValue
from onboarding.names import unknown
from onboarding.profiling import proposal_rules as rules
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.drafts import P
from onboarding.profiling.keeping import KnownAnswers
from onboarding.profiling.learning import Learning
from onboarding.profiling.model import Answer
from onboarding.profiling.proposal import Proposal
from onboarding.profiling.validation import readable
from onboarding.shapes import shown
from onboarding.store import NounStore
from onboarding.tokens import Ids, Keys
from onboarding.visible import is_blank, trim

LONGEST_BECAUSE = 200
"""Characters of what the application knows a value by."""


class Proposing(KnownAnswers[P]):
    """Proposes values to people, and keeps what they say about them.

    Args:
        store: Where everything is kept.
        clock: The present instant.
        ids: Makes ids of events.
        catalogue: The questions and features.
        keys: What a proposal is known by.
    """

    def __init__(
        self,
        store: NounStore,
        clock: Clock,
        ids: Ids,
        catalogue: Catalogue[P],
        *,
        keys: Keys,
    ):
        super().__init__(store, clock, ids, catalogue)
        self._learning = Learning(store, clock, catalogue, keys)

    async def propose(
        self, account: Account, question: str, value: JsonValue, *, because: str
    ) -> None:
        """Propose what the application itself knows as the answer to a question.

        It is shown beside the question and counts for nothing until the person takes
        it; what they have refused once is not proposed again, and neither is what they
        say already. A newer value takes the place of the one before.

        Args:
            account: Of whom it is known.
            question: The name of the question.
            value: A JSON value, as an answer has it.
            because: What it is known by: a few words such as ``"your last orders"``,
                or a text key. People read it beside the value.

        Raises:
            ConfigError: When there is no such question, or nothing says because of
                what.
            InvalidAnswer: When the profile does not take the value.
            AccountEnded: When the account was merged, erased or has expired.
            Conflict: When the account kept changing elsewhere.
        """
        if question not in self.catalogue.questions:
            known = self.catalogue.questions
            raise ConfigError(f"propose() names {unknown('question', question, known)}")
        reason = _reason(because)

        async def attempt() -> None:
            now = await find_live(self._store, id_of(account))
            answers = await self._store.list_of(Answer, now.id)
            read = self._learning.read(question, value, answers)
            answer = self._learning.today(answers).get(question)
            known = await self._list(now.id, {question})
            digests = self._learning.digests(question, read)
            proposal = Proposal(
                account_id=now.id,
                question=question,
                digest=digests[0],
                value=read,
                because=reason,
                proposed_at=self._clock(),
            )
            if rules.is_news(read, answer):
                changes = rules.taking(proposal, known, digests)
            else:
                changes = rules.giving_way(known, proposal.origin)
            if changes:
                await self._store.commit(Touch(now.id), *changes)

        await retrying(attempt)

    async def proposals(
        self, account: Account | None, names: Collection[str] | None = None
    ) -> dict[str, Proposal]:
        """Return what is proposed to somebody now, by question: one at most for each.

        Only what could be taken: to questions that apply, of values that the profile
        takes today and that are not the answer already.

        Args:
            account: To whom; a visitor is proposed nothing.
            names: Of these questions alone.
        """
        if account is None:
            return {}
        listed = await self._list(id_of(account), names)
        asked = {p.question for p in listed if p.is_open} & {*self.catalogue.questions}
        if not asked:
            return {}
        today = await self.of_today(account)
        applying = self.applying(asked, today)
        return rules.best(
            p
            for p in listed
            if p.question in applying and self._can_be_taken(p, today.get(p.question))
        )

    # ── inside ───────────────────────────────────────────────────────────────

    async def _list(
        self, account_id: str, names: Collection[str] | None
    ) -> list[Proposal]:
        found = await self._store.list_of(Proposal, account_id)
        return [p for p in found if names is None or p.question in names]

    def _can_be_taken(self, proposal: Proposal, answer: Answer | None) -> bool:
        return (
            proposal.is_open
            and rules.is_news(proposal.value, answer)
            and self._is_for_today(proposal)
            and self._reads(proposal)
        )

    def _is_for_today(self, proposal: Proposal) -> bool:
        """Tell whether a value was proposed to the question as it is asked today."""
        digests = self._learning.digests(proposal.question, proposal.value)
        return proposal.digest in digests

    def _reads(self, proposal: Proposal) -> bool:
        try:
            readable(self.catalogue.drafts, proposal.question, proposal.value)
        except InvalidAnswer:
            return False
        return True


def _reason(because: object) -> str:
    if not isinstance(because, str) or is_blank(because):
        raise ConfigError(
            f"propose(because={shown(because)}) does not say what it is known by; "
            'write because="your last orders"'
        )
    if len(because) > LONGEST_BECAUSE:
        raise ConfigError(
            f"propose(because=…) is longer than {LONGEST_BECAUSE} characters; write a "
            'few words, such as because="your last orders"'
        )
    return trim(because)
