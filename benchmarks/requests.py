"""G1 and G3: what a request through our layer costs beside Starlette's sessions.

Beside G1 stands its floor on this machine: the one statement that it asks SQLite, and
nothing around it. What that costs is SQLite's and the operating system's, not ours.
"""

import sqlite3
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.asgi import call, cookies, headers, scope
from benchmarks.measure import Case, Goal, Rounds, measure
from onboarding import Onboarding
from onboarding.stores.sql.accounts import FIND_MARK

KEY = "a key for benchmarks, of more than thirty-two bytes"
URL = "http://127.0.0.1:8000/welcome"
GUESTS = 1000


async def page(request: Request) -> JSONResponse:
    """Answer everybody alike, and ask nothing about who it is."""
    return JSONResponse({"who": None})


def bare() -> Starlette:
    """Return an app that knows nobody."""
    return Starlette(routes=[Route("/", page), Route("/page", page)])


def peer() -> Starlette:
    """Return an app with Starlette's own signed-cookie session."""

    async def who(request: Request) -> JSONResponse:
        return JSONResponse({"who": request.session.get("who")})

    async def enter(request: Request) -> JSONResponse:
        request.session["who"] = "01j9z3k4m5n6p7q8r9s0"
        return JSONResponse({})

    return Starlette(
        routes=[Route("/", who), Route("/page", page), Route("/enter", enter)],
        middleware=[Middleware(SessionMiddleware, secret_key=KEY)],
    )


def ours(onboarding: Onboarding) -> Starlette:
    """Return an app behind our layer: sessions stored, revocable at once."""

    async def who(request: Request) -> JSONResponse:
        account = onboarding.account(request)
        return JSONResponse({"who": account.id if account else None})

    async def enter(request: Request) -> JSONResponse:
        await onboarding.ensure_account(request)
        return JSONResponse({})

    return Starlette(
        routes=[Route("/", who), Route("/page", page), Route("/enter", enter)],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )


def bare_read(database: Path, cookie: str, *, locked: bool) -> Case:
    """Return a bare request that reads the session as we do, and does no more.

    Args:
        database: Where it is.
        cookie: Whose it is.
        locked: Whether one transaction holds SQLite's lock all the time: a read then
            takes none, and gives none back.
    """
    connection = sqlite3.connect(database, isolation_level=None)
    cursor = connection.cursor()
    value = {"1": cookie.partition("=")[2].partition(".")[0]}
    app, request = bare(), scope("/")
    if locked:
        cursor.execute("BEGIN")
    assert cursor.execute(FIND_MARK, value).fetchall()

    async def read() -> None:
        await call(app, request)
        cursor.execute(FIND_MARK, value).fetchall()

    return read


def print_floor(rounds: Rounds) -> None:
    """Say how much of a known person's request is the bare read."""
    read = rounds.added("read", "bare, known")
    locks = read - rounds.added("read, locked", "bare, known")
    share = rounds.share("read", "session, known", "bare, known")
    print(
        f"     SQLite's read alone: adds {read:.1f} µs, {locks:.1f} of them to take "
        f"and give back its lock; G1 cannot be less than {share:.3g}"
    )


async def compare(folder: Path) -> list[Goal]:
    """Measure a known person's request, and a visitor's, looked at and not."""
    database = folder / "requests.db"
    onboarding = Onboarding(url=URL, secret_key=KEY, database=f"sqlite:///{database}")
    async with onboarding:
        for _ in range(GUESTS):
            await onboarding.guests.start()
        apps = {"bare": bare(), "session": peer(), "ours": ours(onboarding)}
        known = {"bare": ""}
        for name in ("session", "ours"):
            known[name] = cookies(await call(apps[name], scope("/enter")))
        visitor = await call(apps["ours"], scope("/"))
        assert not headers(visitor, "set-cookie")
        cases = {
            f"{name}, {who}": partial(call, app, request)
            for name, app in apps.items()
            for who, request in (
                ("known", scope("/", known[name])),
                ("visitor", scope("/page")),
                ("visitor looked at", scope("/")),
            )
        }
        floor = {
            "read": bare_read(database, known["ours"], locked=False),
            "read, locked": bare_read(database, known["ours"], locked=True),
        }
        rounds = await measure(cases | floor, rounds=25, runs=400)

    def share(who: str) -> float:
        return rounds.share(f"ours, {who}", f"session, {who}", f"bare, {who}")

    for case in cases:
        name, _, who = case.partition(", ")
        if name != "bare":
            print(f"     {case}: adds {rounds.added(case, f'bare, {who}'):.1f} µs")
    print_floor(rounds)
    return [
        Goal(
            "G1",
            "a known person: what we add / what SessionMiddleware adds",
            share("known"),
            0.6,
        ),
        Goal(
            "G3",
            "a visitor, nothing asked: what we add / SessionMiddleware adds",
            share("visitor"),
            0.8,
        ),
        Goal(
            "G3",
            "a visitor, who is here asked: what we / SessionMiddleware add",
            share("visitor looked at"),
            0.8,
        ),
    ]
