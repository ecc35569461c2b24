"""Small logs of people who walk a path: what the tests of the journey count."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import ClassVar

from hypothesis import strategies as st

from onboarding.events import Entry, Event
from onboarding.instants import SET_BACK
from onboarding.journey.model import Funnel

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


class CartFilled(Event):
    """Somebody put a first thing into a cart."""

    name: ClassVar[str] = "cart_filled"


class AddressGiven(Event):
    """Somebody said where it should go."""

    name: ClassVar[str] = "address_given"


class OrderPlaced(Event):
    """Somebody bought."""

    name: ClassVar[str] = "order_placed"


class Strayed(Event):
    """Something else happened, that no funnel here asks for."""

    name: ClassVar[str] = "strayed"


PATH = (CartFilled, AddressGiven, OrderPlaced)
FUNNEL = Funnel(name="order", steps=PATH, within=3 * HOUR)


def log(*walk: tuple[str, type[Event], float]) -> list[Entry]:
    """Return entries from (account, event, hours since the start), ids in order."""
    return [
        Entry(
            id=f"{number:020}",
            account_id=account,
            at=START + hours * HOUR,
            name=event.name,
            data={},
        )
        for number, (account, event, hours) in enumerate(walk)
    ]


ACCOUNTS = ("ann", "bob", "cem", "dee")

logs = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS),
        st.sampled_from((*PATH, Strayed)),
        # Few instants, so that many fall together or exactly on the window's edge.
        st.sampled_from((0, 1, 2, 3, 3.5, 4, 6)),
    ),
    max_size=14,
).map(lambda walk: log(*walk))

# An account is only ever merged into an earlier one: chains, and never a circle.
merges = st.fixed_dictionaries(
    {},
    optional={
        account: st.sampled_from(ACCOUNTS[:place])
        for place, account in enumerate(ACCOUNTS)
        if place
    },
)

funnels = st.builds(
    lambda steps, hours: Funnel(name="order", steps=tuple(steps), within=hours * HOUR),
    # A step may stand there again: the way to the second order.
    st.lists(st.sampled_from(PATH), min_size=2, max_size=4),
    st.sampled_from((0.5, 1, 2, 5)),
)

periods = st.sampled_from([(0, 7), (1, 3), (0, 1), (3, 4)]).map(
    lambda hours: (START + hours[0] * HOUR, START + hours[1] * HOUR)
)


def walked(
    entries: list[Entry], funnel: Funnel, since: datetime, until: datetime
) -> bool:
    """Tell by trying every way whether one person's entries lie along a funnel."""
    names = [step.name for step in funnel.steps]
    ordered = sorted(entries, key=lambda entry: entry.id)
    return any(
        [entry.name for entry in chosen] == names
        and since <= chosen[0].at < until
        # Each prefix in time as well: a step that came too late is none.
        and all(one.at - chosen[0].at <= funnel.within for one in chosen)
        and all(one.at >= since - SET_BACK for one in chosen)
        for chosen in combinations(ordered, len(names))
    )
