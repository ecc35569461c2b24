"""A funnel that makes no sense fails where it is written."""

from datetime import timedelta
from typing import Any

import pytest

from onboarding.errors import ConfigError
from onboarding.events import Event
from onboarding.journey.model import Funnel
from onboarding.journey.rules import funnel_report
from tests.journey.walks import AddressGiven, CartFilled, OrderPlaced

STEPS = (CartFilled, OrderPlaced)


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "one step": ({"steps": (CartFilled,)}, "at least two"),
    "no step": ({"steps": ()}, "at least two"),
    "a name": ({"steps": (CartFilled, "order_placed")}, "write the class"),
    "an event": ({"steps": (CartFilled, OrderPlaced())}, "write the class"),
    "the base": ({"steps": (CartFilled, Event)}, "write the class"),
    "no time": ({"steps": STEPS, "within": timedelta(0)}, "within"),
    "time back": ({"steps": STEPS, "within": timedelta(days=-1)}, "within"),
    "first as goal": ({"steps": STEPS, "goal": CartFilled}, "goal"),
    "foreign goal": ({"steps": STEPS, "goal": AddressGiven}, "goal"),
    "odd name": ({"steps": STEPS, "name": "Order funnel"}, "lower case"),
}


@pytest.mark.parametrize(("wrong", "advice"), WRONG.values(), ids=WRONG)
def test_a_funnel_says_what_to_write_instead(
    wrong: dict[str, Any], advice: str
) -> None:
    """Every mistake is a ConfigError that names the funnel and the way out."""
    with pytest.raises(ConfigError, match=advice):
        Funnel(**{"name": "order", **wrong})


def test_two_events_of_one_name_are_refused() -> None:
    """The log knows events by name; the sentence says where both classes stand."""

    class AlsoPlaced(Event):
        name = "order_placed"

    with pytest.raises(ConfigError, match=r"walks\.OrderPlaced and .*AlsoPlaced"):
        Funnel(name="order", steps=(OrderPlaced, AlsoPlaced))


def test_a_step_may_stand_there_again() -> None:
    """The goal is the last of them, and what is lost before it is a loss."""
    funnel = Funnel(name="again", steps=(OrderPlaced, OrderPlaced))
    report = funnel_report(funnel, [(1, 5, 0, 0), (2, 2, 7, 7)])
    assert report.worst == report.steps[1]
    assert report.steps[1].dropped == 3


def test_steps_may_be_a_list() -> None:
    """What a host writes as a list is kept as a tuple, so a funnel stays frozen."""
    funnel = Funnel(name="order", steps=[CartFilled, OrderPlaced])  # type: ignore[arg-type]  # hosts do
    assert funnel.steps == STEPS
