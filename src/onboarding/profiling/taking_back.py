"""Answers that a person takes back, one by one or with a whole purpose."""

from collections.abc import Callable, Collection, Sequence

from onboarding.accounts.given import id_of
from onboarding.accounts.live import find_live
from onboarding.accounts.model import Account
from onboarding.changes import Change, Put, Remove, retrying
from onboarding.events import AnswerTakenBack, Event, PurposeWithdrawn
from onboarding.profiling.drafts import P
from onboarding.profiling.effects import TakeBack, taken_back, withdrawn
from onboarding.profiling.keeping import KnownAnswers
from onboarding.profiling.model import Answer
from onboarding.profiling.proposal import Proposal
from onboarding.profiling.proposal_rules import closing
from onboarding.profiling.rules import Present


class TakingBack(KnownAnswers[P]):
    """Lets a person take back what they said, and see before what that means."""

    async def preview_take_back(
        self, account: Account | None, names: Collection[str]
    ) -> TakeBack:
        """Return what would go with some answers, and what would close; writes nothing.

        Args:
            account: Whose they are; None is a visitor, who has none.
            names: The questions.
        """
        answers, moment = await self.answers(account), await self.moment(account)
        return taken_back(self.catalogue, answers, names, moment)

    async def take_back(self, account: Account, names: Collection[str]) -> TakeBack:
        """Take answers back: they are removed, as if the person had never answered.

        A feature that needs one asks again when somebody opens it. Where nothing is
        there to take back, nothing is written.

        Args:
            account: Whose they are, a guest's too.
            names: The questions; also those that are asked no more.

        Returns:
            What went, and what that closes.

        Raises:
            AccountEnded: When the account was merged, erased or has expired.
            Conflict: When the account kept changing elsewhere.
        """

        def judge(_: Account, answers: Sequence[Answer], moment: Present) -> TakeBack:
            return taken_back(self.catalogue, answers, names, moment)

        def told(back: TakeBack) -> list[Event]:
            return [AnswerTakenBack(question=a.question) for a in back.removed]

        return await self._take(account, judge, told)

    async def preview_withdraw_purpose(
        self, account: Account, purpose: str
    ) -> TakeBack:
        """Return what would go with a purpose, and what would close; writes nothing.

        Raises:
            NotFound: When nothing is asked for such a purpose, and nothing was.
        """
        answers = await self.answers(account)
        moment = await self.moment(account)
        return withdrawn(self.catalogue, account, answers, purpose, moment)

    async def withdraw_purpose(self, account: Account, purpose: str) -> TakeBack:
        """Take a purpose back: nothing that was said for it is known any more.

        The values are erased, also those that are proposed, and each of its questions
        counts as declined: nobody asks it again, also one that was never answered or
        that is added later. Whoever answers one by themselves, as on "My data", gives
        that one again.

        Args:
            account: Who takes it back, a guest too.
            purpose: The name of the purpose.

        Returns:
            What went, and what that closes.

        Raises:
            NotFound: When nothing is asked for such a purpose, and nothing was.
            AccountEnded: When the account was merged, erased or has expired.
            Conflict: When the account kept changing elsewhere.
        """

        def judge(now: Account, answers: Sequence[Answer], moment: Present) -> TakeBack:
            return withdrawn(self.catalogue, now, answers, purpose, moment)

        def told(_: TakeBack) -> list[Event]:
            return [PurposeWithdrawn(purpose=purpose)]

        return await self._take(account, judge, told)

    async def _take(
        self,
        account: Account,
        judge: Callable[[Account, Sequence[Answer], Present], TakeBack],
        told: Callable[[TakeBack], list[Event]],
    ) -> TakeBack:
        async def attempt() -> TakeBack:
            now = await find_live(self._store, id_of(account))
            back = judge(now, await self.answers(now), await self.moment(now))
            changes: list[Change] = [*map(Remove, back.removed)]
            changes += map(Put, back.declined)
            if back.declined:
                proposed = await self._store.list_of(Proposal, now.id)
                changes += closing(proposed, {a.question for a in back.declined})
            await self._keep(now, changes, told(back))
            return back

        return await retrying(attempt)
