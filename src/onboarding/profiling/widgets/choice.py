"""One of a few, or several of a few."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from onboarding.errors import ConfigError
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, Option, only, said

YES_NO = {"true": "answer.yes", "false": "answer.no"}
"""What the options of a yes-or-no question are called by default."""


class Choice:
    """Serves enums, literals and yes-or-no; a list or a set of them takes several."""

    name = "choice"

    def serves(self, question: Question) -> bool:
        """Tell whether the type lists its values."""
        return bool(_values(_member(question)))

    def control(self, question: Question) -> Control:
        """Return the options in the order in which the type lists them.

        Raises:
            ConfigError: When the type lists no values, or one that JSON cannot say.
        """
        values = _values(_member(question))
        if not values or not all(isinstance(v, str | int | float) for v in values):
            raise ConfigError(
                f"{question.name}: the widget 'choice' needs an Enum, a Literal or a "
                "bool of texts or numbers, or a list or set of one of these"
            )
        labels = YES_NO | dict(question.ask.labels)
        return Control(
            kind="choice",
            name=question.name,
            options=tuple(
                Option(
                    value=(text := _text(value)),
                    label=labels.get(text, text),
                    hint=question.ask.hints.get(text, ""),
                )
                for value in values
            ),
            multiple=_is_list(question),
        )

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return the chosen value, or a list where several may be chosen."""
        by_text = {_text(value): value for value in _values(_member(question))}
        values = [by_text.get(text, text) for text in said(raw)]
        if _is_list(question):
            return values or None
        return only(values)

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the options that a stored value has chosen."""
        if value is None:
            return ()
        return tuple(map(_text, value if isinstance(value, list) else [value]))


def listed(question: Question) -> list[JsonValue]:
    """Return the JSON values that a question's type lists; none where people type."""
    return _values(_member(question))


def _is_list(question: Question) -> bool:
    return get_origin(question.type) in (list, set, frozenset)


def _member(question: Question) -> object:
    return get_args(question.type)[0] if _is_list(question) else question.type


def _values(kind: object) -> list[JsonValue]:
    """Return the values that a type lists, as JSON has them."""
    if kind is bool:
        return [True, False]
    members: Sequence[Any] = ()  # the caller checks what JSON cannot say
    if isinstance(kind, type) and issubclass(kind, Enum):
        members = list(kind)
    elif get_origin(kind) is Literal:
        members = get_args(kind)
    return [m.value if isinstance(m, Enum) else m for m in members]


def _text(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
