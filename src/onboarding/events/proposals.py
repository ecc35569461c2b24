"""Events of what is proposed to a person: taken, or refused; never what it was."""

from typing import ClassVar

from onboarding.events.base import Event, Phase


class ProposalAccepted(Event, about="question", phase=Phase.CONSIDERATION):
    """A person took what a provider, or the application, had proposed as an answer.

    ``origin`` is the name of the provider, or ``application``.
    """

    name: ClassVar[str] = "proposal_accepted"
    question: str
    origin: str


class ProposalRefused(Event, about="question", phase=Phase.CONSIDERATION):
    """A person said that what was proposed is not right; ``origin`` as above."""

    name: ClassVar[str] = "proposal_refused"
    question: str
    origin: str
