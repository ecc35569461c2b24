"""The reference that counts a funnel, compared with trying every way."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from onboarding.events import Entry, Event
from onboarding.journey.model import Funnel, FunnelReport
from onboarding.journey.rules import funnel_report
from tests.journey.reference import count_funnel, survivor
from tests.journey.walks import (
    FUNNEL,
    HOUR,
    PATH,
    START,
    AddressGiven,
    CartFilled,
    OrderPlaced,
    funnels,
    log,
    logs,
    merges,
    periods,
    walked,
)


def count(
    *walk: tuple[str, type[Event], float], merged: dict[str, str] | None = None
) -> FunnelReport:
    """Count FUNNEL over a day."""
    return count_funnel(
        log(*walk), merged or {}, FUNNEL, since=START, until=START + 24 * HOUR
    )


def people(report: FunnelReport) -> list[int]:
    """Return how many people reached each step."""
    return [step.people for step in report.steps]


@given(logs, merges, funnels, periods)
def test_it_finds_exactly_who_walked_the_path(
    entries: list[Entry],
    merged: dict[str, str],
    funnel: Funnel,
    period: tuple[datetime, datetime],
) -> None:
    """A person counts for a step when some choice of their events leads to it."""
    since, until = period
    report = count_funnel(entries, merged, funnel, since=since, until=until)
    by_person: dict[str, list[Entry]] = {}
    for entry in entries:
        by_person.setdefault(survivor(entry.account_id, merged), []).append(entry)
    expected = [
        sum(
            walked(own, _upto(funnel, length), since, until)
            for own in by_person.values()
        )
        for length in range(2, len(funnel.steps) + 1)
    ]
    first = sum(
        any(e.name == funnel.steps[0].name and since <= e.at < until for e in own)
        for own in by_person.values()
    )
    assert people(report) == [first, *expected]


def _upto(funnel: Funnel, length: int) -> Funnel:
    return Funnel(name="part", steps=funnel.steps[:length], within=funnel.within)


@given(logs, merges, funnels, periods)
def test_the_report_is_consistent_in_itself(
    entries: list[Entry],
    merged: dict[str, str],
    funnel: Funnel,
    period: tuple[datetime, datetime],
) -> None:
    """People only get fewer, drops add up, and no step outlasts the window."""
    report = count_funnel(entries, merged, funnel, since=period[0], until=period[1])
    for before, step in zip(report.steps, report.steps[1:], strict=False):
        assert step.dropped == before.people - step.people >= 0
        assert (step.median is None) == (step.people == 0)
        assert step.median is None or timedelta(0) <= step.median <= funnel.within


def test_a_second_try_inside_the_window_counts() -> None:
    """The latest start is carried along: an old one must not hide a fresh one."""
    report = count(
        ("ann", CartFilled, 0),
        ("ann", AddressGiven, 1),
        ("ann", CartFilled, 4),
        ("ann", AddressGiven, 4.5),
        ("ann", OrderPlaced, 5),
    )
    assert people(report) == [1, 1, 1]


def test_steps_in_the_wrong_order_do_not_count() -> None:
    """An address before the cart is no step from the cart to the address."""
    report = count(("ann", AddressGiven, 0), ("ann", CartFilled, 1))
    assert people(report) == [1, 0, 0]


def test_the_window_is_inclusive_and_ends() -> None:
    """Exactly ``within`` after the start still counts; a moment later does not."""
    exact = [("ann", CartFilled, 0.0), ("ann", AddressGiven, 3.0)]
    late = [("bob", CartFilled, 0.0), ("bob", AddressGiven, 3.001)]
    assert people(count(*exact, *late)) == [2, 1, 0]


def test_a_guest_who_was_merged_twice_is_one_person() -> None:
    """A chain of merges leads to the last survivor, and the path goes on there."""
    report = count(
        ("guest", CartFilled, 0),
        ("other", AddressGiven, 1),
        ("owner", OrderPlaced, 2),
        merged={"guest": "other", "other": "owner"},
    )
    assert people(report) == [1, 1, 1]


def test_the_time_is_since_the_latest_step_before() -> None:
    """Looking at the cart again just before giving an address makes that step short."""
    report = count(
        ("ann", CartFilled, 0),
        ("ann", CartFilled, 1),
        ("ann", AddressGiven, 1.5),
    )
    assert report.steps[1].median == HOUR / 2


@pytest.mark.parametrize(
    ("hours", "expected"),
    [([1.0], 1.0), ([1.0, 2.0], 1.5), ([0.5, 1.0, 3.0], 1.0), ([0, 1, 2, 3], 1.5)],
    ids=["one", "even", "odd", "four"],
)
def test_the_median_is_the_middle_of_the_people(
    hours: list[float], expected: float
) -> None:
    """Of an even number of people it lies between the two in the middle."""
    walks = [(f"p{n}", CartFilled, 0.0) for n in range(len(hours))]
    walks += [(f"p{n}", AddressGiven, hour) for n, hour in enumerate(hours)]
    assert count(*walks).steps[1].median == expected * HOUR


def test_the_worst_step_is_where_most_people_are_lost() -> None:
    """Steps after the goal are optional, and never the worst."""
    rows = [(1, 100, 0, 0), (2, 70, 0, 0), (3, 20, 0, 0)]
    to_order = funnel_report(FUNNEL, rows)
    assert to_order.worst is not None
    assert to_order.worst.event == "order_placed"
    goal = Funnel(name="order", steps=PATH, goal=AddressGiven)
    to_address = funnel_report(goal, rows)
    assert to_address.worst is not None
    assert to_address.worst.event == "address_given"


def test_nobody_lost_means_no_worst_step() -> None:
    """A path that everybody walks to its end has nothing to look at first."""
    assert funnel_report(FUNNEL, [(n, 5, 0, 0) for n in (1, 2, 3)]).worst is None
    assert funnel_report(FUNNEL, []).worst is None
