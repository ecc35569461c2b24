"""A prompt that cannot be meant fails where it is written."""

from datetime import timedelta
from typing import Any

import pytest

from onboarding.errors import ConfigError
from onboarding.events import Event
from onboarding.feedback.model import Prompt, Response
from tests.feedback.history import START, OrderPlaced

WRONG: dict[str, tuple[dict[str, object], str]] = {
    "capitals": ({"name": "First"}, "lower case"),
    "a slash": ({"name": "first/order"}, "lower case"),
    "no name": ({"name": ""}, "lower case"),
    "too long": ({"name": "x" * 65}, "lower case"),
    "a name for an event": ({"after": "order_placed"}, "no class of event"),
    "an event": ({"after": OrderPlaced()}, "no class of event"),
    "the base": ({"after": Event}, "no class of event"),
    "zeroth": ({"nth": 0}, "from 1"),
    "before": ({"delay": timedelta(seconds=-1)}, "delay"),
    "never due": ({"expires": timedelta(0)}, "expires"),
    "cooled before": ({"cooldown": timedelta(days=-1)}, "cooldown"),
    "less than none": ({"sample": -0.1}, "between 0 and 1"),
    "more than all": ({"sample": 1.1}, "between 0 and 1"),
    "no number": ({"sample": float("nan")}, "between 0 and 1"),
}


@pytest.mark.parametrize(("wrong", "advice"), WRONG.values(), ids=WRONG)
def test_a_prompt_says_what_to_write_instead(
    wrong: dict[str, Any], advice: str
) -> None:
    """Every mistake is a ConfigError that names the prompt and the way out."""
    right = {"name": "first-order", "after": OrderPlaced}
    with pytest.raises(ConfigError, match=advice):
        Prompt(**right | wrong)


def test_the_preset_asks_the_net_promoter_question() -> None:
    """Its words are keys of our locales, and everything about time stays settable."""
    week = timedelta(days=7)
    prompt = Prompt.nps(
        "yearly",
        after=OrderPlaced,
        nth=2,
        delay=week,
        expires=2 * week,
        cooldown=52 * week,
        sample=0.5,
    )
    assert prompt == Prompt(
        name="yearly",
        after=OrderPlaced,
        nth=2,
        delay=week,
        expires=2 * week,
        cooldown=52 * week,
        sample=0.5,
        question="prompt.nps.question",
        low="prompt.nps.low",
        high="prompt.nps.high",
    )
    own = Prompt.nps("yearly", after=OrderPlaced, question="Would you send a friend?")
    assert own.question == "Would you send a friend?"


def test_a_response_hides_what_was_said() -> None:
    """Words of people do not reach a log by way of a repr."""
    response = Response(
        id="r", account_id="a", prompt="p", text="secret", given_at=START, reply="hush"
    )
    assert "secret" not in repr(response)
    assert "hush" not in repr(response)
