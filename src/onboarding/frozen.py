"""Frozen dataclasses, made without compiling what is alike in all of them.

``dataclasses`` writes six functions for each frozen class and compiles them one by one:
for a hundred classes, half the time that importing this library took. Here ``__init__``
alone is compiled, and the others are shared. What comes out is a dataclass to whoever
looks, ``fields`` and ``replace`` among them, and to type checkers, which read
``dataclasses.dataclass`` instead of this.

Not for a class that hosts make subclasses of, as they do of providers: what they know
is the original. Neither ``InitVar`` nor ``field(init=False)`` is known here.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar

__all__ = ["dataclass", "field"]

T = TypeVar("T")


def frozen_dataclass(
    *,
    frozen: Literal[True],
    slots: bool = False,
    kw_only: bool = False,
    eq: bool = True,
    repr: bool = True,  # noqa: A002, as the original calls it
) -> Callable[[type[T]], type[T]]:
    """Return a decorator that does what ``dataclasses.dataclass`` does with these.

    Args:
        frozen: Written for those who read the class; nothing else is made here.
        slots: As for the original, and so are the others.
        kw_only: Whether its fields are given by name alone.
        eq: Whether two with equal fields are equal, and one in a set.
        repr: Whether it is shown with its fields.
    """

    def made(kind: type[T]) -> type[T]:
        if hasattr(kind, "__dataclass_fields__"):
            # It inherits from one; the original alone knows what may follow what.
            whole = dataclasses.dataclass(
                frozen=frozen, slots=slots, kw_only=kw_only, eq=eq, repr=repr
            )
            return whole(kind)
        bare = dataclasses.dataclass(
            init=False, eq=False, repr=False, slots=slots, kw_only=kw_only
        )
        return _completed(bare(kind), slots=slots, eq=eq, is_shown=repr)

    return made


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = frozen_dataclass


def _completed(kind: type[T], *, slots: bool, eq: bool, is_shown: bool) -> type[T]:
    """Add what a bare dataclass lacks, but what its body has itself."""
    known: tuple[Field[Any], ...] = fields(kind)  # type: ignore[arg-type]  # just made one
    methods: dict[str, object] = {
        "__init__": _init(kind, known),
        "__setattr__": _setattr,
        "__delattr__": _delattr,
    }
    if is_shown:
        methods["__repr__"] = _repr
    if eq:
        compared = _getter(f.name for f in known if f.compare)
        hashed = _getter(f.name for f in known if _is_hashed(f))
        methods["__eq__"] = _eq(compared)
        methods["__hash__"] = lambda self: hash(hashed(self))
    if slots:  # without, what is pickled is the __dict__
        methods |= {"__getstate__": _getstate, "__setstate__": _setstate}
    for name, method in methods.items():
        if name not in kind.__dict__:
            setattr(kind, name, method)
    params = kind.__dataclass_params__  # type: ignore[attr-defined]  # just made one
    params.init, params.repr, params.eq, params.frozen = True, is_shown, eq, True
    return kind


# ── what is compiled ─────────────────────────────────────────────────────────


def _init(kind: type[Any], known: tuple[Field[Any], ...]) -> Callable[..., None]:
    """Compile ``__init__``, which is called often, and has its own parameters."""
    names: dict[str, Any] = {
        "__name__": kind.__module__,
        "__set": object.__setattr__,
        "__missing": MISSING,
    }
    slots = kind.__dict__.get("__slots__", ())
    lines = []
    plain: list[str] = []
    named = ["*"]
    for one in known:
        name = one.name
        text, value = name, name
        if one.default is not MISSING:
            text += f"=__usual_{name}"
            names[f"__usual_{name}"] = one.default
        elif one.default_factory is not MISSING:
            text += "=__missing"
            value = f"__make_{name}() if {name} is __missing else {name}"
            names[f"__make_{name}"] = one.default_factory
        (named if one.kw_only else plain).append(text)
        if name in slots:
            # Half of what `object.__setattr__` costs, which looks the slot up.
            names[f"__set_{name}"] = kind.__dict__[name].__set__
            lines.append(f" __set_{name}(self, {value})")
        else:
            lines.append(f" __set(self, {name!r}, {value})")
    if hasattr(kind, "__post_init__"):
        lines.append(" self.__post_init__()")
    parameters = ["self", *plain, *(named if len(named) > 1 else ())]
    source = f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines or [" pass"])
    exec(source, names)  # noqa: S102, names of fields and nothing else, as dataclasses does
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    init.__annotations__ = {f.name: f.type for f in known} | {"return": None}
    return init


# ── what is shared ───────────────────────────────────────────────────────────


def _is_hashed(one: "Field[Any]") -> bool:
    return one.compare if one.hash is None else one.hash


def _getter(names: Iterable[str]) -> Callable[[object], object]:
    """Return what reads these fields, fast; of none there is nothing to tell apart."""
    found = tuple(names)
    return attrgetter(*found) if found else lambda _: ()


def _eq(compared: Callable[[object], object]) -> Callable[[object, object], object]:
    def eq(self: object, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    return eq


def _repr(self: Any) -> str:  # noqa: ANN401, any of the classes
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _setattr(_: object, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(_: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[object]:  # noqa: ANN401, any of the classes
    return [getattr(self, one.name) for one in fields(self)]


def _setstate(self: Any, state: list[object]) -> None:  # noqa: ANN401, any of the classes
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
