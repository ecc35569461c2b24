"""Real sockets for tests: an ASGI app served inside the running event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp


class Loopback:
    """A free port of 127.0.0.1, taken at once.

    Its ``url`` is known before the app exists, so an app that must know its own
    address, or two apps that must know each other's, can be built with it.
    Needs ``uvicorn``.
    """

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @asynccontextmanager
    async def serving(self, app: ASGIApp) -> AsyncIterator[str]:
        """Serve the ASGI app while the context lasts, its lifespan included.

        Gives ``url``. Callers that still wait for an answer at the end get a 500
        after a second. The port is given back at the end: a context is entered once.

        Raises:
            RuntimeError: When the app or its lifespan does not start.
        """
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[self._socket]))
        try:
            await server.ready
            yield self.url
        finally:
            server.should_exit = True
            await task
            self._socket.close()


class _Server(uvicorn.Server):
    """Says when it listens, and leaves the process and its signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.get_running_loop().create_future()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # A failed lifespan makes uvicorn exit the process; here it fails the context.
        try:
            await super().startup(sockets)
        except (OSError, SystemExit):
            self.should_exit = True
            self.ready.set_exception(RuntimeError("the app did not start"))
        else:
            self.ready.set_result(None)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
