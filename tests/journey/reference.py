"""How a funnel counts, in Python: what every store's answer is compared with.

A person reaches step *n* when events of steps 1 to *n* lie in order, the first in
[since, until), the last no more than ``within`` after it. The order is that of their
ids: a clock may be set back between two, by an hour at the most. One event is one
step: where a step stands in the funnel again, it takes another event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median_high, median_low

from onboarding.events import Entry
from onboarding.instants import SET_BACK
from onboarding.journey.model import Funnel, FunnelReport
from onboarding.journey.rules import funnel_report

MICROSECOND = timedelta(microseconds=1)


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
    numbers: dict[str, list[int]] = {}
    for number, step in enumerate(funnel.steps, 1):
        numbers.setdefault(step.name, []).insert(0, number)
    walks: dict[str, _Walk] = {}
    for entry in sorted(entries, key=lambda entry: entry.id):
        # The later step first, so that one event is never two steps of a walk.
        for number in numbers.get(entry.name, ()):
            if number == 1 and not since <= entry.at < until:
                continue
            if entry.at < since - SET_BACK:
                continue
            person = survivor(entry.account_id, merged_into)
            walks.setdefault(person, _Walk(funnel.within)).reach(number, entry.at)
    took = {
        number: [walk.took[number] for walk in walks.values() if number in walk.took]
        for number in range(1, len(funnel.steps) + 1)
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
        took = max(0, (at - self.last.get(number - 1, at)) // MICROSECOND)
        self.took[number] = min(took, self.took.get(number, took))
        self.start[number] = max(start, self.start.get(number, start))
        self.last[number] = max(start, at, self.last.get(number, at))
