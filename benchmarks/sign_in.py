"""G8: a whole sign-in, verified and stored, beside Authlib's Starlette client.

Both talk to one provider in another process, whose CPU does not count; neither
does the browser's part. Ours verifies the ID token and the issuer and stores account,
identity and session; Authlib's client verifies the ID token and stores nothing.
"""

import socket
import subprocess
import sys
import time
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
from benchmarks.provider import CLIENT_ID, CLIENT_SECRET
from benchmarks.requests import KEY, URL
from onboarding import Onboarding
from onboarding.providers import Local

ROUNDS = 15


def start_provider() -> tuple[subprocess.Popen[bytes], str]:
    """Start the provider on a free port and wait until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.provider", str(port)])  # noqa: S603  # our own module
    for _ in range(200):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return process, f"http://127.0.0.1:{port}"
        time.sleep(0.05)
    process.kill()
    raise RuntimeError("the provider did not start")


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


async def compare(folder: Path) -> list[Goal]:
    """Sign in with both, in turn."""
    process, issuer = start_provider()
    onboarding = Onboarding(
        url=URL,
        secret_key=KEY,
        database=f"sqlite:///{folder / 'sign_in.db'}",
        providers=[
            Local(issuer=issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
        ],
    )
    try:
        async with onboarding:
            mine = Starlette(
                routes=[onboarding.mount], middleware=[onboarding.middleware]
            )
            theirs = peer(issuer)
            await sign_in(mine, "/welcome/sign-in/local")
            await sign_in(theirs, "/begin")
            pairs = [
                (
                    await sign_in(mine, "/welcome/sign-in/local"),
                    await sign_in(theirs, "/begin"),
                )
                for _ in range(ROUNDS)
            ]
    finally:
        process.kill()
        process.wait()
    ours, others = (median(column) / 1000 for column in zip(*pairs, strict=True))
    print(f"     ours {ours:.1f} ms, Authlib's {others:.1f} ms of CPU")
    return [
        Goal(
            "G8",
            "a whole sign-in: our CPU / that of Authlib's Starlette client",
            median(a / b for a, b in pairs),
            0.1,
        )
    ]
