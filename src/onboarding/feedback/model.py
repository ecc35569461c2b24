"""The nouns of feedback: prompt, response, reply."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Self

from onboarding.events import Event


class Scale(StrEnum):
    """How a prompt is scored."""

    ZERO_TO_TEN = "0-10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Asks for an opinion at a defined point of the journey.

    Attributes:
        name: As in the URL: lower case, digits, ``-`` and ``_``.
        after: The class of event that makes it due.
        nth: Which occurrence of the event, counted from 1.
        delay: How long after that occurrence.
        expires: How long it stays due; then the moment has passed.
        question: The sentence that is asked; None takes the preset's own words.
        cooldown: How long before the same prompt may be due again; None is never.
        sample: Share of accounts that are ever asked, 0 to 1; the same ones always.
        scale: How it is scored.
        answered_by_person: Whether the page may promise that a person reads it.
    """

    name: str
    after: type[Event]
    nth: int = 1
    delay: timedelta = timedelta(0)
    expires: timedelta = timedelta(days=30)
    question: str | None = None
    cooldown: timedelta | None = None
    sample: float = 1.0
    scale: Scale = Scale.ZERO_TO_TEN
    answered_by_person: bool = True

    @classmethod
    def nps(
        cls,
        name: str,
        *,
        after: type[Event],
        nth: int = 1,
        delay: timedelta = timedelta(0),
        question: str | None = None,
    ) -> Self:
        """Ask how likely the person is to recommend you, 0 to 10, and why."""
        return cls(name=name, after=after, nth=nth, delay=delay, question=question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A recorded event that a prompt may stand on."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What somebody said to a prompt, and what was said back.

    Attributes:
        score: 0 to 10, or None when only words were given.
        reply: The shop's words, None while there are none.
        replied_by: Who replied, as the host calls them.
        seen_at: When the person saw the reply.
    """

    KEY: ClassVar[tuple[str, ...]] = ("account_id", "id")
    GUARD: ClassVar[tuple[str, ...]] = ("replied_at", "seen_at")

    id: str
    account_id: str
    prompt: str
    score: int | None = None
    text: str = field(default="", repr=False)
    given_at: datetime
    reply: str | None = field(default=None, repr=False)
    replied_by: str | None = None
    replied_at: datetime | None = None
    seen_at: datetime | None = None
