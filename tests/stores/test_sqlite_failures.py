"""SQLite fails in the middle of a group, or at its end: nobody is told a lie."""

import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add, Statement, Touch
from onboarding.errors import Conflict, StoreUnavailable
from onboarding.stores.sql.sqlite_commits import Commit, apply_together
from onboarding.stores.sql.sqlite_connection import LimitedConnection
from onboarding.stores.sql.table import SqlStep
from onboarding.testing.contracts.store_nouns import FIRST, SECOND, account
from tests.stores.piled import Pile, kinds

pytestmark = pytest.mark.anyio

WORDS = "CREATE TABLE words (word TEXT PRIMARY KEY ON CONFLICT ROLLBACK)"
LONG = "long " * 100_000


@pytest.fixture
async def pile(tmp_path: Path) -> AsyncIterator[Pile]:
    """Give a store with one account, and a table whose conflicts end a transaction."""
    pile = Pile(tmp_path / "shop.db")
    await pile.store.open()
    await pile.store.commit(Add(account()), Statement(WORDS), say("taken"))
    yield pile
    await pile.store.close()


def say(word: str) -> Statement:
    """Return the statement that adds a word."""
    return Statement("INSERT INTO words VALUES ($1)", (word,))


async def words(pile: Pile) -> set[object]:
    """Return the host's words."""
    return {row["word"] for row in await pile.store.query("SELECT word FROM words")}


# ── an error ends the transaction of all ─────────────────────────────────────


async def test_who_ends_the_transaction_is_refused_alone(pile: Pile) -> None:
    """Those before are done again, once; those behind are done."""
    errors = await pile.commit(
        [Touch(FIRST), say("one")],
        [Add(account())],
        [Touch(FIRST), say("taken")],
        [Touch(FIRST), say("two")],
    )
    assert [None, Conflict, Conflict, None] == kinds(errors)
    assert account(version=2) == await pile.store.find(Account, FIRST)
    assert {"taken", "one", "two"} == await words(pile)


async def test_who_does_not_fit_on_the_disk_is_refused_alone(pile: Pile) -> None:
    """A full disk ends the transaction, too: what is small still finds its place."""
    pages = await pile.executor.find_revision("PRAGMA page_count")
    assert pages is not None
    await pile.executor.find_revision(f"PRAGMA max_page_count = {pages + 2}")
    errors = await pile.commit(
        [Touch(FIRST), say("one")],
        [Touch(FIRST), say(LONG)],
        [Touch(FIRST), say("two")],
    )
    assert [None, StoreUnavailable, None] == kinds(errors)
    assert "is full" in str(errors[1])
    assert account(version=2) == await pile.store.find(Account, FIRST)
    assert {"taken", "one", "two"} == await words(pile)


# ── the COMMIT fails ─────────────────────────────────────────────────────────


@contextmanager
def no_larger_than(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: writing there is an error."""
    usual, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (usual, most))


async def test_a_commit_that_fails_is_told_to_all(pile: Pile, tmp_path: Path) -> None:
    """Nobody hears of success, nothing is kept, and afterwards all goes on."""
    log = (tmp_path / "shop.db-wal").stat().st_size
    with no_larger_than(log):
        errors = await pile.commit(
            [Touch(FIRST), say("one")],
            [Add(account())],
            [Touch(FIRST), say("two")],
        )
    assert [StoreUnavailable, Conflict, StoreUnavailable] == kinds(errors)
    assert errors[0] is not errors[2]
    assert account() == await pile.store.find(Account, FIRST)
    assert {"taken"} == await words(pile)
    assert [None] == await pile.commit([Touch(FIRST), say("three")])
    assert account(version=1) == await pile.store.find(Account, FIRST)


async def test_a_group_that_does_not_fit_is_done_one_by_one(
    pile: Pile, tmp_path: Path
) -> None:
    """The COMMIT of all fails for want of room; who fits by themselves is kept."""
    log = (tmp_path / "shop.db-wal").stat().st_size
    with no_larger_than(log + 50_000):
        errors = await pile.commit([say("one")], [say(LONG)], [Add(account(SECOND))])
    assert [None, StoreUnavailable, None] == kinds(errors)
    assert {"taken", "one"} == await words(pile)
    assert account(SECOND) == await pile.store.find(Account, SECOND)


# ── what tables defer to the COMMIT, in builds that look at foreign keys ─────


@pytest.fixture
def connection() -> Iterator[LimitedConnection]:
    """Give a database with foreign keys that are looked at when all is done."""
    connection = sqlite3.connect(
        ":memory:", isolation_level=None, factory=LimitedConnection
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("CREATE TABLE people (id TEXT PRIMARY KEY)")
    connection.execute(
        "CREATE TABLE orders (id TEXT PRIMARY KEY, buyer TEXT"
        " REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    yield connection
    connection.close()


def insert(table: str, *values: str) -> SqlStep:
    """Return the step that adds a row."""
    holes = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    return SqlStep(f"INSERT INTO {table} VALUES ({holes})", values, 1, "Row")


def test_a_commit_fails_for_who_is_to_blame(connection: LimitedConnection) -> None:
    """An order of nobody is found out at the COMMIT, and told to who placed it."""
    commits: list[Commit] = [
        [insert("orders", "1", "ann"), insert("people", "ann")],
        [insert("orders", "2", "nobody")],
        [insert("orders", "3", "ann")],
    ]
    connection.execute("BEGIN IMMEDIATE")
    errors = apply_together(connection, commits)
    assert [None, None] == [errors[0], errors[2]]
    assert isinstance(errors[1], sqlite3.IntegrityError)
    rows = connection.execute("SELECT id FROM orders ORDER BY id").fetchall()
    assert [("1",), ("3",)] == rows
