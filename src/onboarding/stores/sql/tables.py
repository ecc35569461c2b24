"""From guarded changes to statements: which rows each must change, and how many.

Every statement is written with the default prefix; the store puts its own there.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from onboarding.accounts.model import Account
from onboarding.changes import (
    Add,
    Change,
    MoveAll,
    Noun,
    Put,
    Remove,
    RemoveAll,
    Replace,
    Statement,
    Touch,
)
from onboarding.stores.sql.values import Values

N = TypeVar("N", bound=Noun)

TOUCH = """
UPDATE onboarding_accounts SET version = version + 1 WHERE id = $1 AND ending IS NULL
"""

LOCK = "UPDATE onboarding_accounts SET version = version WHERE id = $1"


class Step(NamedTuple):
    """One statement of a commit.

    Attributes:
        rows: How many rows it must change; None allows any number.
        what: The kind of noun to name in a Conflict.
        is_ours: Whether the prefix has to be put in: a host's own SQL stays as it is.
    """

    sql: str
    values: Values
    rows: int | None
    what: str
    is_ours: bool = True


class Table(Generic[N]):
    """Keeps one kind of noun.

    Args:
        noun: The kind of noun.
        name: The table, with the default prefix.
        columns: Its columns, in order.
        row: Gives the values of a noun, in the order of the columns.
        guard: The columns that a guard compares, where they are not named like the
            fields in ``GUARD``.
    """

    def __init__(
        self,
        noun: type[N],
        name: str,
        columns: str,
        row: Callable[[N], Values],
        guard: tuple[str, ...] | None = None,
    ):
        self.noun = noun
        self.row = row
        self._name = name
        self._columns = tuple(columns.split())
        self._key = noun.KEY
        self._guarded = (*noun.KEY, *(noun.GUARD if guard is None else guard))
        self._identify = _picker([self._columns.index(c) for c in self._guarded])

    def add(self, noun: N) -> Step:
        """Insert; a row with the same key fails."""
        return Step(self.insert, self.row(noun), 1, self.noun.__name__)

    def put(self, noun: N) -> Step:
        """Insert, or overwrite the row with the same key."""
        return Step(self.upsert, self.row(noun), 1, self.noun.__name__)

    def exchange(self, was: N, now: N) -> Step:
        """Overwrite one row, which must be as it was read."""
        values = self.row(now) + self._identify(self.row(was))
        return Step(self.update, values, 1, self.noun.__name__)

    def remove(self, was: N) -> Step:
        """Delete one row, which must be as it was read."""
        return Step(self.delete, self._identify(self.row(was)), 1, self.noun.__name__)

    def remove_all(self, account_id: str) -> Step:
        """Delete the rows of an account."""
        return Step(self.delete_all, (account_id,), None, self.noun.__name__)

    def move_all(self, source: str, target: str) -> list[Step]:
        """Give the rows to another account; of two with one key its own stays."""
        return [
            Step(sql, (source, target), None, self.noun.__name__) for sql in self.moves
        ]

    # ── the statements ───────────────────────────────────────────────────────

    @cached_property
    def insert(self) -> str:
        """One row, all its columns."""
        places = ", ".join(f"${n}" for n, _ in enumerate(self._columns, 1))
        return (
            f"INSERT INTO {self._name} ({', '.join(self._columns)}) VALUES ({places})"
        )

    @cached_property
    def upsert(self) -> str:
        """One row, over the one with its key."""
        sets = ", ".join(
            f"{c} = excluded.{c}" for c in self._columns if c not in self._key
        )
        key = ", ".join(self._key)
        return f"{self.insert} ON CONFLICT ({key}) DO UPDATE SET {sets}"

    @cached_property
    def update(self) -> str:
        """Every column of the one row that is as it was read."""
        sets = ", ".join(f"{c} = ${n}" for n, c in enumerate(self._columns, 1))
        where = self._as_read(len(self._columns) + 1)
        return f"UPDATE {self._name} SET {sets} WHERE {where}"

    @cached_property
    def delete(self) -> str:
        """The one row that is as it was read."""
        return f"DELETE FROM {self._name} WHERE {self._as_read(1)}"

    @cached_property
    def delete_all(self) -> str:
        """Every row of an account."""
        return f"DELETE FROM {self._name} WHERE account_id = $1"

    @cached_property
    def moves(self) -> tuple[str, ...]:
        """The rows whose twin the target has go; the others change account."""
        move = f"UPDATE {self._name} SET account_id = $2 WHERE account_id = $1"
        rest = [c for c in self._key if c != "account_id"]
        if len(rest) == len(self._key):
            return (move,)
        same = " AND ".join(f"twin.{c} = {self._name}.{c}" for c in rest)
        twins = f"{self._name} AS twin WHERE twin.account_id = $2 AND {same}"
        mine = f"DELETE FROM {self._name} WHERE account_id = $1"
        return (f"{mine} AND EXISTS (SELECT 1 FROM {twins})", move)

    @property
    def statements(self) -> tuple[str, ...]:
        """All of them, those by account where its nouns belong to one."""
        single = (self.insert, self.upsert, self.update, self.delete)
        owned = (self.delete_all, *self.moves) if "account_id" in self._columns else ()
        return single + owned

    def _as_read(self, first: int) -> str:
        # A guarded field may be NULL, and neither database's word for a comparison
        # that allows for it is known to the other's older versions.
        return " AND ".join(
            f"{c} = ${n}"
            if c in self._key
            else f"({c} = ${n} OR ({c} IS NULL AND ${n} IS NULL))"
            for n, c in enumerate(self._guarded, first)
        )


def _picker(places: list[int]) -> Callable[[Values], Values]:
    if len(places) == 1:  # itemgetter gives no tuple then
        return lambda row: (row[places[0]],)
    return itemgetter(*places)


Tables = Mapping[type, Table[Any]]


def steps_of(change: Change, tables: Tables) -> list[Step]:
    """Return the statements of one change, in order."""
    match change:
        case Add(noun):
            return [tables[type(noun)].add(noun)]
        case Replace(was, now):
            return [tables[type(was)].exchange(was, now)]
        case Put(noun):
            return [tables[type(noun)].put(noun)]
        case Remove(noun):
            return [tables[type(noun)].remove(noun)]
        case RemoveAll(kind, account_id):
            return [tables[kind].remove_all(account_id)]
        case MoveAll(kind, source, target):
            return tables[kind].move_all(source, target)
        case Touch(account_id):
            return [Step(TOUCH, (account_id,), 1, Account.__name__)]
        case Statement(sql, values, rows):
            return [Step(sql, values, rows, Statement.__name__, is_ours=False)]


def locks_of(changes: Sequence[Change]) -> list[Step]:
    """Return what locks the accounts that several changes are about, in one order.

    Two merges that cross then wait for each other at the first account: otherwise
    each would hold one and wait for the other's, and PostgreSQL takes a second to
    find such a deadlock and end one of them. Changes keep their own order.
    """
    ids = sorted({id for change in changes for id in _account_of(change)})
    if len(ids) < 2:
        return []
    return [Step(LOCK, (id,), None, Account.__name__) for id in ids]


def _account_of(change: Change) -> tuple[str, ...]:
    match change:
        case Touch(id) | Replace(Account(id=id)) | Remove(Account(id=id)):
            return (id,)
    return ()
