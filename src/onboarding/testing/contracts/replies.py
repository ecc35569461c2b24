"""Replies, taken apart and changed in one place."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

ReplyPlace = tuple[str | int, ...]
"""The way to a value: names of members, and numbers of rows."""


def paths(value: object, path: ReplyPlace = ()) -> Iterator[ReplyPlace]:
    """Yield the way to every value of a reply."""
    if path:
        yield path
    inner: Any = []
    if isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, part in inner:
        yield from paths(part, (*path, key))


def leaves(value: object) -> Iterator[object]:
    """Yield every value of a reply that holds no others."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def changed(
    replies: Mapping[str, Any], path: ReplyPlace, value: object
) -> dict[str, Any]:
    """Return replies with another value in one place."""
    made = deepcopy(dict(replies))
    place: Any = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = deepcopy(value)
    return made


def replaced(value: Any, old: str, new: object) -> Any:  # noqa: ANN401  # any JSON
    """Return a reply with another value for a text, or a number as text."""
    if isinstance(value, Mapping):
        return {key: replaced(part, old, new) for key, part in value.items()}
    if isinstance(value, list):
        return [replaced(part, old, new) for part in value]
    return new if not isinstance(value, bool) and str(value) == old else value
