"""What the rows of a funnel say: counts, losses, and the time that people took."""

from collections.abc import Iterable
from datetime import timedelta

from onboarding.journey.model import Funnel, FunnelReport, Step

FunnelRow = tuple[int, int, int, int]
"""Step from 1, people, and the two middle values of the time they took, in µs."""

_MICROSECOND = timedelta(microseconds=1)


def funnel_report(funnel: Funnel, rows: Iterable[FunnelRow]) -> FunnelReport:
    """Make the report from the rows of ``onboarding.journey.sql.funnel_sql``.

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
