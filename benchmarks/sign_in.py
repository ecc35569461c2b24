"""G8 and G9: a whole sign-in, verified and stored, beside Authlib and fastapi-sso.

All talk to one provider in another process, whose CPU does not count; neither does the
browser's part. Ours verifies the ID token and the issuer and stores account, identity
and session; Authlib's client verifies the ID token and stores nothing; fastapi-sso
verifies none, believes userinfo, and stores nothing.
"""

from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from time import process_time_ns
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.types import ASGIApp

from benchmarks.asgi import call, cookies, headers, scope
from benchmarks.measure import Goal, Rounds
from benchmarks.processes import started
from benchmarks.provider import CLIENT_ID, CLIENT_SECRET
from benchmarks.requests import KEY, URL
from benchmarks.sign_in_peers import authlib, authlib_tuned, fastapi_sso
from onboarding import Onboarding
from onboarding.providers import Local

BEGIN = "/welcome/sign-in"
OURS = "ours, with an ID token"
OURS_AND_USERINFO = "ours, with userinfo as well"
AUTHLIB = "Authlib's client"
TUNED = "Authlib's client with one TLS context"
FASTAPI_SSO = "fastapi-sso"
ROUNDS = 15

Apps = Mapping[str, tuple[ASGIApp, str]]
"""What to sign in to, by name: an app, and the path where it begins."""


def visit_provider(location: str, person: str) -> str:
    """Do the browser's part: open the provider's address, return where it leads."""
    parts = urlsplit(location)
    connection = HTTPConnection(parts.netloc)
    path = f"{parts.path}?{parts.query}"
    connection.request("GET", path, headers={"x-person": person})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["location"]


async def sign_in(app: ASGIApp, begin: str, person: str = "known") -> float:
    """Sign in once; return the CPU of the relying party, in microseconds.

    Args:
        app: The relying party.
        begin: Where a sign-in begins.
        person: ``known`` or ``new``.
    """
    start = process_time_ns()
    begun = await call(app, scope(begin, method="POST"))
    taken = process_time_ns() - start
    back = urlsplit(visit_provider(headers(begun, "location")[0], person))
    request = scope(back.path, cookies(begun), query=back.query)
    start = process_time_ns()
    done = await call(app, request)
    taken += process_time_ns() - start
    assert done["status"] in {200, 303}, done
    assert cookies(done), "nobody was signed in"
    return taken / 1000


def calls(issuer: str) -> int:
    """Return how often the provider was called by relying parties until now."""
    connection = HTTPConnection(urlsplit(issuer).netloc)
    connection.request("GET", "/calls")
    told = int(connection.getresponse().read())
    connection.close()
    return told


async def calls_each(issuer: str, app: ASGIApp, begin: str) -> float:
    """Return how many calls one sign-in takes, after the first ones."""
    await sign_in(app, begin)
    before = calls(issuer)
    for _ in range(ROUNDS):
        await sign_in(app, begin)
    return (calls(issuer) - before) / ROUNDS


def ours(onboarding: Onboarding) -> Starlette:
    """Return an app with our pages."""
    return Starlette(routes=[onboarding.mount], middleware=[onboarding.middleware])


def provider(issuer: str, name: str, *, userinfo: bool) -> Local:
    """Return the provider, asked for userinfo or not."""
    return Local(
        name=name,
        issuer=issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        userinfo=userinfo,
    )


async def compare(folder: Path) -> list[Goal]:
    """Sign in with both, in turn."""
    with started("benchmarks.provider") as server:
        issuer = f"http://127.0.0.1:{server.port}"
        onboarding = Onboarding(
            url=URL,
            secret_key=KEY,
            database=f"sqlite:///{folder / 'sign_in.db'}",
            providers=[
                provider(issuer, "userinfo", userinfo=True),
                provider(issuer, "id-token", userinfo=False),
            ],
        )
        async with onboarding:
            return await compare_with(issuer, ours(onboarding))


async def compare_with(issuer: str, mine: Starlette) -> list[Goal]:
    """Measure our app beside the others."""
    apps: Apps = {
        OURS: (mine, f"{BEGIN}/id-token"),
        OURS_AND_USERINFO: (mine, f"{BEGIN}/userinfo"),
        AUTHLIB: (authlib(issuer), "/begin"),
        TUNED: (authlib_tuned(issuer), "/begin"),
        FASTAPI_SSO: (fastapi_sso(issuer), "/begin"),
    }
    calls = {name: await calls_each(issuer, *app) for name, app in apps.items()}
    known, new = [await rounds_of(apps, person) for person in ("known", "new")]
    for name in apps:
        print(
            f"     {name}: {known.typical(name) / 1000:.1f} ms of CPU, "
            f"somebody new {new.typical(name) / 1000:.1f} ms; {calls[name]:g} calls"
        )
    return [
        Goal(
            "G8",
            "a whole sign-in: our CPU / that of Authlib's Starlette client",
            known.share(OURS_AND_USERINFO, AUTHLIB),
            0.1,
        ),
        Goal(
            "G8",
            "the same / Authlib's with one TLS context, both with an ID token",
            known.share(OURS, TUNED),
            1,
        ),
        Goal(
            "G8",
            "the same of somebody new",
            new.share(OURS, TUNED),
            1,
        ),
        Goal(
            "G8",
            "a whole sign-in / fastapi-sso's, both with userinfo",
            known.share(OURS_AND_USERINFO, FASTAPI_SSO),
            0.2,
        ),
        Goal("G9", "our calls for it, with an ID token", calls[OURS], 1),
        Goal("G9", "our calls for it, with userinfo", calls[OURS_AND_USERINFO], 2),
    ]


async def rounds_of(apps: Apps, person: str) -> Rounds:
    """Sign in to all, in turn, round after round."""
    taken: dict[str, list[float]] = {name: [] for name in apps}
    for _ in range(ROUNDS):
        for name, app in apps.items():
            taken[name].append(await sign_in(*app, person))
    return Rounds(taken)
