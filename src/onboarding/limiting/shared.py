"""The windows of several processes, in Redis; each process's own while it is away."""

import asyncio
import importlib.util
import logging
from collections.abc import Sequence
from datetime import timedelta

from limits.aio.storage import RedisStorage

from onboarding.clock import Clock
from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError
from onboarding.limiting.model import Full, Place
from onboarding.limiting.windows import Windows

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
        here: Where to count meanwhile.
        clock: The present instant.
        deadlines: How long a request may wait.

    Raises:
        ConfigError: When what speaks with Redis is not installed, or cannot read the
            address.
    """

    def __init__(self, uri: str, here: Windows, clock: Clock, deadlines: Deadlines):
        if importlib.util.find_spec("redis") is None:
            raise ConfigError(
                "limits in Redis need what speaks with it; install it with: "
                "pip install 'onboarding[redis]'"
            )
        from redis.asyncio import BlockingConnectionPool

        self._wait = deadlines.request.total_seconds() / SHARE
        try:
            self._pool = BlockingConnectionPool.from_url(
                uri,
                max_connections=MOST_CONNECTIONS,
                timeout=self._wait,
                socket_connect_timeout=self._wait,
                socket_timeout=self._wait,
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
        self._there = Windows(self._storage)
        self._here = here
        self._clock = clock
        self._deadlines = deadlines
        self._asked_again_at = clock()
        self._is_away = False

    async def take(self, wanted: Sequence[Place]) -> Full | None:
        """Take each place, or none; as ``Windows`` does."""
        if self._clock() < self._asked_again_at:
            return await self._here.take(wanted)
        try:
            async with asyncio.timeout(min(self._wait, self._deadlines.for_request())):
                full = await self._there.take(wanted)
        except Exception as error:  # noqa: BLE001  # a server's or its client's: any
            self._leave(error)
            return await self._here.take(wanted)
        if self._is_away:
            self._is_away = False
            log.warning("limits_together: Redis answers again, and all count there")
        return full

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
