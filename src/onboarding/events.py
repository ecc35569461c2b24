"""What happened: the base class of every event, and this library's own vocabulary.

An event is past tense, typed, and carries no personal data: the account's id is
stamped beside it when it is recorded. Hosts subclass ``Event`` where their
code lives::

    class OrderPlaced(Event):
        name: ClassVar = "order_placed"
        order: str

Fields are primitives (``str``, ``int``, ``float``, ``bool`` or ``None``), so that
a warehouse reads them as they are. The log keeps them as JSON, which no portable SQL
reads; so a class says which of them the log is asked by::

    class OrderPlaced(Event, about="order", worth="cents", phase=Phase.PURCHASE):
        name: ClassVar = "order_placed"
        order: str
        cents: int

This file holds our whole vocabulary and may grow past 300 lines.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import ClassVar, Union, dataclass_transform, get_args, get_origin

from onboarding.errors import ConfigError
from onboarding.shapes import shown

Primitive = str | int | float | bool | None
"""What a field of an event may hold."""

EVENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
"""The grammar of event names: safe as a literal in SQL and as a file name."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Phase(StrEnum):
    """The phases of a customer's journey, from the first sight to coming back."""

    AWARENESS = "awareness"
    CONSIDERATION = "consideration"
    PURCHASE = "purchase"
    SERVICE = "service"
    LOYALTY = "loyalty"


PRIMITIVES = (str, int, float, bool, NoneType)

TEXTS = (str, "str", str | None, "str | None", "Optional[str]")
WHOLE_NUMBERS = (int, "int", int | None, "int | None", "Optional[int]")
"""How an annotation may be written, also where annotations are kept as text."""


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
        if not EVENT_NAME.match(getattr(cls, "name", "")):
            raise ConfigError(
                f"{cls.__name__} is an event without a usable name; write "
                f'name: ClassVar = "{_snake(cls.__name__)}" in its body '
                "(lower case, digits and underscores, at most 64 characters)"
            )
        _check_is_not_ours(cls)
        _check_is_not_known(cls)
        dataclass(frozen=True, kw_only=True)(cls)
        _check_types(cls)
        if about is not None:
            _check_field(cls, "about", about, TEXTS + WHOLE_NUMBERS, "str")
            cls._about = about
        if worth is not None:
            _check_field(cls, "worth", worth, WHOLE_NUMBERS, "int")
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


def all_events() -> dict[str, type[Event]]:
    """Return every class of event that is known by now, by its name.

    Raises:
        ConfigError: When two classes have one name.
    """
    known: dict[str, type[Event]] = {}
    waiting = [Event]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            known[kind.name] = only_one(known.get(kind.name), kind)
    return known


def only_one(known: type[Event] | None, kind: type[Event]) -> type[Event]:
    """Return a class of event, where no other one is known by its name.

    The same class made anew, as by reloading its module, is no other one.

    Raises:
        ConfigError: When two classes have one name; says where both stand.
    """
    if known is None or known is kind or _place(known) == _place(kind):
        return kind
    raise ConfigError(
        f"two events are called {kind.name!r}: {_place(known)} and {_place(kind)}; "
        "the log could not tell them apart: give one of them another name"
    )


def _place(kind: type[Event]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


_ours: set[str] = set()


def _check_is_not_ours(kind: type[Event]) -> None:
    if kind.__module__ == __name__:
        _ours.add(kind.name)
    elif kind.name in _ours:
        raise ConfigError(
            f"{kind.__name__} is called {kind.name!r}, as an event of onboarding is: "
            f'give it another name, such as "shop_{kind.name}"'
        )


def _check_is_not_known(kind: type[Event]) -> None:
    """Refuse the name of an event that it is made of, or that stands beside it.

    One elsewhere may be another application's in this process, such as a test's: that
    is found out when both are used (``only_one``).
    """
    for other in (*kind.__mro__[1:], *_made_beside(kind)):
        if getattr(other, "name", None) == kind.name:
            raise ConfigError(
                f"{kind.__name__} is called {kind.name!r}, as {other.__name__} is, and "
                "the log could not tell them apart; give it a name of its own: "
                f'name: ClassVar = "{_snake(kind.__name__)}"'
            )


def _made_beside(kind: type[Event]) -> Iterator[type[Event]]:
    """Yield the other events of the same module, class or function."""
    place = _place(kind)
    waiting = [Event]
    while waiting:
        for other in waiting.pop().__subclasses__():
            waiting.append(other)
            there = _place(other)
            # One of the same place is the same class, made anew.
            if there != place and _scope(there) == _scope(place):
                yield other


def _scope(place: str) -> str:
    return place.rpartition(".")[0]


def _check_types(kind: type[Event]) -> None:
    """Refuse a field that could never hold a primitive."""
    for field in fields(kind):  # type: ignore[arg-type]  # just made one
        origin = get_origin(field.type)
        is_union = origin in (Union, UnionType)
        for part in get_args(field.type) if is_union else (origin or field.type,):
            if isinstance(part, type) and not issubclass(part, PRIMITIVES):
                raise ConfigError(
                    f"{kind.__name__}.{field.name} is a {part.__name__}; an event "
                    "carries text, numbers, booleans or None: write what tells it in "
                    f"one of these, such as {field.name}: str"
                )


def _check_field(
    kind: type[Event], keyword: str, name: str, types: Sequence[object], wanted: str
) -> None:
    found = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]  # just made one
    if name not in found:
        raise ConfigError(
            f"{kind.__name__}: {keyword}={name!r} is none of its fields; write "
            f"{name}: {wanted} in its body, or name one of: {', '.join(found)}"
        )
    if found[name] not in types:
        raise ConfigError(
            f"{kind.__name__}: {keyword}={name!r} must be a field of type {wanted}; "
            f"write {name}: {wanted}"
        )


def _checked_phase(kind: type[Event], phase: object) -> Phase:
    if isinstance(phase, Phase):
        return phase
    raise ConfigError(
        f"{kind.__name__}: phase={phase!r} is no phase; write phase=Phase."
        f"{Phase.PURCHASE.name}, or another of: {', '.join(Phase.__members__)}"
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as the log keeps it: stamped with its account and instant.

    Entries are in the order of their ids: that of one process is the order in which
    things happened, also where its clock was set back; across processes it is
    approximate.

    Attributes:
        about: What it is about, as its class says.
        worth: What it is worth, in the smallest unit of a currency.
        once: What no other event of its account has; None where it may come again.
    """

    KEY: ClassVar[tuple[str, ...]] = ("account_id", "id")
    GUARD: ClassVar[tuple[str, ...]] = ()
    ORDER: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    account_id: str
    at: datetime
    name: str
    data: Mapping[str, Primitive]
    about: str | None = None
    worth: int | None = None
    once: str | None = None

    @property
    def day(self) -> int:
        """Whole days since 1970-01-01 in UTC, stored so that SQL need not divide."""
        return (self.at - EPOCH).days


# ── who someone is ───────────────────────────────────────────────────────────


class GuestStarted(Event, phase=Phase.PURCHASE):
    """A visitor did the first thing worth keeping and became a guest."""

    name: ClassVar[str] = "guest_started"


class ContactGiven(Event, phase=Phase.PURCHASE):
    """Somebody typed an address; it is asserted, not proven."""

    name: ClassVar[str] = "contact_given"


class ContactRemoved(Event, phase=Phase.SERVICE):
    """A person took an address of theirs away."""

    name: ClassVar[str] = "contact_removed"


class ContactProven(Event, about="by", phase=Phase.LOYALTY):
    """An address was proven for the first time: by a provider, or by a letter."""

    name: ClassVar[str] = "contact_proven"
    by: str


class AccountRegistered(Event, about="provider", phase=Phase.LOYALTY):
    """A stranger signed in and became a registered account at once."""

    name: ClassVar[str] = "account_registered"
    provider: str


class GuestUpgraded(Event, about="provider", phase=Phase.LOYALTY):
    """A guest signed in and became registered, on the same id."""

    name: ClassVar[str] = "guest_upgraded"
    provider: str


class SignedIn(Event, about="provider", phase=Phase.LOYALTY):
    """A registered person came back through a provider."""

    name: ClassVar[str] = "signed_in"
    provider: str


class SignedOut(Event, phase=Phase.SERVICE):
    """A person ended their session."""

    name: ClassVar[str] = "signed_out"


class SignInRestarted(Event, about="provider", phase=Phase.SERVICE):
    """A sign-in whose state was no longer known was begun again, and succeeded."""

    name: ClassVar[str] = "sign_in_restarted"
    provider: str


class IdentityLinked(Event, about="provider", phase=Phase.LOYALTY):
    """A registered account gained a way to sign in."""

    name: ClassVar[str] = "identity_linked"
    provider: str


class AccountMerged(Event, about="source", phase=Phase.LOYALTY):
    """Another account came together with this one (recorded on the survivor)."""

    name: ClassVar[str] = "account_merged"
    source: str


class TakenBack(Event, about="what", phase=Phase.LOYALTY):
    """A person took back what a merge had set aside."""

    name: ClassVar[str] = "taken_back"
    what: str


class AccountExpired(Event, phase=Phase.LOYALTY):
    """A guest that nobody came back to was purged."""

    name: ClassVar[str] = "account_expired"


class AccountExported(Event, phase=Phase.SERVICE):
    """A person took their data along."""

    name: ClassVar[str] = "account_exported"


class AccountErased(Event, phase=Phase.SERVICE):
    """A person had their data erased; the id stays as a tombstone."""

    name: ClassVar[str] = "account_erased"


# ── what they were asked ─────────────────────────────────────────────────────


class QuestionShown(Event, about="question", phase=Phase.CONSIDERATION):
    """A profile question was put before a person."""

    name: ClassVar[str] = "question_shown"
    question: str
    feature: str


class QuestionAnswered(Event, about="question", phase=Phase.CONSIDERATION):
    """A person answered a profile question (the answer itself is not in the log)."""

    name: ClassVar[str] = "question_answered"
    question: str
    feature: str | None = None


class QuestionSnoozed(Event, about="question", phase=Phase.CONSIDERATION):
    """A person said "not now" to a profile question."""

    name: ClassVar[str] = "question_snoozed"
    question: str
    feature: str | None = None


class QuestionDeclined(Event, about="question", phase=Phase.CONSIDERATION):
    """A person would rather not say."""

    name: ClassVar[str] = "question_declined"
    question: str
    feature: str | None = None


class FeatureUnlocked(Event, about="feature", phase=Phase.CONSIDERATION):
    """The last missing answer opened a feature."""

    name: ClassVar[str] = "feature_unlocked"
    feature: str


class PromptShown(Event, about="prompt", phase=Phase.SERVICE):
    """A feedback prompt was put before a person."""

    name: ClassVar[str] = "prompt_shown"
    prompt: str


class PromptAnswered(Event, about="prompt", phase=Phase.SERVICE):
    """A person responded to a feedback prompt."""

    name: ClassVar[str] = "prompt_answered"
    prompt: str
    score: int | None = None


class PromptSnoozed(Event, about="prompt", phase=Phase.SERVICE):
    """A person said "not now" to a feedback prompt."""

    name: ClassVar[str] = "prompt_snoozed"
    prompt: str


class PromptDismissed(Event, about="prompt", phase=Phase.SERVICE):
    """A person does not want to be asked this again."""

    name: ClassVar[str] = "prompt_dismissed"
    prompt: str


class ReplySent(Event, about="prompt", phase=Phase.SERVICE):
    """The shop replied to a response."""

    name: ClassVar[str] = "reply_sent"
    prompt: str


class ReplySeen(Event, about="prompt", phase=Phase.SERVICE):
    """The person saw the reply."""

    name: ClassVar[str] = "reply_seen"
    prompt: str
