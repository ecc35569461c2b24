"""Reads the ledger of asks; what to write into it joins the commit of who asks."""

from collections.abc import Collection

from onboarding.accounts.model import Account
from onboarding.attention.model import (
    Act,
    Allowance,
    Attention,
    AttentionPolicy,
)
from onboarding.attention.rules import allowance, impressions
from onboarding.attention.store import AttentionStore
from onboarding.clock import Clock


class AttentionService:
    """The one budget of interruptions per person, for questions and prompts.

    Lines are returned, not written: profiling and feedback ``Put`` them in the same
    commit as what happened.
    """

    def __init__(
        self,
        store: AttentionStore,
        clock: Clock,
        policy: AttentionPolicy | None = None,
    ):
        self._store = store
        self._clock = clock
        self.policy = policy or AttentionPolicy()

    async def allowance(self, account: Account | None, visit: str) -> Allowance:
        """Return what may be shown softly now; a visitor has a fresh budget."""
        ledger = await self._store.list_attention(account.id) if account else []
        return allowance(ledger, self.policy, self._clock(), visit)

    async def impressions(
        self,
        account: Account,
        *,
        soft: Collection[str] = (),
        hard: Collection[str] = (),
        visit: str,
    ) -> list[Attention]:
        """Return the lines for items being shown that this visit has not counted.

        Empty when nothing is new: then there is nothing to commit.
        """
        ledger = await self._store.list_attention(account.id)
        now = self._clock()
        return impressions(
            ledger, account.id, soft=soft, hard=hard, visit=visit, now=now
        )

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
