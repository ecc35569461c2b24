"""What a column holds, and how a field of a noun goes in and comes out.

A field is stored by its type: text and numbers as they are, a boolean as 0 or 1, an
instant as microseconds since 1970 and a duration as microseconds (exact, where a
float of seconds would not be), an enumeration as its value, all else as JSON.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from types import NoneType
from typing import Any, NamedTuple, get_args

from onboarding.events.entry import EPOCH
from onboarding.jsonvalue import from_json, to_json

Value = str | int | None
"""What a column holds."""

Values = tuple[Value, ...]
"""What one row holds, or one statement is given."""

Function = Callable[[Any], Any]


class Codec(NamedTuple):
    """How a field becomes a column and comes back."""

    write: Function
    read: Function


def to_us(instant: datetime) -> int:
    """Return the microseconds since 1970 of an aware instant."""
    return duration_to_us(instant - EPOCH)


def from_us(us: int) -> datetime:
    """Return the instant, in UTC."""
    # Positional, for speed: days, seconds, microseconds. A float of seconds
    # (datetime.fromtimestamp) would lose microseconds.
    return EPOCH + timedelta(0, 0, us)


def duration_to_us(duration: timedelta) -> int:
    """Return a duration in microseconds."""
    seconds = duration.days * 86_400 + duration.seconds
    return seconds * 1_000_000 + duration.microseconds


def duration_from_us(us: int) -> timedelta:
    """Return the duration of so many microseconds."""
    return timedelta(0, 0, us)


PLAIN: dict[type, Codec | None] = {
    str: None,
    int: None,
    bool: Codec(int, bool),
    datetime: Codec(to_us, from_us),
    timedelta: Codec(duration_to_us, duration_from_us),
}
"""Codecs by type; None leaves a value as it is."""

JSON_CODEC = Codec(to_json, from_json)


def codec_of(annotation: Any) -> Codec | None:  # noqa: ANN401, any annotation
    """Return the codec for a field's type, None where the value stays as it is."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    if len(kinds) != 1:
        return _codec_of_one(annotation)
    codec = _codec_of_one(kinds[0])
    return codec and Codec(_unless_none(codec.write), _unless_none(codec.read))


def _codec_of_one(kind: Any) -> Codec | None:  # noqa: ANN401, any annotation
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Codec(lambda member: member.value, kind)
    return JSON_CODEC


def _unless_none(function: Function) -> Function:
    return lambda value: None if value is None else function(value)


def numbered(kind: type[Enum]) -> Codec:
    """Return the codec that stores the place of a member: 0 for the first one."""
    members = list(kind)
    return Codec(members.index, members.__getitem__)
