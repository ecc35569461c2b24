"""Connections for reading, for each purpose some of its own.

Whoever reads in a thread waits for a connection that is free. A report over the whole
log may take seconds; were it on the one connection of all, a sign-in that merges would
wait behind it. So no purpose ever waits for another one, and within one purpose a few
can work at the same time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from onboarding.errors import ConfigError
from onboarding.stores.sql.executor import STORE_NOT_OPEN, outliving
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

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Do something with a connection, which is the first argument."""
        await self._places.acquire()
        if self._is_over:
            self._places.release()  # for the next one who waited
            raise ConfigError(STORE_NOT_OPEN)
        # In a task: a caller who hangs up gives no connection back that still works.
        task = asyncio.create_task(self._run(work, *arguments))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return await outliving(task)

    async def _run(self, work: Callable[..., T], *arguments: object) -> T:
        try:
            connected = self._idle.pop() if self._idle else await self._connect()
            try:
                return await connected.run(work, *arguments)
            finally:
                self._idle.append(connected)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Finish what was begun, and disconnect."""
        self._is_over = True
        while self._busy:
            await asyncio.wait(self._busy)
        while self._idle:
            await self._idle.pop().close()
