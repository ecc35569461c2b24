"""A question with parts: a pydantic model within the profile, answered as one."""

from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from onboarding.errors import ConfigError
from onboarding.profiling.grammar import QUESTION
from onboarding.profiling.model import Ask, Question


def composite(kind: object) -> type[BaseModel] | None:
    """Return the model whose fields are the parts of an answer, if it has parts.

    Args:
        kind: The type of a field, with or without its None.
    """
    is_union = get_origin(kind) in (Union, UnionType)
    kinds = (
        [one for one in get_args(kind) if one is not NoneType] if is_union else [kind]
    )
    one = kinds[0] if len(kinds) == 1 else None
    if get_origin(one) is Annotated:
        one = get_args(one)[0]
    return one if isinstance(one, type) and issubclass(one, BaseModel) else None


def as_question(
    where: str, question: str, name: str, field: FieldInfo, kind: object
) -> Question:
    """Return one part of a question, to be drawn as a question of its own.

    Args:
        where: What errors call it: ``Profile.home.town``.
        question: The name of the whole question.
        name: The name of the field.
        field: The field of the model within.
        kind: Its type without None, and without what stands in ``Annotated``.

    Raises:
        ConfigError: When a form could not ask for it.
    """
    if field.alias or field.validation_alias or field.serialization_alias:
        raise ConfigError(f"{where} has an alias, which no form knows; drop it")
    if not QUESTION.match(name):
        raise ConfigError(f"{where}: a part has the name of a question: plain letters")
    if composite(kind):
        raise ConfigError(
            f"{where} has parts of its own, and a part has none; write its fields here"
        )
    autofill = (getattr(one, "autocomplete", None) for one in field.metadata)
    return Question(
        name=f"{question}.{name}",
        ask=Ask(
            question=field.title or name.replace("_", " ").capitalize(),
            why=field.description or "",
            autocomplete=next(filter(None, autofill), "off"),
        ),
        type=kind,
        required=field.is_required(),
    )
