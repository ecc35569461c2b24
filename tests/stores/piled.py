"""Commits that pile up behind the writer, so that a test knows who shares with whom."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

from onboarding.changes import Change
from onboarding.deadlines import Deadlines
from onboarding.errors import StoreError
from onboarding.stores.sql.sqlite import SqliteExecutor
from onboarding.stores.sql.store import SqlStore

Some = Sequence[Change]
"""The changes of one commit."""


class Pile:
    """A store on a SQLite file whose writer can be kept busy.

    Args:
        path: The file.
        wait: How long to wait for another writer.
    """

    def __init__(self, path: Path, *, wait: timedelta = timedelta(seconds=5)):
        self._log = path.with_name(f"{path.name}-wal")
        self.executor = SqliteExecutor(
            path, deadlines=Deadlines(request=wait, report=wait)
        )
        self.store = SqlStore(self.executor)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Keep the writer's thread busy meanwhile, with a plan that takes its time."""
        begun, opened = Event(), Event()

        def plan(_: int) -> list[str]:
            begun.set()
            assert opened.wait(30)
            return []

        busy = asyncio.create_task(self.executor.migrate("SELECT 1", plan))
        assert await asyncio.to_thread(begun.wait, 30)
        try:
            yield
        finally:
            opened.set()
            await busy

    async def begin(self, *commits: Some) -> "list[asyncio.Task[None]]":
        """Begin commits in this order; they wait for the writer."""
        tasks = [asyncio.create_task(self.store.commit(*some)) for some in commits]
        await asyncio.sleep(0)
        return tasks

    async def commit(self, *commits: Some) -> list[StoreError | None]:
        """Commit all of these at once, and return what each was told."""
        async with self.held():
            tasks = await self.begin(*commits)
        return await told(tasks)

    def transactions(self) -> int:
        """Count the transactions in the log that the file has had since it was opened.

        The last frame of each says how large the file is by then
        (https://sqlite.org/fileformat2.html#the_write_ahead_log).
        """
        log = self._log.read_bytes()
        page, salt = int.from_bytes(log[8:12], "big"), log[16:24]
        heads = [log[at : at + 24] for at in range(32, len(log), 24 + page)]
        return sum(head[4:8] != bytes(4) and head[8:16] == salt for head in heads)


async def told(tasks: "list[asyncio.Task[None]]") -> list[StoreError | None]:
    """Wait for commits, and return the error of each."""
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(one is None or isinstance(one, StoreError) for one in found), found
    return [one if isinstance(one, StoreError) else None for one in found]


def kinds(errors: Sequence[StoreError | None]) -> list[type[StoreError] | None]:
    """Return the kind of each error."""
    return [None if error is None else type(error) for error in errors]
