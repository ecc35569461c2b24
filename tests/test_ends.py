"""An application answers, and ends, in time, whatever its database and sinks do."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from onboarding import Onboarding
from onboarding.deadlines import OVERTIME, Deadlines
from onboarding.errors import StoreUnavailable
from onboarding.events import Entry
from onboarding.sinks.base import Sink

SITE = "http://localhost:8000"
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
DEADLINES = Deadlines(request=SECOND, shutdown=SECOND)
SLACK = 4
"""Seconds more than a deadline, for a busy machine."""


def shop(folder: Path, *sinks: Sink, deadlines: Deadlines = DEADLINES) -> Onboarding:
    """Return an application on a file."""
    return Onboarding(
        url=f"{SITE}/welcome",
        secret_key="a-key-of-32-bytes-for-tests-0123456789",
        database=f"sqlite:///{folder / 'shop.db'}",
        sinks=sinks,
        deadlines=deadlines,
    )


# ── ending ───────────────────────────────────────────────────────────────────


async def never_returns(_: Entry) -> None:
    """Hang."""
    await asyncio.Event().wait()


async def holds_on(_: Entry) -> None:
    """Hang, and go on hanging when it is cancelled, again and again."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue


async def tidies_up_for_ever(_: Entry) -> None:
    """Hang in the end that it makes of it."""
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.Event().wait()


HANGING = [never_returns, holds_on, tidies_up_for_ever]


@pytest.mark.parametrize("sink", HANGING, ids=lambda s: s.__name__)
def test_no_sink_keeps_a_process_from_ending(sink: Sink, tmp_path: Path) -> None:
    """It closes by its deadline, and the loop ends; the event waits for a start."""
    onboarding = shop(tmp_path, sink)
    waiting: list[object] = []

    async def live() -> None:
        async with onboarding:
            await onboarding.guests.start()

    async def look() -> None:
        await onboarding.store.open()
        soon = onboarding.clock() + timedelta(days=1)
        waiting.extend(await onboarding.store.list_deliveries(due_before=soon, limit=9))
        await onboarding.store.close()

    process = Thread(target=lambda: asyncio.run(live()), daemon=True)
    process.start()
    process.join(SECOND.total_seconds() + 2 * OVERTIME + SLACK)
    assert not process.is_alive()
    asyncio.run(look())
    assert len(waiting) == 1


# ── answering ────────────────────────────────────────────────────────────────


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[TestClient]:
    """Give a browser of an application whose file somebody else keeps locked."""
    onboarding = shop(tmp_path)

    async def save(request: Request) -> Response:
        await onboarding.ensure_account(request)
        return PlainTextResponse("saved")

    async def insist(request: Request) -> Response:
        for _ in range(3):
            try:
                await onboarding.ensure_account(request)
            except StoreUnavailable:
                continue
        return await save(request)

    app = Starlette(
        routes=[
            onboarding.mount,
            Route("/save", save, methods=["POST"]),
            Route("/insist", insist, methods=["POST"]),
        ],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )
    with TestClient(app, base_url=SITE, headers={"origin": SITE}) as browser:
        host = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
        host.execute("BEGIN IMMEDIATE")
        yield browser
        host.close()


@pytest.mark.parametrize(("path", "waits"), [("/save", 1), ("/insist", 4)])
def test_a_request_is_answered_by_its_deadline(
    path: str, waits: int, locked: TestClient
) -> None:
    """It says that the fault is not the person's; nobody waits for the lock."""
    begun = monotonic()
    response = locked.post(path)
    assert monotonic() - begun < waits * SECOND.total_seconds() + SLACK
    assert response.status_code == 503


def test_all_of_a_request_has_one_deadline_and_a_websocket_none(tmp_path: Path) -> None:
    """What is left shrinks over a request; who lives for days has it all each time."""
    onboarding = shop(tmp_path, deadlines=Deadlines(request=HOUR))
    left: list[float] = []

    async def look(_: Request) -> Response:
        left.append(onboarding.deadlines.for_request())
        return PlainTextResponse("looked")

    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        left.append(onboarding.deadlines.for_request())
        await socket.close()

    app = Starlette(
        routes=[Route("/look", look), WebSocketRoute("/talk", talk)],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )
    with TestClient(app, base_url=SITE) as browser:
        browser.get("/look")
        with browser.websocket_connect("/talk"):
            pass
    assert left[0] < HOUR.total_seconds() == left[1]
