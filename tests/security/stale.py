"""A store of which a test may hold one read up, until what was read is stale."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from onboarding.stores.base import Store
from tests.world import World


class Stale:
    """Does everything as the store does; one read gives its answer late.

    Args:
        store: What is read and written.
        read: The name of the read; only its first answer is held up.
        kind: The kind of noun that it reads, where the read takes one.
    """

    def __init__(self, store: Store, read: str, kind: type | None = None):
        self._store = store
        self._read = read
        self._kind = kind
        self.has_read = asyncio.Event()
        self.may_go_on = asyncio.Event()

    def __getattr__(self, name: str) -> object:
        """Return the store's own, or the read that is held up."""
        found = getattr(self._store, name)
        return self._held(found) if name == self._read else found

    def _held(self, read: Callable[..., Awaitable[object]]) -> object:
        async def held(*args: object, **kwargs: object) -> object:
            found = await read(*args, **kwargs)
            is_meant = self._kind is None or args[0] is self._kind
            if is_meant and not self.has_read.is_set():
                self.has_read.set()
                await self.may_go_on.wait()
            return found

        return held

    async def meanwhile(
        self, slow: Awaitable[object], quick: Callable[[], Awaitable[object]]
    ) -> object:
        """Run something slow up to its read, something else whole, and then the rest.

        Returns:
            What the slow one came to, or the error that it raised.
        """
        task = asyncio.ensure_future(slow)
        await self.has_read.wait()
        await quick()
        self.may_go_on.set()
        (result,) = await asyncio.gather(task, return_exceptions=True)
        return result


def slowed(world: World, read: str, kind: type | None = None) -> tuple[World, Stale]:
    """Return the same services in another process, one read of which is held up."""
    stale = Stale(world.store, read, kind)
    store = cast("Store", stale)
    slow = World(store, world.clock, world.resources, policy=world.policy)
    return slow, stale
