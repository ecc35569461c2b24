"""The statements of a merge: which rows of a host's table they are about."""

from collections.abc import Sequence

from onboarding.accounts.host_table import RowState
from onboarding.accounts.resources import Query
from onboarding.changes import Statement
from onboarding.frozen import dataclass

# In the portable subset; every name is checked when the table is declared. $1 is the
# account whose rows come, $2 the one that they come to, $3 the place where rows wait.
COUNT_ROWS = "SELECT COUNT(*) AS n FROM {table} WHERE {owner} = $1{mine}"
COUNT_TWINS = "SELECT COUNT(*) AS n FROM {table} WHERE {owner} = $1{mine}{twin}"
STATES = """
SELECT {state} AS state, COUNT(*) AS n FROM {table} WHERE {owner} = $1 GROUP BY {state}
"""
MOVE = "UPDATE {table} SET {owner} = $2 WHERE {owner} = $1{mine}"
DROP_GUEST = "DELETE FROM {table} WHERE {owner} = $1{mine}{twin}"
DROP_ACCOUNT = "DELETE FROM {table} WHERE {owner} = $2{mine}{twin}"
PARK_GUEST = "UPDATE {table} SET {owner} = $3 WHERE {owner} = $1{mine}{twin}"
PARK_ACCOUNT = "UPDATE {table} SET {owner} = $3 WHERE {owner} = $2{mine}{twin}"
RAISE = """
UPDATE {table} SET {quantity} = (
  SELECT CASE WHEN MAX(twin.{quantity}) > {table}.{quantity}
    THEN MAX(twin.{quantity}) ELSE {table}.{quantity} END
  FROM {table} AS twin WHERE twin.{owner} = $1{same}{twin_is}
) WHERE {owner} = $2{mine}{twin}
"""
UNCHANGED = "UPDATE {table} SET {owner} = {owner} WHERE {owner} = $1{mine}"
TWIN = """ AND EXISTS (
  SELECT 1 FROM {table} AS twin WHERE twin.{owner} = {account}{same}{twin_is}
)"""

HostValues = tuple[RowState, ...]
"""Texts and numbers, as a host's columns hold them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of a table for which one rule decides: all, or those in some states.

    Attributes:
        column: The column of the states; empty where it is all of them.
        states: Those that are named.
        is_named: Whether it is the rows in these, or all others.
    """

    table: str
    owner: str
    column: str = ""
    states: HostValues = ()
    is_named: bool = True

    def statement(
        self,
        text: str,
        values: HostValues,
        *,
        account: str = "",
        key: Sequence[str] = (),
        **names: str,
    ) -> Statement:
        """Return a statement about these rows.

        Args:
            text: One of the templates of this file.
            values: What stands for ``$1`` and so on; the states come behind.
            account: Whose row is a twin, where the text asks for one.
            key: The columns that make two rows twins; without one, any row does.
        """
        first = len(values) + 1
        same = "".join(f" AND twin.{one} = {self.table}.{one}" for one in key)
        ground = {"table": self.table, "owner": self.owner, "same": same}
        twin_is = self._narrowed("twin.", first)
        twin = TWIN.format(**ground, account=account, twin_is=twin_is)
        sql = text.format(
            **ground,
            **names,
            mine=self._narrowed("", first),
            twin_is=twin_is,
            twin=twin,
        )
        return Statement(sql, (*values, *self.states))

    def _narrowed(self, prefix: str, first: int) -> str:
        if not self.column:
            return ""
        places = ", ".join(f"${n}" for n, _ in enumerate(self.states, first))
        name = f"{prefix}{self.column}"
        if self.is_named:
            return f" AND {name} IN ({places})"
        return f" AND ({name} NOT IN ({places}) OR {name} IS NULL)"

    async def count(
        self,
        query: Query,
        account_id: str,
        other: str = "",
        key: Sequence[str] = (),
    ) -> int:
        """Return how many of an account's rows there are; with another's, of twins."""
        text, values = (
            (COUNT_TWINS, (account_id, other)) if other else (COUNT_ROWS, (account_id,))
        )
        asked = self.statement(text, values, account="$2", key=key)
        return int(str((await query(asked.sql, asked.values))[0]["n"]))
