"""``make bench``: prints ratios of CPU from one run, ours beside the peer."""

import asyncio
import tempfile
from pathlib import Path

from benchmarks import footprint, guests, requests, sign_in
from benchmarks.measure import Goal


async def run(folder: Path) -> list[Goal]:
    """Run everything that happens in one process."""
    found: list[Goal] = []
    for title, compare in (
        (
            "A request through our layer, and through Starlette's sessions",
            requests.compare,
        ),
        ("A guest made and stored", guests.compare),
        ("A whole sign-in", sign_in.compare),
    ):
        print(title)
        found += await compare(folder)
    return found


def main() -> None:
    """Measure, then print every goal with what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        goals = asyncio.run(run(Path(folder)))
    print("What importing us costs")
    goals += footprint.compare()
    print()
    for goal in goals:
        print(goal.line())


if __name__ == "__main__":
    main()
