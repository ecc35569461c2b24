"""A connection to a SQLite file that works on a thread of its own."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, Self, TypeVar

from onboarding.stores.sql.sqlite_connection import Connect, translated

T = TypeVar("T")
A = TypeVar("A")

Errors = Sequence[BaseException | None]
"""What became of each of several things, in their order: None is success."""

LARGEST = 64
"""How many things are done together at most.

What is done together is told together, so without a bound the first of thousands would
wait for the last, and so would another process that wants to write. A commit of ours
takes some 50 µs: 64 hold the file for 3 ms. On a disk that takes 10 ms to confirm, each
then pays 0.16 ms for that; larger groups would save less than the commit itself costs.
"""


class Job(NamedTuple):
    """Something to do on the thread, and who waits for it.

    Attributes:
        is_shared: Whether the work takes a list of what several callers brought, and
            returns what became of each; else it takes the arguments.
    """

    work: Callable[..., Any]
    arguments: tuple[object, ...]
    is_shared: bool
    done: "asyncio.Future[Any]"


class Connected:
    """A connection that works on a thread of its own, one thing after another.

    Leaner than an executor of the standard library, by a third of the way there and
    back; and what was begun here goes on to its end when nobody waits any more.
    """

    def __init__(self, role: str, path: Path):
        self._path = path
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._held: Job | None = None
        self._connection: sqlite3.Connection | None = None
        self._is_over = False
        # A process that ends without closing is not held up: the file is safe.
        Thread(target=self._live, name=f"onboarding-{role}", daemon=True).start()

    @classmethod
    async def open(cls, role: str, path: Path, wait: float, connect: Connect) -> Self:
        """Connect on a new thread.

        Raises:
            StoreUnavailable: When the file cannot be opened.
        """
        connected = cls(role, path)
        try:
            await connected.run(connected._enter, connect, wait)
        except BaseException:
            connected._queue_up(connected._leave)
            raise
        return connected

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Do something with the connection, which is the first argument."""
        done: asyncio.Future[T] = self._queue_up(work, *arguments)
        return await self._told(done)

    async def share(
        self, work: Callable[[sqlite3.Connection, Sequence[A]], Errors], argument: A
    ) -> None:
        """Do something together with what others bring for it meanwhile.

        Whatever waits right behind for the same work comes along, in its order and up
        to ``LARGEST`` of them; when nothing waits it is done at once, by itself.
        """
        done: asyncio.Future[None] = self._queue_up(work, argument, is_shared=True)
        await self._told(done)

    async def close(self) -> None:
        """Finish what was begun, then disconnect."""
        await self.run(self._leave)

    def _queue_up(
        self, work: Callable[..., Any], *arguments: object, is_shared: bool = False
    ) -> "asyncio.Future[Any]":
        done = asyncio.get_running_loop().create_future()
        self._queue.put(Job(work, arguments, is_shared, done))
        return done

    async def _told(self, done: "asyncio.Future[T]") -> T:
        try:
            return await done
        except sqlite3.Error as error:
            raise translated(error, self._path) from error

    # ── on the thread ────────────────────────────────────────────────────────

    def _enter(self, _: None, connect: Connect, wait: float) -> None:
        self._connection = connect(self._path, wait)

    def _leave(self, connection: sqlite3.Connection | None) -> None:
        self._is_over = True
        if connection is not None:
            connection.close()

    def _live(self) -> None:
        while not self._is_over:
            self._do(self._take())

    def _take(self) -> list[Job]:
        """Wait for a job; with one that may be shared, take what it shares with."""
        first, self._held = self._held or self._queue.get(), None
        jobs = [first]
        while first.is_shared and len(jobs) < LARGEST and not self._queue.empty():
            job = self._queue.get()
            if not job.is_shared or job.work is not first.work:
                self._held = job  # it keeps its place: next
                break
            jobs.append(job)
        return jobs

    def _do(self, jobs: list[Job]) -> None:
        errors, result = self._outcome(jobs)
        for job, error in zip(jobs, errors, strict=True):
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop = job.done.get_loop()
                loop.call_soon_threadsafe(_settle, job.done, error, result)

    def _outcome(self, jobs: list[Job]) -> tuple[Errors, object]:
        work, arguments, is_shared, _ = jobs[0]
        try:
            if is_shared:
                return work(self._connection, [job.arguments[0] for job in jobs]), None
            return [None], work(self._connection, *arguments)
        except BaseException as error:  # noqa: BLE001, it goes to all who wait for it
            return [error] * len(jobs), None


def _settle(
    done: "asyncio.Future[object]", error: BaseException | None, result: object
) -> None:
    if done.cancelled():  # nobody waits any more
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)
