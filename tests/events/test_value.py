"""An event is a frozen value: it has happened, and whoever holds it relies on that."""

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, asdict, field, replace
from typing import Any, ClassVar

import pytest

from onboarding.events import Event, SignedIn, SignedOut


class Paid(Event):
    """A host's own event."""

    name: ClassVar[str] = "paid"
    order: str
    cents: int = 0
    card: str | None = field(default=None, repr=False)
    seen: int = field(default=0, compare=False)
    lines: int = field(default_factory=lambda: 1)


class PaidAgain(Paid):
    """One that is made of another, with a field of its own."""

    name: ClassVar[str] = "paid_again"
    times: int = 2


class PaidLate(Paid):
    """One that differs by its class alone."""

    name: ClassVar[str] = "paid_late"


class Checked(Event):
    """One that puts itself right when it is made."""

    name: ClassVar[str] = "checked"
    order: str

    def __post_init__(self) -> None:
        """Take the spaces off."""
        object.__setattr__(self, "order", self.order.strip())


@pytest.mark.parametrize("name", ["order", "cents", "name", "_about", "colour"])
@pytest.mark.parametrize("event", [Paid(order="7"), PaidAgain(order="7")])
def test_nothing_of_an_event_is_set_or_deleted(event: Event, name: str) -> None:
    """No field, given or usual, nor anything else; and all stays as it was."""
    before = repr(event)
    with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
        setattr(event, name, "8")
    with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
        delattr(event, name)
    assert before == repr(event)


def test_events_are_equal_where_class_and_fields_are() -> None:
    """Equal ones are one in a set; a field that is not compared makes no difference."""
    event = Paid(order="7", cents=2)
    assert {event} == {Paid(order="7", cents=2), Paid(order="7", cents=2, seen=1)}
    others: list[object] = [
        Paid(order="8", cents=2),
        Paid(order="7"),
        PaidLate(order="7", cents=2),
        SignedIn(provider="7"),
        "7",
    ]
    assert event not in others
    assert SignedOut() == SignedOut()
    assert hash(SignedOut()) == hash(SignedOut())


def test_an_event_is_shown_as_it_is_written() -> None:
    """Its class and fields, but those that are not to be shown."""
    assert "SignedOut()" == repr(SignedOut())
    shown = "Paid(order='7', cents=0, seen=0, lines=1)"
    assert shown == repr(Paid(order="7", card="4111"))
    assert "PaidAgain(" in repr(PaidAgain(order="7"))


def test_an_event_is_made_by_the_names_of_its_fields() -> None:
    """All that have no usual value, and no other; the signature says so."""
    given: Any = Paid
    with pytest.raises(TypeError, match="missing 1 required keyword-only.*'order'"):
        given()
    with pytest.raises(TypeError, match="unexpected keyword argument 'ordre'"):
        given(order="7", ordre="7")
    with pytest.raises(TypeError, match="positional"):
        given("7")
    kinds = {one.kind for one in inspect.signature(PaidAgain).parameters.values()}
    assert {inspect.Parameter.KEYWORD_ONLY} == kinds
    assert ["order", "cents", "card", "seen", "lines", "times"] == list(
        inspect.signature(PaidAgain).parameters
    )
    assert "7" == Checked(order=" 7 ").order


def test_an_event_is_a_dataclass_to_whoever_copies_it() -> None:
    """With another field, as a mapping, to another process."""
    event = PaidAgain(order="7", cents=3)
    again: Any = event
    assert PaidAgain(order="8", cents=3) == replace(again, order="8")
    assert event.data() == asdict(again)
    assert event == copy.deepcopy(event) == copy.copy(event)
    told = SignedIn(provider="local")
    assert told == pickle.loads(pickle.dumps(told))  # our own


def test_an_event_is_matched_by_its_fields() -> None:
    """As any class of values is, in a match statement."""
    match Paid(order="7"):
        case Paid(order=order, cents=0):
            assert "7" == order
        case other:
            pytest.fail(repr(other))
