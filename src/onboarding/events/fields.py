"""What the fields of an event may hold, checked where its class is written."""

from collections.abc import Sequence
from dataclasses import fields
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from onboarding.errors import ConfigError

Primitive = str | int | float | bool | None
"""What a field of an event may hold."""

PRIMITIVES = (str, int, float, bool, NoneType)

TEXTS = (str, "str", str | None, "str | None", "Optional[str]")
WHOLE_NUMBERS = (int, "int", int | None, "int | None", "Optional[int]")
"""How an annotation may be written, also where annotations are kept as text."""


def check_types(kind: type[Any]) -> None:
    """Refuse a field that could never hold a primitive.

    Args:
        kind: A class of event, which is a dataclass.

    Raises:
        ConfigError: With a type to write.
    """
    for field in fields(kind):
        origin = get_origin(field.type)
        is_union = origin in (Union, UnionType)
        for part in get_args(field.type) if is_union else (origin or field.type,):
            if isinstance(part, type) and not issubclass(part, PRIMITIVES):
                raise ConfigError(
                    f"{kind.__name__}.{field.name} is a {part.__name__}; an event "
                    "carries text, numbers, booleans or None: write what tells it in "
                    f"one of these, such as {field.name}: str"
                )


def check_field(
    kind: type[Any], keyword: str, name: str, types: Sequence[object], wanted: str
) -> None:
    """Refuse a class keyword that names no field, or one of another type.

    Args:
        kind: A class of event, which is a dataclass.
        keyword: Which keyword.
        name: Which field it names.
        types: How the type of that field may be written.
        wanted: The one to write.

    Raises:
        ConfigError: With the fields that there are, or the type to write.
    """
    found = {field.name: field.type for field in fields(kind)}
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
