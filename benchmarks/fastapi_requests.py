"""G2: what a dependency that tells who is here costs, beside fastapi-users'."""

from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from benchmarks import fastapi_users_app
from benchmarks.asgi import call, cookies, scope
from benchmarks.measure import Goal, measure
from benchmarks.requests import GUESTS, KEY, URL
from onboarding import Account, Onboarding
from onboarding.fastapi import Dependencies


def bare() -> FastAPI:
    """Return an app that knows nobody."""
    app = FastAPI()

    @app.get("/")
    async def who() -> dict[str, None]:
        return {"who": None}

    return app


def ours(onboarding: Onboarding) -> FastAPI:
    """Return an app whose endpoint depends on the account."""
    known = Dependencies(onboarding)
    app = FastAPI(middleware=[onboarding.middleware])

    @app.get("/")
    async def who(
        account: Annotated[Account | None, Depends(known.account)],
    ) -> dict[str, str | None]:
        return {"who": account.id if account else None}

    @app.get("/enter")
    async def enter(request: Request) -> dict[str, None]:
        await onboarding.ensure_account(request)
        return {}

    return app


async def compare(folder: Path) -> list[Goal]:
    """Measure a known person's request: ours, and fastapi-users' with a JWT."""
    onboarding = Onboarding(
        url=URL, secret_key=KEY, database=f"sqlite:///{folder / 'ours.db'}"
    )
    theirs = fastapi_users_app.build(folder / "theirs.db", stored=False)
    apps = {"bare": bare(), "ours": ours(onboarding), "fastapi-users": theirs}
    async with onboarding, theirs.router.lifespan_context(theirs):
        for _ in range(GUESTS):
            await onboarding.guests.start()
        cases = {"bare": partial(call, apps["bare"], scope("/"))}
        for name in ("ours", "fastapi-users"):
            known = cookies(await call(apps[name], scope("/enter")))
            request = scope("/", known)
            answer = await call(apps[name], request)
            assert answer["status"] == 200, answer
            cases[name] = partial(call, apps[name], request)
        rounds = await measure(cases, rounds=21, runs=60)
    for name in ("ours", "fastapi-users"):
        print(f"     {name}: adds {rounds.added(name, 'bare'):.0f} µs to bare FastAPI")
    return [
        Goal(
            "G2",
            "a known person through FastAPI: we add / fastapi-users' JWT",
            rounds.share("ours", "fastapi-users", "bare"),
            1 / 20,
        )
    ]
