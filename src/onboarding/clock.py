"""The only reading of the time.

Everything that depends on "now" takes a ``Clock``; tests pass one that
stands still.
"""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present instant as an aware ``datetime`` in UTC."""


def system_clock() -> datetime:
    """Return the machine's present instant, aware and in UTC."""
    return datetime.now(UTC)
