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

from onboarding import PasskeyPolicy
from tests.security.lives.machine import INVARIANTS, Lives
from tests.security.lives.market import Market, make_tables

STEPS = 30
"""The longest life; some of its steps are several deeds."""

IS_SAME = bool(os.environ.get("CI"))


def live(database: str, lives: int, *, is_same: bool) -> Counter[str]:
    """Live one life in which everything happens, and so many random ones.

    Args:
        database: Where.
        lives: How many.
        is_same: Whether they are the same lives each time.

    Returns:
        What happened in the random ones.
    """
    market = Market(database, PasskeyPolicy())
    with asyncio.Runner() as runner:
        if database != "memory:":
            runner.run(make_tables(database))
        runner.run(market.open())
        try:
            Lives(market, runner).live_through_everything()
            missed = [what for what in EVERYTHING if not market.reached[what]]
            assert not missed, market.reached
            market.reached.clear()
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


OFTEN = (
    *("how: registered", "how: upgraded", "how: merged", "how: linked"),
    *("how: signed_in", "must confirm", "answers in conflict", "conflict"),
    *("keep with passkey", "come with passkey"),
    *("order by phone", "claim by link", "claimed by address", "erase", "purge: gone"),
)
"""What happens in random lives, whichever they are."""

EVERYTHING = (
    *(one for one in OFTEN if one != "conflict"),
    *("confirm", "bring back often", "bring back code: sign_in_expired", "export"),
    *("put right: last_way_in", "open elsewhere: sign_in_expired", "merge again"),
    *("knock: account_ended", "claim by link: order_link_over", "sign in twice"),
    *("purge: kept", "purge: settled", "purge with survivors", "merge"),
)
"""What happens in the one life of everybody."""


def test_who_owns_what_stays_clear() -> None:
    """Whatever people do: and they did it, or this would show little."""
    reached = live("memory:", 40, is_same=True)
    assert not [what for what in OFTEN if not reached[what]], reached


def test_so_it_does_on_a_file(tmp_path: Path) -> None:
    """Which several connections share."""
    live(f"sqlite:///{tmp_path / 'shop.db'}", 5, is_same=IS_SAME)


def test_so_it_does_on_postgresql(postgres_dsn: str) -> None:
    """Which answers from a server, in whatever order."""
    live(postgres_dsn, 4, is_same=IS_SAME)


def test_each_invariant_is_asked() -> None:
    """All eighteen, after every deed."""
    assert [f"i{n}" for n in range(1, 19)] == [i.partition("_")[0] for i in INVARIANTS]
