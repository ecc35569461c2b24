"""How long something is kept that an erasure leaves: its retention period."""

from datetime import timedelta

from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.shapes import check_value


@dataclass(frozen=True, slots=True)
class After:
    """So long after the instant in a column of the row; each row has its own end.

    The column holds an instant as the database writes it: on SQLite text (ISO 8601,
    UTC where it names no zone) or a number since 1970 (of seconds, or of milli-, micro-
    or nanoseconds), on PostgreSQL a timestamp, a date or such a number. A row without
    one stays for ever.

    Args:
        column: The column, such as ``placed_at``.
        duration: How long after it. Where a law counts from the end of the year, a year
            more keeps to it.
    """

    column: str
    duration: timedelta

    def __post_init__(self) -> None:
        check_value("After: column", self.column, str, example='"placed_at"')
        example = "timedelta(days=3653)"
        check_value("After: duration", self.duration, timedelta, example=example)
        if self.duration <= timedelta(0):
            raise ConfigError(
                f"After: duration={self.duration!r} is over as it begins, so that "
                f"nothing would be kept; write duration={example}, or DeleteRows()"
            )
