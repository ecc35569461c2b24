"""What hangs on an account, and what becomes of it: merge, purge, export, erase.

One mechanism serves this library's own features and the host's tables alike. A
verb reads, and returns the changes to make; the accounts service puts the changes
of every resource into one commit, so that two accounts come together whole or
not at all.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from typing_extensions import override

from onboarding.changes import Change, Statement
from onboarding.errors import ConfigError
from onboarding.stores.base import Store

SQL_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?\Z")
"""A table or column name that needs no quoting, optionally with its schema."""

# The verbs of a host's table, in the portable subset. $1 is the account that ends or
# is left, $2 the one that stays; every name is checked when the table is declared.
COUNT = "SELECT COUNT(*) AS n FROM {table} WHERE {owner} = $1"
ROWS = "SELECT * FROM {table} WHERE {owner} = $1"
MOVE = "UPDATE {table} SET {owner} = $2 WHERE {owner} = $1"
NONE = "UPDATE {table} SET {owner} = {owner} WHERE {owner} = $1"
DELETE = "DELETE FROM {table} WHERE {owner} = $1"
BLANK = "UPDATE {table} SET {blanks} WHERE {owner} = $1"
TWIN = "SELECT 1 FROM {table} AS twin WHERE {same} AND twin.{owner} = {account}"
RAISE = """
UPDATE {table} SET {quantity} = (
  SELECT CASE WHEN MAX(twin.{quantity}) > {table}.{quantity}
    THEN MAX(twin.{quantity}) ELSE {table}.{quantity} END
  FROM {table} AS twin WHERE {same} AND twin.{owner} = $1
) WHERE {owner} = $2 AND EXISTS ({twin})
"""
DROP = "DELETE FROM {table} WHERE {owner} = $1 AND EXISTS ({twin})"


class Outcome(StrEnum):
    """What happened to the rows of one resource, in a word."""

    NOTHING = "nothing"
    ADDED = "added"
    COMBINED = "combined"
    ERASED = "erased"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The changes that one verb needs, and what to tell the person about it.

    Attributes:
        count: How many rows it concerns.
        reason: Why rows are kept, where the outcome is kept.
    """

    changes: Sequence[Change] = ()
    outcome: Outcome = Outcome.NOTHING
    count: int = 0
    reason: str = ""


class Resource(ABC):
    """Something that belongs to accounts: a cart, an order, a set of answers."""

    name: str

    @abstractmethod
    async def merge(self, store: Store, source: str, target: str) -> Planned:
        """Plan how the source account's rows come to the target account."""

    @abstractmethod
    async def purge(self, store: Store, account_id: str) -> Planned:
        """Plan the removal for a guest nobody came back to.

        An outcome of kept vetoes the purge: the guest stays.
        """

    @abstractmethod
    async def export(self, store: Store, account_id: str) -> object:
        """Return what is known, as JSON values."""

    @abstractmethod
    async def erase(self, store: Store, account_id: str) -> Planned:
        """Plan the erasure; an outcome of kept says in ``reason`` what stays, why."""

    @staticmethod
    def table(
        name: str,
        *,
        owner: str,
        merge: "Move | UnionMax | None" = None,
        purge: "Delete | Keep | None" = None,
        erase: "Delete | Blank | Keep | None" = None,
    ) -> "TableResource":
        """Declare a table of the host's, in the same database.

        Args:
            name: The table, with its schema if it needs one.
            owner: The column that holds the account id.
            merge: What happens when two accounts become one; rows move by default.
            purge: What happens when a guest lapses. By default rows are kept, and
                the guest with them: losing what somebody bought takes a decision.
            erase: What happens when a person has their data erased; rows go by
                default.

        Raises:
            ConfigError: When a name is not a plain SQL name.
        """
        return TableResource(
            name,
            owner,
            merge or Move(),
            purge or Keep("it belongs to somebody who may come back"),
            erase or Delete(),
        )


@dataclass(frozen=True, slots=True)
class Move:
    """Rows change owner.

    A key that both accounts may have needs :class:`UnionMax`: where the table forbids
    two rows of one owner with it, no merge gets through, and nobody into that account.
    """


@dataclass(frozen=True, slots=True)
class UnionMax:
    """Rows with the same key become one, with the larger quantity; others move.

    The larger, and not the sum: merging twice is then the same as merging once.

    Args:
        key: The columns that make two rows the same, beside the owner.
        quantity: The column whose larger value survives.
    """

    key: tuple[str, ...]
    quantity: str

    def __init__(self, *, key: Sequence[str] | str, quantity: str):
        object.__setattr__(self, "key", (key,) if isinstance(key, str) else tuple(key))
        object.__setattr__(self, "quantity", quantity)


@dataclass(frozen=True, slots=True)
class Delete:
    """Rows are deleted."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Personal columns are set to NULL, the row stays; its owner too.

    Args:
        columns: The columns that tell who it was.
        reason: Why the row itself must stay, for the person to read.
    """

    columns: tuple[str, ...]
    reason: str

    def __init__(self, *, columns: Sequence[str], reason: str):
        object.__setattr__(self, "columns", tuple(columns))
        object.__setattr__(self, "reason", reason)


@dataclass(frozen=True, slots=True)
class Keep:
    """Rows stay as they are.

    Args:
        reason: Why, for the person to read.
    """

    reason: str


class TableResource(Resource):
    """A host's table, whose verbs are statements that join our commit."""

    def __init__(
        self,
        name: str,
        owner: str,
        merge: Move | UnionMax,
        purge: Delete | Keep,
        erase: Delete | Blank | Keep,
    ):
        self.name = name
        self._owner = owner
        self._merge, self._purge, self._erase = merge, purge, erase
        columns = [owner]
        if isinstance(merge, UnionMax):
            columns += [*merge.key, merge.quantity]
        if isinstance(erase, Blank):
            columns += erase.columns
        for part in (name, *columns):
            if not SQL_NAME.match(part):
                raise ConfigError(
                    f"Resource.table: {part!r} is not a plain SQL name; write it in "
                    "lower case with letters, digits and underscores"
                )

    def _sql(self, text: str, **names: str) -> str:
        return text.format(table=self.name, owner=self._owner, **names)

    async def _count(self, store: Store, account_id: str) -> int:
        rows = await store.query(self._sql(COUNT), (account_id,))
        return int(str(rows[0]["n"]))

    @override
    async def merge(self, store: Store, source: str, target: str) -> Planned:
        """Plan the statements that bring the rows together at commit."""
        count = await self._count(store, source)
        combined = isinstance(self._merge, UnionMax)
        return Planned(
            changes=[Statement(sql, (source, target)) for sql in self._merge_sql()],
            outcome=_said(count, Outcome.COMBINED if combined else Outcome.ADDED),
            count=count,
        )

    def _merge_sql(self) -> list[str]:
        if not isinstance(self._merge, UnionMax):
            return [self._sql(MOVE)]
        quantity = self._merge.quantity
        same = " AND ".join(
            f"twin.{key} = {self.name}.{key}" for key in self._merge.key
        )
        leaving = self._sql(TWIN, same=same, account="$1")
        staying = self._sql(TWIN, same=same, account="$2")
        return [
            # The row that stays takes the larger quantity, its twin then goes.
            self._sql(RAISE, same=same, quantity=quantity, twin=leaving),
            self._sql(DROP, twin=staying),
            self._sql(MOVE),
        ]

    @override
    async def purge(self, store: Store, account_id: str) -> Planned:
        """Plan the removal, or veto it where rows are to be kept.

        What the host writes between this look and the commit is a veto as well.
        """
        plan = await self._plan_end(store, account_id, self._purge)
        if plan.count or not isinstance(self._purge, Keep):
            return plan
        return replace(
            plan, changes=[Statement(self._sql(NONE), (account_id,), rows=0)]
        )

    @override
    async def erase(self, store: Store, account_id: str) -> Planned:
        """Plan the erasure as it was declared."""
        return await self._plan_end(store, account_id, self._erase)

    async def _plan_end(
        self, store: Store, account_id: str, end: Delete | Blank | Keep
    ) -> Planned:
        count = await self._count(store, account_id)
        sql, outcome, reason = self._end(end)
        return Planned(
            changes=[Statement(sql, (account_id,))] if sql else [],
            outcome=_said(count, outcome),
            count=count,
            reason=reason,
        )

    def _end(self, end: Delete | Blank | Keep) -> tuple[str, Outcome, str]:
        match end:
            case Delete():
                return self._sql(DELETE), Outcome.ERASED, ""
            case Blank(columns, reason):
                blanks = ", ".join(f"{column} = NULL" for column in columns)
                return self._sql(BLANK, blanks=blanks), Outcome.KEPT, reason
            case Keep(reason):
                return "", Outcome.KEPT, reason
        assert_never(end)

    @override
    async def export(self, store: Store, account_id: str) -> object:
        """Return the rows as a list of mappings from column to value."""
        return await store.query(self._sql(ROWS), (account_id,))


def _said(count: int, outcome: Outcome) -> Outcome:
    return outcome if count else Outcome.NOTHING
