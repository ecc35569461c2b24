"""Instants as integers and back: microseconds since 1970, exact."""

from datetime import datetime, timedelta

from onboarding.events import EPOCH

Value = str | int | None
"""What a column holds."""

Values = tuple[Value, ...]
"""What one row holds, or one statement is given."""


def to_us(instant: datetime) -> int:
    """Return the microseconds since 1970 of an aware instant."""
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_us(us: int) -> datetime:
    """Return the instant, in UTC."""
    # Positional, for speed: days, seconds, microseconds. A float of seconds
    # (datetime.fromtimestamp) would lose microseconds.
    return EPOCH + timedelta(0, 0, us)


def to_us_or_none(instant: datetime | None) -> int | None:
    """Return the microseconds since 1970, None for none."""
    return None if instant is None else to_us(instant)


def from_us_or_none(us: int | None) -> datetime | None:
    """Return the instant in UTC, None for none."""
    return None if us is None else from_us(us)
