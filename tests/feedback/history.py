"""People who did and said things: what the tests of feedback decide about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from hypothesis import strategies as st

from onboarding.attention.model import Act, Attention, AttentionPolicy, prompt_item
from onboarding.attention.rules import allowance
from onboarding.events import Event
from onboarding.feedback.model import History, Moment, Prompt, PromptStatus, Response
from onboarding.feedback.rules import due, why

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HERE = "this visit"


class OrderPlaced(Event):
    """Somebody bought."""

    name: ClassVar[str] = "order_placed"


class OrderDelivered(Event):
    """Somebody has it at home."""

    name: ClassVar[str] = "order_delivered"


FIRST = Prompt.nps("first-order", after=OrderPlaced)


@dataclass(frozen=True)
class Person:
    """One account with its past; days count from the start."""

    moments: tuple[Moment, ...] = ()
    responses: tuple[Response, ...] = ()
    ledger: tuple[Attention, ...] = ()
    account_id: str = "ann"
    policy: AttentionPolicy = AttentionPolicy()  # noqa: RUF009, it is frozen

    def history(self) -> History:
        """Return what counts about prompts."""
        return History(
            account_id=self.account_id, moments=self.moments, responses=self.responses
        )

    def due(self, prompts: Sequence[Prompt], days: float) -> Prompt | None:
        """Return what is due so many days after the start."""
        now = START + days * DAY
        allowed = allowance(self.ledger, self.policy, now, HERE)
        return due(prompts, self.history(), allowed, now)

    def why(self, prompts: Sequence[Prompt], days: float) -> tuple[PromptStatus, ...]:
        """Return where each prompt stands so many days after the start."""
        now = START + days * DAY
        allowed = allowance(self.ledger, self.policy, now, HERE)
        return why(prompts, self.history(), allowed, now)


def happened(*days: float, event: type[Event] = OrderPlaced) -> tuple[Moment, ...]:
    """Return an event on each of some days."""
    return tuple(Moment(name=event.name, at=START + day * DAY) for day in days)


def answered(day: float, prompt: str = "first-order", score: int = 7) -> Response:
    """Return a response given on a day."""
    return Response(
        id=f"{prompt} {day}",
        account_id="ann",
        prompt=prompt,
        score=score,
        given_at=START + day * DAY,
    )


def noted(act: Act, day: float, prompt: str = "first-order") -> Attention:
    """Return a line of the ledger, of a visit of its own."""
    return Attention(
        account_id="ann",
        item=prompt_item(prompt),
        act=act,
        visit=f"visit of day {day}",
        at=START + day * DAY,
    )


EVENTS = (OrderPlaced, OrderDelivered)
NAMES = ("one", "two", "three")
# Few days, so that ends fall on beginnings.
days = st.sampled_from((0, 0.5, 1, 2, 3, 5, 8, 13, 21, 34))
spans = days.map(lambda number: number * DAY)

prompts = st.lists(
    st.builds(
        Prompt,
        name=st.sampled_from(NAMES),
        after=st.sampled_from(EVENTS),
        nth=st.integers(1, 3),
        delay=spans,
        expires=spans.filter(bool),
        cooldown=st.none() | spans,
        sample=st.sampled_from((0.0, 0.5, 1.0)),
    ),
    unique_by=lambda prompt: prompt.name,
    max_size=3,
)

moments = st.lists(
    st.builds(
        lambda day, event: happened(day, event=event)[0], days, st.sampled_from(EVENTS)
    ),
    max_size=6,
).map(lambda found: tuple(sorted(found, key=lambda moment: moment.at)))

responses = st.lists(st.builds(answered, days, st.sampled_from(NAMES)), max_size=3).map(
    lambda found: tuple(sorted(found, key=lambda response: response.given_at))
)

lines = st.builds(
    noted,
    st.sampled_from((Act.SHOWN, Act.SNOOZED, Act.DISMISSED)),
    days,
    st.sampled_from(NAMES),
)

policies = st.builds(
    AttentionPolicy,
    any_gap=st.sampled_from((timedelta(0), DAY / 24, DAY)),
    item_gap=spans,
    snooze=spans,
)

people = st.builds(
    Person,
    moments=moments,
    responses=responses,
    ledger=st.lists(lines, max_size=4).map(tuple),
    account_id=st.sampled_from(("ann", "bob", "cem")),
    policy=policies,
)
