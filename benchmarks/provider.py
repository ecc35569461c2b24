"""The identity provider of the sign-in benchmark, in a process of its own.

``python -m benchmarks.provider PORT`` answers every authorization request at once,
as if somebody had pressed the button: the same person each time, or one who was never
here where the header ``x-person`` says ``new``. ``/calls`` tells how often it was
called by relying parties.
"""

import sys
from itertools import count

from starlette.datastructures import URL
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import Receive, Scope, Send

from benchmarks.processes import serve
from onboarding.clock import system_clock
from onboarding.testing import Client, FakeProvider, Person

CLIENT_ID = "benchmark"
CLIENT_SECRET = "a secret of the benchmark's"  # noqa: S105  # made up, for loopback
CALLBACK = "http://127.0.0.1:8000/callback"
"""Where the peers are answered."""
CALLBACKS = (
    "http://127.0.0.1:8000/welcome/callback/id-token",
    "http://127.0.0.1:8000/welcome/callback/userinfo",
    CALLBACK,
)


def build(issuer: str) -> FakeProvider:
    """Return the provider with one person in it."""
    client = Client(
        client_id=CLIENT_ID, client_secret=CLIENT_SECRET, redirect_uris=CALLBACKS
    )
    return FakeProvider(issuer, [client], [named("kim")], system_clock)


def named(name: str) -> Person:
    """Return somebody."""
    return Person(subject=name, name=name.title(), email=f"{name}@example.org")


def main() -> None:
    """Serve until killed."""
    port = int(sys.argv[1])
    provider = build(f"http://127.0.0.1:{port}")
    strangers = (named(f"kim{number}") for number in count())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/authorize":
            is_new = (b"x-person", b"new") in scope["headers"]
            person = next(strangers) if is_new else None
            location = provider.approve(str(URL(scope=scope)), person)
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
