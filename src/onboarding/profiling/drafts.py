"""Throwaway instances of the host's model, to check and to write one field on.

A draft of a model with a thousand fields takes pydantic 0.3 ms to make, and each
check on it copies them all (8 µs). Where nothing looks at the other fields they are
left out: then a draft takes 1 µs, and a check on it 1 or 2 µs. Where something does, a
draft is copied from one that was made beforehand (7 µs), unless a hook of the model
has to see it being made.

Who looks at others is read from pydantic's core schema of the model: rules of the
whole model stand around its fields, validators that are passed the other fields have
a function "with-info", and so on. Whatever is not plainly alone gets whole drafts.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from datetime import date
from enum import Enum
from types import NoneType
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from pydantic.fields import FieldInfo

P = TypeVar("P", bound=BaseModel)

Typed = Mapping[str, Any]
"""Answers as the model holds them, by the name of the question."""


class Drafts(Generic[P]):
    """Makes drafts of one model.

    Args:
        model: The host's profile, complete: without references that are not resolved.

    Attributes:
        model: The same.
        are_whole: Whether a draft has every field: validators or serializers may look
            at it.
    """

    def __init__(self, model: type[P]):
        self.model = model
        schema = model.__pydantic_core_schema__
        self.are_whole = _looks_around(schema)
        self._pattern: P | None = None
        if not self.are_whole:
            self._pattern = _empty(model)
        elif not any(map(_is_made_of_others, _parts(schema))):
            self._pattern = model.model_construct()
        # A default that can be changed would be changed for all drafts at once.
        self._fresh = {
            name: field
            for name, field in model.model_fields.items()
            if self.are_whole and not _is_fixed(field)
        }

    def make(self, known: Typed) -> P:
        """Return an unchecked draft that holds these values.

        Other fields have their defaults in whole drafts; elsewhere they are missing.
        """
        if self._pattern is None:
            return self.model.model_construct(None, **known)
        draft = copy(self._pattern)
        values = draft.__dict__
        for name, field in self._fresh.items():
            values[name] = field.get_default(call_default_factory=True)
        values.update(known)
        object.__setattr__(draft, "__pydantic_fields_set__", set(known))
        return draft


def _empty(model: type[P]) -> P:
    """Return an instance without any field."""
    draft = model.model_construct()
    draft.__dict__.clear()
    return draft


def _looks_around(schema: Mapping[str, Any]) -> bool:
    """Tell whether checking or writing one field may look at another one."""
    model = schema["schema"] if schema["type"] == "definitions" else schema
    is_bare = (
        model["type"] == "model"
        and model["schema"]["type"] == "model-fields"
        # A serializer of the whole model, and `model_post_init`, see the instance.
        and not {"serialization", "post_init"} & set(model)
    )
    return not is_bare or any(map(_is_passed_others, _parts(schema)))


def _is_passed_others(part: Mapping[str, Any]) -> bool:
    return (
        part.get("type") == "with-info"  # a validator with `info.data`
        or part.get("is_field_serializer", False)  # a method of the model
        or part.get("default_factory_takes_data", False)
    )


def _is_made_of_others(part: Mapping[str, Any]) -> bool:
    """Tell whether making an instance runs a hook, or makes a default of others."""
    return "post_init" in part or part.get("default_factory_takes_data", False)


def _is_fixed(field: FieldInfo) -> bool:
    """Tell whether the default of a field is one value that nobody can change."""
    unchangeable = (str, int, float, bytes, NoneType, Enum, date)
    return field.default_factory is None and (
        field.is_required() or isinstance(field.default, unchangeable)
    )


def _parts(schema: object) -> Iterator[Mapping[str, Any]]:
    """Yield every dictionary of a core schema; those of hosts' values are not."""
    if isinstance(schema, dict):
        yield schema
        for key, part in schema.items():
            if key not in ("default", "metadata"):
                yield from _parts(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from _parts(part)
