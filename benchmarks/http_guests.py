"""G7: guests made over HTTP, one worker, 8 connections, beside django-guest-user.

better-auth 1.7.25, which runs on Node, was measured beside it once: it made 0.98 times
as many guests a second.
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
    return [
        Goal(
            "G7",
            "guests made over HTTP: django-guest-user's a second / ours",
            wall.share("ours", "django"),
            1 / 5,
        )
    ]
