"""A table of the host's that hangs on an account: its verbs are SQL in our commit."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from typing_extensions import override

from onboarding.accounts.host_table import HoldingKey, HostTables
from onboarding.accounts.merge_by_rule import check_states, plan_rows
from onboarding.accounts.merge_rules import (
    MergeRule,
    columns_in,
    when_late,
    when_taken_back,
)
from onboarding.accounts.merge_sql import Rows
from onboarding.accounts.model import Ending
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query, Resource
from onboarding.accounts.table_keys import check_keys, check_references, replaces
from onboarding.accounts.table_periods import TablePeriod, check_instants
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
    until_of,
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
        self.where = where
        self._instants: Mapping[str, str] = {}
        if owner in self._used():
            raise ConfigError(
                f"{where}: {owner!r} is the owner, and belongs to every rule already; "
                "leave it out of key, quantity, columns and until"
            )

    def _used(self) -> list[str]:
        ends = [*columns_of(self._purge), *columns_of(self._erase)]
        return [*columns_in(self._merge), *ends]

    @override
    def bound(self) -> Resource:
        return copy(self)

    @override
    async def check(self, tables: HostTables) -> None:
        """Check that the database has the table, and that no verb breaks its keys."""
        where = self.where
        used = dict.fromkeys((self._owner, *self._used()))
        found = await tables.describe(self._table)
        check_there(where, self._table, used, found)
        self._instants = {
            after.column: await check_instants(
                where, self._table, after.column, found, tables
            )
            for after in (until_of(self._purge), until_of(self._erase))
            if after is not None
        }
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

    async def check_order(self, tables: HostTables, before: Sequence[Resource]) -> None:
        """Check that no row is deleted while another one references it.

        Args:
            tables: The database.
            before: What comes earlier in a commit.

        Raises:
            ConfigError: When a foreign key keeps a verb from ever getting through.
        """
        found = await tables.describe(self._table)
        verbs = {"merge": self._merge, "purge": self._purge, "erase": self._erase}
        for verb, rule in verbs.items():
            held_by = [
                key
                for key in found.held_by
                if replaces(rule) or not any(one.lets_go(verb, key) for one in before)
            ]
            check_references(self.where, verb, rule, held_by)

    @override
    def lets_go(self, verb: str, key: HoldingKey) -> bool:
        """Tell whether a verb of this table takes its references away, or is a veto."""
        if self._table.rpartition(".")[2] != key.table:
            return False
        if verb == "merge":  # rows that change owner, and the owner is the reference
            return self._owner in key.columns
        return verb == "purge" or isinstance(self._erase, DeleteRows)

    def _period(self, rule: DeleteRows | Anonymise | KeepRows) -> TablePeriod | None:
        after = until_of(rule)
        if after is None:
            return None
        at = self._instants.get(after.column)
        if at is None:
            raise ConfigError(
                f"{self.where} has an until, and is held against its table when "
                "onboarding opens; open it first"
            )
        return TablePeriod(self._table, self._owner, after, at)

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
        period = self._period(self._purge)
        if period is not None and isinstance(self._purge, KeepRows):
            return await period.plan_purge(query, account_id, self._purge.reason)
        plan = await self._plan_end(query, account_id, self._purge)
        if plan.count or not isinstance(self._purge, KeepRows):
            return plan
        return replace(
            plan, changes=[Statement(self._sql(NONE), (account_id,), rows=0)]
        )

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        """Plan the erasure as it was declared."""
        plan = await self._plan_end(query, account_id, self._erase)
        period = self._period(self._erase)
        if period is None or not plan.count:
            return plan
        return replace(plan, until=await period.end(query, account_id))

    @override
    async def overdue(
        self, query: Query, account_ids: Sequence[str], now: datetime
    ) -> Sequence[str]:
        """Return who of them has rows whose retention period is over."""
        period = self._period(self._erase)
        return await period.overdue(query, account_ids, now) if period else ()

    @override
    async def expire(self, query: Query, account_id: str, now: datetime) -> Planned:
        """Plan the removal of those rows whose retention period is over."""
        period = self._period(self._erase)
        if period is None:
            return Planned()
        return await period.plan_expiry(query, account_id, now)

    async def _plan_end(
        self, query: Query, account_id: str, end: DeleteRows | Anonymise | KeepRows
    ) -> Planned:
        count = await self._count(query, account_id)
        sql, outcome, reason = self._end(end)
        return Planned(
            changes=[Statement(sql, (account_id,))] if sql else [],
            outcome=outcome if count else Outcome.NOTHING,
            count=count,
            reason=reason,
        )

    def _end(self, end: DeleteRows | Anonymise | KeepRows) -> tuple[str, Outcome, str]:
        match end:
            case DeleteRows():
                return self._sql(DELETE), Outcome.ERASED, ""
            case Anonymise(columns=columns, reason=reason):
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
                case Anonymise(columns=columns):
                    left = " OR ".join(f"{one} IS NOT NULL" for one in columns)
                    sql = f"{sql} AND ({left})"
        return [str(row["id"]) for row in await query(sql, tuple(account_ids))]

    @override
    async def export(self, query: Query, account_id: str) -> object:
        """Return the rows as a list of mappings from column to value."""
        return await query(self._sql(ROWS), (account_id,))
