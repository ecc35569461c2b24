"""What a database says of a table of the host's: its columns, and its keys."""

from collections.abc import Callable, Mapping
from typing import Protocol

from onboarding.frozen import dataclass, field

RowState = str | int
"""What a column holds that tells in which state a row is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialKey:
    """A unique index over some rows only: ``(account_id) WHERE status = 'open'``.

    Attributes:
        columns: Its columns.
        text: Which columns, and which rows, as they were declared.
        only: In which states a column of each of its rows is, where it says that.
    """

    columns: frozenset[str]
    text: str
    only: Mapping[str, frozenset[RowState]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedKey:
    """A unique index of which a part is computed: ``(account_id, lower(book))``.

    Attributes:
        columns: Those of its parts that are plain columns.
        uses: Every column that a part is made of.
        text: The parts, as they were declared.
        only: As ``PartialKey.only``, where it is over some rows only.
    """

    columns: frozenset[str]
    uses: frozenset[str]
    text: str
    only: Mapping[str, frozenset[RowState]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingKey:
    """A foreign key of another table that keeps rows of this one from being deleted.

    Attributes:
        table: The other table, without its schema.
        columns: Its columns that hold the reference.
    """

    table: str
    columns: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTable:
    """A table as it stands in the database; one without columns is not there.

    Attributes:
        columns: Whether each may be NULL, by its name.
        numbers: The columns that hold whole numbers.
        unique: The columns of each unique key and index over all rows.
        partial: Unique indexes over some rows only.
        computed: Unique indexes over expressions.
        held_by: Foreign keys to this table that say neither CASCADE nor SET NULL.
        reserved: The words that this database takes for a part of a statement.
        others: The names of the tables that there are, where this one is not.
        instant: Gives the SQL that reads a column as microseconds since 1970 in UTC, or
            None where a column of its type holds no instants.
        is_new: Whether the database was made at this opening, so that no table of the
            host's can be there yet.
    """

    columns: Mapping[str, bool] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    unique: tuple[frozenset[str], ...] = ()
    partial: tuple[PartialKey, ...] = ()
    computed: tuple[ComputedKey, ...] = ()
    held_by: tuple[HoldingKey, ...] = ()
    reserved: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()
    instant: Callable[[str], str | None] = lambda _: None
    is_new: bool = False


class HostTables(Protocol):
    """A store that holds the host's tables beside ours."""

    async def describe(self, table: str) -> HostTable:
        """Return what the database says of a table.

        Args:
            table: Its name, with its schema if it needs one.

        Raises:
            ConfigError: On a store that holds no SQL.
        """
        ...

    async def query(
        self, sql: str, values: tuple[str | int | None, ...] = ()
    ) -> list[dict[str, object]]:
        """Run a SELECT; it cannot write."""
        ...
