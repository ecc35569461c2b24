"""The windows of several processes, in Redis; each process's own while it is away."""

import asyncio
import importlib.util
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from onboarding.clock import Clock
from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError
from onboarding.limiting.memory import MemoryWindows
from onboarding.limiting.model import Full, Place

log = logging.getLogger("onboarding")

SHARE = 10
"""What part of a request's time Redis may take to count one act: a tenth, a second."""

ASKED_AGAIN = timedelta(seconds=10)
"""How long Redis is left alone after it failed, so that not every request waits."""

MOST_CONNECTIONS = 20


class SharedWindows:
    """Windows in Redis, which all processes count in.

    Whatever is wrong there, nobody gets through uncounted and nobody is kept out: this
    process counts by itself, from nothing, until Redis answers again. Whoever could
    silence it would have as many times the limits as there are processes.

    Args:
        uri: Of the server.
        hide: Makes the key of a window one that nobody can read.
        clock: The present instant.
        deadlines: How long a request may wait.

    Raises:
        ConfigError: When what counts there is not installed, or cannot read the
            address.
    """

    def __init__(
        self, uri: str, hide: Callable[[str], str], clock: Clock, deadlines: Deadlines
    ):
        if not all(map(importlib.util.find_spec, ("limits", "redis"))):
            raise ConfigError(
                "limits in Redis need what counts there; install it with: "
                "pip install 'onboarding[redis]'"
            )
        from limits.aio.storage import RedisStorage
        from limits.aio.strategies import MovingWindowRateLimiter
        from redis.asyncio import BlockingConnectionPool

        self._wait = deadlines.request.total_seconds() / SHARE
        try:
            self._pool = BlockingConnectionPool.from_url(
                uri, max_connections=MOST_CONNECTIONS
            )
        except ValueError:
            # Its words may quote the address, and that may hold a password.
            raise ConfigError(
                "LimitPolicy: storage is no address of a Redis server; write "
                'storage="redis://localhost:6379/0"'
            ) from None
        self._storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            connection_pool=self._pool,  # type: ignore[arg-type]  # what it asks for
        )
        self._there = MovingWindowRateLimiter(self._storage)
        self._here = MemoryWindows(clock)
        self._hide = hide
        self._clock = clock
        self._deadlines = deadlines
        self._asked_again_at = clock()
        self._is_away = False

    async def take(self, wanted: Sequence[Place]) -> Full | None:
        """Take each place, or none; as ``MemoryWindows`` does.

        Between processes somebody faster may take the last place of a window after it
        was looked at; no window ever gives more places than it has.
        """
        if self._clock() < self._asked_again_at:
            return await self._here.take(wanted)
        try:
            async with asyncio.timeout(min(self._wait, self._deadlines.for_request())):
                full = await self._take_there(wanted)
        except Exception as error:  # noqa: BLE001  # a server's or its client's: any
            self._leave(error)
            return await self._here.take(wanted)
        if self._is_away:
            self._is_away = False
            log.warning("limits_together: Redis answers again, and all count there")
        return full

    async def _take_there(self, wanted: Sequence[Place]) -> Full | None:
        from limits import RateLimitItemPerSecond

        places = [
            (
                one.scope,
                RateLimitItemPerSecond(one.times, one.seconds, "onboarding"),
                self._hide(one.key),
            )
            for one in wanted
        ]
        stats = [
            (scope, await self._there.get_window_stats(item, key))
            for scope, item, key in places
        ]
        full = [Full(scope, until) for scope, (until, left) in stats if left < 1]
        if full:
            return max(full, key=lambda one: one.until)
        for scope, item, key in places:
            if not await self._there.hit(item, key):
                until, _ = await self._there.get_window_stats(item, key)
                return Full(scope, until)
        return None

    def _leave(self, error: Exception) -> None:
        self._asked_again_at = self._clock() + ASKED_AGAIN
        if not self._is_away:
            self._is_away = True
            log.warning(
                "limits_apart: Redis cannot be asked (%s), so each process counts by "
                "itself; it is asked again every %d seconds. See to the server that "
                "LimitPolicy(storage=…) names",
                type(error).__name__,
                ASKED_AGAIN.seconds,
            )

    async def is_there(self) -> bool:
        """Tell whether Redis answers now."""
        try:
            async with asyncio.timeout(self._wait):
                await self._storage.get("onboarding")
        except Exception:  # noqa: BLE001  # as above
            return False
        return True

    async def close(self) -> None:
        """Give the connections back."""
        await self._pool.disconnect()
