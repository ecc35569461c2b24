"""What a provider publishes for everybody, kept for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from onboarding.clock import Clock
from onboarding.errors import ProviderError

T = TypeVar("T")

LIFE = timedelta(hours=1)
"""How long a copy is good: a key that was withdrawn works that long at most."""

GRACE = timedelta(days=1)
"""How much longer an old copy serves while the provider does not answer."""

COOL_DOWN = timedelta(minutes=1)
"""How often at most it is fetched out of turn, or again after it failed."""


class Remembered(Generic[T]):
    """A copy that is fetched at the first use, once for all who wait for it.

    Args:
        fetch: Brings a new copy, or raises a ProviderError.
        clock: The present instant.
    """

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Clock):
        self._fetch = fetch
        self._clock = clock
        self._copy: tuple[T, datetime] | None = None
        self._failure: tuple[ProviderError, datetime] | None = None
        self._renewed_at: datetime | None = None
        self._tries = 0
        self._fetching = asyncio.Lock()

    @property
    def last(self) -> T | None:
        """The last copy, however old."""
        return self._copy[0] if self._copy else None

    async def get(self) -> T:
        """Return a good copy; an old one while the provider does not answer.

        Raises:
            ProviderError: When there is none.
        """
        tries = self._tries
        if copy := self._younger_than(LIFE):
            return copy[0]
        async with self._fetching:
            if copy := self._younger_than(LIFE):
                return copy[0]
            return await self._refresh(tries)

    async def renew(self) -> T:
        """Return a new copy, or the last one when that was asked for a moment ago.

        Raises:
            ProviderError: When there is none.
        """
        tries = self._tries
        async with self._fetching:
            if self._copy and self._is_recent(self._renewed_at):
                return self._copy[0]
            self._renewed_at = self._clock()
            return await self._refresh(tries)

    async def _refresh(self, tries: int) -> T:
        """Fetch, unless that was done while we waited, or failed a moment ago."""
        old = self._younger_than(LIFE + GRACE)
        failed_at = self._failure[1] if self._failure else None
        if self._tries == tries and not (old and self._is_recent(failed_at)):
            await self._load()
        if copy := self._younger_than(LIFE + GRACE):
            return copy[0]
        if self._failure is None:
            return await self._refresh(self._tries)
        # A fresh one: an error that is raised twice drags both stories along.
        error = self._failure[0]
        raise type(error)(error.provider, error.reason)

    async def _load(self) -> None:
        try:
            self._copy = (await self._fetch(), self._clock())
            self._failure = None
        except ProviderError as error:
            self._failure = (error.with_traceback(None), self._clock())
        self._tries += 1

    def _younger_than(self, age: timedelta) -> tuple[T, datetime] | None:
        copy = self._copy
        return copy if copy and self._clock() - copy[1] < age else None

    def _is_recent(self, instant: datetime | None) -> bool:
        return instant is not None and self._clock() - instant < COOL_DOWN
