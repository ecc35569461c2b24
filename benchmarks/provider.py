"""The identity provider of the sign-in benchmark, in a process of its own.

``python -m benchmarks.provider PORT`` answers every authorization request at once,
as if somebody had pressed the button; ``/calls`` tells how often it was called by
relying parties.
"""

import sys

from starlette.datastructures import URL
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import Receive, Scope, Send

from benchmarks.processes import serve
from onboarding.clock import system_clock
from onboarding.testing import Client, FakeProvider, Person

CLIENT_ID = "benchmark"
CLIENT_SECRET = "a secret of the benchmark's"  # noqa: S105  # made up, for loopback
CALLBACKS = (
    "http://127.0.0.1:8000/welcome/callback/id-token",
    "http://127.0.0.1:8000/welcome/callback/userinfo",
    "http://127.0.0.1:8000/callback",
)


def build(issuer: str) -> FakeProvider:
    """Return the provider with one person in it."""
    client = Client(
        client_id=CLIENT_ID, client_secret=CLIENT_SECRET, redirect_uris=CALLBACKS
    )
    person = Person(subject="kim", name="Kim", email="kim@example.org")
    return FakeProvider(issuer, [client], [person], system_clock)


def main() -> None:
    """Serve until killed."""
    port = int(sys.argv[1])
    provider = build(f"http://127.0.0.1:{port}")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/authorize":
            location = provider.approve(str(URL(scope=scope)))
            await RedirectResponse(location, 303)(scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"] == "/calls":
            told = JSONResponse(provider.calls.total())
            await told(scope, receive, send)
            return
        await provider(scope, receive, send)

    serve(app, port, lifespan="off")


if __name__ == "__main__":
    main()
