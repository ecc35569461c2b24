"""G4: a known person's request over HTTP, one worker, beside the peers' of G1 and G2.

Against better-auth, which runs on Node, stands what it took once, as a multiple of
bare Starlette in the same run: that depends less on the machine than its microseconds.
"""

from contextlib import ExitStack
from pathlib import Path

from benchmarks.http_load import Work, ask, entered, measure_servers, request
from benchmarks.measure import Goal
from benchmarks.processes import started
from benchmarks.requests import GUESTS

COUNTS = {"bare": 8000, "session": 8000, "ours": 8000, "fastapi-users": 500}
"""Requests a round: about as long for each."""

CONNECTIONS = 16
ROUNDS = 7

BETTER_AUTH_CPU = 557 / 63.2
"""CPU of better-auth 1.7.25's ``getSession`` with its cookie cache, which looks into no
database for minutes, over that of bare Starlette; measured once, in one run."""


async def compare(folder: Path) -> list[Goal]:
    """Serve all of them at once, and ask each in turn."""
    with ExitStack() as stack:
        works = {}
        for name, count in COUNTS.items():
            server = stack.enter_context(
                started("benchmarks.http_server", name, str(folder))
            )
            if name == "ours":
                await ask(server.port, request("/enter"), count=GUESTS, connections=4)
            cookie = "" if name == "bare" else entered(server)
            works[name] = Work(server, request("/", cookie), count)
        wall, cpu = await measure_servers(works, rounds=ROUNDS, connections=CONNECTIONS)
    return [
        Goal(
            "G4",
            "known, over HTTP: requests/s of bare Starlette / ours",
            wall.share("ours", "bare"),
            1 / 0.65,
        ),
        Goal(
            "G4",
            "the server's CPU for it: ours / fastapi-users' with a database",
            cpu.share("ours", "fastapi-users"),
            1 / 15,
        ),
        Goal(
            "G4",
            "the same, over bare Starlette's: ours / better-auth's",
            cpu.share("ours", "bare") / BETTER_AUTH_CPU,
            1 / 4,
        ),
    ]
