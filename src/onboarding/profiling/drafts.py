"""Throwaway instances of the host's model, to check and to write one field on.

A draft of a model with a thousand fields takes pydantic 0.3 ms to make, and each
check on it copies them all (8 µs). Where nothing looks at the other fields they are
left out: then a draft takes 1 µs, and a check on it 1 or 2 µs. Where something does, a
draft is copied from one that was made beforehand (7 µs), unless a hook of the model
has to see it being made.

pydantic looks for the field that it checks among all, one after the other: of ten
thousand that takes 40 µs. So fields that nothing looks around from are checked by
validators of a few dozen fields, each built when the first of its fields is checked.

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
from pydantic_core import SchemaValidator

P = TypeVar("P", bound=BaseModel)

Typed = Mapping[str, Any]
"""Answers as the model holds them, by the name of the question."""


UNREAD = ("default", "metadata")
"""Where values of hosts stand in a core schema."""

TOGETHER = 50
"""Fields that one validator checks."""


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
        schema: Mapping[str, Any] = model.__pydantic_core_schema__
        parts = list(_parts(schema))
        self.are_whole = not _is_bare(schema) or any(map(_is_passed_others, parts))
        self._whole: _Pattern[P] | None = None
        self._is_copied = not any(map(_is_made_of_others, parts))
        self._empty = None if self.are_whole else _empty(model)
        self._fields = None if self.are_whole else _Fields(schema)

    def make(self, known: Typed) -> P:
        """Return an unchecked draft that holds these values.

        Other fields have their defaults in whole drafts; elsewhere they are missing.
        """
        if self._empty is None:
            return self.whole(known)
        # As `copy(self._empty)`, which looks up how each part of it is copied.
        draft = self.model.__new__(self.model)
        private = self._empty.__pydantic_private__
        object.__setattr__(draft, "__dict__", dict(known))
        object.__setattr__(draft, "__pydantic_fields_set__", set(known))
        object.__setattr__(draft, "__pydantic_extra__", None)
        object.__setattr__(draft, "__pydantic_private__", copy(private))
        return draft

    def whole(self, known: Typed) -> P:
        """Return an unchecked instance with these values; others have their defaults.

        As ``model_construct`` does, which looks at each field of the model.
        """
        if not self._is_copied:
            return self.model.model_construct(None, **known)
        if self._whole is None:
            self._whole = _Pattern(self.model)
        return self._whole.filled(known)

    def assign(self, draft: P, name: str, value: object) -> None:
        """Check a value as the model does, and put it on a draft.

        Raises:
            ValidationError: When the model refuses it.
        """
        if self._fields is not None:
            checked: Any = self._fields[name].validate_assignment({}, name, value)
            draft.__dict__[name] = checked[0][name]
            return
        # The one use of pydantic's semi-public validator. `setattr` would need the host
        # to switch `validate_assignment` on, and fails on frozen models.
        self.model.__pydantic_validator__.validate_assignment(draft, name, value)


class _Pattern(Generic[P]):
    """An instance of a model that others are copied from."""

    def __init__(self, model: type[P]):
        self._pattern = model.model_construct()
        # A default that can be changed would be changed for all copies at once.
        self._fresh = {n: f for n, f in model.model_fields.items() if not _is_fixed(f)}

    def filled(self, known: Typed) -> P:
        draft = copy(self._pattern)
        values = draft.__dict__
        for name, field in self._fresh.items():
            values[name] = field.get_default(call_default_factory=True)
        values.update(known)
        object.__setattr__(draft, "__pydantic_fields_set__", set(known))
        return draft


class _Fields(dict[str, SchemaValidator]):
    """What checks each field of a model of which none looks at others."""

    def __init__(self, schema: Mapping[str, Any]):
        is_defining = schema["type"] == "definitions"
        model = schema["schema"] if is_defining else schema
        self._definitions = {
            one["ref"]: one for one in schema.get("definitions", ()) if is_defining
        }
        self._config = model.get("config")
        self._schema = model["schema"]
        self._names = list(self._schema["fields"])
        self._place = {name: n for n, name in enumerate(self._names)}

    def __missing__(self, name: str) -> SchemaValidator:
        first = self._place[name] // TOGETHER * TOGETHER
        names = self._names[first : first + TOGETHER]
        fields = {one: self._schema["fields"][one] for one in names}
        schema = {**self._schema, "fields": fields}
        if needed := self._needed(fields):
            schema = {"type": "definitions", "schema": schema, "definitions": needed}
        validator = SchemaValidator(schema, self._config)
        self.update(dict.fromkeys(names, validator))
        return validator

    def _needed(self, fields: object) -> list[Mapping[str, Any]]:
        """Return the definitions that these refer to, and those that they refer to."""
        needed: dict[str, Mapping[str, Any]] = {}
        waiting = [fields] if self._definitions else []
        while waiting:
            for part in _parts(waiting.pop()):
                ref = part.get("schema_ref", "")
                if ref in self._definitions and ref not in needed:
                    needed[ref] = self._definitions[ref]
                    waiting.append(needed[ref])
        return list(needed.values())


def _empty(model: type[P]) -> P:
    """Return an instance without any field."""
    draft = model.model_construct()
    draft.__dict__.clear()
    return draft


def _is_bare(schema: Mapping[str, Any]) -> bool:
    """Tell whether nothing stands around the fields that may look at several."""
    model = schema["schema"] if schema["type"] == "definitions" else schema
    return (
        model["type"] == "model"
        and model["schema"]["type"] == "model-fields"
        # A serializer of the whole model, and `model_post_init`, see the instance.
        and not {"serialization", "post_init"} & set(model)
    )


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
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += [
                one
                for key, one in part.items()
                if isinstance(one, (dict, list, tuple))
                and key not in ("default", "metadata")
            ]
        elif isinstance(part, (list, tuple)):
            waiting += part
