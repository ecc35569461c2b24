"""The nouns of profiling: questions, guards, features, answers, decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import ClassVar

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A simple guard: the question applies only when another answer is one of these."""

    question: str
    is_in: tuple[JsonValue, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Says how a field of the profile model is asked for; stands in ``Annotated``.

    Args:
        question: The question, a whole sentence in the host's default language.
        why: Why it is asked: shown beside it, always. Required.
        labels: What the options are called, by their stored value.
        hints: A few words under an option, by its stored value.
        declinable: Whether "I'd rather not say" is offered.
        widget: Name of a widget; by default found from the field's type.
        when: The question applies only where another answer is given.
    """

    question: str
    why: str
    labels: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    declinable: bool = True
    widget: str | None = None
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that opens once what it needs is known.

    Args:
        name: As in the URL: lower case, digits, ``-`` and ``_``.
        needs: Names of questions without which it stays locked.
        wants: Names of questions it would like to know; they never block.
        title: What people call it; shown above its questions.
        button: The words of the button that opens it, e.g. ``"Open my shelf"``.
    """

    name: str
    needs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    title: str | None = None
    button: str | None = None

    def __init__(
        self,
        name: str,
        *,
        needs: "tuple[str, ...] | list[str]" = (),
        wants: "tuple[str, ...] | list[str]" = (),
        title: str | None = None,
        button: str | None = None,
    ):
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "needs", tuple(needs))
        object.__setattr__(self, "wants", tuple(wants))
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "button", button)


class Source(IntEnum):
    """Where an answer came from; the higher one wins a merge."""

    PROVIDER = 1
    GUEST = 2
    PERSON = 3


class Reply(StrEnum):
    """What an answer is: a value, or the wish not to say."""

    VALUE = "value"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one account said to one question, and where that came from.

    Attributes:
        value: The JSON value, None when declined.
        via: Name of the provider, where the source is a provider.
        feature: The feature that asked, if one did.
    """

    KEY: ClassVar = ("account_id", "question")
    GUARD: ClassVar = ("answered_at",)

    account_id: str
    question: str
    reply: Reply = Reply.VALUE
    value: JsonValue = field(default=None, repr=False)
    source: Source
    via: str | None = None
    feature: str | None = None
    answered_at: datetime
