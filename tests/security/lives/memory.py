"""What a life is held against: the last deed, and what was done before it."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import currently_in_test_context, event
from hypothesis.stateful import RuleBasedStateMachine

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.accounts.outcome import SignInResult
from onboarding.core import Core
from onboarding.errors import OnboardingError
from tests.security.lives.look import Browser, Look
from tests.security.lives.market import Market

EXPORTED = "orders", "order_lines", "carts", "settings", "identities", "contacts"
"""Tables of which an export tells each row."""


@dataclass
class Deed:
    """What was done last.

    Attributes:
        by: The browsers in which it was done.
        error: Why it was refused.
        results: The sign-ins that it came to.
        told: The events that it is known to leave beside those of its rows.
    """

    name: str = "nothing"
    by: frozenset[int] = frozenset()
    error: OnboardingError | None = None
    results: list[SignInResult] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)


class Memory(RuleBasedStateMachine):
    """What is known of a life beside what is written: who did and showed what.

    Attributes:
        tokens: Every session token that was ever given.
        owners: By order, the account under which it was written or claimed.
        late: What was written under accounts that had ended, until a purge settles it:
            numbers of orders, and ids of accounts.
        proved: Who has shown to read the mail of which address.
        redeemed: How often each letter opened something.
        addresses: Where each letter went.
    """

    market: Market
    core: Core[Any]
    browsers: list[Browser]
    before: Look
    after: Look

    def __init__(self) -> None:
        super().__init__()
        self.deed = Deed()
        self.tokens: list[str] = []
        self.owners: dict[int, str | None] = {}
        self.late: set[int | str] = set()
        self.proved: set[tuple[str, str]] = set()
        self.redeemed: Counter[str | None] = Counter()
        self.addresses: dict[str, str] = {}
        self.placed: dict[int, str] = {}

    @abstractmethod
    def run(self, doing: Awaitable[Any]) -> Any:
        """Wait for something."""

    # ── what is remembered ───────────────────────────────────────────────────

    def reach(self, what: str, times: int = 1) -> None:
        """Count that something happened."""
        if times:
            if currently_in_test_context():
                event(what)
            self.market.reached[what] += times

    def number(self, address: str) -> int:
        """Return the number of a new order, which is placed with an address."""
        number = len(self.placed) + 1
        self.placed[number] = address
        return number

    def prove(self, account_id: str, who: Identity) -> None:
        """Remember what a sign-in has shown."""
        if who.email and who.email_trust >= EmailTrust.VERIFIED:
            self.proved.add((account_id, who.email))

    def claimed(self, number: int, account_id: str) -> None:
        """Remember that an order has come to somebody."""
        self.owners[number] = account_id
        self.late.discard(number)

    def _has_proved(self, account_id: str, address: str) -> bool:
        return any(
            (self.after.end_of(one), known) == (account_id, address)
            for one, known in self.proved
        )

    def _merged(self) -> dict[str, str]:
        """Return what has just been merged, and the account that it came to."""
        new = self.after.ended("merged") - self.before.ended()
        return {source: str(self.after.end_of(source)) for source in new}

    def check_export(self, account_id: str, told: dict[str, Any]) -> None:
        """Hold what somebody was told of themselves against what is kept of them."""
        for table in EXPORTED:
            mine = [
                row
                for row in self.before[table]
                if self.before.end_of(row["account_id"]) == account_id
            ]
            assert len(mine) == len(told[table]), table
