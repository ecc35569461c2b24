"""The names of events: one for each class, so that the log can tell them apart."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from onboarding.errors import ConfigError

if TYPE_CHECKING:
    from onboarding.events.base import Event

EVENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
"""The grammar of event names: safe as a literal in SQL and as a file name."""

VOCABULARY = __name__.rpartition(".")[0]
"""The module that this library's own events are written in."""


def check_name(kind: "type[Event]", known: "Iterable[type[Event]]") -> None:
    """Refuse a class of event without a usable name of its own.

    The name of an event of ours is nobody else's, nor is that of an event that the
    class is made of, or that stands beside it. One elsewhere may be another
    application's in this process, such as a test's: that is found out when both are
    used (``only_one``).

    Args:
        kind: The class, just made.
        known: Every class of event that there is.

    Raises:
        ConfigError: With a name to write.
    """
    if not EVENT_NAME.match(getattr(kind, "name", "")):
        raise ConfigError(
            f"{kind.__name__} is an event without a usable name; write "
            f'name: ClassVar = "{_snake(kind.__name__)}" in its body '
            "(lower case, digits and underscores, at most 64 characters)"
        )
    if kind.__module__ == VOCABULARY:
        return  # a test compares ours, once and not at every start
    # Of those that were refused, some have no name at all.
    same = [other for other in known if getattr(other, "name", None) == kind.name]
    if any(other.__module__ == VOCABULARY for other in same):
        raise ConfigError(
            f"{kind.__name__} is called {kind.name!r}, as an event of onboarding is: "
            f'give it another name, such as "shop_{kind.name}"'
        )
    for other in same:
        if other in kind.__mro__[1:] or _is_beside(other, kind):
            raise ConfigError(
                f"{kind.__name__} is called {kind.name!r}, as {other.__name__} is, and "
                "the log could not tell them apart; give it a name of its own: "
                f'name: ClassVar = "{_snake(kind.__name__)}"'
            )


def only_one(known: "type[Event] | None", kind: "type[Event]") -> "type[Event]":
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


def _is_beside(other: "type[Event]", kind: "type[Event]") -> bool:
    """Tell whether two classes are of the same module, class or function.

    One of the same place is the same class, made anew.
    """
    there, here = _place(other), _place(kind)
    return there != here and there.rpartition(".")[0] == here.rpartition(".")[0]


def _place(kind: "type[Event]") -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
