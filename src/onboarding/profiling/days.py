"""Which types of answers are days or instants; pydantic's own are classes apart."""

from datetime import date, datetime

from pydantic import (
    AwareDatetime,
    FutureDate,
    FutureDatetime,
    NaiveDatetime,
    PastDate,
    PastDatetime,
)

DAYS = (date, PastDate, FutureDate)
INSTANTS = (datetime, PastDatetime, FutureDatetime, AwareDatetime, NaiveDatetime)


def is_day(kind: object) -> bool:
    """Tell whether answers of a type are days of the calendar."""
    return any(kind is day for day in DAYS)


def is_instant(kind: object) -> bool:
    """Tell whether answers of a type are instants: a day with a time."""
    return any(kind is instant for instant in INSTANTS)


def far_days(kind: object) -> set[date]:
    """Return a day long gone and one far ahead, for types that look at the clock.

    What is near the present day such a type takes today and may refuse tomorrow.
    """
    if kind in (date, datetime, AwareDatetime, NaiveDatetime):
        return set()
    return {date(1000, 1, 1), date(9000, 1, 1)}
