"""What the SQL store asks of a database: run this, all of it or none of it."""

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum, unique
from typing import Any, Literal, Protocol, TypeVar

from onboarding.stores.sql.table import SqlStep
from onboarding.stores.sql.values import Values

T = TypeVar("T")

STORE_NOT_OPEN = (
    "the store is not open; enter `async with onboarding:`, or pass "
    "lifespan=onboarding.lifespan to the app"
)
"""Says what to write where a store is used before it was opened, or after."""


@unique
class Bulkhead(Enum):
    """What somebody reads for: the slowness of one reaches no other."""

    READ = "read"  # what a request asks, by an index
    HOST = "host"  # the tables of the host's, of which we know nothing
    UPKEEP = "upkeep"  # what falls due: deliveries, purges
    REPORT = "report"  # what may look at a whole table: funnels, scores


UNHURRIED = (Bulkhead.UPKEEP, Bulkhead.REPORT)
"""What has the time of a report, also where a request asks for it."""

Dialect = Literal["sqlite", "postgresql"]

Row = Sequence[Any]
"""One row, its columns in the order of the SELECT."""


async def outliving(work: "asyncio.Future[T]") -> T:
    """Wait for work that goes on to its end when the one who waits is cancelled."""
    # When nobody waits any more, nobody is left to be told of a failure.
    work.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(work)


class Executor(Protocol):
    """Runs SQL on one database. Our errors only come out of it."""

    dialect: Dialect
    is_temporary: bool
    """Whether it is made at the first opening, and gone at the end of the process."""

    async def read(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT that an index answers with a few rows."""
        ...

    def read_now(self, sql: str, values: Values) -> Sequence[Row] | None:
        """Run such a SELECT without waiting; None where that cannot be: await ``read``.

        For what every request asks: a coroutine less.
        """
        ...

    async def scan(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a report: a SELECT that may take its time."""
        ...

    async def upkeep(self, sql: str, values: Values) -> Sequence[Row]:
        """Run a SELECT of what falls due; no report keeps it waiting."""
        ...

    async def query(self, sql: str, values: Values) -> list[dict[str, object]]:
        """Run a host's SELECT; it cannot write."""
        ...

    async def apply(self, steps: Sequence[SqlStep]) -> None:
        """Run every step, or none."""
        ...


class Database(Executor, Protocol):
    """Runs SQL on connections of our own; what is applied is kept at once."""

    makes_tables: bool
    """Whether opening makes the tables in a database that has none of ours."""

    async def open(self) -> None:
        """Connect.

        Raises:
            ConfigError: When the database is too old.
            StoreUnavailable: When it cannot be reached.
        """
        ...

    async def close(self) -> None:
        """Finish what runs, and disconnect."""
        ...

    async def apply(self, steps: Sequence[SqlStep]) -> None:
        """Run every step in one transaction, also when the caller is cancelled."""
        ...

    async def find_revision(self, sql: str) -> int | None:
        """Return the revision of the tables, None when there are none."""
        ...

    async def migrate(
        self, revision: str, plan: Callable[[int], Sequence[str]]
    ) -> tuple[int, int]:
        """Bring the tables to the present revision, alone among all processes.

        Args:
            revision: The SELECT of the present revision.
            plan: Gives the statements that are to be run from a revision on.

        Returns:
            The revisions before and after.
        """
        ...
