"""The nouns of feedback: prompt, response, reply, and whether a prompt is due."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Self

from onboarding.attention.model import Quiet
from onboarding.errors import ConfigError
from onboarding.events import Event
from onboarding.events.base import check_event
from onboarding.frozen import dataclass, field
from onboarding.shapes import check_fields

PROMPT_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}\Z")
"""The grammar of prompt names: safe in a URL as it stands."""

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Asks for an opinion, 0 to 10 and in words, at a defined point of the journey.

    Texts are keys of our locales, or sentences of your own.

    Attributes:
        name: As in the URL: lower case, digits, ``-`` and ``_``.
        after: The class of event that makes it due.
        nth: Which occurrence of the event, counted from 1. With a cooldown each
            later one counts as well.
        delay: How long after that occurrence.
        expires: How long it stays due; then the moment has passed.
        question: The sentence that is asked.
        low: What the lowest score means, with its number.
        high: What the highest score means, with its number.
        cooldown: How long after a response the same prompt may be due again, for a
            later occurrence; None is never.
        sample: Share of accounts that are ever asked, 0 to 1; the same ones always.
        answered_by_person: Whether the page may promise that a person reads it.

    Raises:
        ConfigError: When one of them cannot be meant.
    """

    name: str
    after: type[Event]
    nth: int = 1
    delay: timedelta = _NOTHING
    expires: timedelta = timedelta(days=30)
    question: str = "prompt.question"
    low: str = "prompt.low"
    high: str = "prompt.high"
    cooldown: timedelta | None = None
    sample: float = 1.0
    answered_by_person: bool = True

    @classmethod
    def nps(
        cls,
        name: str,
        *,
        after: type[Event],
        nth: int = 1,
        delay: timedelta = _NOTHING,
        expires: timedelta = timedelta(days=30),
        question: str = "prompt.nps.question",
        cooldown: timedelta | None = None,
        sample: float = 1.0,
    ) -> Self:
        """Ask how likely the person is to recommend you, 0 to 10, and why.

        The net promoter question, in the words of Reichheld 2003; the score is
        ``onboarding.feedback.rules.nps``.
        """
        return cls(
            name=name,
            after=after,
            nth=nth,
            delay=delay,
            expires=expires,
            question=question,
            low="prompt.nps.low",
            high="prompt.nps.high",
            cooldown=cooldown,
            sample=sample,
        )

    def __post_init__(self) -> None:
        check_event(f"Prompt {self.name!r}: after", self.after)
        check_fields(self, f"Prompt {self.name!r}")
        if not PROMPT_NAME.match(self.name):
            raise self._error(
                "write its name in lower case, with digits, - and _, at most 64"
            )
        if self.nth < 1:
            raise self._error("nth counts from 1")
        if self.delay < _NOTHING:
            raise self._error("delay is negative; a prompt comes after its event")
        if self.expires <= _NOTHING:
            raise self._error("expires must be longer than nothing")
        if self.cooldown is not None and self.cooldown < _NOTHING:
            raise self._error("cooldown is negative; None asks once in a life")
        if not 0 <= self.sample <= 1:
            raise self._error("sample is a share between 0 and 1")

    def _error(self, advice: str) -> ConfigError:
        return ConfigError(f"Prompt {self.name!r}: {advice}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A recorded event that a prompt may stand on."""

    name: str
    at: datetime


class NotDue(StrEnum):
    """Why a prompt is not due, apart from what attention keeps back."""

    NOT_SAMPLED = "not_sampled"
    NOT_HAPPENED = "not_happened"
    TOO_EARLY = "too_early"
    EXPIRED = "expired"
    ANSWERED = "answered"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStatus:
    """Whether one prompt is due to one person now.

    Attributes:
        because: What keeps it back; None when it is due. ``behind`` is one that
            waits for another prompt, declared before it.
        until: The first instant at which time alone may change this; None when
            time alone never does.
    """

    prompt: Prompt
    because: NotDue | Quiet | None = None
    until: datetime | None = None


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
    ORDER: ClassVar[tuple[str, ...]] = ("given_at",)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one person did and said before: all that decides about prompts.

    Attributes:
        moments: Events that prompts stand on, oldest first, those of merged
            accounts too.
        responses: What they said to whatever prompt, oldest first.
    """

    account_id: str
    moments: tuple[Moment, ...] = ()
    responses: tuple[Response, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A net promoter score that knows how sure it is.

    Attributes:
        people: How many answered with a score; one person counts once.
        promoters: How many gave 9 or 10.
        passives: How many gave 7 or 8.
        detractors: How many gave 0 to 6.
        value: From -100 to 100; None while there are not enough answers.
        low: The lower end of the 95 % interval, None with ``value``.
        high: The upper end of the 95 % interval, None with ``value``.
    """

    people: int
    promoters: int
    passives: int
    detractors: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_enough(self) -> bool:
        """Whether there are answers enough to give a figure at all."""
        return self.value is not None
