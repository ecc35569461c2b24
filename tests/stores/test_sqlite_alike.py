"""Whatever is committed together ends as if it had been committed one by one."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.changes import Statement
from onboarding.errors import StoreError
from tests.stores.piled import Pile, Some
from tests.stores.test_alike import changes, contents, ids

pytestmark = pytest.mark.anyio

TABLES = (
    "CREATE TABLE sums (total BIGINT)",
    "CREATE TABLE words (word TEXT PRIMARY KEY)",
    "CREATE TABLE rare (word TEXT PRIMARY KEY ON CONFLICT ROLLBACK)",
)
KEPT = (
    "SELECT total FROM sums",
    "SELECT word FROM words ORDER BY word",
    "SELECT word FROM rare ORDER BY word",
)
ADDING = ("INSERT INTO words VALUES ($1)", "INSERT INTO rare VALUES ($1)")

statements = st.one_of(
    # What comes out of it depends on the order.
    st.builds(
        lambda n: Statement("UPDATE sums SET total = total * 3 % 1000 + $1", (n,)),
        st.integers(0, 9),
    ),
    st.builds(lambda sql, id: Statement(sql, (id,)), st.sampled_from(ADDING), ids),
    st.just(Statement("DELETE FROM words", rows=1)),
    st.just(Statement("DELETE FROM nowhere")),
)
commits = st.lists(st.lists(changes | statements, max_size=4), max_size=10)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Pile]:
    """Open a store on a new file, with tables of a host's."""
    pile = Pile(path)
    await pile.store.open()
    try:
        await pile.store.commit(*map(Statement, TABLES))
        await pile.store.commit(Statement("INSERT INTO sums VALUES (1)"))
        yield pile
    finally:
        await pile.store.close()


async def kept(pile: Pile) -> list[object]:
    """Return everything that is kept."""
    hosts = [await pile.store.query(sql) for sql in KEPT]
    return [*hosts, *await contents(pile.store)]


def said(errors: Sequence[StoreError | None]) -> list[str]:
    """Return what each was told."""
    return [repr(error) for error in errors]


@given(groups=st.lists(commits, max_size=3))
async def test_together_is_as_one_by_one(groups: list[list[Some]]) -> None:
    """Each is told the same, and the same rows are there afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            opened(Path(folder) / "one.db") as one,
            opened(Path(folder) / "all.db") as all_of_them,
        ):
            for group in groups:
                expected = [error for some in group for error in await one.commit(some)]
                assert said(expected) == said(await all_of_them.commit(*group))
                assert await kept(one) == await kept(all_of_them)
