"""The clock that stands still."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from onboarding.clock import Clock
from onboarding.testing import FrozenClock


def test_it_stands_still_until_it_is_moved() -> None:
    """It tells one instant, advances by durations, and jumps to instants."""
    frozen = FrozenClock(datetime(2026, 2, 3, tzinfo=UTC))
    clock: Clock = frozen
    assert clock() == clock() == datetime(2026, 2, 3, tzinfo=UTC)
    frozen.advance(timedelta(hours=1))
    assert clock() == datetime(2026, 2, 3, 1, tzinfo=UTC)
    frozen.advance(timedelta(days=-1))
    assert clock() == datetime(2026, 2, 2, 1, tzinfo=UTC)
    frozen.set(datetime(2020, 1, 1, tzinfo=UTC))
    assert clock() == datetime(2020, 1, 1, tzinfo=UTC)
    assert repr(frozen) == "FrozenClock(2020-01-01T00:00:00+00:00)"


def test_it_tells_utc_whatever_it_is_given() -> None:
    """An instant of another zone is told in UTC."""
    clock = FrozenClock(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2))))
    assert clock().isoformat() == "2025-12-31T22:00:00+00:00"


def test_it_refuses_naive_instants() -> None:
    """A datetime without a zone is no instant."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001  # the mistake that is refused
    with pytest.raises(ValueError, match="tzinfo"):
        FrozenClock(naive)
    with pytest.raises(ValueError, match="tzinfo"):
        FrozenClock().set(naive)
