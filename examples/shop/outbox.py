"""Where the mail of this demo ends: on a page of the shopkeeper's, and nowhere else."""

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup, escape

from onboarding.clock import Clock
from onboarding.mailers.base import Message

KEPT = 50
"""So many letters are kept, the newest first; they are gone when the demo ends."""

LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One letter, and when it would have left."""

    message: Message
    at: datetime

    @property
    def html(self) -> Markup:
        """Its text, with links that can be followed."""
        return Markup(  # noqa: S704, what is put in is escaped
            LINK.sub(
                lambda found: f'<a href="{found[0]}">{found[0]}</a>',
                str(escape(self.message.text)),
            )
        )


@dataclass
class Outbox:
    """A mailer that keeps letters instead of sending them."""

    clock: Clock
    sent: deque[Sent] = field(default_factory=lambda: deque(maxlen=KEPT))

    async def __call__(self, message: Message) -> None:
        """Keep a letter; one that is delivered twice is kept once."""
        if all(message.id != one.message.id for one in self.sent):
            self.sent.appendleft(Sent(message=message, at=self.clock()))
