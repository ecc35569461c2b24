"""Everything ends by a deadline, and a wait in a row gets what is left of it."""

import asyncio
import logging
from datetime import timedelta
from time import monotonic

import pytest

from onboarding.deadlines import LEAST, OVERTIME, Deadlines, lasting, until
from onboarding.errors import ConfigError

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("name", ["request", "report", "shutdown"])
@pytest.mark.parametrize("given", [timedelta(0), -HOUR, 10, None])
def test_no_time_at_all_is_refused(name: str, given: object) -> None:
    """The message says what to write."""
    with pytest.raises(ConfigError, match=rf"{name}=timedelta\(seconds=10\)"):
        Deadlines(**{name: given})  # type: ignore[arg-type]  # on purpose


def test_outside_of_a_request_each_wait_has_the_whole_time() -> None:
    """A worker asks for hours, and each thing it asks has its time."""
    assert Deadlines(request=HOUR).for_request() == HOUR.total_seconds()


def test_inside_it_has_what_is_left() -> None:
    """So ten waits in a row end when the first alone would have."""
    deadlines = Deadlines(request=HOUR)
    with lasting(HOUR):
        first = deadlines.for_request()
        second = deadlines.for_request()
    assert HOUR.total_seconds() >= first > second > HOUR.total_seconds() - 60
    assert deadlines.for_request() == HOUR.total_seconds()


def test_who_took_their_time_before_still_has_a_moment() -> None:
    """A long upload has done nothing wrong; less than was set is never more."""
    with lasting(timedelta(microseconds=1)):
        assert Deadlines(request=HOUR).for_request() == LEAST
        quick = timedelta(milliseconds=5)
        assert Deadlines(request=quick).for_request() == quick.total_seconds()


async def test_what_does_not_close_is_left_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is named in the log; what closes is not spoken of."""

    async def never() -> None:
        await asyncio.Event().wait()

    async def at_once() -> None:
        pass

    with caplog.at_level(logging.WARNING):
        await until(monotonic() - 1, at_once)
        assert caplog.records == []
        await until(monotonic() - 1, never)
    assert "never took too long" in caplog.records[0].getMessage()


def test_the_grace_is_short() -> None:
    """Nobody who waits for a deadline waits noticeably longer."""
    assert OVERTIME < LEAST
