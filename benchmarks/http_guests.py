"""G7: guests made over HTTP, one worker, 8 connections, beside django-guest-user.

Against better-auth, which runs on Node, stands what it made once, as a multiple of
what django-guest-user made beside it.
"""

from contextlib import ExitStack
from pathlib import Path

from benchmarks.http_load import Work, measure_servers, request
from benchmarks.measure import Goal
from benchmarks.processes import started

COUNTS = {"ours": 2500, "django": 250}
"""Guests a round: about as long for each."""

CONNECTIONS = 8
ROUNDS = 7

BETTER_AUTH_RATE = 192 / 196
"""Guests a second of better-auth 1.7.25 on Node over django-guest-user's, measured once
in one run."""


async def compare(folder: Path) -> list[Goal]:
    """Serve both at once, and ask each in turn."""
    with ExitStack() as stack:
        works = {
            name: Work(
                stack.enter_context(
                    started("benchmarks.http_server", name, str(folder))
                ),
                request("/enter"),
                count,
            )
            for name, count in COUNTS.items()
        }
        wall, _ = await measure_servers(works, rounds=ROUNDS, connections=CONNECTIONS)
    share = wall.share("ours", "django")
    return [
        Goal(
            "G7",
            "guests made over HTTP: django-guest-user's a second / ours",
            share,
            1 / 5,
        ),
        Goal(
            "G7",
            "the same: better-auth's a second / ours",
            share * BETTER_AUTH_RATE,
            1 / 8,
        ),
    ]
