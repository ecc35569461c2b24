"""Events: past tense, typed, primitive, and named once."""

import inspect
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from onboarding import events
from onboarding.errors import ConfigError
from onboarding.events import Entry, Event, Phase
from onboarding.events.base import phase_of
from onboarding.events.names import only_one
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


def test_each_of_ours_is_imported_from_one_place() -> None:
    """`onboarding.events` says that it has them, for type checkers and for people."""
    assert {event.__name__ for event in vocabulary()} < set(events.__all__)
    homes = {
        "onboarding.events",
        "onboarding.events.proposals",
        "onboarding.events.questions",
        "onboarding.events.ways",
    }
    assert {event.__module__ for event in vocabulary()} == homes


def test_a_stamp_puts_account_and_instant_beside_the_event() -> None:
    """An entry tells whose, when, what, and on which day since 1970."""
    clock = FrozenClock(datetime(1970, 1, 3, 23, 59, tzinfo=UTC))

    entry = Recorder(clock, Ids(clock)).entry("account", OrderPlaced(order="7"))

    assert isinstance(entry, Entry)
    assert ("account", clock(), 2) == (entry.account_id, entry.at, entry.day)
    assert ("order_placed", {"order": "7", "books": 1}) == (entry.name, entry.data)
    assert (None, None) == (entry.about, entry.worth)


# ── what the log is asked by ─────────────────────────────────────────────────


class Bought(Event, about="order", worth="cents", phase=Phase.PURCHASE):
    """An event that says what it is about, and worth."""

    name: ClassVar[str] = "bought"
    order: str | None = None
    cents: int | None = None


class BoughtAgain(Bought, phase=Phase.LOYALTY):
    """An event that keeps what the one it is made of says."""

    name: ClassVar[str] = "bought_again"


def entry_of(event: Event) -> Entry:
    """Return an event as it is recorded."""
    clock = FrozenClock()
    return Recorder(clock, Ids(clock)).entry("account", event)


@pytest.mark.parametrize("kind", [Bought, BoughtAgain])
def test_an_entry_says_what_it_is_about_and_worth(kind: type[Bought]) -> None:
    """Beside the fields, where SQL can read it; what is not given is not said."""
    entry = entry_of(kind(order="7", cents=-2150))
    assert ("7", -2150) == (entry.about, entry.worth)
    assert (None, None) == (entry_of(kind()).about, entry_of(kind()).worth)


def test_an_event_belongs_to_a_phase() -> None:
    """As it says, or as what it is made of says, or to none; each of ours to one."""
    assert Phase.PURCHASE is phase_of(Bought)
    assert Phase.LOYALTY is phase_of(BoughtAgain)
    assert phase_of(OrderPlaced) is None
    assert all(phase_of(event) for event in vocabulary())


def test_a_whole_number_names_what_it_is_about() -> None:
    """Orders are often numbered; the column is text."""

    class Counted(Event, about="order"):
        name = "counted"
        order: int

    assert "7" == entry_of(Counted(order=7)).about


@pytest.mark.parametrize(
    ("keywords", "advice"),
    [
        ({"about": "ordre"}, "about='ordre' is none of its fields.*order, cents"),
        ({"worth": "order"}, "worth='order' must be a field of type int"),
        ({"about": "price"}, "about='price' must be a field of type str"),
        ({"phase": "purchase"}, "write phase=Phase.PURCHASE.*LOYALTY"),
    ],
)
def test_a_wrong_declaration_says_what_to_write(
    keywords: dict[str, Any], advice: str
) -> None:
    """It fails where the class is written."""
    with pytest.raises(ConfigError, match=advice):

        class Wrong(Event, **keywords):
            name = "wrong"
            order: str
            cents: int
            price: float


@pytest.mark.parametrize("cents", [2**63, -(2**63), True, 1.5])
def test_worth_is_a_whole_number_of_64_bits(cents: Any) -> None:
    """What no column holds is the developer's to change."""
    with pytest.raises(ConfigError, match="worth must be a whole number"):
        entry_of(Bought(cents=cents))


def test_an_event_of_ours_is_not_named_again() -> None:
    """The log could not tell whose it is; the way out is named."""
    with pytest.raises(ConfigError, match='such as "shop_signed_in"'):
        type("Entered", (Event,), {"name": "signed_in"})


def test_the_same_class_made_anew_is_no_other() -> None:
    """As when a module is loaded again; a class elsewhere is another."""

    def made() -> type[Event]:
        class Made(Event):
            name = "made"

        return Made

    again = made()
    assert only_one(made(), again) is again
    with pytest.raises(ConfigError, match="two events are called 'made'"):
        only_one(type("Other", (Event,), {"name": "made"}), again)
