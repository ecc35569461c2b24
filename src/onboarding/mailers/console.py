"""Prints mails instead of sending them: for tries and demos."""

import sys
from typing import TextIO

from onboarding.mailers.base import Message

RULE = "─" * 64


class ConsoleMailer:
    """Writes each message to a text stream, address and all, and sends nothing.

    Args:
        stream: Where to; the standard output by default.
    """

    def __init__(self, stream: TextIO | None = None):
        self._stream = stream

    async def __call__(self, message: Message) -> None:
        """Print one message between two rules."""
        print(
            RULE,
            f"To: {message.to}",
            f"Subject: {message.subject}",
            "",
            message.text,
            RULE,
            sep="\n",
            file=self._stream or sys.stdout,
            flush=True,
        )
