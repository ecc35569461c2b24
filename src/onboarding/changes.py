"""Guarded writes: what a service hands to ``store.commit``.

A change is a frozen value around a frozen noun. Each carries its guard: what
must still be true when the store applies it. ``commit`` applies all changes of
one call, or raises ``Conflict`` and applies none; the service then reads and
decides again (``retrying``).

=============  =====================================================================
change         guard
=============  =====================================================================
Add            no row with this key (or another unique value of it) exists
Replace        the row is as it was read: its ``GUARD`` fields equal those of ``was``
Put            none of its own: adds or overwrites; stand it beside a ``Touch``
Remove         exactly one row exists, and is as it was read
RemoveAll      none: every row of one noun that belongs to an account goes
MoveAll        none: every row of one noun changes account, at the moment of commit
Touch          the account lives; its version rises by one, so that whoever decided
               on the older version gets a Conflict
Statement      the host's own SQL; ``rows`` says how many rows it must change
=============  =====================================================================
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import ClassVar, Protocol, TypeVar

from onboarding.errors import ConfigError, Conflict, StoreError
from onboarding.frozen import dataclass
from onboarding.tokens import part_of

PAUSES = tuple(
    timedelta(milliseconds=longest) for longest in (10, 20, 40, 80, 160, *[320] * 10)
)
"""How long a service waits at most before it reads and decides again, each time.

How long exactly is left to chance, so that those who met do not meet again. Each time
at least one of them gets through, and the pauses grow until all find their turn:
sixteen writers of one account in four processes do. Together half of it on average,
1.8 s: whoever meets a Conflict that long is told.
"""


ABOUT_TRANSACTIONS = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|;)*"
    r"(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE"
    r"|(?:PREPARE|SET)\s+(?:LOCAL\s+|SESSION\s+)?TRANSACTION)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Statements about the transaction itself, comments before them included.

https://sqlite.org/lang_transaction.html,
https://www.postgresql.org/docs/current/sql-commands.html
"""


class Noun(Protocol):
    """A frozen value that a store keeps.

    Attributes:
        KEY: The fields that find it.
        GUARD: Those that must be unchanged for a ``Replace`` or ``Remove``.
        ORDER: Those by which the nouns of one account are listed; then by ``KEY``.
    """

    KEY: ClassVar[tuple[str, ...]]
    GUARD: ClassVar[tuple[str, ...]]
    ORDER: ClassVar[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Add:
    """Insert a noun that must be absent."""

    noun: Noun


@dataclass(frozen=True, slots=True)
class Replace:
    """Write ``now`` over ``was``, which must be unchanged since it was read."""

    was: Noun
    now: Noun


@dataclass(frozen=True, slots=True)
class Put:
    """Insert a noun, or overwrite the one with its key."""

    noun: Noun


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete a noun, which must be unchanged since it was read."""

    noun: Noun


@dataclass(frozen=True, slots=True)
class RemoveAll:
    """Delete every noun of a kind that belongs to an account.

    Args:
        kind: The kind of noun.
        value: The id of the account; or what another field holds.
        by: The field, where it is another one; it needs an index.
    """

    kind: type[Noun]
    value: str
    by: str = "account_id"


@dataclass(frozen=True, slots=True)
class MoveAll:
    """Give every noun of a kind that belongs to one account to another."""

    kind: type[Noun]
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Touch:
    """Demand that the account lives, and raise its version by one."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the host's, run inside our commit on the same database.

    Args:
        sql: One statement in the portable subset, with ``$1``, ``$2`` … for values.
        values: Text, integers or None, in order.
        rows: How many rows it must change; None allows any number.

    Raises:
        ConfigError: When it begins or ends a transaction: each commit is one, which
            others may share.
    """

    sql: str
    values: tuple[str | int | None, ...] = ()
    rows: int | None = None

    def __post_init__(self) -> None:
        if found := ABOUT_TRANSACTIONS.match(self.sql):
            raise ConfigError(
                f"a Statement cannot be a {found[1].upper()}: each commit is a "
                "transaction already, and undone as a whole when a part fails"
            )


class KeyTaken(Exception):
    """What caused a Conflict: a statement of the host's breaks a key of its table.

    Args:
        sql: The statement.
    """

    def __init__(self, sql: str):
        super().__init__(sql.strip())


Change = Add | Replace | Put | Remove | RemoveAll | MoveAll | Touch | Statement
Changes = Sequence[Change]

T = TypeVar("T")


async def retrying(
    attempt: Callable[[], Awaitable[T]], pauses: Sequence[timedelta] = PAUSES
) -> T:
    """Run read-decide-commit until its guards hold.

    Args:
        attempt: Reads, decides and commits; called again after a Conflict.
        pauses: How long to wait at most before each further try.

    Raises:
        Conflict: When somebody else was faster every time.
        StoreError: When it was not somebody else: a statement of the host's
            breaks a unique key of its own table whenever it is tried.
    """
    for longest in pauses:
        try:
            return await attempt()
        except Conflict:
            await asyncio.sleep(part_of(longest).total_seconds())
    try:
        return await attempt()
    except Conflict as error:
        if not isinstance(error.__cause__, KeyTaken):
            raise
        raise StoreError(
            "a statement for a resource breaks a unique key of its table every time: "
            f"{error.__cause__}; declare a rule that keeps the key, such as "
            "merge=KeepOne()"
        ) from error
