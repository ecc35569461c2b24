"""The demo, running: in a thread of its own, on free ports, with a clock of our own."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvicorn

from examples.shop.demo import (
    HOST,
    PROVIDERS,
    Demo,
    PortTaken,
    Sockets,
    Vouching,
    listen,
    url_of,
)
from examples.shop.shop import Shop
from examples.shop.welcome import Merge
from onboarding.clock import Clock, system_clock

T = TypeVar("T")
PATIENCE = 20
"""Seconds to wait for the demo to start, or for one answer of its own loop."""


class RunningDemo:
    """The shop and its identity providers at real addresses.

    Attributes:
        url: Where the shop is, without a slash at the end.
        lamplight: Where Lamplight ID is.
        harbour: Where Harbour ID is.
        shop: What the pages work with.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        is_kept: bool,
        host: str,
        merge: Merge,
        vouching: Mapping[str, Vouching],
    ) -> None:
        self.folder = folder
        self._sockets = _ports(folder)
        self.url = url_of(self._sockets.shop, host)
        self.lamplight, self.harbour = map(url_of, self._sockets.providers.values())
        self.demo = Demo(
            folder,
            self._sockets,
            is_kept=is_kept,
            host=host,
            merge=merge,
            clock=clock,
            vouching=vouching,
        )
        self.shop: Shop = self.demo.shop.state.shop
        # A connection that is opened at the last moment would be waited for for ever.
        config = uvicorn.Config(
            self.demo, log_config=None, timeout_graceful_shutdown=PATIENCE // 2
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        self._server.run(sockets=self._sockets.all)

    def start(self) -> None:
        """Serve; returns once it listens.

        Raises:
            RuntimeError: When it fails, or does not listen in time.
        """
        self._thread.start()
        if not self._server.ready.wait(PATIENCE):
            raise RuntimeError(f"the demo did not start within {PATIENCE} seconds")
        if not self._server.started:
            raise RuntimeError("the demo failed to start; the log says why")

    def stop(self) -> None:
        """Stop serving, and wait until everything is closed.

        Raises:
            RuntimeError: When it does not end in time: its ports and files would be
                in the way of a later test.
        """
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        for taken in self._sockets.all:
            taken.close()  # closed already, unless it never started
        if self._thread.is_alive():
            raise RuntimeError(f"the demo did not stop within {PATIENCE} seconds")

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine where the demo runs, and return what it returns."""
        loop = self._server.loop
        return asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE)


def _ports(folder: Path) -> Sockets:
    """Take the ports; wait for one that a demo of this folder had before.

    Between two runs of it, anybody's connection may have got that number for a while.
    The system tells nobody when a port is free again, and whoever has it need not
    listen: it can only be asked for again.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return listen(folder, 0)
        except PortTaken:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: Any = None) -> None:  # uvicorn's
        self.loop = asyncio.get_running_loop()
        try:
            await super().startup(sockets)
        finally:
            self.ready.set()


@contextmanager
def running_demo(
    folder: Path,
    clock: Clock = system_clock,
    *,
    is_kept: bool = True,
    host: str = HOST,
    merge: Merge = "tell",
    vouching: Mapping[str, Vouching] = PROVIDERS,
) -> Iterator[RunningDemo]:
    """Serve the demo while the context lasts."""
    demo = RunningDemo(
        folder, clock, is_kept=is_kept, host=host, merge=merge, vouching=vouching
    )
    try:
        demo.start()
        yield demo
    finally:
        demo.stop()
