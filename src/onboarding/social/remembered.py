"""What a provider publishes for everybody, kept for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from onboarding.clock import Clock
from onboarding.errors import ProviderError

T = TypeVar("T")

FRESH_FOR = timedelta(hours=1)
"""How long a copy is good: a key that was withdrawn works that long at most."""

GRACE = timedelta(days=1)
"""How much longer an old copy serves while the provider does not answer."""

COOL_DOWN = timedelta(minutes=1)
"""How often at most it is fetched out of turn, or again after it failed."""


_NOTHING = timedelta(0)


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
        if copy := self._younger_than(FRESH_FOR):
            return copy[0]
        async with self._fetching:
            if copy := self._younger_than(FRESH_FOR):
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
        """Fetch, unless that failed while we waited, or a moment ago."""
        old = self._younger_than(FRESH_FOR + GRACE)
        if self._failure is not None:
            error, failed_at = self._failure
            if old and self._is_recent(failed_at):
                return old[0]
            if self._tries != tries and not old:
                raise error.again()
        try:
            return await self._load()
        except ProviderError:
            if old:
                return old[0]
            raise

    async def _load(self) -> T:
        try:
            fetched = await self._fetch()
        except ProviderError as error:
            self._tries += 1
            self._failure = (error.again(), self._clock())
            raise
        self._tries += 1
        self._copy, self._failure = (fetched, self._clock()), None
        return fetched

    def _younger_than(self, age: timedelta) -> tuple[T, datetime] | None:
        copy, now = self._copy, self._clock()
        if copy and now < copy[1]:
            # The clock was ahead, nobody knows how long: a key that was withdrawn
            # meanwhile would work until then. Old from now on, and no older.
            copy = self._copy = copy[0], now - FRESH_FOR
        return copy if copy and now - copy[1] < age else None

    def _is_recent(self, instant: datetime | None) -> bool:
        return instant is not None and _NOTHING <= self._clock() - instant < COOL_DOWN
