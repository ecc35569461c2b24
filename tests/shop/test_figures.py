"""What the shopkeeper's drawings show."""

from datetime import UTC, datetime, timedelta

import pytest

from examples.shop.figures import draw_path, draw_range, draw_scores, share
from examples.shop.welcome import PATH
from onboarding.feedback.model import Response
from onboarding.feedback.rules import nps
from onboarding.journey.model import FunnelReport, Step

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def report(*people: int) -> FunnelReport:
    """Return a report on the path with so many people at each step."""
    befores = (people[0], *people)
    return FunnelReport(
        funnel=PATH,
        steps=tuple(
            Step(
                event=event.name,
                people=count,
                dropped=before - count,
                median=timedelta(minutes=1),
            )
            for event, count, before in zip(PATH.steps, people, befores, strict=False)
        ),
    )


def said(score: int | None, who: str = "") -> Response:
    """Return what somebody said."""
    return Response(
        id=f"r{who}{score}",
        account_id=who or f"a{score}",
        prompt="first-order",
        score=score,
        given_at=NOW,
    )


def test_a_bar_is_a_share_of_the_first_step() -> None:
    """Bars shrink with the people, and the pale tail is as long as the step before."""
    bars = draw_path(report(200, 150, 120, 100, 40))
    assert [bar.share for bar in bars] == [100, 75, 60, 50, 20]
    assert [bar.before for bar in bars] == [100, 100, 75, 60, 50]
    assert [bar.lost for bar in bars] == [0, 50, 30, 20, 60]
    assert [bar.lost_share for bar in bars] == [0, 25, 20, 17, 60]


def test_the_worst_step_lies_before_the_order() -> None:
    """Not keeping an order is no loss: only steps up to the order are judged."""
    bars = draw_path(report(200, 150, 120, 100, 10))
    assert [bar.is_worst for bar in bars] == [False, True, False, False, False]


def test_few_people_are_not_judged() -> None:
    """Under thirty people nothing is a share and nothing is the worst."""
    bars = draw_path(report(29, 3, 2, 1, 0))
    assert [bar.lost_share for bar in bars] == [None] * 5
    assert not any(bar.is_worst for bar in bars)


def test_nobody_at_all_can_be_drawn() -> None:
    """An empty path is five bars of nothing."""
    bars = draw_path(report(0, 0, 0, 0, 0))
    assert [(bar.people, bar.lost) for bar in bars] == [(0, 0)] * 5


def test_a_range_stands_on_its_line() -> None:
    """The line goes from -100 to 100, and the score stands within its range."""
    score = nps(
        [said(n, f"a{i}") for i, n in enumerate([10] * 60 + [7] * 25 + [3] * 15)]
    )
    gauge = draw_range(score)
    assert gauge is not None
    assert gauge.low == pytest.approx((29.3 + 100) / 2, abs=0.1)
    assert gauge.low < gauge.mark < gauge.low + gauge.reach < 100


def test_without_enough_answers_there_is_no_range() -> None:
    """Twenty-nine answers give no figure at all."""
    assert draw_range(nps([said(10, f"a{i}") for i in range(29)])) is None


def test_a_person_counts_once_with_the_newest_score() -> None:
    """The histogram counts people as the score does, and words alone not at all."""
    bars = draw_scores(
        [said(2, "kim"), said(9, "kim"), said(9, "lou"), said(None, "x")]
    )
    assert [count for count, _ in bars] == [0] * 9 + [2, 0]
    assert max(height for _, height in bars) == bars[9][1]


@pytest.mark.parametrize(("part", "whole", "found"), [(1, 4, 25.0), (0, 0, 0.0)])
def test_a_share_of_nothing_is_nothing(part: int, whole: int, found: float) -> None:
    """Dividing by nobody gives no error."""
    assert share(part, whole) == found
