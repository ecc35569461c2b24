"""G17: what the purge of a guest costs among a million lapsed ones, and what it holds.

The stored guests are those of G13, forty days later: each was made, and nobody came
back.
"""

import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.growth import MANY, stored
from benchmarks.measure import Case, Goal, measure
from benchmarks.requests import KEY, URL
from onboarding import Onboarding
from onboarding.types import Purged

FEW = 10_000
BATCH = 500
ROUNDS = 15
SHORT, LONG = 10, 40
"""Batches of the purges whose memory is compared.

The shorter one is long enough for Python to collect its garbage at least once.
"""


def long_after(database: Path) -> Onboarding:
    """Return our library on a file, for whom all these guests have lapsed."""
    return Onboarding(
        url=URL,
        secret_key=KEY,
        database=f"sqlite:///{database}",
        clock=lambda: datetime.now(UTC) + timedelta(days=40),
    )


def next_batch(steps: AsyncIterator[Purged]) -> Case:
    """Return a case that purges one more batch each time, every guest of it."""
    gone = 0

    async def purge() -> object:
        nonlocal gone
        purged = await anext(steps)
        while purged.gone == gone:  # nothing of ours is late, or kept
            purged = await anext(steps)
        assert purged.gone == gone + BATCH, purged
        gone = purged.gone
        return purged

    return purge


async def held(onboarding: Onboarding, batches: int) -> int:
    """Return how many bytes a purge of so many batches holds at most."""
    purge = next_batch(onboarding.guests.purge_in_batches(batch=BATCH))
    tracemalloc.start()
    for _ in range(batches):
        await purge()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


async def compare(folder: Path) -> list[Goal]:
    """Purge among few and among many, batch by batch in turn."""
    few = await stored(folder / "few.db", FEW)
    many = await stored(folder / "many.db", MANY)
    small, large = long_after(few.database), long_after(many.database)
    await small.store.open()
    await large.store.open()
    cases = {
        name: next_batch(onboarding.guests.purge_in_batches(batch=BATCH))
        for name, onboarding in (("few", small), ("many", large))
    }
    taken = await measure(cases, rounds=ROUNDS, runs=1)
    short, long = await held(large, SHORT), await held(large, LONG)
    await small.store.close()
    await large.store.close()
    for name in cases:
        print(f"     {name}: a guest purged {taken.typical(name) / BATCH:.0f} µs")
    print(f"     held at most: {short / 1024:.0f} KiB, and {long / 1024:.0f} KiB")
    return [
        Goal(
            "G17",
            f"a guest purged, among {MANY:,} lapsed / among {FEW:,}",
            taken.share("many", "few"),
            1.3,
        ),
        Goal(
            "G17",
            f"what a purge of {LONG * BATCH:,} holds / of {SHORT * BATCH:,}",
            long / short,
            1.2,
        ),
    ]
