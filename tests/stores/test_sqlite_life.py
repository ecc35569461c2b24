"""SQLite opens, is open, and closes."""

import threading
from pathlib import Path

import pytest

from onboarding.errors import StoreUnavailable
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.stores.sql.sqlite import SqliteExecutor
from onboarding.stores.sql.store import SqlStore

pytestmark = pytest.mark.anyio


async def test_closing_ends_its_threads(sqlite_url: str) -> None:
    """Opening starts a few, and nothing of them is left afterwards."""
    before = set(threading.enumerate())
    store = store_from(sqlite_url)
    await store.open()
    started = set(threading.enumerate()) - before
    assert started
    await store.close()
    assert not any(map(is_alive, started))


async def test_a_file_that_does_not_open_leaves_no_thread(tmp_path: Path) -> None:
    """Neither of the one that was to open it."""
    before = set(threading.enumerate())
    with pytest.raises(StoreUnavailable):
        await store_from(f"sqlite:///{tmp_path}").open()
    assert not any(map(is_alive, set(threading.enumerate()) - before))


def is_alive(thread: threading.Thread) -> bool:
    """Give a thread the time to end, and tell whether it has not."""
    thread.join(10)
    return thread.is_alive()


@pytest.mark.parametrize(
    ("option", "level"),
    [("", 2), ("?synchronous=full", 2), ("?synchronous=normal", 1)],
    ids=["default", "full", "normal"],
)
async def test_a_commit_waits_for_the_disk_unless_told_otherwise(
    sqlite_url: str, tmp_path: Path, option: str, level: int
) -> None:
    """SQLite says so of the writer: 2 is FULL, 1 is NORMAL; the file is the same."""
    store = store_from(sqlite_url + option)
    assert isinstance(store, SqlStore)
    await store.open()
    assert level == await store._executor.find_revision("PRAGMA synchronous")
    assert (tmp_path / "shop.db").exists()
    await store.close()


async def test_an_executor_waits_for_the_disk_unless_told_otherwise(
    tmp_path: Path,
) -> None:
    """Who makes one in code gets what the text of a database gets."""
    executor = SqliteExecutor(tmp_path / "shop.db")
    await executor.open()
    assert 2 == await executor.find_revision("PRAGMA synchronous")
    await executor.close()


async def test_write_ahead_logging_is_on(sqlite_store: Store) -> None:
    """Readers and the writer do not wait for each other."""
    assert await sqlite_store.query("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
