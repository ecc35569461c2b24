"""What becomes of the rows of a host's table, and whether a table lets it happen."""

import re
from collections.abc import Iterable, Sequence

from onboarding.accounts.host_table import HostTable
from onboarding.accounts.periods import After
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.names import unknown
from onboarding.shapes import check_value, several

TABLE = re.compile(r"[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?\Z")
"""A table's name that needs no quoting, optionally with its schema."""

COLUMN = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")
"""A column's name that needs no quoting."""


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
        check_plain_names("KeepLarger: key", columns, '"book"')
        check_plain_names("KeepLarger: quantity", (quantity,), '"quantity"')
        if quantity in columns:
            raise ConfigError(
                f"KeepLarger: {quantity!r} is key and quantity at once; rows with the "
                "same key have the same quantity then, so name two columns"
            )
        object.__setattr__(self, "key", columns)
        object.__setattr__(self, "quantity", quantity)


@dataclass(frozen=True, slots=True)
class KeepOne:
    """One row for each account: that of the account that stays.

    The other's row goes where there are two, and moves where there is one: for a table
    whose owner is a unique key, such as settings or an address.
    """


@dataclass(frozen=True, slots=True)
class DeleteRows:
    """Rows are deleted."""


@dataclass(frozen=True, slots=True)
class Anonymise:
    """Personal columns are set to NULL, the row stays; its owner too.

    Args:
        columns: The columns that tell who it was.
        reason: Why the row itself must stay, for the person to read.
        until: When it need not stay any more: a purge then deletes it. None is never.
    """

    columns: tuple[str, ...]
    reason: str
    until: After | None

    def __init__(
        self, *, columns: Sequence[str], reason: str, until: After | None = None
    ):
        listed = several("Anonymise: columns", columns, '["name", "street"]')
        check_plain_names("Anonymise: columns", listed, '["name", "street"]')
        _check_reason("Anonymise", reason)
        _check_until("Anonymise", until)
        if until is not None and until.column in listed:
            raise ConfigError(
                f"Anonymise: {until.column!r} says how long a row stays, so it cannot "
                "be emptied; leave it out of columns"
            )
        object.__setattr__(self, "columns", listed)
        object.__setattr__(self, "reason", reason)
        object.__setattr__(self, "until", until)


@dataclass(frozen=True, slots=True)
class KeepRows:
    """Rows stay as they are.

    Args:
        reason: Why, for the person to read.
        until: When they need not stay any more: a purge then deletes them. None is
            never.
    """

    reason: str
    until: After | None = None

    def __post_init__(self) -> None:
        _check_reason("KeepRows", self.reason)
        _check_until("KeepRows", self.until)


def check_plain_names(where: str, columns: Sequence[object], example: str) -> None:
    """Check that columns have names that need no quoting.

    Raises:
        ConfigError: Naming the one that does, or that there is none.
    """
    for column in columns:
        check_value(where, column, str, example=example)
        if not COLUMN.match(str(column)):
            raise ConfigError(f"{where}: {column!r} {NOT_PLAIN}")
    if not columns:
        raise ConfigError(f"{where} names no column; write {example}")


def _check_reason(where: str, reason: object) -> None:
    example = '"Tax law keeps orders for ten years."'
    check_value(f"{where}: reason", reason, str, example=example)
    if not str(reason).strip():
        raise ConfigError(
            f"{where}: reason is empty, and the person reads it; write reason={example}"
        )


def _check_until(where: str, until: object) -> None:
    example = 'After("placed_at", timedelta(days=3653))'
    check_value(f"{where}: until", until, After | None, example=example)
    if isinstance(until, After):
        check_plain_names(f"{where}: until", (until.column,), '"placed_at"')


NOT_PLAIN = (
    "is not a plain SQL name; write it in lower case with letters, digits and "
    "underscores"
)


def columns_of(rule: object) -> tuple[str, ...]:
    """Return the columns that a rule names, beside the owner."""
    match rule:
        case Anonymise(columns=columns):
            return (*columns, *columns_of(rule.until))
        case KeepRows(until=until):
            return columns_of(until)
        case After(column=column):
            return (column,)
    return ()


def until_of(rule: object) -> After | None:
    """Return when a rule lets go of what it keeps."""
    return rule.until if isinstance(rule, KeepRows | Anonymise) else None


# ── held against the table ───────────────────────────────────────────────────


def check_there(
    where: str, table: str, columns: Iterable[str], found: HostTable
) -> None:
    """Check that a table and its columns are there, and can be named as they are.

    Raises:
        ConfigError: Naming what is missing, and what may be meant.
    """
    for word in (*table.split("."), *columns):
        if word in found.reserved:
            raise ConfigError(
                f"{where}: {word!r} is a word of SQL itself, which no statement can "
                "use as a name without quoting it; rename it, or write a Resource of "
                "your own, whose verbs quote it"
            )
    if found.columns:
        for column in columns:
            if column not in found.columns:
                raise ConfigError(
                    f"{where} names {unknown('column', column, found.columns)}"
                )
    elif not found.is_new:
        raise ConfigError(
            f"{where}: the database has no such table; "
            f"you named {unknown('table', table, found.others)}. Make your tables "
            "before onboarding opens, in the same database"
        )


def check_nullable(where: str, erase: object, found: HostTable) -> None:
    """Check that what is anonymised may be empty.

    Raises:
        ConfigError: Naming the column that may not.
    """
    columns = erase.columns if isinstance(erase, Anonymise) else ()
    for column in columns:
        if not found.columns[column]:
            raise ConfigError(
                f"{where}: {column!r} is NOT NULL, so it cannot be anonymised, and "
                "nobody's data could be erased; let it be NULL, or write "
                "erase=DeleteRows()"
            )
