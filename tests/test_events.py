"""Events: past tense, typed, primitive, and named once."""

import inspect
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from onboarding import events
from onboarding.errors import ConfigError
from onboarding.events import Entry, Event
from onboarding.log import Recorder
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids


class OrderPlaced(Event):
    """A host's own event."""

    name: ClassVar[str] = "order_placed"
    order: str
    books: int = 1


def vocabulary() -> list[type[Event]]:
    """Every event class that this library declares."""
    return [
        found
        for _, found in inspect.getmembers(events, inspect.isclass)
        if issubclass(found, Event) and found is not Event
    ]


def test_a_host_declares_an_event_as_a_class() -> None:
    """A subclass is a frozen keyword-only value whose fields go to the log."""
    event = OrderPlaced(order="7")

    assert {"order": "7", "books": 1} == event.data()
    assert OrderPlaced(order="7") == event
    with pytest.raises(AttributeError):
        event.order = "8"  # type: ignore[misc]  # that is what is tested


def test_a_nameless_event_says_what_to_write() -> None:
    """Forgetting the name fails where the class is written."""
    with pytest.raises(ConfigError, match='name: ClassVar = "cart_filled"'):
        type("CartFilled", (Event,), {})


@pytest.mark.parametrize("name", ["", "Order", "order placed", "1st", "o'r", "x" * 65])
def test_a_name_outside_the_grammar_is_refused(name: str) -> None:
    """Names are safe as literals in SQL."""
    with pytest.raises(ConfigError):
        type("Odd", (Event,), {"name": name})


def test_a_field_that_is_no_primitive_is_refused() -> None:
    """A rich value in an event is a mistake of the developer, named by its field."""
    with pytest.raises(ConfigError, match="OrderPlaced.order is a datetime"):
        OrderPlaced(order=datetime.now(UTC)).data()  # type: ignore[arg-type]  # that is what is tested


def test_our_names_are_unique_and_say_what_the_class_says() -> None:
    """No two of our events share a name, and each name is the class's own."""
    names = [event.name for event in vocabulary()]
    spelled = [
        "".join(word.title() for word in event.name.split("_"))
        for event in vocabulary()
    ]

    assert sorted(set(names)) == sorted(names)
    assert [event.__name__ for event in vocabulary()] == spelled


def test_a_stamp_puts_account_and_instant_beside_the_event() -> None:
    """An entry tells whose, when, what, and on which day since 1970."""
    clock = FrozenClock(datetime(1970, 1, 3, 23, 59, tzinfo=UTC))

    entry = Recorder(clock, Ids(clock)).entry("account", OrderPlaced(order="7"))

    assert isinstance(entry, Entry)
    assert ("account", clock(), 2) == (entry.account_id, entry.at, entry.day)
    assert ("order_placed", {"order": "7", "books": 1}) == (entry.name, entry.data)
