"""Group commit: what waits for SQLite's writer shares a transaction, each apart."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add, Replace, Statement, Touch
from onboarding.errors import Conflict, StoreError, StoreUnavailable
from onboarding.stores.sql.sqlite_thread import LARGEST
from onboarding.testing.contracts.store_nouns import FIRST, SECOND, THIRD, account
from tests.stores.piled import Pile, kinds, told

pytestmark = pytest.mark.anyio

WORDS = "SELECT word FROM words ORDER BY rowid"


@pytest.fixture
async def pile(tmp_path: Path) -> AsyncIterator[Pile]:
    """Give a store with the first account in it, and a table of the host's."""
    pile = Pile(tmp_path / "shop.db")
    await pile.store.open()
    await pile.store.commit(Add(account()), Statement("CREATE TABLE words (word TEXT)"))
    yield pile
    await pile.store.close()


def say(word: str) -> Statement:
    """Return the statement that puts a word behind the others."""
    return Statement("INSERT INTO words VALUES ($1)", (word,), rows=1)


async def words(pile: Pile) -> list[object]:
    """Return the host's words in the order in which they were put there."""
    return [row["word"] for row in await pile.store.query(WORDS)]


# ── groups form ──────────────────────────────────────────────────────────────


async def test_what_waits_shares_one_transaction(pile: Pile) -> None:
    """Nine commits wait for the disk once, and all of them are kept."""
    before = pile.transactions()
    errors = await pile.commit(*([say(str(n))] for n in range(9)))
    assert [None] * 9 == errors
    assert 1 == pile.transactions() - before
    assert [str(n) for n in range(9)] == await words(pile)


async def test_when_nothing_waits_a_commit_is_by_itself(pile: Pile) -> None:
    """It begins at once: nobody waits for company that may come."""
    before = pile.transactions()
    for n in range(3):
        await pile.store.commit(say(str(n)))
    assert 3 == pile.transactions() - before


async def test_a_group_has_a_bound(pile: Pile) -> None:
    """The first of many is told before the last is begun."""
    before = pile.transactions()
    count = 2 * LARGEST + 1
    assert [None] * count == await pile.commit(*([say(str(n))] for n in range(count)))
    assert 3 == pile.transactions() - before
    assert [str(n) for n in range(count)] == await words(pile)


async def test_other_work_keeps_its_place(pile: Pile) -> None:
    """What is asked of the writer between two commits sees the first alone."""
    before = pile.transactions()
    async with pile.held():
        tasks = await pile.begin([say("one")], [say("two")])
        count = asyncio.create_task(
            pile.executor.find_revision("SELECT count(*) FROM words")
        )
        tasks += await pile.begin([say("three")], [say("four")])
    assert [None] * 4 == await told(tasks)
    assert 2 == await count
    assert 2 == pile.transactions() - before


async def test_closing_finishes_what_waits(pile: Pile) -> None:
    """A group that is not begun yet is applied before the file is closed."""
    async with pile.held():
        tasks = await pile.begin([say("one")], [say("two")])
        closing = asyncio.create_task(pile.store.close())
        await asyncio.sleep(0)
    await closing
    assert [None, None] == await told(tasks)
    await pile.store.open()
    assert ["one", "two"] == await words(pile)


# ── as if one after the other ────────────────────────────────────────────────


async def test_a_conflict_spares_the_others(pile: Pile) -> None:
    """It takes back what its own commit did, and is told to its own caller."""
    before = pile.transactions()
    errors = await pile.commit(
        [say("one")],
        [say("two"), Add(account(SECOND)), Add(account())],
        [say("three")],
        [say("four"), Touch(THIRD)],
        [say("five")],
    )
    assert [None, Conflict, None, Conflict, None] == kinds(errors)
    assert 1 == pile.transactions() - before
    assert ["one", "three", "five"] == await words(pile)
    assert await pile.store.find(Account, SECOND) is None


async def test_a_refused_statement_spares_the_others(pile: Pile) -> None:
    """What the database does not understand is told to who wrote it."""
    before = pile.transactions()
    errors = await pile.commit(
        [say("one")],
        [say("two"), Statement("DELETE FROM nowhere")],
        [say("three")],
    )
    assert [None, StoreError, None] == kinds(errors)
    assert "nowhere" in str(errors[1])
    assert 1 == pile.transactions() - before
    assert ["one", "three"] == await words(pile)


async def test_a_later_one_sees_what_an_earlier_one_wrote(pile: Pile) -> None:
    """Of two who decided on the same version, the first to come has it."""
    slow = Replace(account(), account(version=5))
    errors = await pile.commit(
        [Add(account(SECOND))],
        [Replace(account(), account(version=1))],
        [slow],
        [Touch(SECOND), Touch(SECOND)],
        [Add(account(SECOND))],
        [Touch(FIRST)],
    )
    assert [None, None, Conflict, None, Conflict, None] == kinds(errors)
    assert account(version=2) == await pile.store.find(Account, FIRST)
    assert account(SECOND, version=2) == await pile.store.find(Account, SECOND)


async def test_who_no_longer_waits_is_applied_all_the_same(pile: Pile) -> None:
    """What was begun goes on to its end, and the others are told as ever."""
    async with pile.held():
        first, second, third = await pile.begin([say("one")], [say("two")], [say("3")])
        second.cancel()
        await asyncio.sleep(0)
    assert [None, None] == await told([first, third])
    assert second.cancelled()
    assert ["one", "two", "3"] == await words(pile)


async def test_all_of_a_group_are_told_that_the_file_is_locked(
    tmp_path: Path,
) -> None:
    """Each with the likely cause, in an error of its own."""
    path = tmp_path / "hasty.db"
    hasty = Pile(path, wait=timedelta(milliseconds=20))
    await hasty.store.open()
    host = sqlite3.connect(path, isolation_level=None)
    host.execute("BEGIN IMMEDIATE")
    commits = ([Add(account(f"{n:020}"))] for n in range(3))
    errors = await told(await hasty.begin(*commits))
    assert [StoreUnavailable] * 3 == kinds(errors)
    assert all("call onboarding before it begins" in str(error) for error in errors)
    assert 3 == len(set(map(id, errors)))
    host.close()
    await hasty.store.close()
