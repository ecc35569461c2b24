"""``make bench``: what we cost, as ratios, ours beside the peers in one run.

``python -m benchmarks G1 G7`` measures what these goals need and nothing else;
``--write`` puts a whole run into docs/benchmarks.md.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

from benchmarks import report
from benchmarks.measure import Goal

Compare = Callable[[Path], Coroutine[Any, Any, list[Goal]]]
"""Measures one subject; gets an empty folder for its databases."""


class Subject(NamedTuple):
    """What is measured together: a module with a ``compare``, and its goals."""

    module: str
    goals: tuple[str, ...]
    title: str


SUBJECTS = (
    Subject(
        "requests",
        ("G1", "G3"),
        "A request through our layer, and through Starlette's sessions",
    ),
    Subject("fastapi_requests", ("G2",), "A request through a dependency of FastAPI"),
    Subject("guests", ("G5", "G6"), "A guest made and stored"),
    Subject("sign_in", ("G8", "G9"), "A whole sign-in"),
    Subject("http_requests", ("G4",), "A known person's request over HTTP"),
    Subject("http_guests", ("G7",), "Guests made over HTTP"),
    Subject("questions", ("G10", "G11", "G12"), "Which questions now?"),
    Subject(
        "deciding",
        ("G18", "G19", "G20", "G21"),
        "Decisions over ten thousand questions and a thousand features",
    ),
    Subject("growth", ("G13",), "Both again, with a million guests stored"),
    Subject("purging", ("G17",), "A purge, with a million guests lapsed"),
    Subject("footprint", ("G14", "G15", "G16"), "What importing us costs"),
)
NAMES = [f"G{n}" for n in range(1, 22)]


def arguments() -> argparse.Namespace:
    """Read the command line; refuse goals that there are not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("goals", nargs="*", help=f"all, or some of {' '.join(NAMES)}")
    parser.add_argument(
        "--write", action="store_true", help="put a whole run into docs/benchmarks.md"
    )
    found = parser.parse_args()
    unknown = [name for name in found.goals if name not in NAMES]
    if unknown:
        parser.error(f"no goal {', '.join(unknown)}; there are {', '.join(NAMES)}")
    if found.write and found.goals:
        parser.error("--write takes a whole run: leave the goals out")
    return found


def load(subject: Subject) -> Compare:
    """Return what measures a subject; end where one of its peers is missing."""
    try:
        module = import_module(f"benchmarks.{subject.module}")
    except ModuleNotFoundError as missing:
        sys.exit(
            f"{', '.join(subject.goals)}: {missing.name} is not installed; run "
            "`make bench`, or: pip install -r requirements-bench.txt"
        )
    return cast("Compare", module.compare)


def run(subjects: list[Subject]) -> list[Goal]:
    """Measure these subjects, one after the other."""
    compares = [load(subject) for subject in subjects]
    found: list[Goal] = []
    with tempfile.TemporaryDirectory() as folder:
        for subject, compare in zip(subjects, compares, strict=True):
            print(subject.title, flush=True)
            here = Path(folder, subject.module)
            here.mkdir()
            found += asyncio.run(compare(here))
    return sorted(found, key=lambda goal: NAMES.index(goal.name))


def main() -> None:
    """Measure, then print every goal with what was measured."""
    asked = arguments()
    chosen = [
        subject
        for subject in SUBJECTS
        if not asked.goals or set(asked.goals) & set(subject.goals)
    ]
    where = report.machine()
    goals = run(chosen)
    print()
    for goal in goals:
        print(goal.line())
    if asked.write:
        report.write(report.table(where, goals))


if __name__ == "__main__":
    main()
