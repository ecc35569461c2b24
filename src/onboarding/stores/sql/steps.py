"""From guarded changes to statements: which rows each must change, and how many."""

from collections.abc import Sequence

from onboarding.accounts.model import Account
from onboarding.changes import (
    Add,
    Change,
    MoveAll,
    Put,
    Remove,
    RemoveAll,
    Replace,
    Statement,
    Touch,
)
from onboarding.stores.sql.table import SqlStep
from onboarding.stores.sql.tables import TABLES

TOUCH = """
UPDATE onboarding_accounts SET version = version + 1 WHERE id = $1 AND ending IS NULL
"""

LOCK = "UPDATE onboarding_accounts SET version = version WHERE id = $1"


def steps_of(change: Change) -> list[SqlStep]:
    """Return the statements of one change, in order."""
    match change:
        case Add(noun):
            return [TABLES[type(noun)].add(noun)]
        case Replace(was, now):
            return [TABLES[type(was)].exchange(was, now)]
        case Put(noun):
            return [TABLES[type(noun)].put(noun)]
        case Remove(noun):
            return [TABLES[type(noun)].remove(noun)]
        case RemoveAll(kind, value, by):
            return [TABLES[kind].remove_all(value, by)]
        case MoveAll(kind, source, target):
            return TABLES[kind].move_all(source, target)
        case Touch(account_id):
            return [SqlStep(TOUCH, (account_id,), 1, Account.__name__)]
        case Statement(sql, values, rows):
            return [SqlStep(sql, values, rows, Statement.__name__, is_ours=False)]


def locks_of(changes: Sequence[Change]) -> list[SqlStep]:
    """Return what locks the accounts that several changes are about, in one order.

    Two merges that cross then wait for each other at the first account: otherwise
    each would hold one and wait for the other's, and PostgreSQL takes a second to
    find such a deadlock and end one of them. Changes keep their own order.
    """
    ids = sorted({id for change in changes for id in _account_of(change)})
    if len(ids) < 2:
        return []
    return [SqlStep(LOCK, (id,), None, Account.__name__) for id in ids]


def _account_of(change: Change) -> tuple[str, ...]:
    match change:
        case Touch(id) | Replace(Account(id=id)) | Remove(Account(id=id)):
            return (id,)
    return ()
