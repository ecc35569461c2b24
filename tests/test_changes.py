"""Reading, deciding and committing again, as often as it is worth it."""

from datetime import timedelta
from itertools import pairwise

import pytest

from onboarding.changes import PAUSES, Statement, retrying
from onboarding.errors import ConfigError, Conflict
from onboarding.tokens import part_of

pytestmark = pytest.mark.anyio

AT_ONCE = [timedelta(0)] * 3


async def test_a_conflict_is_tried_again() -> None:
    """The attempt runs again after a Conflict, and its result is returned."""
    left = [Conflict("Account"), Conflict("Account")]

    async def attempt() -> str:
        if left:
            raise left.pop()
        return "done"

    assert "done" == await retrying(attempt)


async def test_a_conflict_that_stays_is_given_up() -> None:
    """After a try behind each pause the Conflict goes to the caller."""
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise Conflict("Account")

    with pytest.raises(Conflict, match="Account"):
        await retrying(attempt, AT_ONCE)

    assert 1 + len(AT_ONCE) == tries


async def test_another_error_is_not_tried_again() -> None:
    """Only a Conflict is worth another try."""
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await retrying(attempt)

    assert 1 == tries


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("COMMIT", "COMMIT"),
        ("rollback", "ROLLBACK"),
        ("\n END TRANSACTION", "END"),
        ("Begin immediate", "BEGIN"),
        ("SAVEPOINT a", "SAVEPOINT"),
        ("RELEASE a", "RELEASE"),
        ("START TRANSACTION", "START"),
        ("ABORT", "ABORT"),
        ("PREPARE TRANSACTION 'a'", "PREPARE TRANSACTION"),
        ("set session transaction read only", "SET SESSION TRANSACTION"),
        ("-- done\nCOMMIT", "COMMIT"),
        ("/* COMMIT */ ; ROLLBACK", "ROLLBACK"),
    ],
)
def test_nobody_ends_the_transaction_of_all(sql: str, word: str) -> None:
    """A Statement about the transaction itself is refused when it is made."""
    with pytest.raises(ConfigError, match=f"cannot be a {word}:"):
        Statement(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE orders SET state = 'COMMIT'",
        "DELETE FROM begin_here",
        "INSERT INTO ends VALUES ($1) -- COMMIT",
        "/* after ROLLBACK */ DELETE FROM orders",
    ],
)
def test_a_word_within_a_statement_is_no_end(sql: str) -> None:
    """Only how a statement begins says what it is."""
    assert sql == Statement(sql).sql


def test_pauses_part_those_who_met() -> None:
    """They begin short, grow, are left to chance, and end while somebody waits."""
    assert all(shorter <= longer for shorter, longer in pairwise(PAUSES))
    assert PAUSES[0] < PAUSES[-1]
    assert sum(PAUSES, timedelta(0)) < timedelta(seconds=5)
    taken = {part_of(PAUSES[-1]) for _ in range(100)}
    assert len(taken) > 90
    assert all(timedelta(0) <= one <= PAUSES[-1] for one in taken)
    assert timedelta(0) == part_of(timedelta(0))
