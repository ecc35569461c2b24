"""The host's model checks answers: one field at a time, on a throwaway instance.

No validator of our own stands beside it. ``validate_assignment`` of pydantic-core
runs the field's constraints and validators, and those of the whole model; the
instance is never used again, since a refused value may stay on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from pydantic import BaseModel, ValidationError

from onboarding.errors import ConfigError, InvalidAnswer
from onboarding.jsonvalue import JsonValue, canonical
from onboarding.locales.numbers import PLAIN_NUMBER
from onboarding.profiling.ageing import is_over
from onboarding.profiling.drafts import Drafts, Typed
from onboarding.profiling.model import Answer, Question
from onboarding.profiling.parts import composite
from onboarding.profiling.problems import (
    GENERAL,
    NOT_A_DATE,
    NOT_A_NUMBER,
    NOT_WHOLE,
    TOO_LONG,
    problem,
)
from onboarding.profiling.rules import VALUE
from onboarding.profiling.versions import NotConverted, converted, is_for_today
from onboarding.visible import is_blank

LONGEST_ANSWER = 10_000
"""Characters of JSON that one stored answer has at most."""


def spoken(value: JsonValue) -> JsonValue:
    """Return what a person said, or None where nothing of it can be seen.

    A text of blanks is no answer, and neither is a list or an object of them.
    """
    if isinstance(value, list):
        return [one for one in value if not _is_silent(one)] or None
    if isinstance(value, dict):
        return {n: one for n, one in value.items() if not _is_silent(one)} or None
    return None if _is_silent(value) else value


def _is_silent(value: JsonValue) -> bool:
    """Tell whether a part of an answer says nothing; it may be a list, and no more."""
    if isinstance(value, list):
        return all(one is None or _is_blank(one) for one in value)
    return value is None or _is_blank(value)


def _is_blank(value: JsonValue) -> bool:
    return isinstance(value, str) and is_blank(value)


def check(drafts: Drafts[Any], known: Typed, name: str, value: object) -> object:
    """Return an answer as the model holds it.

    Args:
        drafts: Of the host's profile.
        known: The other answers, as the model holds them: what rules across
            several fields look at.
        name: The field.
        value: A JSON value, or what the model holds already.

    Raises:
        InvalidAnswer: Saying what to do; its question is ``""`` when a rule across
            several fields is broken.
    """
    draft = drafts.make(known)
    _assign(drafts, draft, name, value)
    typed: object = getattr(draft, name)
    if isinstance(typed, BaseModel) and isinstance(value, Mapping):
        for part in value.keys() & type(typed).model_fields:
            _refuse_guesses(name, value[part], getattr(typed, part), part)
    else:
        _refuse_guesses(name, value, typed)
    return typed


def _assign(drafts: Drafts[Any], draft: BaseModel, name: str, value: object) -> None:
    try:
        drafts.assign(draft, name, value)
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)
        within = composite(drafts.model.model_fields[name].annotation)
        parts = within.model_fields if within else {}
        raise problem(name, details, value, parts) from None
    except Exception as error:
        error.add_note(
            f"raised by a validator of {drafts.model.__name__} while {name} was "
            "checked; any other field may be None there"
        )
        raise


def _refuse_guesses(name: str, value: object, typed: object, part: str = "") -> None:
    """Refuse what the model read, but nobody can have meant.

    pydantic takes ``true`` for 1, ``0`` for the first of January 1970, and, as Python
    does, ``1_000`` and digits of other scripts for numbers.
    """
    if isinstance(value, bool) and not isinstance(typed, bool):
        raise InvalidAnswer(name, GENERAL, part=part)
    is_written = isinstance(value, date) or (
        isinstance(value, str) and "-" in value[1:]
    )
    if isinstance(typed, date) and not is_written:
        raise InvalidAnswer(name, NOT_A_DATE, part=part)
    if isinstance(typed, float | Decimal | int) and _is_another(value, typed):
        is_whole = isinstance(typed, int)
        raise InvalidAnswer(name, NOT_WHOLE if is_whole else NOT_A_NUMBER, part=part)


def _is_another(value: object, typed: float | Decimal) -> bool:
    """Tell whether a number is not the one that was said.

    A text that Python does not read itself was read by a validator of the host, which
    may make of ``€ 5`` what it likes.
    """
    if isinstance(typed, float) and not isfinite(typed):
        return True
    if isinstance(value, str) and not PLAIN_NUMBER.match(value.strip()):
        return _python_reads(value, typed) == typed
    is_exact = isinstance(value, str) or type(value) is int
    return is_exact and isinstance(typed, float) and _loses_digits(str(value))


def _python_reads(text: str, typed: float | Decimal) -> float | Decimal | None:
    kinds = (int, float, Decimal)
    kind = next(kind for kind in kinds if isinstance(typed, kind))
    try:
        return kind(text)
    except (ValueError, ArithmeticError):
        return None


def _loses_digits(text: str) -> bool:
    """Tell whether a float is another whole number, or zero where something was said.

    That a fraction is rounded at its seventeenth digit is what a float is for.
    """
    said, kept = Decimal(text), Decimal(repr(float(text)))
    return said != kept and (kept == 0 or said == said.to_integral_value())


def stored(drafts: Drafts[Any], name: str, typed: object) -> JsonValue:
    """Return the JSON value to keep of an answer that was checked.

    Raises:
        InvalidAnswer: When JSON cannot say it, or it is longer than ``LONGEST_ANSWER``.
        ConfigError: When the model would not read it back: its serializer and its
            validator disagree, and the person would be asked for ever.
    """
    draft = drafts.make({name: typed})
    value: JsonValue = draft.model_dump(mode="json", include={name})[name]
    try:
        if isinstance(typed, set | frozenset) and isinstance(value, list):
            value = sorted(value, key=canonical)  # the same set, the same text
        text = canonical(value)
    except ValueError:
        raise InvalidAnswer(name, GENERAL) from None
    if len(text) > LONGEST_ANSWER:
        raise InvalidAnswer(name, TOO_LONG, slots={"max": LONGEST_ANSWER})
    try:
        readable(drafts, name, value)
    except InvalidAnswer:
        raise ConfigError(
            f"{drafts.model.__name__}.{name} does not read back what it writes: its "
            "serializer gives a JSON value that its validators refuse"
        ) from None
    return value


def readable(drafts: Drafts[Any], name: str, value: JsonValue) -> object:
    """Return a stored answer as the model holds it.

    Rules across several fields do not matter here: what was accepted stays usable
    when another answer changes.

    Raises:
        InvalidAnswer: When the field of today does not take the value.
    """
    return _read(drafts, drafts.make({}), name, value)


def _read(drafts: Drafts[Any], draft: BaseModel, name: str, value: JsonValue) -> object:
    try:
        _assign(drafts, draft, name, value)
    except InvalidAnswer:
        # After a rule across fields was broken, the checked value is in place.
        if draft.__dict__.get(name) is None:
            raise
    return getattr(draft, name)


def usable(
    drafts: Drafts[Any],
    questions: Mapping[str, Question],
    answers: Sequence[Answer],
    now: datetime,
) -> tuple[dict[str, Answer], dict[str, Any]]:
    """Return the answers that today's questions still take, and what the model holds.

    Each has the value that it has today. Old answers that are not taken, that were
    given for another purpose, or to none of the questions, are left out; they are never
    an error. What a purpose asks that was taken back as a whole is declined, also where
    it is asked since.
    """
    found: dict[str, Answer] = {}
    typed: dict[str, Any] = {}
    # One draft for all: what a field refuses is not put on it.
    draft = drafts.make({})
    for answer in answers:
        name = answer.question
        question = questions.get(name)
        if question is None or is_over(question, answer, now):
            continue
        if answer.reply is VALUE:
            if not is_for_today(question, answer):
                continue
            try:
                if answer.version == question.ask.version:
                    today, value = answer, _read(drafts, draft, name, answer.value)
                else:
                    today, value = _of_today(drafts, question, answer)
            except (InvalidAnswer, NotConverted):
                continue
            if value is None:
                continue
            typed[name] = value
            answer = today  # noqa: PLW2901  # it is kept as it reads today
        found[name] = answer
    return found | _withdrawn(questions, answers, found), typed


def _of_today(
    drafts: Drafts[Any], question: Question, answer: Answer
) -> tuple[Answer, object]:
    """Return an older answer as it reads today, and what the model holds for it."""
    name = question.name
    value = converted(question, answer)
    try:
        typed = readable(drafts, name, value)
        today = None if typed is None else stored(drafts, name, typed)
    except Exception as error:
        # Whatever a function of the host's made of it: nobody asked for it now.
        raise NotConverted from error
    return replace(answer, value=today, version=question.ask.version), typed


def _withdrawn(
    questions: Mapping[str, Question],
    answers: Sequence[Answer],
    found: Mapping[str, Answer],
) -> dict[str, Answer]:
    """Return that nobody would rather say what a purpose asks that was taken back."""
    taken = {a.purpose: a for a in answers if a.withdrawn and a.purpose is not None}
    if not taken:
        return {}
    return {
        name: replace(taken[purpose], question=name)
        for name, question in questions.items()
        if (purpose := question.ask.purpose) in taken and name not in found
    }
