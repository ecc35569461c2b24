"""When a delivery is tried again, and what sinks are called."""

from onboarding.background import LONGEST_RETRY, retry_after
from onboarding.events import Entry
from onboarding.sinks.rules import (
    LONGEST_REST,
    LOUD_AFTER,
    is_milestone,
    rest_after,
    sink_names,
)
from onboarding.testing.sinks import RecordingSink


def test_the_wait_doubles_and_ends() -> None:
    """Five seconds, ten, twenty; and six hours even after a year of failures."""
    assert [retry_after(tries).total_seconds() for tries in (0, 1, 2)] == [5, 10, 20]
    assert retry_after(20) == retry_after(100_000) == LONGEST_RETRY


async def a_sink(_: Entry) -> None:
    """Do nothing with an event."""


def test_sinks_are_named_by_what_they_are_made_of() -> None:
    """Names survive a restart, and two of one kind are still two."""
    names = sink_names([RecordingSink(), a_sink, RecordingSink()])
    assert names == [
        "onboarding.testing.sinks.RecordingSink",
        f"{__name__}.a_sink",
        "onboarding.testing.sinks.RecordingSink#2",
    ]
    assert all(" " not in name for name in names)


def test_a_night_of_failures_is_told_a_few_times() -> None:
    """At 5, 10, 20 and so on."""
    told = [failures for failures in range(10_000) if is_milestone(failures)]
    assert told == [5 * 2**n for n in range(11)]


def test_a_rest_is_short_at_first_and_never_long() -> None:
    """No longer than what the event itself waits, so that one alone sees the return."""
    rests = [rest_after(LOUD_AFTER + n).total_seconds() for n in range(5)]
    assert rests == [5, 10, 20, 40, 60]
    assert rest_after(100_000) == LONGEST_REST
    assert all(
        rest_after(failures) <= retry_after(failures - 1) for failures in range(1, 50)
    )
