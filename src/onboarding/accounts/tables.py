"""A table of the host's that hangs on an account: its verbs are SQL in our commit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from typing_extensions import override

from onboarding.accounts.model import Ending
from onboarding.accounts.resources import Outcome, Planned, Query, Resource
from onboarding.changes import Statement
from onboarding.errors import ConfigError
from onboarding.shapes import check_value, several

TABLE = re.compile(r"[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?\Z")
"""A table's name that needs no quoting, optionally with its schema."""

COLUMN = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")
"""A column's name that needs no quoting."""

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
OWNERS = "SELECT DISTINCT {owner} AS id FROM {table} WHERE {owner} IN ({places})"
DROP = "DELETE FROM {table} WHERE {owner} = $1 AND EXISTS ({twin})"


@dataclass(frozen=True, slots=True)
class Reassign:
    """Rows change owner.

    A key that both accounts may have needs ``KeepLarger``: where the table forbids
    two rows of one owner with it, no merge gets through, and nobody into that account.
    """


@dataclass(frozen=True, slots=True)
class KeepLarger:
    """Rows with the same key become one, with the larger quantity; others move.

    The larger, and not the sum: merging twice is then the same as merging once.

    Args:
        key: The columns that make two rows the same, beside the owner.
        quantity: The column whose larger value survives.
    """

    key: tuple[str, ...]
    quantity: str

    def __init__(self, *, key: Sequence[str] | str, quantity: str):
        listed = [key] if isinstance(key, str) else key
        columns = several("KeepLarger: key", listed, '"book"')
        _check_columns("KeepLarger: key", columns, '"book"')
        _check_columns("KeepLarger: quantity", (quantity,), '"quantity"')
        if quantity in columns:
            raise ConfigError(
                f"KeepLarger: {quantity!r} is key and quantity at once; rows with the "
                "same key have the same quantity then, so name two columns"
            )
        object.__setattr__(self, "key", columns)
        object.__setattr__(self, "quantity", quantity)


@dataclass(frozen=True, slots=True)
class DeleteRows:
    """Rows are deleted."""


@dataclass(frozen=True, slots=True)
class Anonymise:
    """Personal columns are set to NULL, the row stays; its owner too.

    Args:
        columns: The columns that tell who it was.
        reason: Why the row itself must stay, for the person to read.
    """

    columns: tuple[str, ...]
    reason: str

    def __init__(self, *, columns: Sequence[str], reason: str):
        listed = several("Anonymise: columns", columns, '["name", "street"]')
        _check_columns("Anonymise: columns", listed, '["name", "street"]')
        _check_reason("Anonymise", reason)
        object.__setattr__(self, "columns", listed)
        object.__setattr__(self, "reason", reason)


@dataclass(frozen=True, slots=True)
class KeepRows:
    """Rows stay as they are.

    Args:
        reason: Why, for the person to read.
    """

    reason: str

    def __post_init__(self) -> None:
        _check_reason("KeepRows", self.reason)


def _check_columns(where: str, columns: Sequence[object], example: str) -> None:
    for column in columns:
        check_value(where, column, str, example=example)
        if not COLUMN.match(str(column)):
            raise ConfigError(f"{where}: {column!r} {_PLAIN}")
    if not columns:
        raise ConfigError(f"{where} names no column; write {example}")


def _check_reason(where: str, reason: object) -> None:
    example = '"Tax law keeps orders for ten years."'
    check_value(f"{where}: reason", reason, str, example=example)
    if not str(reason).strip():
        raise ConfigError(
            f"{where}: reason is empty, and the person reads it; write reason={example}"
        )


_PLAIN = (
    "is not a plain SQL name; write it in lower case with letters, digits and "
    "underscores"
)

_EXAMPLES = {
    "merge": 'KeepLarger(key="book", quantity="quantity")',
    "purge": "DeleteRows()",
    "erase": "DeleteRows()",
}


class TableResource(Resource):
    """A host's table, whose verbs are statements that join our commit.

    Args:
        table: The table, with its schema if it needs one.
        owner: The column that holds the account id.
        name: What it is called, where that is not the table's name.
        merge: What happens when two accounts become one.
        purge: What happens when a guest lapses.
        erase: What happens when a person has their data erased.

    Raises:
        ConfigError: When a name is not a plain SQL name.
    """

    def __init__(
        self,
        table: str,
        *,
        owner: str,
        name: str | None = None,
        merge: Reassign | KeepLarger | None = None,
        purge: DeleteRows | KeepRows | None = None,
        erase: DeleteRows | Anonymise | KeepRows | None = None,
    ):
        where = f"Resource.table({table!r})"
        check_value(f"{where}: table", table, str, example='"orders"')
        check_value(f"{where}: owner", owner, str, example='"account_id"')
        check_value(f"{where}: name", name, str | None, example='"Orders"')
        for verb, given, kind in (
            ("merge", merge, Reassign | KeepLarger | None),
            ("purge", purge, DeleteRows | KeepRows | None),
            ("erase", erase, DeleteRows | Anonymise | KeepRows | None),
        ):
            check_value(f"{where}: {verb}", given, kind, example=_EXAMPLES[verb])
        self.name = name or table
        self._table = table
        self._owner = owner
        self._merge = merge or Reassign()
        self._purge = purge or KeepRows("it belongs to somebody who may come back")
        self._erase = erase or DeleteRows()
        if not TABLE.match(table):
            raise ConfigError(f"Resource.table: {table!r} {_PLAIN}")
        _check_columns(f"{where}: owner", (owner,), '"account_id"')
        used = [*_columns(self._merge), *_columns(self._erase)]
        if owner in used:
            raise ConfigError(
                f"{where}: {owner!r} is the owner, and belongs to every rule already; "
                "leave it out of key, quantity and columns"
            )

    def _sql(self, text: str, **names: str) -> str:
        return text.format(table=self._table, owner=self._owner, **names)

    async def _count(self, query: Query, account_id: str) -> int:
        rows = await query(self._sql(COUNT), (account_id,))
        return int(str(rows[0]["n"]))

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        """Plan the statements that bring the rows together at commit."""
        count = await self._count(query, source)
        combined = isinstance(self._merge, KeepLarger)
        return Planned(
            changes=[Statement(sql, (source, target)) for sql in self._merge_sql()],
            outcome=_said(count, Outcome.COMBINED if combined else Outcome.ADDED),
            count=count,
        )

    def _merge_sql(self) -> list[str]:
        if not isinstance(self._merge, KeepLarger):
            return [self._sql(MOVE)]
        quantity = self._merge.quantity
        same = " AND ".join(
            f"twin.{key} = {self._table}.{key}" for key in self._merge.key
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
    async def purge(self, query: Query, account_id: str) -> Planned:
        """Plan the removal, or veto it where rows are to be kept.

        What the host writes between this look and the commit is a veto as well.
        """
        plan = await self._plan_end(query, account_id, self._purge)
        if plan.count or not isinstance(self._purge, KeepRows):
            return plan
        return replace(
            plan, changes=[Statement(self._sql(NONE), (account_id,), rows=0)]
        )

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        """Plan the erasure as it was declared."""
        return await self._plan_end(query, account_id, self._erase)

    async def _plan_end(
        self, query: Query, account_id: str, end: DeleteRows | Anonymise | KeepRows
    ) -> Planned:
        count = await self._count(query, account_id)
        sql, outcome, reason = self._end(end)
        return Planned(
            changes=[Statement(sql, (account_id,))] if sql else [],
            outcome=_said(count, outcome),
            count=count,
            reason=reason,
        )

    def _end(self, end: DeleteRows | Anonymise | KeepRows) -> tuple[str, Outcome, str]:
        match end:
            case DeleteRows():
                return self._sql(DELETE), Outcome.ERASED, ""
            case Anonymise(columns, reason):
                blanks = ", ".join(f"{column} = NULL" for column in columns)
                return self._sql(BLANK, blanks=blanks), Outcome.KEPT, reason
            case KeepRows(reason):
                return "", Outcome.KEPT, reason
        assert_never(end)

    @override
    async def late(
        self, query: Query, account_ids: Sequence[str], ending: Ending
    ) -> Sequence[str]:
        """Return who of them has rows; of the erased, who has what was to go."""
        places = ", ".join(f"${n}" for n, _ in enumerate(account_ids, 1))
        sql = self._sql(OWNERS, places=places)
        if ending is Ending.ERASED:
            match self._erase:
                case KeepRows():
                    return ()
                case Anonymise(columns):
                    left = " OR ".join(f"{one} IS NOT NULL" for one in columns)
                    sql = f"{sql} AND ({left})"
        return [str(row["id"]) for row in await query(sql, tuple(account_ids))]

    @override
    async def export(self, query: Query, account_id: str) -> object:
        """Return the rows as a list of mappings from column to value."""
        return await query(self._sql(ROWS), (account_id,))


def _columns(rule: object) -> tuple[str, ...]:
    """Return the columns that a rule names, beside the owner."""
    match rule:
        case KeepLarger(key=key, quantity=quantity):
            return (*key, quantity)
        case Anonymise(columns=columns):
            return columns
    return ()


def _said(count: int, outcome: Outcome) -> Outcome:
    return outcome if count else Outcome.NOTHING
