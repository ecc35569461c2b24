"""G1 and G3: what a request through our layer costs beside Starlette's sessions."""

from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.asgi import call, cookies, headers, scope
from benchmarks.measure import Goal, measure
from onboarding import Onboarding

KEY = "a key for benchmarks, of more than thirty-two bytes"
URL = "http://127.0.0.1:8000/welcome"
GUESTS = 1000


def bare() -> Starlette:
    """Return an app that knows nobody."""

    async def who(request: Request) -> JSONResponse:
        return JSONResponse({"who": None})

    return Starlette(routes=[Route("/", who)])


def peer() -> Starlette:
    """Return an app with Starlette's own signed-cookie session."""

    async def who(request: Request) -> JSONResponse:
        return JSONResponse({"who": request.session.get("who")})

    async def enter(request: Request) -> JSONResponse:
        request.session["who"] = "01j9z3k4m5n6p7q8r9s0"
        return JSONResponse({})

    return Starlette(
        routes=[Route("/", who), Route("/enter", enter)],
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
        routes=[Route("/", who), Route("/enter", enter)],
        middleware=[onboarding.middleware],
    )


async def compare(folder: Path) -> list[Goal]:
    """Measure a known person's request, and a visitor's."""
    onboarding = Onboarding(
        url=URL, secret_key=KEY, database=f"sqlite:///{folder / 'requests.db'}"
    )
    async with onboarding:
        for _ in range(GUESTS):
            await onboarding.guests.ensure(None)
        apps = {"bare": bare(), "session": peer(), "ours": ours(onboarding)}
        known = {"bare": ""}
        for name in ("session", "ours"):
            known[name] = cookies(await call(apps[name], scope("/enter")))
        visitor = await call(apps["ours"], scope("/"))
        assert not headers(visitor, "set-cookie")
        cases = {
            f"{name}, {who}": partial(call, app, scope("/", cookie))
            for name, app in apps.items()
            for who, cookie in (("known", known[name]), ("visitor", ""))
        }
        rounds = await measure(cases, rounds=25, runs=400)
    for name in ("session", "ours"):
        for who in ("known", "visitor"):
            added = rounds.added(f"{name}, {who}", f"bare, {who}")
            print(f"     {name}, {who}: adds {added:.1f} µs")
    return [
        Goal(
            "G1",
            "a known person: what we add / what SessionMiddleware adds",
            rounds.share("ours, known", "session, known", "bare, known"),
            0.6,
        ),
        Goal(
            "G3",
            "a visitor: what we add / what SessionMiddleware adds",
            rounds.share("ours, visitor", "session, visitor", "bare, visitor"),
            0.8,
        ),
    ]
