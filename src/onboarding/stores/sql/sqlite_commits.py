"""Group commit: what waits shares a transaction, each commit apart from the others.

To be sure of a commit is to wait for the disk, once for each transaction. Commits that
pile up meanwhile share the next one. Each has a savepoint of its own, so that a refused
one takes back what it did and nothing else, and sees what those before it wrote: the
outcome is that of one after the other.
"""

import math
import sqlite3
import time
from collections.abc import Callable, Sequence

from onboarding.changes import KeyTaken
from onboarding.errors import Conflict
from onboarding.stores.sql.sqlite_connection import (
    LimitedConnection,
    finish,
    is_busy,
    named,
    run,
    transact,
)
from onboarding.stores.sql.table import SqlStep

Commit = Sequence[SqlStep]
"""The statements of one caller: all of them, or none."""

TAKEN = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
"""What SQLite says when a row with such a value exists already."""


def apply_together(
    connection: LimitedConnection, commits: Sequence[Commit]
) -> list[Exception | None]:
    """Apply commits in their order, as if one after the other, and end the transaction.

    It has begun already: whoever calls knows how long somebody waits for the lock.

    What a host's tables defer to the end of a transaction (``DEFERRABLE``, in builds of
    SQLite that look at foreign keys unasked) is looked at once for all of them: a later
    commit may settle what an earlier one left open.

    Returns:
        For each what refused it, a Conflict or an error of SQLite; None when it is
        kept: nobody is told so before the COMMIT has returned.

    Raises:
        sqlite3.Error: When the file stays locked: that holds for all of them.
    """
    if len(commits) > 1:
        try:
            return finish(
                connection, lambda: [_apply_beside(connection, one) for one in commits]
            )
        except sqlite3.Error as error:
            if is_busy(error):  # each by itself would wait as long, and in vain
                raise
        # Now one by one. Either an error of one ended the transaction of all (a full
        # disk does, and ON CONFLICT ROLLBACK), or the COMMIT failed. Nothing is kept of
        # it, and a commit is but statements and values, so doing them again does
        # nothing twice; whoever is to blame is told so, and nobody else. Who was
        # refused before tries again, too: it may have been for what is now undone.
        return [_apply_alone(connection, commit, transact) for commit in commits]
    return [_apply_alone(connection, commit, finish) for commit in commits]


def _apply_alone(
    connection: LimitedConnection,
    commit: Commit,
    transaction: Callable[[sqlite3.Connection, Callable[[], None]], None],
) -> Exception | None:
    try:
        transaction(connection, lambda: _run(connection, commit))
    except Exception as error:  # noqa: BLE001, it goes to who waits for this commit
        return error
    return None


def _apply_beside(connection: LimitedConnection, commit: Commit) -> Exception | None:
    connection.execute("SAVEPOINT onboarding")
    try:
        _run(connection, commit)
    except Exception as error:  # noqa: BLE001, it goes to who waits for this commit
        # When the error has ended the transaction, this raises: there is no savepoint.
        connection.execute("ROLLBACK TO onboarding")
        connection.execute("RELEASE onboarding")
        return error
    connection.execute("RELEASE onboarding")
    return None


def _run(connection: LimitedConnection, commit: Commit) -> None:
    connection.ends = time.monotonic() + connection.patience
    try:
        for step in commit:
            _run_step(connection, step)
    finally:
        connection.ends = math.inf


def _run_step(connection: LimitedConnection, step: SqlStep) -> None:
    try:
        if step.is_ours:
            changed = run(connection, step.sql, step.values).rowcount
        else:
            changed = connection.execute(step.sql, named(step.values)).rowcount
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode in TAKEN:
            why = error if step.is_ours else KeyTaken(step.sql)
            raise Conflict(step.what) from why
        raise
    if step.rows is not None and changed != step.rows:
        raise Conflict(step.what)
