"""A message as it travels, read by a mail reader that is none of ours."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onboarding.mailers.base import BREAK, Mailbox, Message
from onboarding.mailers.mime import email_message
from onboarding.testing import ReceivedMail

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
USUAL = Message(id="l-1", to="kim@example.org", subject="Hello", text="Hi.")
SENDER = Mailbox.parse("Lamplight <post@shop.example>")

TEXTS = st.text(st.characters(codec="utf-8"))
LINES = TEXTS.filter(lambda text: not BREAK.search(text))


def message(**parts: str | None) -> Message:
    """Return a message with some parts other than usual."""
    return replace(USUAL, **parts)


def sent(message: Message, sender: Mailbox = SENDER) -> bytes:
    """Return what a server is given."""
    return email_message(message, sender=sender, at=AT).as_bytes()


def read(raw: bytes) -> EmailMessage:
    """Read a mail with the standard library's own reader."""
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def header(raw: bytes, name: str) -> str:
    """Return a header as it is written, folds and all."""
    found = re.search(rf"(?:^|\n){name}: ((?:.|\r\n )*)\r\n", raw.decode())
    assert found, raw
    return found[1]


def test_the_headers_say_who_when_and_what() -> None:
    """From, To, Date, a Message-ID at the sender's domain, the language; no Bcc."""
    mail = read(sent(message(locale="nl")))
    assert {
        "From": "Lamplight <post@shop.example>",
        "To": "kim@example.org",
        "Subject": "Hello",
        "Date": "Sun, 01 Mar 2026 09:30:00 +0000",
        "Message-ID": "<l-1@shop.example>",
        "Content-Language": "nl",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
        "MIME-Version": "1.0",
    } == dict(mail.items())


def test_html_is_the_better_of_two_alternatives() -> None:
    """RFC 2046 §5.1.4: the plain text first, the richest last."""
    mail = read(sent(message(html="<p>Hi.</p>")))
    assert "multipart/alternative" == mail.get_content_type()
    kinds = [part.get_content_type() for part in mail.iter_parts()]
    assert ["text/plain", "text/html"] == kinds


def test_lines_may_end_as_they_do_on_windows() -> None:
    """A template that was written there is plain text all the same."""
    mail = read(sent(message(text="One.\r\nTwo.\r\n")))
    assert mail["Content-Transfer-Encoding"] == "7bit"


def test_a_link_to_unsubscribe_is_written_in_one_line() -> None:
    """RFC 8058 §3.1, however long its token is: a folded or encoded one is broken."""
    link = "https://shop.example/welcome/mail/off?token=" + "a1-_" * 60
    raw = sent(message(unsubscribe=link))
    assert header(raw, "List-Unsubscribe") == f"<{link}>"
    assert header(raw, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


def test_an_answer_to_a_request_has_no_link_to_unsubscribe() -> None:
    """Nobody unsubscribes from a code that they asked for."""
    assert b"List-Unsubscribe" not in sent(message())


def test_a_mail_is_read_as_it_was_made() -> None:
    """The object itself says what stands in it, before it is sent."""
    mail = email_message(message(subject="Zoë"), sender=SENDER, at=AT)
    assert mail["Subject"] == "Zoë"
    assert mail["From"] == "Lamplight <post@shop.example>"
    assert bytes(mail) == mail.as_bytes()


def test_another_generator_writes_the_same_headers() -> None:
    """As `smtplib.send_message` does, with a policy of its own."""
    subject = "=?utf-8?q?=41=0ABcc:_sam=40example.org?= Zoë"
    mail = email_message(message(subject=subject), sender=SENDER, at=AT)
    assert read(mail.as_bytes(policy=SMTP))["Subject"] == subject


@pytest.mark.parametrize(
    "name",
    [
        "Lamplight",
        "Lamp, Light & Co. (Books)",
        'The "Lamp" \\ Light',
        "Müller, Söhne & Co. Buchhandlung für alles, was schön ist, seit 1848, Köln",
        "書店" * 40,
        "a" * 200,
        "=?utf-8?q?=41?=",
        "post@other.example",
    ],
)
def test_a_senders_name_arrives_whole(name: str) -> None:
    """However long, in whatever script, with whatever would need quotes."""
    raw = sent(message(), Mailbox(name=name, address="post@shop.example"))
    # Not by `headerregistry`, which parts a name where its encoded words are parted.
    shown, address = parseaddr(header(raw, "From").replace("\r\n", ""))
    assert "post@shop.example" == address
    assert name == str(make_header(decode_header(shown)))
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_an_internationalised_domain_is_written_in_ascii() -> None:
    """Of the recipient, the sender, and so of the Message-ID (RFC 5891)."""
    sender = Mailbox.parse("書店 <post@bücher.example>")
    raw = sent(message(to="kim@münchen.example"), sender)
    assert raw.isascii()
    assert header(raw, "To") == "kim@xn--mnchen-3ya.example"
    assert header(raw, "Message-ID") == "<l-1@xn--bcher-kva.example>"


def test_an_address_beyond_ascii_is_written_as_it_is() -> None:
    """RFC 6532 §3.2: before the @ there is no other form, and no encoded word."""
    raw = sent(message(to="jörg@example.org", subject="Zoë"))
    assert header(raw, "To") == "jörg@example.org"
    assert read(raw)["Subject"] == "Zoë"


@given(LINES)
@example("=?utf-8?q?=41=0ABcc:_x?=")
@example("a " * 200)
@example("x" * 500)
@example(" a  b ")
@example("Müller " * 30)
def test_every_subject_arrives_as_it_is(subject: str) -> None:
    """And is lines of at most 78 characters, and no other header."""
    raw = sent(message(subject=subject))
    assert ReceivedMail.of(raw).subject.strip() == subject.strip()
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, head)) <= 78
    assert len(read(raw).keys()) == 10


@given(TEXTS, TEXTS)
@example("\x00\x0b\x1b", "\x0c")
@example("a\rb", "\r\r\n")
@example("From me\n.\n..", "x" * 2000)
def test_every_text_arrives_as_it_is(text: str, html: str) -> None:
    """In printable ASCII and short lines, whatever it says; line ends are mail's."""
    raw = sent(message(text=text, html=html))
    assert not re.search(rb"[^\t\r\n -~]", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail = ReceivedMail.of(raw)
    assert mail.html is not None
    for was, came in (text, mail.text), (html, mail.html):
        assert re.sub(r"\r\n?", "\n", was).rstrip("\n") == came.rstrip("\n")
