"""A table of the host's that hangs on an account: its verbs are SQL in our commit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from typing_extensions import override

from onboarding.accounts.host_table import HoldingKey, HostTables
from onboarding.accounts.model import Ending
from onboarding.accounts.resources import Outcome, Planned, Query, Resource
from onboarding.accounts.table_keys import check_keys, check_references
from onboarding.accounts.table_rules import (
    NOT_PLAIN,
    TABLE,
    Anonymise,
    DeleteRows,
    KeepLarger,
    KeepOne,
    KeepRows,
    Reassign,
    check_nullable,
    check_plain_names,
    check_there,
    columns_of,
)
from onboarding.changes import Statement
from onboarding.errors import ConfigError, StoreError
from onboarding.shapes import check_value

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
ANY = "SELECT 1 FROM {table} AS twin WHERE twin.{owner} = {account}"


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
        merge: Reassign | KeepLarger | KeepOne | None = None,
        purge: DeleteRows | KeepRows | None = None,
        erase: DeleteRows | Anonymise | KeepRows | None = None,
    ):
        where = f"Resource.table({table!r})"
        check_value(f"{where}: table", table, str, example='"orders"')
        check_value(f"{where}: owner", owner, str, example='"account_id"')
        check_value(f"{where}: name", name, str | None, example='"Orders"')
        for verb, given, kind in (
            ("merge", merge, Reassign | KeepLarger | KeepOne | None),
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
            raise ConfigError(f"Resource.table: {table!r} {NOT_PLAIN}")
        check_plain_names(f"{where}: owner", (owner,), '"account_id"')
        used = [*columns_of(self._merge), *columns_of(self._erase)]
        if owner in used:
            raise ConfigError(
                f"{where}: {owner!r} is the owner, and belongs to every rule already; "
                "leave it out of key, quantity and columns"
            )

    @override
    async def check(self, tables: HostTables) -> None:
        """Check that the database has the table, and that no verb breaks its keys."""
        where = f"Resource.table({self._table!r})"
        used = dict.fromkeys(
            (self._owner, *columns_of(self._merge), *columns_of(self._erase))
        )
        found = await tables.describe(self._table)
        check_there(where, self._table, used, found)
        if found.is_new and not found.columns:
            return  # made at this very opening: the host's tables come after it
        check_nullable(where, self._erase, found)
        check_keys(where, self._owner, self._merge, found)
        try:
            await self._count(tables.query, "0" * 20)
        except StoreError as error:
            raise ConfigError(
                f"{where}: its rows cannot be counted: {error}"
            ) from error

    async def check_order(self, tables: HostTables, before: Sequence[Resource]) -> None:
        """Check that no row is deleted while another one references it.

        Args:
            tables: The database.
            before: What comes earlier in a commit.

        Raises:
            ConfigError: When a foreign key keeps a verb from ever getting through.
        """
        where = f"Resource.table({self._table!r})"
        found = await tables.describe(self._table)
        verbs = {"merge": self._merge, "purge": self._purge, "erase": self._erase}
        for verb, rule in verbs.items():
            held_by = [
                key
                for key in found.held_by
                if not any(one.lets_go(verb, key) for one in before)
            ]
            check_references(where, verb, rule, held_by)

    @override
    def lets_go(self, verb: str, key: HoldingKey) -> bool:
        """Tell whether a verb of this table takes its references away, or is a veto."""
        if self._table.rpartition(".")[2] != key.table:
            return False
        if verb == "merge":  # rows that change owner, and the owner is the reference
            return self._owner in key.columns
        return verb == "purge" or isinstance(self._erase, DeleteRows)

    def _sql(self, text: str, **names: str) -> str:
        return text.format(table=self._table, owner=self._owner, **names)

    async def _count(self, query: Query, account_id: str) -> int:
        rows = await query(self._sql(COUNT), (account_id,))
        return int(str(rows[0]["n"]))

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        """Plan the statements that bring the rows together at commit."""
        count = await self._count(query, source)
        combined = isinstance(self._merge, KeepLarger | KeepOne)
        return Planned(
            changes=[Statement(sql, (source, target)) for sql in self._merge_sql()],
            outcome=_said(count, Outcome.COMBINED if combined else Outcome.ADDED),
            count=count,
        )

    def _merge_sql(self) -> list[str]:
        if isinstance(self._merge, Reassign):
            return [self._sql(MOVE)]
        if isinstance(self._merge, KeepOne):
            staying = self._sql(ANY, account="$2")
            return [self._sql(DROP, twin=staying), self._sql(MOVE)]
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
        """Return who of them has rows; of who did not merge, who has what was to go."""
        if ending is Ending.EXPIRED and isinstance(self._purge, KeepRows):
            return ()
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


def _said(count: int, outcome: Outcome) -> Outcome:
    return outcome if count else Outcome.NOTHING
