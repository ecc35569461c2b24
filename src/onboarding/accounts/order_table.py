"""A table of the host's whose rows are orders: each can change owner by itself."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from onboarding.accounts.claims import Claim, Order, OrderResource
from onboarding.accounts.host_table import HostTables
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query
from onboarding.accounts.table_rules import check_there
from onboarding.accounts.tables import TableResource
from onboarding.changes import Statement
from onboarding.errors import ConfigError
from onboarding.instants import instant_of
from onboarding.shapes import check_value

ORDER_COLUMNS = """
SELECT {key} AS order_key, {owner} AS order_owner, {contact} AS order_contact,
  {at} AS order_at FROM {table}
"""
BY_KEY = ORDER_COLUMNS + "WHERE {key} = $1"
BY_ADDRESS = (
    ORDER_COLUMNS + "WHERE LOWER({contact}) IN ({places}) ORDER BY {at} DESC LIMIT 100"
)
ATTACH = "UPDATE {table} SET {owner} = $2 WHERE {key} = $1 AND {owner} = $3"
ATTACH_NOBODYS = "UPDATE {table} SET {owner} = $2 WHERE {key} = $1 AND {owner} IS NULL"
ATTACH_PART = "UPDATE {part} SET {owner} = $2 WHERE {column} = $1"

LONGEST_NUMBER = 18
"""Digits that every whole number of 64 bits can have."""

LONGEST_KEY = 200
"""Characters of what is looked up as the number of an order."""


class OrderTable(TableResource, OrderResource):
    """A host's table of orders, whose verbs are statements that join our commit.

    Args:
        table: The table, with its schema if it needs one.
        claim: How one of its rows is told from the others.
        rules: As for ``TableResource``.

    Raises:
        ConfigError: When a name is not a plain SQL name.
    """

    def __init__(self, table: str, *, claim: Claim, **rules: Any):
        check_value(
            f"Resource.table({table!r}): claim",
            claim,
            Claim,
            example='Claim(key="number", contact="email", at="placed_at")',
        )
        super().__init__(table, **rules)
        self._claim = claim
        self._has_numbers = False
        self.order_page = claim.page

    @override
    async def check(self, tables: HostTables) -> None:
        """Check also that a key finds one order, and that its parts are there."""
        await super().check(tables)
        claim, where = self._claim, f"Resource.table({self._table!r})"
        found = await tables.describe(self._table)
        columns = (claim.key, claim.contact, claim.at)
        check_there(f"{where}: claim", self._table, columns, found)
        if found.is_new and not found.columns:
            return
        self._has_numbers = claim.key in found.numbers
        if frozenset({claim.key}) not in found.unique:
            raise ConfigError(
                f"{where}: claim: {claim.key!r} is not unique, and whoever claims an "
                "order could get another one; make it UNIQUE, or name the column "
                'that is, key="number"'
            )
        for part, column in claim.parts.items():
            owned = (self._owner, column)
            check_there(
                f"{where}: claim: parts", part, owned, await tables.describe(part)
            )

    @override
    async def find_order(self, query: Query, key: str) -> Order | None:
        """Return an order by its number."""
        value = self._value(key)
        if value is None:
            return None
        rows = await query(self._claim_sql(BY_KEY), (value,))
        return self._order(rows[0]) if rows else None

    def _value(self, key: str) -> str | int | None:
        """Return a key as its column holds it; None for what it cannot hold."""
        if not self._has_numbers:
            return key if len(key) <= LONGEST_KEY else None
        is_number = key.isascii() and key.isdecimal() and len(key) <= LONGEST_NUMBER
        return int(key) if is_number else None

    @override
    async def list_orders(
        self, query: Query, addresses: Sequence[str]
    ) -> Sequence[Order]:
        """Return the orders placed with one of some addresses."""
        places = ", ".join(f"${n}" for n, _ in enumerate(addresses, 1))
        sql = self._claim_sql(BY_ADDRESS, places=places)
        return [self._order(row) for row in await query(sql, tuple(addresses))]

    @override
    async def attach(self, query: Query, order: Order, target: str) -> Planned:
        """Plan the statements that give an order, and its parts, to another account."""
        value, was = self._value(order.key), order.account_id
        sql = self._claim_sql(ATTACH_NOBODYS if was is None else ATTACH)
        values = (value, target) if was is None else (value, target, was)
        parts = [
            Statement(
                self._claim_sql(ATTACH_PART, part=part, column=column), (value, target)
            )
            for part, column in self._claim.parts.items()
        ]
        return Planned(
            changes=[Statement(sql, values, rows=1), *parts],
            outcome=Outcome.ADDED,
            count=1,
        )

    def _claim_sql(self, text: str, **names: str) -> str:
        claim = self._claim
        return self._sql(
            text, key=claim.key, contact=claim.contact, at=claim.at, **names
        )

    def _order(self, row: dict[str, object]) -> Order:
        where = f"Resource.table({self._table!r}): claim: {self._claim.at!r}"
        owner, contact = row["order_owner"], row["order_contact"]
        return Order(
            key=str(row["order_key"]),
            account_id=None if owner is None else str(owner),
            address=None if contact is None else str(contact),
            placed_at=instant_of(row["order_at"], where),
        )
