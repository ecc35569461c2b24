"""One connection to a SQLite file, and what it may say."""

import math
import re
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from onboarding.errors import OnboardingError, StoreError, StoreUnavailable
from onboarding.stores.sql.values import Value, Values

T = TypeVar("T")

Connect = Callable[[Path, float], "LimitedConnection"]
"""Connects to a file, waiting at most so many seconds whenever it is locked."""

Synchronous = Literal["full", "normal"]
"""What a commit waits for: the disk, or the operating system's memory."""

NAMES = tuple(str(n) for n in range(1, 1000))
"""What follows the ``$``; SQLite takes 999 values a statement (before 3.32)."""

PLACE = re.compile(r"\$(\d+)")
"""Where a value goes in a statement."""

MOST_STATEMENTS = 256
"""So many are kept ready, by us and by the driver; we have some hundred."""

STEP = timedelta(milliseconds=100)
"""How long SQLite waits for a lock before we look whether anybody waits for it."""

OFTEN = 10_000
"""Steps of SQLite's machine, far below a millisecond, between looks at the time."""

IN_THE_WAY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

BROKEN = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
)


class LimitedConnection(sqlite3.Connection):
    """A connection whose statements are broken off when their time is over.

    Attributes:
        patience: Seconds that the statements of one commit may take.
        ends: When what runs now is broken off, an instant of ``time.monotonic``.
    """

    patience = math.inf
    ends = math.inf

    def limit(self) -> None:
        """Look at the time while a statement runs."""
        self.set_progress_handler(self._is_over, OFTEN)

    def _is_over(self) -> bool:
        return time.monotonic() > self.ends


def connect_writer(
    path: Path, wait: float, synchronous: Synchronous
) -> LimitedConnection:
    """Connect for writing, with write-ahead logging.

    A commit is in the file's log when it returns, so a crash of the process loses
    nothing. With ``full`` the log is on the disk by then, and neither does a power cut;
    with ``normal`` it is there after the next checkpoint, and a power cut may lose the
    last moments. None of it leaves half a commit
    (https://sqlite.org/pragma.html#pragma_synchronous). What is deleted is overwritten:
    some builds of SQLite would leave an erased address in the free pages of the file.
    """
    if not path.parent.is_dir():
        raise StoreUnavailable(f"{path} cannot be made: there is no folder for it")
    connection = _connect(path, wait)
    try:
        _prepare(connection, path, wait, synchronous)
    except BaseException:
        connection.close()  # one that is merely dropped holds its file for a while
        raise
    return connection


def _prepare(
    connection: sqlite3.Connection, path: Path, wait: float, synchronous: Synchronous
) -> None:
    deadline = time.monotonic() + wait
    while (mode := _enter_wal(connection)) == "busy" and time.monotonic() < deadline:
        time.sleep(0.01)
    if mode != "wal":
        raise StoreUnavailable(
            f"{path} cannot have write-ahead logging (it is {mode}): a network file "
            "system has none; keep the file on a local disk, or use PostgreSQL"
        )
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA secure_delete = ON")


def _enter_wal(connection: sqlite3.Connection) -> str:
    # Two processes that open a new file at once: SQLite does not wait here.
    try:
        return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
    except sqlite3.OperationalError as error:
        if is_busy(error):
            return "busy"
        raise


def connect_reader(path: Path, wait: float) -> LimitedConnection:
    """Connect for reading; a write is refused."""
    connection = _connect(path, wait)
    connection.execute("PRAGMA query_only = 1")
    return connection


def _connect(path: Path, wait: float) -> LimitedConnection:
    connection = sqlite3.connect(
        path,
        timeout=wait,
        isolation_level=None,
        cached_statements=MOST_STATEMENTS,
        factory=LimitedConnection,
    )
    connection.patience = wait
    connection.limit()
    return connection


def transact(connection: sqlite3.Connection, work: Callable[[], T]) -> T:
    """Do all of it or none of it."""
    connection.execute("BEGIN IMMEDIATE")
    return finish(connection, work)


def finish(connection: sqlite3.Connection, work: Callable[[], T]) -> T:
    """Do all of it or none of it, in the transaction that has begun."""
    try:
        result = work()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk ends it by itself
            connection.execute("ROLLBACK")
        raise
    return result


def run(
    connection: sqlite3.Connection | sqlite3.Cursor, sql: str, values: Values
) -> sqlite3.Cursor:
    """Run a statement of ours; one of a host's is run with ``named`` values.

    Values that are wanted in their order are not looked up by name. A host's text may
    hold a ``$1`` that is no place at all.
    """
    text = in_order(sql)
    if text is None:
        return connection.execute(sql, named(values))
    return connection.execute(text, values)


@lru_cache(maxsize=MOST_STATEMENTS)
def in_order(sql: str) -> str | None:
    """Return it with ``?`` for ``$1``, ``$2`` …; None unless each is there once, so."""
    places = PLACE.findall(sql)
    return PLACE.sub("?", sql) if places == [*NAMES[: len(places)]] else None


def named(values: Values) -> dict[str, Value]:
    """Return values as SQLite wants them for ``$1``, ``$2`` …: by name.

    A sequence would bind in the order in which the names appear.
    """
    return dict(zip(NAMES, values, strict=False))


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether another connection is in the way."""
    return _primary(error) in IN_THE_WAY


def _primary(error: sqlite3.Error) -> int:
    # The low byte is the primary result code (https://sqlite.org/rescode.html).
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def translated(error: sqlite3.Error, path: Path) -> OnboardingError:
    """Return what the operator has to know. SQLite's messages hold no values."""
    if is_busy(error):
        return locked(path)
    if _primary(error) == sqlite3.SQLITE_INTERRUPT:
        return StoreUnavailable(
            f"{path}: a statement took longer than it may, and was broken off; nothing "
            "of its commit was kept. More time is Deadlines(request=…), for reports "
            "Deadlines(report=…)"
        )
    if _primary(error) in BROKEN:
        return StoreUnavailable(f"{path} cannot be used: {error}")
    return StoreError(f"the database refused a statement: {error}")


def locked(path: Path) -> StoreUnavailable:
    """Return what to tell whoever waited for the lock in vain."""
    return StoreUnavailable(
        f"{path} is locked: another connection keeps its write transaction open. "
        "If it is this app's own, call onboarding before it begins or after it "
        "has committed, never within"
    )
