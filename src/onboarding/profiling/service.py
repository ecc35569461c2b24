"""Asks when a feature opens, and keeps what people say."""

from collections.abc import Collection, Mapping

from onboarding.accounts.given import id_of
from onboarding.accounts.live import find_live
from onboarding.accounts.model import Account
from onboarding.attention.model import Act, Allowance, question_item
from onboarding.attention.service import AttentionService
from onboarding.changes import Put, retrying
from onboarding.clock import Clock
from onboarding.errors import FeatureDenied, NotFound, Unanswered
from onboarding.events import QuestionShown, QuestionSnoozed
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.deciding import decide, needed
from onboarding.profiling.drafts import P
from onboarding.profiling.explaining import Explanation, explained
from onboarding.profiling.intake import Submitted, judge
from onboarding.profiling.model import Answer, Decision, Plan, Status
from onboarding.profiling.proposal import Proposal
from onboarding.profiling.proven import proven_facts
from onboarding.profiling.schema import Descriptions
from onboarding.profiling.taking import Taking
from onboarding.profiling.taking_back import TakingBack
from onboarding.store import NounStore
from onboarding.tokens import Ids, Keys

NO_WANTS = Allowance(left=0)
"""What is allowed where nothing is drawn."""


class ProfilingService(Taking[P], TakingBack[P]):
    """Decides what to ask of one person, and keeps what they answer.

    Args:
        store: Where answers are kept.
        clock: The present instant.
        ids: Makes ids of events.
        catalogue: The questions and features.
        attention: The one budget of interruptions.
        keys: What a proposal is known by.
    """

    def __init__(
        self,
        store: NounStore,
        clock: Clock,
        ids: Ids,
        catalogue: Catalogue[P],
        attention: AttentionService,
        *,
        keys: Keys,
    ):
        super().__init__(store, clock, ids, catalogue, keys=keys)
        self._attention = attention
        self.descriptions = Descriptions(catalogue)

    # ── what to ask ──────────────────────────────────────────────────────────

    async def decide(
        self, account: Account | None, feature: str, *, visit: str | None = None
    ) -> Decision:
        """Decide whether a feature is open for somebody, and what to ask now.

        Args:
            account: Who; None is a visitor, of whom nothing is known.
            feature: The name of the feature, also as a stranger typed it.
            visit: The visit in which a page is drawn, as
                ``onboarding.attention.rules.visit_of`` names it. Without one no
                wants are offered, and the ledger is not read.

        Raises:
            NotFound: When there is no such feature.
        """
        plan = self._plan(feature)
        answers = await self.of_today(account)
        allowance = NO_WANTS
        if visit is not None and (plan.feature.wants or plan.aging):
            allowance = await self._attention.allowance(account, visit)
        facts = await proven_facts(self._store, account, plan.facts)
        return decide(plan, answers, allowance, self._clock(), facts)

    async def needed(self, account: Account | None, feature: str) -> frozenset[str]:
        """Return the questions that a feature still needs an answer to.

        Raises:
            NotFound: When there is no such feature.
        """
        plan = self._plan(feature)
        facts = await proven_facts(self._store, account, plan.facts)
        return needed(plan, await self.of_today(account), self._clock(), facts)

    async def require(self, account: Account | None, feature: str) -> None:
        """Return when a feature is open for somebody.

        Raises:
            Unanswered: When questions come first, or something is to be proven;
                carries all that can be asked now.
            FeatureDenied: When the person declined what it needs, or said what closes
                it; carries to which questions.
            ConfigError: When there is no such feature.
        """
        self.catalogue.feature(feature)
        decision = await self.decide(account, feature)
        if decision.status is Status.ASK:
            raise Unanswered(feature, decision.must)
        if decision.status is Status.DENIED:
            needs = (r.need for r in decision.reasons if r.ask is None)
            raise FeatureDenied(feature, tuple(needs))

    async def explain(self, account: Account | None, feature: str) -> Explanation:
        """Say why a feature is as it is for somebody; raises as ``decide`` does."""
        decision = await self.decide(account, feature)
        said = await self.answers(account)
        return explained(self.catalogue, decision, said, self._clock())

    async def shown(
        self,
        account: Account,
        names: Collection[str],
        *,
        feature: str,
        visit: str,
        again: Collection[str] = (),
    ) -> None:
        """Record that questions of a feature were put before a person.

        Once per visit and question; later calls write nothing. Names that the
        feature does not ask are left out. Those of ``again`` are answered, and came
        unasked, as wants do.

        Raises:
            NotFound: When there is no such feature.
            AccountEnded: When the account was merged, erased or has expired.
        """
        await self._note(
            account, names, Act.SHOWN, feature=feature, visit=visit, soft=again
        )

    # ── what people say ──────────────────────────────────────────────────────

    async def submit(
        self,
        account: Account,
        values: Mapping[str, JsonValue],
        *,
        feature: str | None = None,
    ) -> Submitted:
        """Keep the answers that can be used; refuse the others, each with a reason.

        Saying the same again writes nothing. To change an answer, answer again.

        Args:
            account: Who says it.
            values: By question: JSON values, as a client posts them or as
                ``catalogue.parse`` reads a form; None where nothing was said.
            feature: The feature that asked; only its questions are taken. None where
                the person came by themselves, as on "My data".

        Raises:
            NotFound: When there is no such feature.
            AccountEnded: When the account was merged, erased or has expired.
            Conflict: When the account kept changing elsewhere.
        """
        return await self._say(account, values, (), feature)

    async def decline(
        self, account: Account, names: Collection[str], *, feature: str | None = None
    ) -> Submitted:
        """Keep that the person would rather not say; what they said before goes.

        Args:
            account: Who says it.
            names: The questions.
            feature: The feature that asked: it may insist on an answer. None where
                the person came by themselves: every answer may be taken back.

        Raises:
            NotFound: When there is no such feature.
            AccountEnded: When the account was merged, erased or has expired.
            Conflict: When the account kept changing elsewhere.
        """
        return await self._say(account, {}, names, feature)

    async def snooze(
        self, account: Account, names: Collection[str], *, feature: str, visit: str
    ) -> None:
        """Keep that the person said "not now".

        It never locks anything: whoever opens the feature again is asked again. As
        unasked-for questions these rest for ``AttentionPolicy.snooze``.

        Raises:
            NotFound: When there is no such feature.
            AccountEnded: When the account was merged, erased or has expired.
        """
        await self._note(account, names, Act.SNOOZED, feature=feature, visit=visit)

    # ── inside ───────────────────────────────────────────────────────────────

    def _plan(self, feature: str) -> Plan:
        if feature not in self.catalogue.plans:
            raise NotFound("there is no such feature")
        return self.catalogue.plans[feature]

    async def _say(
        self,
        account: Account,
        values: Mapping[str, JsonValue],
        declined: Collection[str],
        feature: str | None,
    ) -> Submitted:
        if feature is not None:
            self._plan(feature)

        async def attempt() -> Submitted:
            now = await find_live(self._store, id_of(account))
            submitted = judge(
                self.catalogue,
                now,
                await self._store.list_of(Answer, now.id),
                values=values,
                declined=declined,
                feature=feature,
                moment=await self.moment(now),
            )
            if submitted.changed:
                proposed = await self._store.list_of(Proposal, now.id)
                await self._keep_said(now, submitted, proposed)
            return submitted

        return await retrying(attempt)

    async def _note(
        self,
        account: Account,
        names: Collection[str],
        act: Act,
        *,
        feature: str,
        visit: str,
        soft: Collection[str] = (),
    ) -> None:
        """Write into the ledger what became of a feature's questions, and tell it."""
        plan = self._plan(feature)
        items = {question_item(name): name for name in names if name in plan.path}
        hard = [
            i for i, name in items.items() if name in plan.hard and name not in soft
        ]

        async def attempt() -> None:
            now = await find_live(self._store, id_of(account))
            lines = await self._attention.lines(now, act, items, visit, hard=hard)
            kind = QuestionShown if act is Act.SHOWN else QuestionSnoozed
            told = [kind(question=items[line.item], feature=feature) for line in lines]
            await self._keep(now, [*map(Put, lines)], told)

        await retrying(attempt)
