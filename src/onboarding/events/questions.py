"""Events of questions: shown, answered, taken back; never what was said."""

from typing import ClassVar

from onboarding.events.base import Event, Phase


class QuestionShown(Event, about="question", phase=Phase.CONSIDERATION):
    """A profile question was put before a person."""

    name: ClassVar[str] = "question_shown"
    question: str
    feature: str


class QuestionAnswered(Event, about="question", phase=Phase.CONSIDERATION):
    """A person answered a profile question (the answer itself is not in the log)."""

    name: ClassVar[str] = "question_answered"
    question: str
    feature: str | None = None


class QuestionSnoozed(Event, about="question", phase=Phase.CONSIDERATION):
    """A person said "not now" to a profile question."""

    name: ClassVar[str] = "question_snoozed"
    question: str
    feature: str | None = None


class QuestionDeclined(Event, about="question", phase=Phase.CONSIDERATION):
    """A person would rather not say."""

    name: ClassVar[str] = "question_declined"
    question: str
    feature: str | None = None


class AnswerTakenBack(Event, about="question", phase=Phase.CONSIDERATION):
    """A person took an answer back; it is as if they had never answered."""

    name: ClassVar[str] = "answer_taken_back"
    question: str


class PurposeWithdrawn(Event, about="purpose", phase=Phase.CONSIDERATION):
    """A person took a purpose back; nothing that was said for it is known any more."""

    name: ClassVar[str] = "purpose_withdrawn"
    purpose: str


class FeatureUnlocked(Event, about="feature", phase=Phase.CONSIDERATION):
    """The last missing answer opened a feature."""

    name: ClassVar[str] = "feature_unlocked"
    feature: str
