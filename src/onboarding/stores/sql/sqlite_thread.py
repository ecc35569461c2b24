"""A connection to a SQLite file that works on a thread of its own."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Self, TypeVar

from onboarding.stores.sql.sqlite_connection import Connect, translated

T = TypeVar("T")


class Connected:
    """A connection that works on a thread of its own, one thing after another.

    Leaner than an executor of the standard library, by a third of the way there and
    back; and what was begun here goes on to its end when nobody waits any more.
    """

    def __init__(self, role: str, path: Path):
        self._path = path
        self._queue: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        # A process that ends without closing is not held up: the file is safe.
        Thread(target=self._work, name=f"onboarding-{role}", daemon=True).start()

    @classmethod
    async def open(cls, role: str, path: Path, wait: float, connect: Connect) -> Self:
        """Connect on a new thread.

        Raises:
            StoreUnavailable: When the file cannot be opened.
        """
        connected = cls(role, path)
        try:
            connected._connection = await connected._hop(connect, path, wait)
        except BaseException:
            connected._queue.put(None)
            raise
        return connected

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Do something with the connection, which is the first argument."""
        return await self._hop(work, self._connection, *arguments)

    async def close(self) -> None:
        """Finish what was begun, then disconnect."""
        await self.run(sqlite3.Connection.close)
        self._queue.put(None)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            task()

    async def _hop(self, work: Callable[..., T], *arguments: object) -> T:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def task() -> None:
            try:
                result = work(*arguments)
            except BaseException as error:  # noqa: BLE001, it goes to who waits for it
                tell(done.set_exception, error)
            else:
                tell(done.set_result, result)

        def tell(setter: Callable[[Any], None], outcome: object) -> None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(finish, setter, outcome)

        def finish(setter: Callable[[Any], None], outcome: object) -> None:
            if not done.cancelled():  # else nobody waits any more
                setter(outcome)

        self._queue.put(task)
        try:
            return await done
        except sqlite3.Error as error:
            raise translated(error, self._path) from error
