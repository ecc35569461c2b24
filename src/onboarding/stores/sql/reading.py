"""What the features' questions stand on: SQL in, rows out, our prefix put in."""

import logging
import re
from collections.abc import Awaitable, Iterable, Sequence
from typing import TypeVar

from onboarding.changes import Noun
from onboarding.errors import StoreError
from onboarding.jsonvalue import check_text
from onboarding.stores.sql import DEFAULT_PREFIX
from onboarding.stores.sql.executor import Executor, Row
from onboarding.stores.sql.table import Table
from onboarding.stores.sql.tables import TABLES
from onboarding.stores.sql.values import Value, Values

N = TypeVar("N", bound=Noun)

log = logging.getLogger("onboarding.store")

MOST_UNREADABLE = 1000
"""So many damaged rows are remembered as told."""


CREATE_INDEX = re.compile(rf"(CREATE (?:UNIQUE )?INDEX ){DEFAULT_PREFIX}")


class Prefixed(dict[str, str]):
    """Our SQL with the names of this store's tables, worked out once a text."""

    def __init__(self, prefix: str):
        super().__init__()
        self._prefix = prefix

    def __missing__(self, sql: str) -> str:
        """Put the prefix in; an index is made in the schema of its table."""
        if self._prefix == DEFAULT_PREFIX:
            return self.setdefault(sql, sql)
        bare = self._prefix.rpartition(".")[2]
        text = CREATE_INDEX.sub("\\1\0", sql)
        text = text.replace(DEFAULT_PREFIX, self._prefix).replace("\0", bare)
        self[sql] = text
        return text


def check_values(values: Values) -> None:
    """Refuse texts that no database can hold.

    Raises:
        BadRequest: When one of them has a NUL or half a surrogate pair.
    """
    check_text("".join([value for value in values if isinstance(value, str)]))


class Reading:
    """Runs our questions on the executor."""

    def __init__(self, executor: Executor, prefix: str):
        self._executor = executor
        self._texts = Prefixed(prefix)
        self._unreadable: set[tuple[object, ...]] = set()

    def _read(self, sql: str, *values: Value) -> Awaitable[Sequence[Row]]:
        check_values(values)
        return self._executor.read(self._texts[sql], values)

    def _scan(self, sql: str, *values: Value) -> Awaitable[Sequence[Row]]:
        check_values(values)
        return self._executor.scan(self._texts[sql], values)

    def _upkeep(self, sql: str, *values: Value) -> Awaitable[Sequence[Row]]:
        check_values(values)
        return self._executor.upkeep(self._texts[sql], values)

    async def find(self, kind: type[N], *key: str) -> N | None:
        """Return the noun with a key, its parts in the order of ``KEY``."""
        table = TABLES[kind]
        rows = await self._read(table.find, *key)
        found: N | None = table.read(rows[0]) if rows else None
        return found

    async def list_of(self, kind: type[N], account_id: str) -> list[N]:
        """Return the nouns of a kind that belong to an account, in their order."""
        table = TABLES[kind]
        rows = await self._read(table.list_of, account_id)
        return table.in_order(map(table.read, rows))

    def _readable(self, table: Table[N], rows: Iterable[Row]) -> list[N]:
        """Return the nouns of rows that concern many people, but for what is damaged.

        One row that cannot be read, as after a repair by hand, must not keep everybody
        else's from being swept, sent or purged: it is named in the log, once, by its
        key, and left where it is.
        """
        found: list[N] = []
        for row in rows:
            try:
                found.append(table.read(row))
            except StoreError as error:
                self._say_unreadable(table, row, error)
        return found

    def _say_unreadable(self, table: Table[N], row: Row, error: StoreError) -> None:
        key = table.key_of(row)
        if (table.name, *key) in self._unreadable:
            return
        if len(self._unreadable) < MOST_UNREADABLE:
            self._unreadable.add((table.name, *key))
        log.error("row_unreadable: %s: %s; mend it, or delete it", key, error)
