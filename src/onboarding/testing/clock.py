"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Tells the same instant until it is moved; fits wherever a ``Clock`` is asked.

    Args:
        at: The first instant it tells; aware, any time zone.

    Raises:
        ValueError: When the instant is naive.
    """

    def __init__(self, at: datetime = datetime(2026, 1, 1, 12, tzinfo=UTC)) -> None:
        self.set(at)

    def __call__(self) -> datetime:
        """Return the instant at which the clock stands, aware and in UTC."""
        return self._now

    def set(self, at: datetime) -> None:
        """Put the clock at an instant, earlier ones included.

        Raises:
            ValueError: When the instant is naive.
        """
        if at.tzinfo is None:
            raise ValueError("a clock tells aware instants: give the datetime a tzinfo")
        self._now = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move the clock by a duration; a negative one moves it back."""
        self._now += by

    def __repr__(self) -> str:
        return f"FrozenClock({self._now.isoformat()})"
