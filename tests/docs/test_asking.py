"""The guides on questions and opinions do what they say."""

from datetime import timedelta

import pytest

from onboarding import Event, Onboarding
from onboarding.testing import FrozenClock
from tests.docs.pages import Running

pytestmark = pytest.mark.anyio

QUESTIONS = "docs/how-to/questions.md"
OPINIONS = "docs/how-to/opinions.md"


async def test_a_guarded_question_comes_when_it_makes_sense(running: Running) -> None:
    """A hero is asked of who likes adventures, and of nobody else."""
    example = running(QUESTIONS)["shelf.py"]
    onboarding: Onboarding = example.onboarding
    async with onboarding:
        account = (await onboarding.guests.start()).account
        ask = onboarding.profiling.submit
        await ask(account, {"genre": "novel"}, feature="shelf")
        assert (await onboarding.profiling.decide(account, "shelf")).is_open
        assert "novel" == await example.shelf(account)
        await ask(account, {"genre": "adventure"}, feature="shelf")
        decision = await onboarding.profiling.decide(account, "shelf")
        assert ("hero",) == decision.page
        said = await ask(account, {"hero": "tintin"}, feature="shelf")
        assert "Write the name with a capital." == said.invalid[0].problem
        await ask(account, {"hero": "Tintin"}, feature="shelf")
        assert "Tintin" == await example.shelf(account)
        assert "genre: guest" in (await example.sources(account))[0]


async def test_each_type_has_the_look_that_is_told(running: Running) -> None:
    """Options, a line, a day, a scale."""
    controls = running(QUESTIONS)["shelf.py"].onboarding.catalogue.controls
    looks = {name: control.kind for name, control in controls.items()}
    assert {
        "genre": "choice",
        "hero": "text",
        "birthday": "date",
        "appetite": "scale",
    } == looks


async def test_an_opinion_is_asked_answered_and_counted(running: Running) -> None:
    """After a day, once; the reply closes it; the figure waits for answers enough."""
    example = running(OPINIONS)[""]
    clock = FrozenClock()
    onboarding = Onboarding(
        url=example.onboarding.url,
        secret_key="keep 32 random bytes or more outside your code",
        database="memory:",
        mailer=None,
        prompts=example.onboarding.prompts,
        clock=clock,
    )
    example.onboarding = onboarding  # the same, but with a clock that can be moved
    async with onboarding:
        account = (await onboarding.guests.start()).account
        await onboarding.record(account, happened(example, "ParcelArrived"))
        assert "too_early" == (await example.why(account))["parcel"]
        clock.advance(timedelta(days=1))
        due = await onboarding.feedback.due(account, "today")
        assert due is not None
        assert "parcel" == due.name
        await onboarding.feedback.respond(
            account, "parcel", score=10, text="Dry.", visit="today"
        )
        assert ["10: Dry."] == await example.unanswered()
        await example.reply_to_all("Good to hear.", "Ada")
        assert [] == await example.unanswered()
        assert "0 answers are too few for a figure" == await example.score()


async def test_the_third_order_is_the_moment(running: Running) -> None:
    """Not the first, and not the second."""
    example = running(OPINIONS)[""]
    async with example.onboarding as onboarding:
        account = (await onboarding.guests.start()).account
        for order in range(1, 4):
            await onboarding.record(account, happened(example, "OrderPlaced"))
            standing = (await example.why(account))["third-order"]
            assert ("due" if order == 3 else "not_happened") == standing


def happened(example: object, name: str) -> Event:
    """Return one of the example's events."""
    event: Event = getattr(example, name)()
    return event
