"""Prints mails instead of sending them: for tries and demos."""

import sys
from typing import TextIO

from onboarding.mailers.base import Message

RULE = "─" * 64


class ConsoleMailer:
    """Writes each message to a text stream, address and all, and sends nothing.

    What is printed is the text; of an HTML part it is only said that there is one.

    Args:
        stream: Where to; the standard output by default.
    """

    def __init__(self, stream: TextIO | None = None):
        self._stream = stream

    async def __call__(self, message: Message) -> None:
        """Print one message between two rules."""
        beside = {
            "Unsubscribe": message.unsubscribe,
            "HTML": message.html and f"{len(message.html)} characters, not shown",
        }
        print(
            RULE,
            f"To: {message.to}",
            f"Subject: {message.subject}",
            *(f"{name}: {value}" for name, value in beside.items() if value),
            "",
            message.text,
            RULE,
            sep="\n",
            file=self._stream or sys.stdout,
            flush=True,
        )
