"""The mail of everybody on a stage: kept, and waited for."""

import asyncio

from onboarding.mailers.base import Message

MAIL_WAIT = 10.0
"""Seconds to wait for a mail: the letter is sent after the response."""


class AwaitedMail:
    """What sends mail here: keeps it, for whoever may read it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._arrived = asyncio.Condition()

    async def __call__(self, message: Message) -> None:
        """Take a mail."""
        async with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()

    async def read(self, address: str, already: int = 0) -> Message:
        """Wait for a mail to an address, and return the newest.

        Args:
            address: Whose.
            already: How many of theirs were read before.
        """
        async with self._arrived, asyncio.timeout(MAIL_WAIT):
            await self._arrived.wait_for(lambda: len(self.to(address)) > already)
        return self.to(address)[-1]

    def to(self, address: str) -> list[Message]:
        """Return the mails that one address got."""
        return [one for one in self.messages if one.to.lower() == address]
