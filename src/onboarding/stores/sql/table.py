"""How a kind of noun is kept: its columns, its statements, its rows.

Every statement is written with the default prefix; the store puts its own there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar, cast, get_type_hints

from onboarding.changes import Noun
from onboarding.errors import ConfigError, StoreError
from onboarding.stores.sql.values import Codec, Function, Values, codec_of

N = TypeVar("N", bound=Noun)


class SqlStep(NamedTuple):
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
    """Keeps one kind of noun: a column for each field, named like it.

    Args:
        noun: The kind of noun, a dataclass.
        name: The table, with the default prefix.
        codecs: How a field is stored where its type does not say it.
        derived: Properties that are written beside the fields, for SQL to read.
        found_by: Fields, beside the key's first and the account, by which all of
            some nouns may go at once: each has an index.
    """

    def __init__(
        self,
        noun: type[N],
        name: str,
        *,
        codecs: Mapping[str, Codec] | None = None,
        derived: tuple[str, ...] = (),
        found_by: tuple[str, ...] = (),
    ):
        self.noun = noun
        self.name = name
        self.fields = tuple(field.name for field in fields(cast("Any", noun)))
        # A key is led by its first column, and every account_id by an index.
        own = {noun.KEY[0], "account_id"}.intersection(self.fields)
        self._found_by = (*sorted(own), *found_by)
        self._codecs = dict(codecs or {})
        self._columns = (*self.fields, *derived)
        self._guarded = (*noun.KEY, *noun.GUARD)
        self._values = attrgetter(*self._columns)

    # ── rows ─────────────────────────────────────────────────────────────────

    @cached_property
    def _coded(self) -> dict[str, Codec]:
        """The codecs of those columns whose values do not stay as they are."""
        hints = get_type_hints(self.noun)
        found = {name: codec_of(hints[name]) for name in self.fields}
        return {name: codec for name, codec in found.items() if codec} | self._codecs

    @cached_property
    def _writers(self) -> tuple[Function | None, ...]:
        coded = self._coded
        return tuple(coded[c].write if c in coded else None for c in self._columns)

    def row(self, noun: N) -> Values:
        """Return the values of a noun, in the order of the columns."""
        pairs = zip(self._values(noun), self._writers, strict=True)
        return tuple(value if write is None else write(value) for value, write in pairs)

    def read(self, row: Iterable[Any]) -> N:
        """Return the noun of a row that holds ``listed``.

        Raises:
            StoreError: When a column holds what our own code never wrote there.
        """
        said = dict(zip(self.fields, row, strict=True))
        for name, codec in self._coded.items():
            try:
                said[name] = codec.read(said[name])
            except Exception as error:  # noqa: BLE001  # a codec may raise anything
                # The column is named, and not what it holds: that may be private.
                raise StoreError(
                    f"a row of {self.name} cannot be read: what its column {name} "
                    f"holds is damaged ({type(error).__name__})"
                ) from None
        return self.noun(**said)

    def key_of(self, row: Iterable[Any]) -> tuple[str, ...]:
        """Return what finds a row that holds ``listed``, however damaged the rest."""
        said = dict(zip(self.fields, row, strict=True))
        return tuple(str(said[name]) for name in self.noun.KEY)

    def listed(self, alias: str) -> str:
        """Return the columns of the fields for a SELECT in which the table is named."""
        return ", ".join(f"{alias}.{name}" for name in self.fields)

    def in_order(self, nouns: Iterable[N]) -> list[N]:
        """Return nouns of one account in their order; the key settles a tie.

        Not by ORDER BY: where "_" stands among letters depends on a database's
        collation.
        """
        return sorted(nouns, key=attrgetter(*self.noun.ORDER, *self.noun.KEY))

    # ── steps ────────────────────────────────────────────────────────────────

    def add(self, noun: N) -> SqlStep:
        """Insert; a row with the same key fails."""
        return SqlStep(self.insert, self.row(noun), 1, self.noun.__name__)

    def put(self, noun: N) -> SqlStep:
        """Insert, or overwrite the row with the same key."""
        return SqlStep(self.upsert, self.row(noun), 1, self.noun.__name__)

    def exchange(self, was: N, now: N) -> SqlStep:
        """Overwrite one row, which must be as it was read."""
        values = self.row(now) + self._as_it_was(was)
        return SqlStep(self.update, values, 1, self.noun.__name__)

    def remove(self, was: N) -> SqlStep:
        """Delete one row, which must be as it was read."""
        return SqlStep(self.delete, self._as_it_was(was), 1, self.noun.__name__)

    def remove_all(self, value: str, by: str) -> SqlStep:
        """Delete the rows with a value in a column."""
        return SqlStep(self.delete_by(by), (value,), None, self.noun.__name__)

    def move_all(self, source: str, target: str) -> list[SqlStep]:
        """Give the rows to another account; of two with one key its own stays."""
        return [
            SqlStep(sql, (source, target), None, self.noun.__name__)
            for sql in self.moves
        ]

    def _as_it_was(self, was: N) -> Values:
        row = dict(zip(self._columns, self.row(was), strict=True))
        return tuple(row[name] for name in self._guarded)

    # ── statements ───────────────────────────────────────────────────────────

    @cached_property
    def find(self) -> str:
        """The row with a key."""
        where = " AND ".join(f"t.{c} = ${n}" for n, c in enumerate(self.noun.KEY, 1))
        return f"SELECT {self.listed('t')} FROM {self.name} AS t WHERE {where}"

    @cached_property
    def list_of(self) -> str:
        """The rows of an account."""
        return f"SELECT {self.listed('t')} FROM {self.name} AS t WHERE account_id = $1"

    @cached_property
    def insert(self) -> str:
        """One row, all its columns."""
        places = ", ".join(f"${n}" for n, _ in enumerate(self._columns, 1))
        return f"INSERT INTO {self.name} ({', '.join(self._columns)}) VALUES ({places})"

    @cached_property
    def upsert(self) -> str:
        """One row, over the one with its key."""
        key = self.noun.KEY
        sets = ", ".join(f"{c} = excluded.{c}" for c in self._columns if c not in key)
        return f"{self.insert} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets}"

    @cached_property
    def update(self) -> str:
        """Every column of the one row that is as it was read."""
        sets = ", ".join(f"{c} = ${n}" for n, c in enumerate(self._columns, 1))
        where = self._as_read(len(self._columns) + 1)
        return f"UPDATE {self.name} SET {sets} WHERE {where}"

    @cached_property
    def delete(self) -> str:
        """The one row that is as it was read."""
        return f"DELETE FROM {self.name} WHERE {self._as_read(1)}"

    def delete_by(self, column: str) -> str:
        """Every row with a value in a column, which has an index."""
        if column not in self._found_by:
            raise ConfigError(
                f"{self.noun.__name__} is not found by {column!r}; where an index "
                "leads by it, say so with found_by= where the table is declared"
            )
        return f"DELETE FROM {self.name} WHERE {column} = $1"

    @cached_property
    def moves(self) -> tuple[str, ...]:
        """The rows whose twin the target has go; the others change account."""
        move = f"UPDATE {self.name} SET account_id = $2 WHERE account_id = $1"
        rest = [c for c in self.noun.KEY if c != "account_id"]
        if len(rest) == len(self.noun.KEY):
            return (move,)
        same = " AND ".join(f"twin.{c} = {self.name}.{c}" for c in rest)
        twins = f"{self.name} AS twin WHERE twin.account_id = $2 AND {same}"
        mine = f"DELETE FROM {self.name} WHERE account_id = $1"
        return (f"{mine} AND EXISTS (SELECT 1 FROM {twins})", move)

    @property
    def statements(self) -> tuple[str, ...]:
        """All of them, those by account where its nouns belong to one."""
        single = (self.find, self.insert, self.upsert, self.update, self.delete)
        several = tuple(map(self.delete_by, self._found_by))
        if "account_id" not in self.fields:
            return (*single, *several)
        return (*single, *several, self.list_of, *self.moves)

    def _as_read(self, first: int) -> str:
        # A guarded field may be NULL, and neither database's word for a comparison
        # that allows for it is known to the other's older versions.
        return " AND ".join(
            f"{c} = ${n}"
            if c in self.noun.KEY
            else f"({c} = ${n} OR ({c} IS NULL AND ${n} IS NULL))"
            for n, c in enumerate(self._guarded, first)
        )
