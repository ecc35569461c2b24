"""Answers that grow old sooner than attention lets their question come again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

import pytest
from pydantic import create_model

from onboarding.attention.model import AttentionPolicy
from onboarding.core import Core
from onboarding.errors import ConfigError
from onboarding.profiling.model import Ask, Feature
from onboarding.segments.model import Answered

WEEK, TEN_DAYS = timedelta(days=7), timedelta(days=10)
NEEDS, WANTS = Feature("near", needs=["town"]), Feature("near", wants=["town"])
LIVES_HERE = Answered("town", is_in=["here"])


DOOR = Feature("door", needs=["street"])


def build(
    feature: Feature,
    ages: Mapping[str, timedelta],
    door: Feature = DOOR,
    **policy: timedelta,
) -> Core[Any]:
    """Build an application with one answer that grows old."""
    town = Ask("Where do you live?", why="For the nearest shop.", **ages)  # type: ignore[arg-type]  # made of data
    street = Ask("Which street?", why="For the door.", when=LIVES_HERE)
    return Core(
        url="https://shop.example/welcome",
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        mailer=None,
        profile=create_model(
            "Profile",
            town=(Annotated[Literal["here", "there"] | None, town], None),
            street=(Annotated[str | None, street], None),
        ),
        features=[feature, door],
        attention=AttentionPolicy(**policy),  # type: ignore[arg-type]  # made of data
    )


@pytest.mark.parametrize("feature", [NEEDS, WANTS], ids=["needed", "wanted"])
def test_a_soft_question_could_not_come_when_it_is_said_to(feature: Feature) -> None:
    """Also of a need: that it is still right is always asked softly."""
    told = (
        r"Feature 'near': an answer to 'town' is asked for again after "
        r"timedelta\(days=10\) \(Ask\.fresh_for\), but softly it comes again after "
        r"timedelta\(days=11\) \(AttentionPolicy\.item_gap\)"
    )
    with pytest.raises(ConfigError, match=told):
        build(feature, {"fresh_for": TEN_DAYS}, item_gap=timedelta(days=11))
    assert build(feature, {"fresh_for": TEN_DAYS}, item_gap=TEN_DAYS)


def test_an_answer_that_is_only_wanted_would_lapse_unasked() -> None:
    """Nobody could be asked for it between its end and the end of the gap."""
    told = (
        r"'town', which no need asks for, counts for timedelta\(days=6\) "
        r"\(Ask\.valid_for\).*; make it that long at least, or item_gap shorter"
    )
    short = {"valid_for": timedelta(days=6)}
    with pytest.raises(ConfigError, match=told):
        build(WANTS, short)  # a week is what attention has by default
    assert build(WANTS, {"valid_for": WEEK})
    assert build(WANTS, short, item_gap=timedelta(days=6))


def test_what_decides_about_a_want_is_asked_as_softly() -> None:
    """A guard's question is wanted as what it guards is."""
    with pytest.raises(ConfigError, match="Feature 'door': an answer to 'town'"):
        build(
            NEEDS, {"valid_for": timedelta(days=6)}, Feature("door", wants=["street"])
        )


def test_the_gap_between_any_two_counts_as_well() -> None:
    """The longer of the two keeps the question back."""
    with pytest.raises(ConfigError, match=r"AttentionPolicy\.any_gap"):
        build(NEEDS, {"fresh_for": TEN_DAYS}, any_gap=timedelta(days=11))


def test_what_a_need_asks_for_waits_for_nothing() -> None:
    """Whoever opens the feature is asked at once, so its answer may be a short one."""
    assert build(NEEDS, {"valid_for": timedelta(minutes=1)})
