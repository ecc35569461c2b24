"""What somebody gave where something else was wanted, and the line to write instead.

For those who run no type checker: whatever a host declares is held against its own
annotations when it is built, so that a class without its parentheses, a text where a
list belongs or a variable that was never set fails there, and not at a first click.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import Field, fields
from datetime import timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeGuard,
    Union,
    get_args,
    get_origin,
)

from onboarding.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

UNSET = " (is the variable set that it comes from?)"
"""What is added wherever None came and is not allowed."""

LONGEST = 60
"""Characters of a value that an error quotes; of a longer one, its type is told."""

TYPE_WORDS: Mapping[object, tuple[str, str]] = {
    str: ("a text", '"…"'),
    int: ("a whole number", "1"),
    float: ("a number", "0.5"),
    bool: ("True or False", "True"),
    timedelta: ("a timedelta", "timedelta(days=30)"),
    Mapping: ("a mapping", '{"…": "…"}'),
    Sequence: ("a list", '["…"]'),
    tuple: ("a tuple", '("…",)'),
    Callable: ("a function", "…"),
}
"""What a type is called, and an example of it."""


# ── whether something fits ───────────────────────────────────────────────────


def fits(value: object, kind: object) -> bool:
    """Tell whether a value is what an annotation promises."""
    if value.__class__ is kind:
        return True
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(fits(value, one) for one in inner)
    if origin is Literal:
        return isinstance(value, str) and value in inner
    if origin is type:
        return isinstance(value, type) and issubclass(value, inner[0])
    if origin is tuple or origin is Sequence:
        return _is_list(value, origin) and all(fits(one, inner[0]) for one in value)
    if origin is Mapping:
        return isinstance(value, Mapping) and all(
            fits(key, inner[0]) and fits(one, inner[1]) for key, one in value.items()
        )
    return _is_plain(value, origin or kind)


def _is_list(value: object, kind: type) -> TypeGuard[Iterable[object]]:
    # A text is a sequence of its letters, which nobody means.
    return isinstance(value, kind) and not isinstance(value, str | bytes)


def _is_plain(value: object, kind: object) -> bool:
    if kind in (None, NoneType):
        return value is None
    if kind is int or kind is float:  # True is a number to Python, and to nobody else
        numbers = int if kind is int else (int, float)
        return isinstance(value, numbers) and not isinstance(value, bool)
    if kind is Callable:
        return callable(value)
    return not isinstance(kind, type) or isinstance(value, kind)


# ── saying what is wrong ─────────────────────────────────────────────────────


def shown(value: object) -> str:
    """Return a value as an error may quote it."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    text = repr(value)
    return text if len(text) <= LONGEST else f"a {type(value).__name__}"


def wanted(kind: Any) -> tuple[str, str]:  # noqa: ANN401, any annotation
    """Return what a type is called, in words, and an example of it."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        words = [wanted(one)[0] for one in inner]
        return " or ".join(words), wanted(inner[0])[1]
    if origin is Literal:
        *most, last = (f'"{one}"' for one in inner)
        return f"{', '.join(most)} or {last}", f'"{inner[0]}"'
    if origin is type:
        return f"a class of {inner[0].__name__}, itself", f"Some{inner[0].__name__}"
    if origin in (tuple, Sequence) and inner[0] is not object:
        each, example = wanted(inner[0])
        listed = f"({example},)" if origin is tuple else f"[{example}]"
        return f"{TYPE_WORDS[origin][0]} of which each is {each}", listed
    known = TYPE_WORDS.get(origin or kind)
    if known is not None:
        return known
    if kind in (None, NoneType):
        return "None", "None"
    if issubclass(kind, Enum):
        return f"one of {kind.__name__}", f"{kind.__name__}.{next(iter(kind)).name}"
    article = "an" if kind.__name__[0] in "AEIOU" else "a"
    return f"{article} {kind.__name__}", f"{kind.__name__}(…)"


def check_value(
    where: str,
    value: object,
    kind: object,
    *,
    example: str | None = None,
    is_secret: bool = False,
) -> None:
    """Refuse a value that is not what an annotation promises.

    Args:
        where: What was given it, such as ``Prompt 'nps': nth``.
        value: What was given.
        kind: What is wanted.
        example: What to write; by default one that is made of the kind.
        is_secret: Whether the error must not quote it.

    Raises:
        ConfigError: Naming the place, what is wanted, and the line to write.
    """
    if fits(value, kind):
        return
    words, made = wanted(kind)
    if isinstance(value, type) and _makes(value, kind):
        # A class where its instance belongs: the parentheses are missing.
        made = f"{value.__name__}(…)"
    given = f", not {shown(value)}" if value is None or not is_secret else ""
    hint = UNSET if value is None else ""
    name = where.rpartition(" ")[2].rpartition(".")[2]
    raise ConfigError(
        f"{where} must be {words}{given}{hint}; write {name}={example or made}"
    )


def _makes(value: type, kind: object) -> bool:
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return any(isinstance(one, type) and issubclass(value, one) for one in parts)


def check_fields(
    thing: "DataclassInstance", where: str, *, examples: Mapping[str, str] | None = None
) -> None:
    """Hold each field of a dataclass against its annotation.

    A field is what the class says that had it first: a subclass may say less. What an
    annotation says that is kept as text, since it names what is not loaded, is left to
    the class itself.

    Args:
        thing: An instance of a dataclass.
        where: What an error calls it: ``Prompt 'first-order'``.
        examples: What to write, for fields where that says more than their type.

    Raises:
        ConfigError: For the first field that holds something else.
    """
    for field, kind in _kinds_of(type(thing)):
        value = getattr(thing, field.name)
        is_left_out = value is field.default or (
            not value and value.__class__ is field.default_factory
        )
        if not is_left_out and not fits(value, kind):
            check_value(
                f"{where}: {field.name}",
                value,
                kind,
                example=(examples or {}).get(field.name),
                is_secret=not field.repr,
            )


@cache
def _kinds_of(owner: "type[DataclassInstance]") -> list[tuple[Field[Any], object]]:
    """Return the fields that can be checked, each with its annotation."""
    kinds = [(field, _kind_of(owner, field)) for field in fields(owner)]
    return [(field, kind) for field, kind in kinds if kind is not None]


def _kind_of(owner: type, field: Field[Any]) -> object:
    for base in reversed(owner.__mro__):
        found = base.__dict__.get("__dataclass_fields__", {}).get(field.name)
        if found is not None:
            return None if isinstance(found.type, str) else found.type
    return None


def several(where: str, given: object, example: str) -> tuple[Any, ...]:
    """Return what was listed, as a tuple.

    Raises:
        ConfigError: For a single text, which would be taken letter by letter, and for
            what cannot be listed.
    """
    if isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping):
        return tuple(given)
    one = f'["{given}"], a list' if isinstance(given, str) and given else example
    name = where.rpartition(" ")[2]
    hint = UNSET if given is None else ""
    raise ConfigError(
        f"{where} must be a list, not {shown(given)}{hint}; write {name}={one}"
    )


# ── plug-ins, which are known by what they can do ────────────────────────────


def check_instance(where: str, given: object, example: str) -> None:
    """Refuse a class where an object made of it is wanted.

    Raises:
        ConfigError: With the parentheses to write.
    """
    if isinstance(given, type):
        raise ConfigError(
            f"{where} is the class {given.__name__}, which makes such objects; write "
            f"one: {given.__name__}(…), as in {example}"
        )


def check_methods(
    where: str, given: object, names: Sequence[str], example: str
) -> None:
    """Refuse a plug-in that lacks what is going to be called.

    Raises:
        ConfigError: Naming what it lacks.
    """
    check_instance(where, given, example)
    for name in names:
        if not callable(getattr(given, name, None)):
            hint = UNSET if given is None else ""
            raise ConfigError(
                f"{where} is {shown(given)}, which has no {name}(){hint}; write "
                f"{example}"
            )


def is_async(function: object) -> bool:
    """Tell whether calling something gives an awaitable, as far as can be seen."""
    if not callable(function):
        return False
    inner = inspect.unwrap(function)
    called = getattr(type(inner), "__call__", None)  # noqa: B004, its kind is asked
    return inspect.iscoroutinefunction(inner) or inspect.iscoroutinefunction(called)
