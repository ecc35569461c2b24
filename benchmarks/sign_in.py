"""G8 and G9: a whole sign-in, verified and stored, beside Authlib's Starlette client.

Both talk to one provider in another process, whose CPU does not count; neither
does the browser's part. Ours verifies the ID token and the issuer and stores account,
identity and session; Authlib's client verifies the ID token and stores nothing.
Ours signs in as it does by default, with userinfo read as well: one call more.
"""

from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import process_time_ns
from urllib.parse import urlsplit

from authlib.integrations.starlette_client import OAuth
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from benchmarks.asgi import call, cookies, headers, scope
from benchmarks.measure import Goal
from benchmarks.processes import started
from benchmarks.provider import CLIENT_ID, CLIENT_SECRET
from benchmarks.requests import KEY, URL
from onboarding import Onboarding
from onboarding.providers import Local

BEGIN = "/welcome/sign-in"
ROUNDS = 15


def peer(issuer: str) -> Starlette:
    """Return Authlib's Starlette client, set up as its documentation says."""
    oauth = OAuth()
    oauth.register(
        "local",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
        },
    )

    async def begin(request: Request) -> Response:
        answer: Response = await oauth.local.authorize_redirect(
            request, "http://127.0.0.1:8000/callback"
        )
        return answer

    async def finish(request: Request) -> Response:
        token = await oauth.local.authorize_access_token(request)
        request.session["who"] = token["userinfo"]["sub"]
        return JSONResponse({})

    return Starlette(
        routes=[Route("/begin", begin, methods=["POST"]), Route("/callback", finish)],
        middleware=[Middleware(SessionMiddleware, secret_key=KEY)],
    )


def visit_provider(location: str) -> str:
    """Do the browser's part: open the provider's address, return where it leads."""
    parts = urlsplit(location)
    connection = HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["location"]


async def sign_in(app: ASGIApp, begin: str) -> float:
    """Sign in once; return the CPU of the relying party, in microseconds."""
    start = process_time_ns()
    begun = await call(app, scope(begin, method="POST"))
    taken = process_time_ns() - start
    back = urlsplit(visit_provider(headers(begun, "location")[0]))
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
    """Measure our app beside Authlib's."""
    theirs = peer(issuer)
    counted = {
        "with an ID token": await calls_each(issuer, mine, f"{BEGIN}/id-token"),
        "with userinfo": await calls_each(issuer, mine, f"{BEGIN}/userinfo"),
        "of Authlib's client": await calls_each(issuer, theirs, "/begin"),
    }
    pairs = [
        (await sign_in(mine, f"{BEGIN}/userinfo"), await sign_in(theirs, "/begin"))
        for _ in range(ROUNDS)
    ]
    took, others = (median(column) / 1000 for column in zip(*pairs, strict=True))
    print(f"     ours {took:.1f} ms, Authlib's {others:.1f} ms of CPU")
    print("     calls: " + ", ".join(f"{n:g} {what}" for what, n in counted.items()))
    return [
        Goal(
            "G8",
            "a whole sign-in: our CPU / that of Authlib's Starlette client",
            median(a / b for a, b in pairs),
            0.1,
        ),
        Goal(
            "G9", "our calls for it, with an ID token", counted["with an ID token"], 1
        ),
        Goal("G9", "our calls for it, with userinfo", counted["with userinfo"], 2),
    ]
