"""Reading, deciding and committing again, as often as it is worth it."""

import pytest

from onboarding.changes import TRIES, retrying
from onboarding.errors import Conflict

pytestmark = pytest.mark.anyio


async def test_a_conflict_is_tried_again() -> None:
    """The attempt runs again after a Conflict, and its result is returned."""
    left = [Conflict("Account"), Conflict("Account")]

    async def attempt() -> str:
        if left:
            raise left.pop()
        return "done"

    assert "done" == await retrying(attempt)


async def test_a_conflict_that_stays_is_given_up() -> None:
    """After three tries the Conflict goes to the caller."""
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise Conflict("Account")

    with pytest.raises(Conflict, match="Account"):
        await retrying(attempt)

    assert TRIES == tries


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
