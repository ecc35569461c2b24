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


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return half a sentence that says what is unknown, and what may be meant."""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    advice = f"did you mean {close[0]!r}?" if close else "nothing of this kind is near"
    return f"{name!r}, but there is no such {kind}; {advice}"
