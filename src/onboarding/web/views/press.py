"""Which proposal a button is about: the value that was shown, and no other."""

import re

from onboarding.frozen import dataclass
from onboarding.profiling.proposal import Proposal

ACCEPT = "onboarding-accept"
"""The name of the button that takes a proposal; no question's name has a hyphen."""

REFUSE = "onboarding-refuse"
"""The name of the button that refuses it."""

PRESS = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,63}) ([A-Za-z0-9_-]{43})\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a button says: which value of which question its page has shown.

    Attributes:
        question: The name of the question.
        digest: Of the value: ``Proposal.digest``.
    """

    question: str
    digest: str

    @classmethod
    def of(cls, proposal: Proposal) -> "Press":
        """Return what the buttons of a proposal say."""
        return cls(question=proposal.question, digest=proposal.digest)

    @classmethod
    def parse(cls, text: str) -> "Press | None":
        """Read what a button has sent; anything of another shape is None."""
        found = PRESS.match(text)
        return cls(question=found[1], digest=found[2]) if found else None

    @property
    def text(self) -> str:
        """What a button sends."""
        return f"{self.question} {self.digest}"
