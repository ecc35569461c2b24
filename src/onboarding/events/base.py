"""The base class of every event: a frozen value that says what it is for the log."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import ClassVar, dataclass_transform

from onboarding.errors import ConfigError
from onboarding.events.fields import (
    TEXTS,
    WHOLE_NUMBERS,
    Primitive,
    check_field,
    check_types,
)
from onboarding.events.names import check_name, only_one
from onboarding.frozen import dataclass
from onboarding.shapes import shown


class Phase(StrEnum):
    """The phases of a customer's journey, from the first sight to coming back."""

    AWARENESS = "awareness"
    CONSIDERATION = "consideration"
    PURCHASE = "purchase"
    SERVICE = "service"
    LOYALTY = "loyalty"


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event:
    """Something that happened. Subclasses are frozen, keyword-only dataclasses.

    Class keywords:
        about: The field that names what the event is about, a text or a whole
            number: an order, a question. It becomes a column of the log, as text.
        worth: The field that says what the event is worth, a whole number in the
            smallest unit of a currency: cents. It becomes a column of the log.
        phase: The phase of the journey that the event belongs to.

    A subclass of an event keeps what it does not say anew.

    Raises:
        ConfigError: When a subclass has no ``name``, one outside ``[a-z0-9_]``, one
            of this library's or of an event beside it; when a field is of another type
            than a primitive; or when a keyword names no such field.
    """

    name: ClassVar[str]
    # Not "about" and so on: fields of a subclass may be called that.
    _about: ClassVar[str | None] = None
    _worth: ClassVar[str | None] = None
    _phase: ClassVar[Phase | None] = None

    def __init_subclass__(
        cls,
        *,
        about: str | None = None,
        worth: str | None = None,
        phase: Phase | None = None,
    ) -> None:
        check_name(cls, known_events())
        dataclass(frozen=True, kw_only=True)(cls)
        check_types(cls)
        if about is not None:
            check_field(cls, "about", about, TEXTS + WHOLE_NUMBERS, "str")
            cls._about = about
        if worth is not None:
            check_field(cls, "worth", worth, WHOLE_NUMBERS, "int")
            cls._worth = worth
        if phase is not None:
            cls._phase = _checked_phase(cls, phase)

    def data(self) -> dict[str, Primitive]:
        """Return the fields as a JSON-ready mapping.

        Raises:
            ConfigError: When a field holds something else than a primitive.
        """
        found = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]  # subclasses are dataclasses
        for name, value in found.items():
            if value is not None and not isinstance(value, str | int | float | bool):
                raise ConfigError(
                    f"{type(self).__name__}.{name} is a {type(value).__name__}; "
                    "an event carries text, numbers, booleans or None"
                )
        return found


def check_event(where: str, given: object) -> None:
    """Refuse what is no class of event; the base has no name, and is none.

    Raises:
        ConfigError: Saying that the class itself is to be written.
    """
    if isinstance(given, type) and issubclass(given, Event) and given is not Event:
        return
    made_of = type(given).__name__
    meant = made_of if isinstance(given, Event) else "OrderPlaced"
    raise ConfigError(
        f"{where}={shown(given)} is no class of event; write the class itself, such "
        f"as {meant}, which subclasses onboarding.Event"
    )


def check_happened(given: object) -> None:
    """Refuse what is no event that happened, such as its class.

    Raises:
        ConfigError: With the parentheses to write.
    """
    if isinstance(given, Event):
        return
    made_of = given.__name__ if isinstance(given, type) else "OrderPlaced"
    raise ConfigError(
        f"record(…, event) wants an event, not {shown(given)}; write one that has "
        f"happened, {made_of}(…), whose class subclasses onboarding.Event"
    )


def phase_of(kind: type[Event]) -> Phase | None:
    """Return the phase of the journey that a class of event belongs to."""
    return kind._phase  # noqa: SLF001, an event's own module


def is_declared(kind: type[Event]) -> bool:
    """Tell whether a class says what its events are about, or worth."""
    return bool(kind._about or kind._worth)  # noqa: SLF001, an event's own module


def about_of(kind: type[Event], data: Mapping[str, Primitive]) -> str | None:
    """Return what an event is about, read from its fields, as text.

    Raises:
        ConfigError: When that field holds neither text nor a whole number.
    """
    value = data.get(kind._about or "")  # noqa: SLF001, an event's own module
    if isinstance(value, bool | float):
        raise ConfigError(f"{kind.__name__}: about must be a text, not {value!r}")
    return None if value is None else str(value)


def worth_of(kind: type[Event], data: Mapping[str, Primitive]) -> int | None:
    """Return what an event is worth, read from its fields.

    Raises:
        ConfigError: When that field holds no whole number of 64 bits.
    """
    value = data.get(kind._worth or "")  # noqa: SLF001, an event's own module
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise ConfigError(
        f"{kind.__name__}: worth must be a whole number, such as cents, not {value!r}"
    )


def known_events() -> Iterator[type[Event]]:
    """Yield every class of event that there is in this process."""
    waiting = [Event]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            yield kind


def all_events() -> dict[str, type[Event]]:
    """Return every class of event that is known by now, by its name.

    Raises:
        ConfigError: When two classes have one name.
    """
    known: dict[str, type[Event]] = {}
    for kind in known_events():
        known[kind.name] = only_one(known.get(kind.name), kind)
    return known


def _checked_phase(kind: type[Event], phase: object) -> Phase:
    if isinstance(phase, Phase):
        return phase
    raise ConfigError(
        f"{kind.__name__}: phase={phase!r} is no phase; write phase=Phase."
        f"{Phase.PURCHASE.name}, or another of: {', '.join(Phase.__members__)}"
    )
