"""SQLite: one file, several processes, a slow disk, a host that holds the lock."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add, Touch
from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError, StoreUnavailable
from onboarding.stores import store_from
from onboarding.stores.sql.revisions import revisions
from onboarding.stores.sql.sqlite import SqliteExecutor
from onboarding.stores.sql.store import SqlStore
from onboarding.testing.contracts.store_nouns import FIRST, account

pytestmark = pytest.mark.anyio

WORKER = """
import asyncio, sys
from onboarding.accounts.model import Account
from onboarding.changes import Touch
from onboarding.stores import store_from

async def main():
    store = store_from(sys.argv[1])
    await store.open()
    for _ in range(int(sys.argv[3])):
        await store.commit(Touch(sys.argv[2]))
        assert await store.find(Account, sys.argv[2])
    await store.close()

asyncio.run(main())
"""


OPENER = """
import asyncio, sys
from onboarding.stores import store_from

async def main():
    store = store_from(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    await store.open()
    await store.close()

asyncio.run(main())
"""


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start a worker process."""
    program = [sys.executable, "-c", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(program, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def finish(process: subprocess.Popen[str]) -> None:
    """Wait for a worker's good end."""
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said


async def test_two_processes_work_on_one_file(sqlite_url: str) -> None:
    """Each commit of either counts, and neither is turned away."""
    store = store_from(sqlite_url)
    await store.open()
    await store.commit(Add(account()))
    workers = [start(WORKER, sqlite_url, FIRST, "60") for _ in range(2)]
    for worker in workers:
        await asyncio.to_thread(finish, worker)
    assert await store.find(Account, FIRST) == account(version=120)
    await store.close()


def test_processes_may_open_a_new_file_at_once(sqlite_url: str) -> None:
    """One makes the tables, the others wait for it; none fails."""
    workers = [start(OPENER, sqlite_url) for _ in range(4)]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n", worker.communicate()
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        finish(worker)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        rows = connection.execute(
            "SELECT number FROM onboarding_revision ORDER BY number"
        ).fetchall()
    connection.close()
    assert rows == [(number,) for number in range(1, len(revisions()) + 1)]


async def test_opening_waits_for_a_file_in_use(sqlite_url: str) -> None:
    """While somebody writes, the file cannot be switched to write-ahead logging."""
    host = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    host.execute("CREATE TABLE orders (id TEXT)")
    host.execute("BEGIN IMMEDIATE")
    # Nothing tells that somebody waits for a lock; that much later it surely does.
    asyncio.get_running_loop().call_later(0.1, host.execute, "COMMIT")
    store = store_from(sqlite_url)
    await store.open()
    assert not host.in_transaction
    await store.close()
    host.close()


def test_a_process_that_never_closes_ends(sqlite_url: str) -> None:
    """Nothing of ours keeps it alive, and what it committed is there."""
    program = """
import asyncio, sys
from onboarding.changes import Add
from onboarding.stores import store_from
from onboarding.testing.contracts.store_nouns import account

async def main():
    store = store_from(sys.argv[1])
    await store.open()
    await store.commit(Add(account()))

asyncio.run(main())
"""
    finish(start(program, sqlite_url))
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        rows = connection.execute("SELECT id FROM onboarding_accounts").fetchall()
    connection.close()
    assert rows == [(FIRST,)]


def files(folder: Path) -> list[str]:
    """Return the names of what is in a folder."""
    return [path.name for path in folder.iterdir()]


async def test_an_old_library_is_named(tmp_path: Path) -> None:
    """The sentence has both versions, and no file is made."""
    store = SqlStore(SqliteExecutor(tmp_path / "shop.db", version=(3, 24, 0)))
    with pytest.raises(ConfigError, match=r"3\.24\.0 is too old.* needs 3\.25\.0"):
        await store.open()
    assert files(tmp_path) == []


async def test_the_oldest_library_will_do(tmp_path: Path) -> None:
    """The version that is asked for is accepted, and keeps what it is given."""
    store = SqlStore(SqliteExecutor(tmp_path / "shop.db", version=(3, 25, 0)))
    await store.open()
    await store.commit(Add(account()))
    assert await store.find(Account, FIRST) == account()
    await store.close()


# ── somebody else holds the lock ─────────────────────────────────────────────


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """Give a store that waits for a lock for a moment only."""
    path, moment = tmp_path / "shop.db", timedelta(milliseconds=20)
    store = SqlStore(SqliteExecutor(path, deadlines=Deadlines(request=moment)))
    await store.open()
    await store.commit(Add(account()))
    yield store
    await store.close()


@pytest.fixture
def host(hasty: SqlStore, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection of the host's own that is in the middle of writing."""
    connection = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


async def test_a_locked_file_names_the_likely_cause(
    hasty: SqlStore, host: sqlite3.Connection
) -> None:
    """The host's own transaction is in the way: it is told to call us before it."""
    with pytest.raises(StoreUnavailable, match="call onboarding before it begins"):
        await hasty.commit(Touch(FIRST))
    host.execute("COMMIT")
    await hasty.commit(Touch(FIRST))
    assert await hasty.find(Account, FIRST) == account(version=1)


async def test_a_locked_file_can_be_read(
    hasty: SqlStore, host: sqlite3.Connection
) -> None:
    """Who only reads does not notice, and sees what was committed before."""
    host.execute("UPDATE onboarding_accounts SET version = 99")
    assert await hasty.find(Account, FIRST) == account()
    assert await hasty.list_open_responses(limit=1) == []
    host.execute("COMMIT")
    assert await hasty.find(Account, FIRST) == account(version=99)


# ── files that are none ──────────────────────────────────────────────────────


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The usual mistake in a path is told as what it is."""
    store = store_from(f"sqlite:///{tmp_path}/data/shop.db")
    with pytest.raises(StoreUnavailable, match="no folder"):
        await store.open()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """It is left as it is."""
    path = tmp_path / "shop.db"
    path.write_text("once upon a time, " * 99)
    with pytest.raises(StoreUnavailable, match="not a database"):
        await store_from(f"sqlite:///{path}").open()
    assert path.read_text() == "once upon a time, " * 99


async def test_a_relative_path_begins_where_the_process_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three slashes and a name are a file right here."""
    monkeypatch.chdir(tmp_path)
    store = store_from("sqlite:///shop.db")
    await store.open()
    await store.close()
    assert (tmp_path / "shop.db").exists()
