"""What a run measured, as the table of docs/benchmarks.md."""

import os
import platform
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Goal

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN = "<!-- measured: begin -->\n"
END = "<!-- measured: end -->"


def machine() -> str:
    """Return in words when and where this runs; call it before anything is measured.

    The load is that of the minute before: what others do on the same cores.
    """
    now = datetime.now(UTC)
    busy = os.getloadavg()[0]
    return (
        f"{now.day} {now:%B %Y}: {os.cpu_count()} cores with a load of {busy:.1f} "
        f"before the run, {platform.system()} on {platform.machine()}, Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version} in WAL."
    )


def table(where: str, goals: Iterable[Goal]) -> str:
    """Return the table of a run.

    Args:
        where: What ``machine`` said.
        goals: What was measured.
    """
    rows = [
        f"| {goal.name} | {goal.what} | {goal.measured:.3g} | {goal.limit:.3g} "
        f"| {'reached' if goal.is_reached else 'not reached'} |"
        for goal in goals
    ]
    head = ("| goal | what | measured | at most | |", "|---|---|---|---|---|")
    return "\n".join((where, "", *head, *rows, ""))


def write(told: str, page: Path = PAGE) -> None:
    """Put a table between the marks of the page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{page} has lost its lines {BEGIN.strip()} and {END}")
    page.write_text(before + BEGIN + told + end + after, encoding="utf-8")
