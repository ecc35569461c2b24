"""The net promoter score and how sure it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.feedback.model import Response, Score
from onboarding.feedback.rules import FEWEST, nps
from tests.feedback.history import DAY, START


def said(*scores: int | None, account: str | None = None) -> list[Response]:
    """Return a response for each score, each by a person of their own or all by one."""
    return [
        Response(
            id=f"r{n}",
            account_id=account or f"a{n}",
            prompt="one",
            score=score,
            text="words" if score is None else "",
            given_at=START + n * DAY,
        )
        for n, score in enumerate(scores)
    ]


def test_the_textbook_case() -> None:
    """100 answers at 60/25/15 give 43.7, with an interval from 29.3 to 58.0."""
    score = nps(said(*[9, 10] * 30, *[7] * 13, *[8] * 12, *[0, 3, 6] * 5))
    assert score == Score(
        people=100,
        promoters=60,
        passives=25,
        detractors=15,
        value=pytest.approx(43.7, abs=0.05),
        low=pytest.approx(29.3, abs=0.05),
        high=pytest.approx(58.0, abs=0.05),
    )
    assert score.is_enough


def test_too_few_answers_give_no_figure() -> None:
    """With 29 people there are counts only; one more and there is a figure."""
    few = nps(said(*[10] * (FEWEST - 1)))
    assert (few.people, few.promoters) == (29, 29)
    assert (few.value, few.low, few.high, few.is_enough) == (None, None, None, False)
    assert nps(said(*[10] * FEWEST)).is_enough


def test_each_person_counts_once_with_their_newest_score() -> None:
    """Answering often does not make a voice louder; words alone change no score."""
    score = nps([*said(*[10] * 40, 2, None, account="ann"), *said(9)])
    assert (score.people, score.promoters, score.detractors) == (2, 1, 1)


scores = st.lists(st.none() | st.integers(0, 10), max_size=120)
plenty = st.lists(st.integers(0, 10), min_size=FEWEST, max_size=80)


@given(scores)
def test_the_counts_and_the_interval_hold_together(
    given_scores: list[int | None],
) -> None:
    """Counts add up; the figure lies in its interval, and that on the scale."""
    score = nps(said(*given_scores))
    assert score.people == sum(one is not None for one in given_scores)
    assert score.people == score.promoters + score.passives + score.detractors
    assert score.is_enough == (score.people >= FEWEST)
    if score.value is not None:
        assert score.low is not None
        assert score.high is not None
        assert -100 <= score.low < score.value < score.high <= 100


@given(plenty)
def test_more_answers_of_the_same_kind_are_surer(given_scores: list[int]) -> None:
    """Four times the answers narrow the range."""
    once, often = nps(said(*given_scores)), nps(said(*given_scores * 4))
    assert once.low is not None
    assert once.high is not None
    assert often.low is not None
    assert often.high is not None
    assert often.high - often.low < once.high - once.low
