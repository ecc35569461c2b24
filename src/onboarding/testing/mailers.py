"""A mailer that keeps what it is given, for tests to look at."""

from onboarding.mailers.base import Message


class RecordingMailer:
    """Collects every message it is given in ``messages``, in the order of arrival.

    It is also the smallest example of a mailer: one async callable.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        """Keep the message; never fails, so nothing is sent twice."""
        self.messages.append(message)
