"""The promise of a mailer, as tests."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from onboarding.errors import ConfigError
from onboarding.mailers.base import Mailer, Message
from onboarding.testing.received import ReceivedMail

Received = Callable[[], Sequence[ReceivedMail]]
"""Returns what has arrived so far, in the order of arrival."""

PERSONAL = "4711-for-kim-only"

HEBREW = "\u2067שלום\u2069"  # noqa: RUF001  # in the marks that set it apart
"""A word that is read from right to left."""

HARD_TEXTS = {
    "plain": "Line one.\nLine two, a bit longer.\n\nThe end.",
    "unicode": "Zoë from 北京 pays €5 – naïve? 👩‍👩‍👧 e\u0301",
    "bidirectional": f"Order {HEBREW} and مرحبا (12).",
    "long line": "x" * 5_000 + " " + "ü" * 5_000,
    "long words": " ".join(["Lebensversicherung"] * 400),
    "dots": ".\n..\n.start\n. \nend\n.",
    "looks like mail": "From here\n--\n=3D =\n=?utf-8?q?=41?=\nBcc: kim@example.org",
    "spaces": "  indented\n\ttab \nspace at the end \n\n\nthree lines later",
    "empty": "",
}
"""What a mail may say, by what is hard about it."""

HARD_SUBJECTS = {
    "plain": "Your order 17",
    "unicode": "Zoë, your 北京 order is on its way 👩‍👩‍👧",
    "bidirectional": f"Order {HEBREW} (12)",
    "long": "Your order " + "of many nice books, " * 12 + "all of them",
    "one long word": "x" * 300,
    "long unicode": "Grüße aus Köln, " * 20 + "bis bald",
    "looks encoded": "=?utf-8?q?=41=0ABcc:_kim=40example.org?=",
    "quotes": 'He said: "<b>5 % off</b>", \\ really; (no, yes)',
}
"""What a subject may be, by what is hard about it."""

HARD_ADDRESSES = (
    "kim@example.org",
    "Kim.O'Neil+shop@sub.example.org",
    "kim@bücher.example",
)

LINE_BREAKS = ("\n", "\r", "\r\n", "\r\n ", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")


class MailerContract:
    """Every promise of ``onboarding.mailers.base.Mailer``.

    A subclass gives the mailer, and what reads the other end of it::

        class TestPostMailer(MailerContract):
            @pytest.fixture
            def mailer(self, api):
                return PostMailer(api.client)

            @pytest.fixture
            def received(self, api):
                return lambda: [ReceivedMail.of(raw) for raw in api.mails]

    Line ends, and blank lines at the very end of a mail, may change on the way.
    """

    @pytest.fixture
    def mailer(self) -> Mailer:
        """Give the mailer to test."""
        raise NotImplementedError("give a fixture `mailer`")

    @pytest.fixture
    def received(self) -> Received:
        """Give what returns the mails that arrived."""
        raise NotImplementedError(
            "give a fixture `received`: a function that returns a `ReceivedMail` for "
            "each mail that arrived"
        )

    @pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS)
    async def test_text_and_html_arrive_unharmed(
        self, mailer: Mailer, received: Received, text: str
    ) -> None:
        """Whatever they say, in whatever script, character by character."""
        html = f"<!doctype html>\n<p>{text}</p>"
        await mailer(_message(text=text, html=html))
        [mail] = received()
        assert _same(text) == _same(mail.text)
        assert mail.html is not None
        assert _same(html) == _same(mail.html)

    async def test_a_text_alone_has_no_html(
        self, mailer: Mailer, received: Received
    ) -> None:
        """None is made up where there was none."""
        await mailer(_message(html=None))
        [mail] = received()
        assert mail.html is None

    @pytest.mark.parametrize("subject", HARD_SUBJECTS.values(), ids=HARD_SUBJECTS)
    async def test_a_subject_arrives_unharmed(
        self, mailer: Mailer, received: Received, subject: str
    ) -> None:
        """However long and in whatever script; nothing in it becomes a header."""
        await mailer(_message(subject=subject))
        [mail] = received()
        assert subject == mail.subject

    @pytest.mark.parametrize("address", HARD_ADDRESSES)
    async def test_it_arrives_where_it_was_sent(
        self, mailer: Mailer, received: Received, address: str
    ) -> None:
        """The part before the @ as it is, the domain in its ASCII form."""
        message = _message(to=address)
        await mailer(message)
        [mail] = received()
        assert message.to == mail.to

    async def test_a_message_keeps_its_id(
        self, mailer: Mailer, received: Received
    ) -> None:
        """Sent twice it has one id, so that a receiver can drop what it has seen."""
        for id in "letter-1", "letter-1", "letter-2":
            await mailer(_message(id=id))
        first, again, other = received()
        assert first.id == again.id
        assert first.id != other.id
        assert "letter-1" in first.id

    async def test_many_go_at_once(self, mailer: Mailer, received: Received) -> None:
        """Each arrives once, with its own text, at its own address."""
        numbers = range(20)
        await asyncio.gather(
            *(
                mailer(_message(id=f"l-{n}", to=f"p{n}@example.org", text=f"no. {n}"))
                for n in numbers
            )
        )
        arrived = Counter((mail.to, _same(mail.text)) for mail in received())
        assert {(f"p{n}@example.org", f"no. {n}"): 1 for n in numbers} == arrived

    @pytest.mark.parametrize("line_break", LINE_BREAKS, ids=repr)
    async def test_a_line_break_in_a_header_is_refused(
        self, mailer: Mailer, received: Received, line_break: str
    ) -> None:
        """Whoever has a say in a subject or an address has none in other headers."""
        injected = f"a{line_break}Bcc: sam@example.org"
        for part in (
            {"subject": injected},
            {"id": injected},
            {"to": f"kim@example.org{line_break}Bcc: sam@example.org"},
            {"locale": injected},
            {"unsubscribe": f"https://shop.example/{injected}"},
        ):
            with pytest.raises(ConfigError) as refused:
                await mailer(_message(**part))
            assert "sam@example.org" not in str(refused.value)
        assert list(received()) == []

    async def test_nothing_personal_is_logged_or_printed(
        self,
        mailer: Mailer,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        """Neither the address nor what the mail says, at whatever level."""
        with caplog.at_level(logging.DEBUG):
            await mailer(
                _message(
                    to="kim.secret@example.org",
                    subject=PERSONAL,
                    text=PERSONAL,
                    html=f"<p>{PERSONAL}</p>",
                    unsubscribe=f"https://shop.example/off?{PERSONAL}",
                )
            )
        logged = [repr(vars(record)) + record.getMessage() for record in caplog.records]
        told = "".join([*logged, *capfd.readouterr()])
        assert "kim.secret" not in told
        assert PERSONAL not in told


_USUAL = Message(
    id="letter-1",
    to="kim@example.org",
    subject="Your order",
    text="It is on its way.",
    html="<p>It is on its way.</p>",
)


def _message(**parts: Any) -> Message:
    """Return a message with some parts other than usual."""
    return replace(_USUAL, **parts)


def _same(text: str) -> str:
    """Return a text without what may change on the way."""
    return text.replace("\r\n", "\n").rstrip("\n")
