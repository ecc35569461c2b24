"""What people said, read as the questions of today take it; and one way to write it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Generic

from onboarding.accounts.given import id_of
from onboarding.accounts.model import Account
from onboarding.changes import Change, Replace
from onboarding.clock import Clock
from onboarding.events import Event
from onboarding.log import Recorder
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.drafts import P
from onboarding.profiling.model import Answer
from onboarding.profiling.proven import proven_facts
from onboarding.profiling.rules import Present, day_of, seen
from onboarding.profiling.validation import usable
from onboarding.segments.model import Mark, Truth
from onboarding.store import NounStore
from onboarding.tokens import Ids


class KnownAnswers(Generic[P]):
    """Reads what is known of one person.

    Args:
        store: Where answers are kept.
        clock: The present instant.
        ids: Makes ids of events.
        catalogue: The questions and features.
    """

    def __init__(
        self, store: NounStore, clock: Clock, ids: Ids, catalogue: Catalogue[P]
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self.catalogue = catalogue

    async def answers(self, account: Account | None) -> list[Answer]:
        """Return everything somebody said, with where and when; also what is unusable.

        As it was given, with the version of the question and the purpose that it was
        given for. In the order of the catalogue; what it no longer asks comes last.
        """
        if account is None:
            return []
        order = self.catalogue.order
        answers = await self._store.list_of(Answer, id_of(account))
        return sorted(
            answers, key=lambda a: (order.get(a.question, len(order)), a.question)
        )

    async def of_today(self, account: Account | None) -> Mapping[str, Answer]:
        """Return the answers that count, by question, as its version of today has them.

        What a purpose asks that was taken back is among them, as declined.
        """
        answers = await self.answers(account)
        questions, drafts = self.catalogue.questions, self.catalogue.drafts
        return usable(drafts, questions, answers, self._clock())[0]

    def applying(
        self, names: Collection[str], answers: Mapping[str, Answer]
    ) -> frozenset[str]:
        """Return those of some questions of which it is certain that they apply.

        Args:
            names: Of these questions alone.
            answers: What counts, by question, as ``of_today`` has it.
        """
        path, day = self.catalogue.path(names), day_of(self._clock())
        found = seen(((n, q.applies) for n, q in path.items()), answers, day)
        tests = {name: path[name].applies for name in names}
        return frozenset(
            name
            for name, test in tests.items()
            if test is None or test(found, day) is Truth.TRUE
        )

    async def profile(self, account: Account | None) -> P:
        """Return what is known of somebody, as the host's model.

        What nobody answered, declined, hidden by its guard or no longer valid is None;
        so is what was given for another purpose than it is asked for today.
        """
        said = await self.answers(account)
        return profile_of(self.catalogue, said, self._clock())

    async def moment(self, account: Account | None) -> Present:
        """Return the present instant, and what is proven of somebody now."""
        facts = await proven_facts(self._store, account, self.catalogue.facts)
        return Present(now=self._clock(), facts=facts)

    async def _keep(
        self, account: Account, changes: Sequence[Change], events: Sequence[Event]
    ) -> None:
        """Commit what was decided on one version of an account, if it is anything."""
        if changes:
            await self._store.commit(
                # Whoever writes on an older version decides again: see `find_live`.
                Replace(account, replace(account, version=account.version + 1)),
                *changes,
                events=[self._log.entry(account.id, e) for e in events],
            )


def profile_of(catalogue: Catalogue[P], said: Sequence[Answer], now: datetime) -> P:
    """Return the profile that some answers make; see ``Keeping.profile``."""
    answers, typed = usable(catalogue.drafts, catalogue.questions, said, now)
    # Others have no value; a model may have ten thousand questions.
    path = catalogue.path(typed)
    found = seen([(n, q.applies) for n, q in path.items()], answers, day_of(now))
    known = {n: v for n, v in typed.items() if not isinstance(found[n], Mark)}
    return catalogue.drafts.whole(known)
