"""Orders that somebody may take over: what is known of one, and how it is declared."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from onboarding.accounts.planned import Planned
from onboarding.accounts.resources import VERBS, Query, Resource
from onboarding.accounts.table_rules import TABLE, check_plain_names
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.shapes import check_value
from onboarding.urls import safe_next


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is known here of an order of the host's; no more is read of it.

    Attributes:
        key: What finds it: the number that people read on it.
        account_id: Whose it is, as its row says; None for nobody's.
        address: Where the person who placed it is reached, as it was typed, or None.
        placed_at: When it was placed.
    """

    key: str
    account_id: str | None
    address: str | None = field(repr=False)
    placed_at: datetime


CLAIM_VERBS = {
    **VERBS,
    "find_order": "key) -> Order | None",
    "list_orders": "addresses) -> Sequence[Order]",
    "attach": "order, target) -> Planned",
}
"""What a resource of orders can do, and the rest of the line that says so."""


class OrderResource(Resource):
    """Orders, of which each can change owner by itself.

    Attributes:
        order_page: The path of one order, with ``{key}`` in it; None where the host has
            no such page.
    """

    verbs: ClassVar[Mapping[str, str]] = CLAIM_VERBS
    order_page: str | None = None

    @abstractmethod
    async def find_order(self, query: Query, key: str) -> Order | None:
        """Return an order by what is typed of it, or None where there is none."""

    @abstractmethod
    async def list_orders(
        self, query: Query, addresses: Sequence[str]
    ) -> Sequence[Order]:
        """Return orders placed with one of some addresses, the latest first.

        Args:
            query: Reads the database.
            addresses: In lower case: normalised, and as the person writes it. Whoever
                asks compares more strictly, so that more may be returned.
        """

    @abstractmethod
    async def attach(self, query: Query, order: Order, target: str) -> Planned:
        """Plan that exactly this order changes owner.

        The plan's guard is that it is still whose it was when it was read.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """How one order of a table is told from the others, and who may claim it.

    Args:
        key: The column with the number of an order, which is unique.
        contact: The column with the e-mail address that it was placed with.
        at: The column with the instant at which it was placed: text (ISO 8601), a
            timestamp, or whole Unix seconds, milli- or microseconds.
        page: The path of the page of one order, such as ``/orders/{key}``.
        parts: Tables whose rows belong to an order, by the column that names it. They
            have an owner's column of the same name, and change owner with it.

    Raises:
        ConfigError: When a name is not a plain SQL name, or the page no path.
    """

    key: str = "id"
    contact: str
    at: str
    page: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, example in (
            ("key", '"number"'),
            ("contact", '"email"'),
            ("at", '"placed_at"'),
        ):
            check_plain_names(f"Claim: {name}", (getattr(self, name),), example)
        check_value("Claim: page", self.page, str | None, example='"/orders/{key}"')
        self._check_page()
        kind = Mapping[str, str]
        check_value(
            "Claim: parts", self.parts, kind, example='{"order_lines": "number"}'
        )
        for table, column in self.parts.items():
            check_plain_names("Claim: parts", (column,), '"number"')
            if not TABLE.match(table):
                raise ConfigError(f"Claim: parts names {table!r}, which is no table")

    def _check_page(self) -> None:
        if self.page is None:
            return
        filled = self.page.replace("{key}", "1")
        if filled == self.page or safe_next(filled, "", "/") != filled:
            raise ConfigError(
                f"Claim: page={self.page!r} is no path of one order; write "
                'page="/orders/{key}"'
            )
