"""Header fields that are lists: their members, parameters and weights (RFC 9110).

A comma inside quotes parts nothing, white space around signs means nothing, and names
are the same in any case; so no value is searched for a word that it may hold.
"""

import re
from collections.abc import Iterator

from onboarding.frozen import dataclass

_MEMBER = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
"""A member of a list (§5.6.1), which may hold quoted text (§5.6.4)."""

_PART = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
"""The value of a member, or one of its parameters (§5.6.6)."""

_WEIGHT = re.compile(r"0?\.[0-9]+\Z|0\.?\Z|1(\.0*)?\Z")
"""Between 0 and 1 (§12.4.2). Java says ``.2``, others more than three digits."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """One member of a list.

    Attributes:
        value: In lower case, without its parameters.
        weight: Its ``q``: 1 where there is none, and 0 where it makes no sense.
    """

    value: str
    weight: float = 1.0


def members(field: str) -> Iterator[str]:
    """Yield the members of a list, as they stand; empty ones are none (§5.6.1.2)."""
    for match in _MEMBER.finditer(field):
        if member := match[0].strip(" \t"):
            yield member


def weighted(field: str) -> Iterator[Weighted]:
    """Yield the members of a field such as ``Accept``, in order."""
    for member in members(field):
        parts = [part[0].strip(" \t") for part in _PART.finditer(member)]
        value, parameters = "".join(parts[:1]), parts[1:]
        pairs = (parameter.partition("=") for parameter in parameters)
        said = [text.strip(" \t") for name, _, text in pairs if _is_q(name)]
        yield Weighted(value.lower(), _weight(said))


def _is_q(name: str) -> bool:
    return name.strip(" \t").lower() == "q"


def _weight(said: list[str]) -> float:
    if not said:
        return 1.0
    return float(said[0]) if _WEIGHT.match(said[0]) else 0.0


def media_type(field: str) -> str:
    """Return the type of a ``Content-Type``, without its parameters (§8.3.1)."""
    return field.partition(";")[0].strip(" \t").lower()
