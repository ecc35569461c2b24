"""The mailer that keeps what it is given."""

import pytest

from onboarding.mailers.base import Mailer, Message
from onboarding.testing import RecordingMailer

pytestmark = pytest.mark.anyio


def message(id: str) -> Message:
    """Return something to send."""
    return Message(id=id, to="kim@example.org", subject="Hello", text="Hi.")


async def test_it_keeps_messages_in_order() -> None:
    """What it is given stands in `messages`, repeats included."""
    recording = RecordingMailer()
    mailer: Mailer = recording
    for id in "2", "1", "1":
        await mailer(message(id))
    assert recording.messages == [message("2"), message("1"), message("1")]
