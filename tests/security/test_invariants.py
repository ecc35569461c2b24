"""Whatever people do, in whatever order: who owns what stays clear.

Random lives of a few people in a few browsers, over a real database. After every deed
the invariants of identity are held against every row that is kept.
"""

import asyncio
import os
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.security.lives.machine import INVARIANTS, Lives
from tests.security.lives.market import Market, make_tables

STEPS = 30
"""The longest life; some of its steps are several deeds."""

IS_SAME = bool(os.environ.get("CI"))


def live(database: str, lives: int, *, is_same: bool) -> Counter[str]:
    """Live so many lives on a database, and return what happened in all of them.

    Args:
        database: Where.
        lives: How many.
        is_same: Whether they are the same lives each time.
    """
    market = Market(database)
    with asyncio.Runner() as runner:
        if database != "memory:":
            runner.run(make_tables(database))
        runner.run(market.open())
        try:
            run_state_machine_as_test(
                lambda: Lives(market, runner),
                settings=settings(
                    max_examples=lives,
                    stateful_step_count=STEPS,
                    derandomize=is_same,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
        finally:
            runner.run(market.close())
    return market.reached


REACHED = (
    *("how: registered", "how: upgraded", "how: merged", "how: linked"),
    *("how: signed_in", "must confirm", "confirm", "answers in conflict", "conflict"),
    *("bring back code", "bring back link", "bring back often", "order by phone"),
    *("claim by link", "claimed by address", "erase", "export", "merge again"),
    *("purge: gone", "purge: kept", "purge: settled", "purge with survivors"),
)
"""What happens in the lives that are the same each time."""


def test_who_owns_what_stays_clear() -> None:
    """Whatever people do: and they did everything, or this would show little."""
    reached = live("memory:", 50, is_same=True)
    assert not [what for what in REACHED if not reached[what]], reached


def test_so_it_does_on_a_file(tmp_path: Path) -> None:
    """Which several connections share."""
    live(f"sqlite:///{tmp_path / 'shop.db'}", 6, is_same=IS_SAME)


def test_so_it_does_on_postgresql(postgres_dsn: str) -> None:
    """Which answers from a server, in whatever order."""
    live(postgres_dsn, 4, is_same=IS_SAME)


def test_each_invariant_is_asked() -> None:
    """All eighteen, after every deed."""
    assert [f"i{n}" for n in range(1, 19)] == [i.partition("_")[0] for i in INVARIANTS]
