"""Names that people give to things: each once, and what to say to a slip of the pen."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from onboarding.errors import ConfigError


class Named(Protocol):
    """Something that is found by its name."""

    @property
    def name(self) -> str:
        """What it is called; no other thing of its kind is called the same."""
        ...


T = TypeVar("T", bound=Named)


def by_name(kind: str, things: Iterable[T], advice: str = "rename one") -> dict[str, T]:
    """Return things by their names, in the order in which they came.

    Args:
        kind: What they are, in the plural: ``"prompts"``.
        things: What was declared.
        advice: What to do when two have one name.

    Raises:
        ConfigError: When two have the same name.
    """
    found: dict[str, T] = {}
    for thing in things:
        if thing.name in found:
            raise ConfigError(f"two {kind} are called {thing.name!r}; {advice}")
        found[thing.name] = thing
    return found


MOST_LISTED = 12
"""Names that an error lists; of more, the first ones."""


def unknown(kind: str, name: object, known: Iterable[str]) -> str:
    """Return half a sentence that says what is unknown, and what may be meant.

    What is near is named; where nothing is, all that there is.
    """
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(name, names, n=1) if isinstance(name, str) else []
    if near:
        advice = f"did you mean {near[0]!r}?"
    elif names:
        more = ", …" if len(names) > MOST_LISTED else ""
        listed = ", ".join(map(repr, names[:MOST_LISTED]))
        advice = f"nothing of this kind is near; there is: {listed}{more}"
    else:
        advice = "none is declared"
    return f"{name!r}, but there is no such {kind}; {advice}"
