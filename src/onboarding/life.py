"""The life of an application: opened, at work in the background, closed.

What this needs is made by ``onboarding.core``; here it begins and ends.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Self, TypeVar

from onboarding.accounts.belongings import Belongings
from onboarding.accounts.sweeping import Sweeper
from onboarding.background import Background
from onboarding.deadlines import Deadlines, until
from onboarding.errors import ConfigError

if TYPE_CHECKING:
    from onboarding.mailers.post import Post
    from onboarding.providers.base import Provider
    from onboarding.sinks.relay import Relay
    from onboarding.social.code_flow import CodeFlow
    from onboarding.stores.base import Store

T = TypeVar("T")


class Life:
    """Opens and closes everything that an application is made of."""

    belongings: Belongings
    code_flow: "CodeFlow"
    deadlines: Deadlines
    providers: "Mapping[str, Provider]"
    post: "Post | None"
    relay: "Relay"
    store: "Store"
    sweeper: Sweeper

    is_open: bool = False
    """Whether requests may come."""

    _loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        """Open the database, warm the way to providers, begin to carry and to sweep.

        Opening what is open is no error; opening it on a second event loop is.

        Raises:
            ConfigError: On a second event loop; or when a table of ``resources`` is not
                there, or could not be merged or erased.
            StoreUnavailable: When the database cannot be used; says what to run.
        """
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        if self._loop is not None:
            raise ConfigError(
                "this Onboarding is open on another event loop; make one for each "
                "loop, or close it first"
            )
        await self.store.open()
        try:
            await self.belongings.check(self.store)
        except BaseException:
            await self.store.close()
            raise
        self._loop, self.is_open = loop, True
        if self.providers:
            loop.run_in_executor(None, self.code_flow.warm)
        for work in self._at_work():
            work.start()

    def _at_work(self) -> list[Background]:
        """Return what goes on by itself while this is open."""
        relay = [self.relay] if self.store.outbox else []
        post = [self.post] if self.post is not None else []
        return [*relay, *post, self.sweeper]

    async def close(self) -> None:
        """Carry what is due, and give everything back; closing twice is once.

        What fails on the way keeps nothing else open; it is raised at the end. What
        takes longer than ``Deadlines.shutdown`` is left behind, and logged.
        """
        if self._loop is None:
            return
        ends = self.deadlines.for_shutdown()
        async with AsyncExitStack() as last_first:
            last_first.callback(self._be_closed)
            last_first.push_async_callback(until, ends, self.store.close)
            if self.providers:
                last_first.push_async_callback(until, ends, self.code_flow.close)
            for work in self._at_work():
                last_first.push_async_callback(until, ends, work.close)

    def _be_closed(self) -> None:
        self._loop, self.is_open = None, False

    async def __aenter__(self) -> Self:
        """Open, for as long as the block lasts."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine of ours from synchronous code, and return its result.

        For handlers that a framework runs in a thread: Django's and FastAPI's plain
        functions, Flask.

        Raises:
            ConfigError: When called before opening, or on the event loop itself,
                where it would wait for ever.
        """
        loop = self._loop
        if loop is None or _running_loop() is loop:
            coroutine.close()
            raise ConfigError(
                "wait() is for synchronous code in a thread, after opening; in async "
                "code write await"
            )
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
