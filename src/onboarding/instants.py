"""Instants of clocks that may be wrong: how far apart, and what is recent."""

from datetime import datetime, timedelta

SET_BACK = timedelta(hours=1)
"""How far a clock may be set back, and two machines be apart, without harm.

An instant further ahead than that was taken by a clock that was wrong: how long ago it
was is not known, and whatever waits for it to be over would wait too long."""


def is_recent(instant: datetime, length: timedelta, now: datetime) -> bool:
    """Tell whether less than ``length`` has passed since an instant.

    What lies far ahead is not recent: see ``SET_BACK``.
    """
    return -SET_BACK <= now - instant < length
