"""Which types of answers are days or instants; pydantic's own are classes apart."""

from datetime import UTC, date, datetime, timedelta

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


def around_today(kind: object) -> set[date]:
    """Return days about which a type that looks at the clock changes its mind.

    pydantic asks the clock of the machine, in its zone.
    """
    if kind in (date, datetime, AwareDatetime, NaiveDatetime):
        return set()
    today = datetime.now(UTC).date()
    return {today + timedelta(days=days) for days in (-2, 0, 2)}
