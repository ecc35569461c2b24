"""A connection to a SQLite file that works on a thread of its own."""

import asyncio
import logging
import math
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, Self, TypeVar, cast

from onboarding.deadlines import OVERTIME
from onboarding.errors import StoreUnavailable
from onboarding.stores.sql.sqlite_connection import (
    STEP,
    Connect,
    LimitedConnection,
    is_busy,
    locked,
    translated,
)

log = logging.getLogger("onboarding.stores")

MILLISECOND = timedelta(milliseconds=1)

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
        ends: When nobody waits for it any more, an instant of ``time.monotonic``.
        claim: Holds one thing, for the first who takes it: the thread, to do the work,
            or the clock, to give it up.
    """

    work: Callable[..., Any]
    arguments: tuple[object, ...]
    is_shared: bool
    done: "asyncio.Future[Any]"
    ends: float
    claim: list[None]

    def is_claimed(self) -> bool:
        """Take it, and tell whether nobody else had."""
        try:
            self.claim.pop()  # atomic: one of two threads gets it
        except IndexError:
            return False
        return True


class Connected:
    """A connection that works on a thread of its own, one thing after another.

    Leaner than an executor of the standard library, by a third of the way there and
    back; and what was begun here goes on to its end when nobody waits any more.
    """

    def __init__(self, role: str, path: Path):
        self._path = path
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._held: Job | None = None
        self._connection: LimitedConnection | None = None
        self._is_locked = False
        self._is_hasty = False
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
        done: asyncio.Future[T] = self._queue_up(work, *arguments).done
        return await self._told(done)

    async def share(
        self,
        work: Callable[[LimitedConnection, Sequence[A]], Errors],
        argument: A,
        seconds: float,
    ) -> None:
        """Do something in a transaction, together with what others bring for it.

        Whatever waits right behind for the same work comes along, in its order and up
        to ``LARGEST`` of them; when nothing waits it is done at once, by itself.

        Args:
            work: Takes the connection, and what everybody brought; ends the
                transaction.
            argument: What this caller brings.
            seconds: How long it may wait for its turn and for the lock.

        Raises:
            StoreUnavailable: When its turn did not come in time; nothing was done.
                Or when it came, and the disk does not say that it is done.
        """
        job = self._queue_up(work, argument, is_shared=True, seconds=seconds)
        watch = job.done.get_loop().call_later(seconds, self._give_up, job)
        try:
            await self._told(job.done)
        finally:
            watch.cancel()

    def _give_up(self, job: Job) -> None:
        if job.done.done():
            return
        if job.is_claimed():
            _settle(job.done, self._in_the_way(), None)
            return
        in_doubt = StoreUnavailable(
            f"{self._path}: the disk did not confirm a commit in time; nobody knows "
            "yet whether it is kept"
        )
        job.done.get_loop().call_later(OVERTIME, _settle, job.done, in_doubt, None)

    def _in_the_way(self) -> StoreUnavailable:
        if self._is_locked:
            return locked(self._path)
        return StoreUnavailable(
            f"{self._path} is busy: what others commit took the whole time; nothing of "
            "this commit was done. More time is Deadlines(request=…)"
        )

    async def close(self, ends: float) -> None:
        """Finish what was begun, then disconnect.

        Args:
            ends: When it is left to itself, an instant of ``time.monotonic``.
        """
        leaving = self._queue_up(self._leave).done
        left = max(OVERTIME, ends - time.monotonic())
        _, late = await asyncio.wait({leaving}, timeout=left)
        if late:
            log.warning("close_late: %s is still at work; it is left to it", self._path)
        else:
            await self._told(leaving)

    def _queue_up(
        self,
        work: Callable[..., Any],
        *arguments: object,
        is_shared: bool = False,
        seconds: float = math.inf,
    ) -> Job:
        done = asyncio.get_running_loop().create_future()
        ends = time.monotonic() + seconds
        job = Job(work, arguments, is_shared, done, ends, [None])
        self._queue.put(job)
        return job

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
            jobs = self._take()
            self._do(self._begun(jobs) if jobs[0].is_shared else jobs)

    def _begun(self, jobs: list[Job]) -> list[Job]:
        """Begin a transaction for those who still wait for it, and return them.

        SQLite itself would wait for the lock as long for each as for the first, and
        the last of many would hear of it after the sum.
        """
        error: Exception | None = sqlite3.OperationalError()
        while jobs and error:
            now = time.monotonic()
            jobs = [job for job in jobs if job.claim and now < job.ends]
            self._is_locked = True  # unless it is told otherwise in a moment
            try:
                self._limited().execute("BEGIN IMMEDIATE")
            except sqlite3.Error as found:
                error = found
                if not is_busy(found):
                    self._tell(jobs, [found] * len(jobs), None)
                    return []
            else:
                error = None
        if error:
            return []
        self._is_locked = False
        begun = [job for job in jobs if job.is_claimed()]
        if not begun:
            self._limited().execute("ROLLBACK")
        return begun

    def _limited(self) -> LimitedConnection:
        """Return the connection; it waits for a lock in small steps from now on."""
        connection = cast("LimitedConnection", self._connection)
        if not self._is_hasty:
            connection.execute(f"PRAGMA busy_timeout = {STEP // MILLISECOND}")
            self._is_hasty = True
        return connection

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
        if jobs:
            self._tell(jobs, *self._outcome(jobs))

    def _tell(self, jobs: list[Job], errors: Errors, result: object) -> None:
        for job, error in zip(jobs, errors, strict=True):
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop = job.done.get_loop()
                loop.call_soon_threadsafe(_settle, job.done, error, result)

    def _outcome(self, jobs: list[Job]) -> tuple[Errors, object]:
        work, arguments, is_shared = jobs[0][:3]
        try:
            if is_shared:
                return work(self._connection, [job.arguments[0] for job in jobs]), None
            return [None], work(self._connection, *arguments)
        except BaseException as error:  # noqa: BLE001, it goes to all who wait for it
            return [error] * len(jobs), None


def _settle(
    done: "asyncio.Future[object]", error: BaseException | None, result: object
) -> None:
    if done.done():  # nobody waits any more
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)
