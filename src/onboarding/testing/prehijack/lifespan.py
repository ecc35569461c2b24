"""Runs the lifespan of an ASGI application, as a server does (ASGI lifespan 2.0)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import ASGIApp, Message


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[None]:
    """Start an application, and shut it down at the end.

    Raises:
        RuntimeError: When it fails to start, or to shut down.
    """
    inbox, outbox = asyncio.Queue[Message](), asyncio.Queue[Message]()
    scope: dict[str, Any] = {
        "type": "lifespan",
        "asgi": {"version": "3.0", "spec_version": "2.0"},
        "state": {},
    }
    task = asyncio.create_task(_run(app, scope, inbox, outbox))
    await _exchange("startup", inbox, outbox)
    try:
        yield
    finally:
        await _exchange("shutdown", inbox, outbox)
        await task


async def _run(
    app: ASGIApp,
    scope: dict[str, Any],
    inbox: "asyncio.Queue[Message]",
    outbox: "asyncio.Queue[Message]",
) -> None:
    try:
        await app(scope, inbox.get, outbox.put)
    except BaseException as error:  # noqa: BLE001, told to whoever waits for an answer
        await outbox.put({"type": "lifespan.broken", "message": repr(error)})


async def _exchange(
    what: str, inbox: "asyncio.Queue[Message]", outbox: "asyncio.Queue[Message]"
) -> None:
    await inbox.put({"type": f"lifespan.{what}"})
    said = await outbox.get()
    if said["type"] != f"lifespan.{what}.complete":
        raise RuntimeError(f"the application failed at {what}: {said.get('message')}")
