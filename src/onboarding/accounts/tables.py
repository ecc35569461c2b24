"""A table of the host's that hangs on an account: its verbs are SQL in our commit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from typing_extensions import override

from onboarding.accounts.host_table import HostTables
from onboarding.accounts.merge_by_rule import check_states, plan_rows
from onboarding.accounts.merge_rules import (
    MergeRule,
    check_keys,
    columns_in,
    when_late,
    when_taken_back,
)
from onboarding.accounts.merge_sql import Rows
from onboarding.accounts.model import Ending
from onboarding.accounts.resources import Outcome, Planned, Query, Resource
from onboarding.accounts.table_rules import (
    NOT_PLAIN,
    TABLE,
    Anonymise,
    DeleteRows,
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

# The verbs of a host's table, but for a merge, in the portable subset. $1 is the
# account; every name is checked when the table is declared.
COUNT = "SELECT COUNT(*) AS n FROM {table} WHERE {owner} = $1"
ROWS = "SELECT * FROM {table} WHERE {owner} = $1"
NONE = "UPDATE {table} SET {owner} = {owner} WHERE {owner} = $1"
DELETE = "DELETE FROM {table} WHERE {owner} = $1"
BLANK = "UPDATE {table} SET {blanks} WHERE {owner} = $1"
OWNERS = "SELECT DISTINCT {owner} AS id FROM {table} WHERE {owner} IN ({places})"


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

    may_wait = True

    def __init__(
        self,
        table: str,
        *,
        owner: str,
        name: str | None = None,
        merge: MergeRule | None = None,
        purge: DeleteRows | KeepRows | None = None,
        erase: DeleteRows | Anonymise | KeepRows | None = None,
    ):
        where = f"Resource.table({table!r})"
        check_value(f"{where}: table", table, str, example='"orders"')
        check_value(f"{where}: owner", owner, str, example='"account_id"')
        check_value(f"{where}: name", name, str | None, example='"Orders"')
        for verb, given, kind in (
            ("merge", merge, MergeRule | None),
            ("purge", purge, DeleteRows | KeepRows | None),
            ("erase", erase, DeleteRows | Anonymise | KeepRows | None),
        ):
            check_value(f"{where}: {verb}", given, kind, example=_EXAMPLES[verb])
        self.name = name or table
        self._table = table
        self._owner = owner
        self._rows = Rows(table=table, owner=owner)
        self._merge = merge or Reassign()
        self._purge = purge or KeepRows("it belongs to somebody who may come back")
        self._erase = erase or DeleteRows()
        if not TABLE.match(table):
            raise ConfigError(f"Resource.table: {table!r} {NOT_PLAIN}")
        check_plain_names(f"{where}: owner", (owner,), '"account_id"')
        used = [*columns_in(self._merge), *columns_of(self._erase)]
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
            (self._owner, *columns_in(self._merge), *columns_of(self._erase))
        )
        found = await tables.describe(self._table)
        check_there(where, self._table, used, found)
        if found.is_new and not found.columns:
            return  # made at this very opening: the host's tables come after it
        check_nullable(where, self._erase, found)
        check_keys(where, self._owner, self._merge, found)
        try:
            await self._count(tables.query, "0" * 20)
            await check_states(tables.query, self._rows, self._merge)
        except StoreError as error:
            raise ConfigError(
                f"{where}: its rows cannot be counted: {error}"
            ) from error

    def _sql(self, text: str, **names: str) -> str:
        return text.format(table=self._table, owner=self._owner, **names)

    async def _count(self, query: Query, account_id: str) -> int:
        rows = await query(self._sql(COUNT), (account_id,))
        return int(str(rows[0]["n"]))

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        """Plan the statements that bring the rows together at commit."""
        return await plan_rows(query, self._rows, self._merge, source, target)

    @override
    async def bring(self, query: Query, source: str, target: str) -> Planned:
        """Plan how rows join that came after the merge."""
        rule = when_late(self._merge)
        return await plan_rows(query, self._rows, rule, source, target)

    @override
    async def take_back(self, query: Query, source: str, target: str) -> Planned:
        """Plan how rows come back that wait, by the rule that parked them."""
        rule = when_taken_back(self._merge)
        return await plan_rows(query, self._rows, rule, source, target)

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


def _said(count: int, outcome: Outcome) -> Outcome:
    return outcome if count else Outcome.NOTHING
