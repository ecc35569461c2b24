"""The mailer that only prints."""

from io import StringIO

import pytest

from onboarding.mailers.base import Message
from onboarding.mailers.console import ConsoleMailer

pytestmark = pytest.mark.anyio

MESSAGE = Message(to="kim@example.org", subject="Your order", text="Line one.\nTwo.")


async def test_it_prints_the_whole_message() -> None:
    """Who tries the demo reads the mail where the server runs."""
    stream = StringIO()
    await ConsoleMailer(stream)(MESSAGE)
    printed = stream.getvalue().splitlines()
    assert printed[1:-1] == [
        "To: kim@example.org",
        "Subject: Your order",
        "",
        "Line one.",
        "Two.",
    ]


async def test_it_prints_to_the_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a stream it takes the standard output of the moment, not of import."""
    await ConsoleMailer()(MESSAGE)
    assert "Subject: Your order" in capsys.readouterr().out


def test_a_message_hides_its_person() -> None:
    """An address and a text do not reach a log by way of a repr."""
    assert "kim" not in repr(MESSAGE)
    assert "Line one" not in repr(MESSAGE)
