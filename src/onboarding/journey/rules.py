"""How a funnel counts: the reference that every store's answer is compared with.

A person reaches step *n* when events of steps 1 to *n* lie in order, the first in
[since, until), the last no more than ``within`` after it. Events of the same instant
are in the order of their ids.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median_high, median_low

from onboarding.events import Entry
from onboarding.journey.model import Funnel, FunnelReport, Step

FunnelRow = tuple[int, int, int, int]
"""Step from 1, people, and the two middle values of the time they took, in µs."""

_MICROSECOND = timedelta(microseconds=1)


def count_funnel(
    entries: Iterable[Entry],
    merged_into: Mapping[str, str],
    funnel: Funnel,
    *,
    since: datetime,
    until: datetime,
) -> FunnelReport:
    """Count who reached which step of a funnel, and how long they took.

    Args:
        entries: The log, in any order; events of other names are passed over.
        merged_into: Who took over, by the id of each account that was merged.
    """
    numbers = {step.name: number for number, step in enumerate(funnel.steps, 1)}
    walks: dict[str, _Walk] = {}
    for entry in sorted(entries, key=lambda entry: (entry.at, entry.id)):
        number = numbers.get(entry.name, 0)
        if number == 0 or entry.at < since or (number == 1 and entry.at >= until):
            continue
        person = survivor(entry.account_id, merged_into)
        walks.setdefault(person, _Walk(funnel.within)).reach(number, entry.at)
    took = {
        number: [walk.took[number] for walk in walks.values() if number in walk.took]
        for number in numbers.values()
    }
    return funnel_report(
        funnel,
        [
            (n, len(all_), median_low(all_), median_high(all_))
            for n, all_ in took.items()
            if all_
        ],
    )


def survivor(account_id: str, merged_into: Mapping[str, str]) -> str:
    """Return the account that an account has become, itself when never merged."""
    while account_id in merged_into:
        account_id = merged_into[account_id]
    return account_id


def funnel_report(funnel: Funnel, rows: Iterable[FunnelRow]) -> FunnelReport:
    """Make the report from the rows of :func:`onboarding.journey.sql.funnel_sql`.

    Args:
        rows: One for each step that somebody reached, in any order.
    """
    found = {row[0]: row for row in rows}
    steps: list[Step] = []
    for number, event in enumerate(funnel.steps, 1):
        _, people, low, high = found.get(number, (number, 0, 0, 0))
        timed = number > 1 and people > 0
        steps.append(
            Step(
                event=event.name,
                people=people,
                dropped=steps[-1].people - people if steps else 0,
                median=(low + high) * _MICROSECOND / 2 if timed else None,
            )
        )
    return FunnelReport(funnel=funnel, steps=tuple(steps))


@dataclass(slots=True)
class _Walk:
    """One person's way through a funnel so far, by the number of the step."""

    within: timedelta
    start: dict[int, datetime] = field(default_factory=dict)
    last: dict[int, datetime] = field(default_factory=dict)
    took: dict[int, int] = field(default_factory=dict)

    def reach(self, number: int, at: datetime) -> None:
        """Take one event; a later start replaces an earlier one, see journey/sql.py."""
        start = at if number == 1 else self.start.get(number - 1)
        if start is None or at - start > self.within:
            return
        took = (at - self.last.get(number - 1, at)) // _MICROSECOND
        self.took[number] = min(took, self.took.get(number, took))
        self.start[number], self.last[number] = start, at
