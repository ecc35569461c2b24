"""The only reading of the time.

Everything that depends on "now" takes a ``Clock``; tests pass one that
stands still.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from onboarding.errors import ConfigError
from onboarding.shapes import check_instance, is_async, shown

Clock = Callable[[], datetime]
"""Returns the present instant as an aware ``datetime`` in UTC."""


def system_clock() -> datetime:
    """Return the machine's present instant, aware and in UTC."""
    return datetime.now(UTC)


def check_clock(clock: object) -> None:
    """Refuse a clock that does not tell the present instant in UTC.

    Raises:
        ConfigError: With the line to write.
    """
    example = "clock=lambda: datetime.now(UTC), or leave it out"
    check_instance("clock", clock, example)
    if not callable(clock) or is_async(clock):
        raise ConfigError(
            f"clock={shown(clock)} must be a function that returns the present instant "
            f"at once; write {example}"
        )
    now = clock()
    if not isinstance(now, datetime) or now.utcoffset() != timedelta(0):
        raise ConfigError(
            f"clock gives {shown(now)}, which is no aware datetime in UTC, so instants "
            f"would be compared that lie hours apart; write {example}"
        )
