"""What a database says of a table of the host's: its columns, and its unique keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTable:
    """A table as it stands in the database; one without columns is not there.

    Attributes:
        columns: Whether each may be NULL, by its name.
        unique: The columns of each unique key and index. Those over expressions are
            left out.
        reserved: The words that this database takes for a part of a statement.
        others: The names of the tables that there are, where this one is not.
        instant: Gives the SQL that reads a column as microseconds since 1970 in UTC, or
            None where a column of its type holds no instants.
        is_new: Whether the database was made at this opening, so that no table of the
            host's can be there yet.
    """

    columns: Mapping[str, bool] = field(default_factory=dict)
    unique: tuple[frozenset[str], ...] = ()
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
