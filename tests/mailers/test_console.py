"""The mailer that only prints."""

from io import StringIO

import pytest

from onboarding.mailers.base import Message
from onboarding.mailers.console import ConsoleMailer

pytestmark = pytest.mark.anyio

MESSAGE = Message(
    id="l-1", to="kim@example.org", subject="Your order", text="Line one.\nTwo."
)


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


async def test_it_prints_the_text_and_says_what_else_there_is() -> None:
    """HTML is nothing to read in a terminal; the link to unsubscribe is."""
    stream = StringIO()
    link = "https://shop.example/off"
    await ConsoleMailer(stream)(
        Message(
            id="l-1",
            to="kim@example.org",
            subject="Your order",
            text="Hi.",
            html="<p>Hi.</p>",
            unsubscribe=link,
        )
    )
    printed = stream.getvalue()
    assert f"Unsubscribe: {link}" in printed
    assert "HTML: 10 characters, not shown" in printed
    assert "<p>" not in printed
