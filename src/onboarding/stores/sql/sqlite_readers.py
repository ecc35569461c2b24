"""Connections for reading, for each purpose some of its own.

Whoever reads in a thread waits for a connection that is free. A report over the whole
log may take seconds; were it on the one connection of all, a sign-in that merges would
wait behind it. So no purpose ever waits for another one, and within one purpose a few
can work at the same time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from onboarding.deadlines import OVERTIME
from onboarding.errors import ConfigError, StoreUnavailable
from onboarding.stores.sql.executor import STORE_NOT_OPEN, outliving
from onboarding.stores.sql.sqlite_connection import LimitedConnection
from onboarding.stores.sql.sqlite_thread import Connected

T = TypeVar("T")

AT_ONCE = 4
"""Connections of one purpose at most; each is a thread, begun when it is needed."""


class Readers:
    """Connections for one purpose.

    Args:
        connect: Opens one more.
    """

    def __init__(self, connect: Callable[[], Awaitable[Connected]]):
        self._connect = connect
        self._places = asyncio.Semaphore(AT_ONCE)
        self._idle: list[Connected] = []
        self._busy: set[asyncio.Task[object]] = set()
        self._is_over = False

    async def run(
        self, seconds: float, work: Callable[..., T], *arguments: object
    ) -> T:
        """Do something with a connection, which is the first argument.

        Args:
            seconds: How long it may take, waiting for a connection included.
            work: What to do.
            arguments: What it is given behind the connection.

        Raises:
            StoreUnavailable: When it took longer.
        """
        ends = time.monotonic() + seconds
        try:
            # Whoever works ends at the deadline by itself, unless the disk is stuck.
            async with asyncio.timeout(seconds + OVERTIME):
                return await self._begin(ends, work, *arguments)
        except TimeoutError:
            raise StoreUnavailable(
                "the database is busy: a read waited the whole time for others, or for "
                "the disk. More time is Deadlines(request=…), for reports "
                "Deadlines(report=…)"
            ) from None

    async def _begin(
        self, ends: float, work: Callable[..., T], *arguments: object
    ) -> T:
        await self._places.acquire()
        if self._is_over:
            self._places.release()  # for the next one who waited
            raise ConfigError(STORE_NOT_OPEN)
        # In a task: a caller who hangs up gives no connection back that still works.
        task = asyncio.create_task(self._run(ends, work, *arguments))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return await outliving(task)

    async def _run(self, ends: float, work: Callable[..., T], *arguments: object) -> T:
        try:
            connected = self._idle.pop() if self._idle else await self._connect()
            try:
                return await connected.run(_until, ends, work, *arguments)
            finally:
                self._idle.append(connected)
        finally:
            self._places.release()

    async def close(self, ends: float) -> None:
        """Finish what was begun, and disconnect; leave to itself what takes longer."""
        self._is_over = True
        if self._busy:
            left = max(0, ends - time.monotonic())
            await asyncio.wait(self._busy, timeout=left)
        while self._idle:
            await self._idle.pop().close(ends)


def _until(
    connection: LimitedConnection,
    ends: float,
    work: Callable[..., T],
    *arguments: object,
) -> T:
    connection.ends = ends
    return work(connection, *arguments)
