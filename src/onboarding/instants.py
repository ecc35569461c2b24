"""Instants of clocks that may be wrong: how far apart, and what is recent."""

from datetime import UTC, datetime, timedelta

from onboarding.errors import ConfigError

SET_BACK = timedelta(hours=1)
"""How far a clock may be set back, and two machines be apart, without harm.

An instant further ahead than that was taken by a clock that was wrong: how long ago it
was is not known, and whatever waits for it to be over would wait too long."""


def is_recent(instant: datetime, length: timedelta, now: datetime) -> bool:
    """Tell whether less than ``length`` has passed since an instant.

    What lies far ahead is not recent: see ``SET_BACK``.
    """
    return -SET_BACK <= now - instant < length


def instant_of(value: object, where: str) -> datetime:
    """Return the instant that a column of the host's holds.

    ISO 8601 text or a timestamp, in UTC where it names no zone; or whole Unix seconds,
    milliseconds or microseconds, told apart by their size: as seconds, milliseconds of
    this century would lie beyond the year 5000.

    Args:
        value: What the database gave.
        where: What holds it, for the error.

    Raises:
        ConfigError: When that is no instant.
    """
    found = _read(value)
    if found is None:
        raise ConfigError(
            f"{where} holds {value!r:.40}, which is no instant; keep ISO 8601 text, a "
            "timestamp, or Unix seconds there"
        )
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _read(value: object) -> datetime | None:
    try:
        match value:
            case datetime():
                return value
            case int() if not isinstance(value, bool):
                return datetime.fromtimestamp(_seconds(value), UTC)
            case str():
                return datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _seconds(number: int) -> float:
    for longest in (10**11, 10**14):
        if abs(number) < longest:
            return number / (longest // 10**11)
    return number / 10**6
