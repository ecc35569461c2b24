"""Reads questions out of a host's pydantic model, and refuses what would fail later.

A field can say "unknown" only if it allows None and defaults to None; everything
that cannot is refused here, when the application is built, with what to write
instead.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from difflib import get_close_matches
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic.errors import PydanticUndefinedAnnotation
from pydantic.fields import FieldInfo

from onboarding.errors import ConfigError
from onboarding.names import unknown
from onboarding.profiling.grammar import CLAIM, QUESTION
from onboarding.profiling.model import Ask, Question
from onboarding.profiling.parts import as_question, composite
from onboarding.profiling.versions import check_versions
from onboarding.profiling.widgets.base import FORM_NAMES
from onboarding.providers.claims import NO_FACTS, STANDARD
from onboarding.shapes import check_fields
from onboarding.visible import is_blank

ASK_EXAMPLES = {
    "question": '"What do you like to read?"',
    "why": '"We sort your shelf by it."',
    "labels": '{"novel": "Novels"}',
    "hints": '{"novel": "Long ones, mostly"}',
    "widget": '"choice"',
    "autocomplete": '"bday"',
    "when": 'Answered("…", is_in=["…"])',
    "fresh_for": "timedelta(days=365)",
    "valid_for": "timedelta(days=730)",
    "purpose": '"recommendations"',
    "version": "2",
    "convert": "{1: to_2}",
    "propose": '"birthdate"',
    "unused": '"Asked by the newsletter form."',
}
"""What to write in an ``Ask``, where something else stands."""


def read(model: type[BaseModel]) -> list[Question]:
    """Return the questions of a model, in the order of its fields.

    Guards are not looked at yet.

    Raises:
        ConfigError: Naming the field, and what to write instead.
    """
    _complete(model)
    questions = []
    for name, field in model.model_fields.items():
        where = f"{model.__name__}.{name}"
        asks = [found for found in field.metadata if _is_ask(found)]
        _refuse_hidden(where, field)
        if not asks:
            _require_default(where, field)
            continue
        if len(asks) > 1 or not isinstance(asks[0], Ask):
            raise ConfigError(f'{where}: write one Ask("…", why="…") in its Annotated')
        _check_name(where, name)
        _check_ask(where, asks[0])
        questions.append(_question(where, name, field, asks[0]))
    return questions


def _complete(model: object) -> None:
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        raise ConfigError(
            f"profile={model!r} is not a pydantic model; write "
            "class Profile(BaseModel) and pass the class"
        )
    try:
        model.model_rebuild()
    except PydanticUndefinedAnnotation as error:
        name = error.name or "?"
        fields = model.model_fields.items()
        where = next((n for n, f in fields if name in repr(f.annotation)), "?")
        raise ConfigError(
            f"{model.__name__}.{where}: its type refers to {name!r}, which does not "
            f"exist; define or import it before the class, or call "
            f"{model.__name__}.model_rebuild() after it"
        ) from None


def _is_ask(found: object) -> bool:
    return isinstance(found, Ask) or found is Ask


def _refuse_hidden(where: str, field: FieldInfo) -> None:
    """Refuse an Ask where pydantic does not pass it on, and types that lose values."""
    parts = list(_parts(field.annotation))
    made: object = field.default_factory
    if _is_ask(field.default) or _is_ask(made):
        raise ConfigError(
            f"{where} has its Ask where its default belongs, so nobody is asked, and "
            f"the profile holds the Ask itself; write {_name(where)}: "
            "Annotated[X | None, Ask(…)] = None"
        )
    if any(_is_ask(part) for part in parts):
        raise ConfigError(
            f"{where}: Ask stands inside the type, where it is lost; write "
            f"Annotated[X | None, Ask(…)] = None, with None inside Annotated"
        )
    for part in parts:
        if isinstance(part, type) and issubclass(part, BaseModel) and _asks(part):
            raise ConfigError(
                f"{where}: {part.__name__} holds an Ask, and what is within a model is "
                f"not asked; write its questions as fields of the profile itself"
            )
    if any(part in (SecretStr, SecretBytes) for part in parts):
        raise ConfigError(
            f"{where}: a secret is stored as asterisks; a profile is no place for "
            "one. Write str | None if it is not a secret"
        )


def _asks(model: type[BaseModel]) -> bool:
    fields = model.model_fields.values()
    return any(_is_ask(found) for field in fields for found in field.metadata)


def _parts(annotation: object) -> Iterator[object]:
    """Yield everything that an annotation mentions."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _require_default(where: str, field: FieldInfo) -> None:
    if field.is_required():
        raise ConfigError(
            f"{where} is required, but a profile starts empty; write "
            f"{_name(where)}: X | None = None"
        )


def _check_name(where: str, name: str) -> None:
    if not QUESTION.match(name):
        raise ConfigError(
            f"{where}: a question's name is at most 64 plain letters, digits and "
            "underscores, and begins with a letter"
        )
    if name in FORM_NAMES:
        raise ConfigError(
            f"{where}: our forms have a field {name!r} already; write another name, "
            f"such as {name}_"
        )


def _check_ask(where: str, ask: Ask) -> None:
    check_fields(ask, f"{where}: Ask", examples=ASK_EXAMPLES)
    _check_ages(where, ask)
    check_versions(where, ask)
    if ask.propose is not None:
        _check_claim(where, ask.propose)
    if is_blank(ask.question):
        raise ConfigError(
            f'{where}: Ask has no question; write Ask("What …?", why="…")'
        )
    if is_blank(ask.why):
        raise ConfigError(
            f"{where}: Ask has no why, and nobody is asked without one; write "
            f'Ask("{ask.question}", why="We … by it.")'
        )


def _check_ages(where: str, ask: Ask) -> None:
    for name in ("fresh_for", "valid_for"):
        age = getattr(ask, name)
        if age is not None and age <= timedelta(0):
            raise ConfigError(
                f"{where}: Ask.{name} must be longer than nothing, or the question is "
                f"asked for ever; write {name}={ASK_EXAMPLES[name]}"
            )
    if ask.fresh_for and ask.valid_for and ask.fresh_for >= ask.valid_for:
        raise ConfigError(
            f"{where}: an answer ends (valid_for) before it is asked for again "
            "(fresh_for); make fresh_for the shorter one"
        )


def _check_claim(where: str, claim: str) -> None:
    """Refuse what no claim could be, and a standard one that is misspelt."""
    if claim in STANDARD:
        return
    standard = sorted(STANDARD)
    is_slip = bool(get_close_matches(claim, standard, n=1, cutoff=0.75))
    if claim in NO_FACTS or is_slip or not CLAIM.match(claim):
        said = unknown("claim about a person", claim, standard)
        raise ConfigError(
            f"{where}: propose= names {said}; a claim of your own provider's may have "
            "any other name of letters, digits, _, :, / and ."
        )


def _question(where: str, name: str, field: FieldInfo, ask: Ask) -> Question:
    kind, optional = _without_none(field.annotation)
    _check_optional(where, field, is_optional=optional)
    if field.frozen:
        raise ConfigError(f"{where} is frozen, so nobody can answer it; drop frozen")
    if field.exclude:
        raise ConfigError(f"{where} is excluded, so no answer is kept; drop exclude")
    constraints = [found for found in field.metadata if found is not ask]
    kind, inner = _bare(kind)
    return Question(
        name=name,
        ask=ask,
        type=kind,
        constraints=tuple(_flat([*constraints, *inner])),
        parts={} if ask.widget else _parts_of(where, name, kind),
    )


def _bare(kind: Any) -> tuple[Any, list[object]]:  # noqa: ANN401, any type
    """Return a type without what stands in its ``Annotated``, and that."""
    if get_origin(kind) is Annotated:
        kind, *inner = get_args(kind)
        return kind, inner
    return kind, []


def _parts_of(where: str, question: str, kind: object) -> dict[str, Question]:
    """Return the parts of a question whose type is a model."""
    model, parts = composite(kind), {}
    for name, field in model.model_fields.items() if model else ():
        inner, _ = _without_none(field.annotation)
        bare, constraints = _bare(inner)
        one = as_question(f"{where}.{name}", question, name, field, bare)
        limits = tuple(_flat([*field.metadata, *constraints]))
        parts[name] = replace(one, constraints=limits)
    return parts


def _check_optional(where: str, field: FieldInfo, *, is_optional: bool) -> None:
    name = _name(where)
    write = f"write {name}: Annotated[X | None, Ask(…)] = None"
    if field.is_required():
        raise ConfigError(f"{where} is required, but nobody has answered yet; {write}")
    if field.default_factory is not None or field.default is not None:
        shown = "a made-up value" if field.default_factory else repr(field.default)
        raise ConfigError(
            f"{where} defaults to {shown}, an answer that nobody gave; {write}"
        )
    if not is_optional:
        raise ConfigError(f"{where} does not allow None, which says unknown; {write}")


def _without_none(annotation: object) -> tuple[object, bool]:
    """Return a type without its None, and whether it had one."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    parts = get_args(annotation)
    rest = [part for part in parts if part is not NoneType]
    if len(rest) == len(parts):
        return annotation, False
    return reduce(or_, rest), True


def _flat(constraints: list[object]) -> Iterator[object]:
    for found in constraints:
        yield from found.metadata if isinstance(found, FieldInfo) else [found]


def _name(where: str) -> str:
    return where.rpartition(".")[2]
