"""Reads the ledger of asks; what to write into it joins the commit of who asks."""

from collections.abc import Collection

from onboarding.accounts.model import Account
from onboarding.attention.model import (
    Act,
    Allowance,
    Attention,
    AttentionPolicy,
)
from onboarding.attention.rules import allowance, unheard
from onboarding.clock import Clock
from onboarding.store import NounStore


class AttentionService:
    """The one budget of interruptions per person, for questions and prompts.

    Lines are returned, not written: profiling and feedback ``Put`` them in the same
    commit as what happened.
    """

    def __init__(
        self,
        store: NounStore,
        clock: Clock,
        policy: AttentionPolicy | None = None,
    ):
        self._store = store
        self._clock = clock
        self.policy = policy or AttentionPolicy()

    async def allowance(self, account: Account | None, visit: str) -> Allowance:
        """Return what may be shown softly now; a visitor has a fresh budget."""
        ledger = await self._store.list_of(Attention, account.id) if account else []
        return allowance(ledger, self.policy, self._clock(), visit)

    async def lines(
        self,
        account: Account,
        act: Act,
        items: Collection[str],
        visit: str,
        *,
        hard: Collection[str] = (),
    ) -> list[Attention]:
        """Return the lines that say what became of asks, now.

        Without those that this visit has already: pressing a button twice says a
        thing once.

        Args:
            account: Whose ledger it is.
            act: What became of them.
            items: As ``question_item`` and ``prompt_item`` name them.
            visit: As ``onboarding.attention.rules.visit_of`` names it.
            hard: Those of the items that the person asked for themselves.
        """
        lines = [
            self.line(account, item, act, visit, hard=item in hard) for item in items
        ]
        return unheard(await self._store.list_of(Attention, account.id), lines)

    def line(
        self, account: Account, item: str, act: Act, visit: str, *, hard: bool = False
    ) -> Attention:
        """Return the line that says what became of an ask, now."""
        return Attention(
            account_id=account.id,
            item=item,
            act=act,
            visit=visit,
            at=self._clock(),
            hard=hard,
        )
