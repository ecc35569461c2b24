"""Our frozen dataclasses do what those of the standard library do."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, field
from functools import cached_property
from typing import Any, ClassVar

import pytest

from onboarding import frozen

SHAPES: list[dict[str, Any]] = [
    {},
    {"slots": True},
    {"kw_only": True},
    {"slots": True, "kw_only": True},
    {"slots": True, "kw_only": True, "eq": False},
    {"slots": True, "repr": False},
]

Maker = Callable[..., Any]


class Body:
    """Fields of every kind; made a dataclass twice, ours and the original."""

    KIND: ClassVar[str] = "order"

    number: str
    cents: int
    card: str = field(default="none", repr=False)
    seen: int = field(default=0, compare=False)
    note: str = field(default="", hash=False)
    lines: Mapping[str, int] = field(default_factory=dict, hash=False)
    by: str = field(default="post", kw_only=True)

    def __post_init__(self) -> None:
        """Put a field right, as values of ours do."""
        object.__setattr__(self, "number", self.number.strip())


def made(dataclass: Maker, shape: Mapping[str, Any]) -> Any:
    """Return ``Body`` as a dataclass of this shape."""
    kept = {"__module__", "__qualname__", "__doc__", "__annotations__", "KIND"}
    kept |= {"__post_init__", *Body.__annotations__}
    body = {name: value for name, value in vars(Body).items() if name in kept}
    return dataclass(frozen=True, **shape)(type("Body", (), body))


def outcome(act: Callable[[], object]) -> object:
    """Return what comes of something: a value as it is shown, or an error."""
    try:
        return repr(act())
    except Exception as error:  # noqa: BLE001  # whatever it is, it is compared
        return type(error), str(error)


def acts(kind: Any) -> list[object]:
    """Return what comes of all that one does with a class of values."""
    one = kind(number=" 7 ", cents=2)
    card, seen = {"card": "4111"}, {"seen": 1}
    others = [kind(number="7", cents=2, **more) for more in ({}, card, seen)]
    return [
        *(outcome(act) for act in (kind, lambda: kind("7"), lambda: kind("7", 2))),
        outcome(lambda: kind(number="7", cents=2, colour="red")),
        outcome(lambda: kind(number="7", cents=2, by="hand")),
        outcome(lambda: [setattr(one, "cents", 3)]),
        outcome(lambda: [delattr(one, "cents")]),
        outcome(lambda: one.colour),
        [one == other for other in others],
        [hash(one) == hash(other) for other in others],
        [len({one, other}) for other in others],
        one == "7",
        one is copy.copy(one),
        dataclasses.asdict(one),
        dataclasses.asdict(dataclasses.replace(one, cents=3)),
        [f.name for f in dataclasses.fields(kind)],
        kind.__match_args__,
        kind.__init__.__qualname__,
        kind.__init__.__annotations__,
        list(inspect.signature(kind).parameters),
        [one.kind for one in inspect.signature(kind).parameters.values()],
        hasattr(one, "__dict__"),
        one.lines is kind(number="7", cents=2).lines,
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_class_of_ours_is_as_the_original(shape: Mapping[str, Any]) -> None:
    """Made, shown, compared, hashed, copied and refused in the same way and words."""
    original, ours = (
        made(one, shape) for one in (dataclasses.dataclass, frozen.frozen_dataclass)
    )
    shown = outcome(lambda: ours(number="7", cents=2))
    if shape.get("repr", True):
        assert shown == outcome(lambda: original(number="7", cents=2))
        assert acts(original) == acts(ours)
    else:
        assert "<" in str(shown)
    for name in ("init", "repr", "eq", "frozen"):
        told = [getattr(kind.__dataclass_params__, name) for kind in (original, ours)]
        assert told[0] == told[1], name


@frozen.dataclass(frozen=True, slots=True)
class Kept:
    """One that is pickled."""

    number: str
    cents: int = 0


@frozen.dataclass(frozen=True)
class Worked:
    """One that works something out of its fields, once."""

    number: str

    @cached_property
    def shown(self) -> str:
        """The number, for people."""
        return f"№ {self.number}"

    def __repr__(self) -> str:
        """Return what its body says."""
        return self.shown


@frozen.dataclass(frozen=True)
class Nothing:
    """One without fields."""


@dataclasses.dataclass(frozen=True)
class OfAHost(Worked):
    """What a host makes of one of ours, with what it knows."""

    colour: str = "red"


@frozen.dataclass(frozen=True)
class OfOurs(Worked):
    """What we make of one of ours."""

    colour: str = "red"


@pytest.mark.parametrize("value", [Kept("7", 2), Worked("7"), Nothing(), OfOurs("7")])
def test_a_value_goes_to_another_process(value: object) -> None:
    """Pickled or copied, it is equal and frozen again."""
    again = pickle.loads(pickle.dumps(value))  # our own
    assert value == again == copy.deepcopy(value)
    for name in ("number", "colour"):
        with pytest.raises(FrozenInstanceError, match=name):
            setattr(again, name, "8")


def test_what_a_body_has_itself_stays() -> None:
    """A representation of its own, and what is worked out once."""
    value = Worked("7")
    assert "№ 7" == repr(value)
    assert value.shown is value.shown


def test_values_without_fields_are_equal() -> None:
    """There is nothing to tell them apart by."""
    assert {Nothing()} == {Nothing(), Nothing()}
    assert Nothing() != Kept("7")


@pytest.mark.parametrize("kind", [OfAHost, OfOurs])
def test_a_subclass_is_one_too(kind: type[OfAHost] | type[OfOurs]) -> None:
    """With the fields of both, frozen, and never equal to its base."""
    value = kind("7", colour="blue")
    assert value == kind("7", colour="blue") != kind("7")
    assert value != Worked("7")
    with pytest.raises(FrozenInstanceError):
        value.colour = "red"  # type: ignore[misc]  # that is what is tested
