"""What the shopkeeper's drawings and tables show, worked out from counts. Pure.

A number that cannot be trusted yet is not shown: under thirty people or answers
there are counts and no percentages, no score and no verdict.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from onboarding.types import FunnelReport, Response, Score

ENOUGH = 30
"""Under this many, a share says more about chance than about people."""

HEIGHT = 58
"""How high the tallest bar of the scores stands."""


# ── the path to an order ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One step of the path, as it is drawn.

    Attributes:
        share: Of the first step, in per cent.
        before: The step before, of the first, in per cent: the pale tail.
        lost: How many of the step before did not get here.
        lost_share: The same in per cent of the step before; None when that is few.
        median: Time since the step before; None where nobody got here.
        is_worst: Whether to look here first.
    """

    event: str
    people: int
    share: float
    before: float
    lost: int
    lost_share: int | None
    median: timedelta | None
    is_worst: bool


def draw_path(report: FunnelReport) -> list[Bar]:
    """Return the bars of a funnel; one at most is the worst, and only of enough."""
    steps = report.steps
    first = max(steps[0].people, 1)
    befores = [steps[0].people, *(step.people for step in steps[:-1])]
    return [
        Bar(
            event=step.event,
            people=step.people,
            share=round(100 * step.people / first, 1),
            before=round(100 * before / first, 1),
            lost=step.dropped,
            lost_share=round(100 * step.dropped / before) if before >= ENOUGH else None,
            median=step.median,
            is_worst=step is report.worst and before >= ENOUGH,
        )
        for step, before in zip(steps, befores, strict=True)
    ]


# ── net promoter score ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """The range of a net promoter score on a line from -100 to 100, in per cent."""

    low: float
    mark: float
    reach: float


def draw_range(score: Score) -> Gauge | None:
    """Return where the range and the score stand, or None when there is no score."""
    if score.value is None or score.low is None or score.high is None:
        return None
    return Gauge(
        low=round((score.low + 100) / 2, 1),
        mark=round((score.value + 100) / 2, 1),
        reach=round((score.high - score.low) / 2, 1),
    )


def draw_scores(responses: Iterable[Response]) -> list[tuple[int, float]]:
    """Return how many gave each score from 0 to 10, and how high its bar stands.

    Each person counts once, with the newest score, as in the net promoter score.

    Args:
        responses: Oldest first.
    """
    newest = {r.account_id: r.score for r in responses if r.score is not None}
    counts = Counter(newest.values())
    tallest = max(counts.values(), default=1)
    return [(counts[n], round(HEIGHT * counts[n] / tallest, 1)) for n in range(11)]


def share(part: int, whole: int) -> float:
    """Return a part in per cent of the whole; nothing of nothing is nothing."""
    return 100 * part / whole if whole else 0.0
