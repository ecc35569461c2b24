"""JSON values, and what a database can hold as text; all else is refused at once.

PostgreSQL has no NUL in text, and no database encodes half a surrogate pair
(Unicode 16.0 §3.9). Nobody types either, so who sends one is told so, and a
stored text comes back as it went in whichever the database is.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from onboarding.errors import BadRequest

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]
"""What JSON can say (RFC 8259 §3)."""


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: JsonValue) -> str:
    """Return one text for one JSON value: ``true`` and ``1`` stay apart.

    Raises:
        ValueError: When a number is not finite, or has thousands of digits.
    """
    return _ENCODER.encode(value)


def check_text(text: str) -> str:
    """Return the text, which every database can hold.

    Raises:
        BadRequest: When it has a NUL or half a surrogate pair.
    """
    if "\0" in text:
        raise BadRequest("a text holds a NUL character, which cannot be kept")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRequest(
            "a text holds half a character, which cannot be kept"
        ) from None
    return text


def to_json(value: object) -> str:
    """Return a JSON value as text that every database can hold.

    Raises:
        BadRequest: When a text in it cannot be held, or a number is not finite.
    """
    try:
        text = json.dumps(
            dict(value) if isinstance(value, Mapping) else value,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
        )
    except ValueError:
        raise BadRequest("a number that is not finite cannot be kept") from None
    if "\\u0000" in text:  # an escaped NUL, or somebody's backslash and letters
        for part in _texts(value):
            check_text(part)
    return check_text(text)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for pair in value.items():
                yield from chain.from_iterable(map(_texts, pair))
        case list():
            yield from chain.from_iterable(map(_texts, value))


def from_json(text: str) -> Any:  # noqa: ANN401, any JSON value; the noun's field types it
    """Return what ``to_json`` was given, as a value of its own."""
    return json.loads(text)
