"""The definitions of three-valued profiling, written down naively, as an oracle.

Nothing of the library's rules is used here: no compiled path, no table, no order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

DECLINED = object()
"""What somebody says who would rather not say."""

VALUES = ("a", "b")
"""The answers that a question may have."""


@dataclass(frozen=True)
class Asked:
    """A question: the one its guard looks at, and the values that make it apply."""

    guard: str | None = None
    is_in: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Small:
    """A small catalogue with one feature."""

    questions: Mapping[str, Asked]
    needs: tuple[str, ...]
    wants: tuple[str, ...] = field(default=())


Said = Mapping[str, object]
"""What was answered: a value or DECLINED, by question."""


def applies(small: Small, said: Said, name: str) -> bool | None:
    """Tell whether a question applies: yes, no, or not known yet."""
    asked = small.questions[name]
    if asked.guard is None:
        return True
    looked_at = applies(small, said, asked.guard)
    if looked_at is not True:
        return looked_at
    if asked.guard not in said:
        return None
    return said[asked.guard] in asked.is_in


def met(small: Small, said: Said, name: str) -> bool | None:
    """Tell whether a need is met: yes, no, or not known yet."""
    does = applies(small, said, name)
    if does is not True:
        return None if does is None else True
    return said[name] is not DECLINED if name in said else None


def status(small: Small, said: Said) -> str:
    """Return what becomes of the feature."""
    needs = [met(small, said, name) for name in small.needs]
    if False in needs:
        return "denied"
    return "ask" if None in needs else "open"


def to_ask(small: Small, said: Said, name: str) -> str:
    """Return the question that can be answered now and moves a need on."""
    asked = small.questions[name]
    if applies(small, said, name) is None and asked.guard:
        return to_ask(small, said, asked.guard)
    return name


def must(small: Small, said: Said) -> list[str]:
    """Return all that can be asked now and has to be, in the order of the needs."""
    if status(small, said) != "ask":
        return []
    found: list[str] = []
    for need in small.needs:
        if met(small, said, need) is None:
            ask = to_ask(small, said, need)
            found += [ask] if ask not in found else []
    return found


def completions(small: Small, said: Said) -> Iterator[Said]:
    """Yield every way in which everything may be said in the end."""
    open_names = [name for name in small.questions if name not in said]
    for values in product((*VALUES, DECLINED), repeat=len(open_names)):
        yield {**said, **dict(zip(open_names, values, strict=True))}
