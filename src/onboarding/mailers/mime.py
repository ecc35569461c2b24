"""Makes a message into a mail as it travels: RFC 5322 with MIME, in seven bits.

The headers that hold what somebody wrote are encoded here. `email.headerregistry`
would read them first: a subject that looks like an encoded word, ``=?utf-8?q?…?=``,
would be decoded, line breaks and all, and become headers of its author's making
(CVE-2024-6923); a long link would become an encoded word itself, which no mail reader
follows; and a long name would lose its spaces.
"""

import re
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

from onboarding.mailers.base import Mailbox, Message

BARE_TEXT = re.compile(r"(?!.*=\?)[!-~]{1,60}( [!-~]{1,60})*\Z")
"""ASCII in words that a line can hold, one space between: it needs no encoding."""

ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)
"""A display name that needs no quotes (RFC 5322 §3.2.3)."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What a mail server may drop or refuse when it stands in a body as it is."""


def email_message(message: Message, *, sender: Mailbox, at: datetime) -> EmailMessage:
    """Return a message as a mail; ``bytes(…)`` of it is what a server is given.

    Args:
        message: What to send.
        sender: Who it comes from; the Message-ID is made of its domain.
        at: The instant for the header Date.
    """
    # Seven bits: no relay has to rewrite the body, which would break a signature
    # (DKIM, RFC 6376 §5.3). UTF-8 in headers only where an address has no other
    # form (RFC 6532).
    is_ascii = message.to.isascii() and sender.address.isascii()
    policy = SMTP.clone(cte_type="7bit", utf8=not is_ascii)
    mail = EmailMessage(policy)
    _set(mail, "From", *_mailbox(sender))
    _set(mail, "To", message.to)
    _set(mail, "Subject", message.subject, _encoded("Subject", message.subject))
    mail["Date"] = at
    # RFC 5322 §3.6.4: of whoever delivers twice, the receiver can drop one.
    _set(mail, "Message-ID", f"<{message.id}@{sender.domain}>")
    # RFC 3834 §5: no out-of-office note comes back.
    mail["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe is not None:
        _set(mail, "List-Unsubscribe", f"<{message.unsubscribe}>")  # RFC 2369 §3.2
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058 §3.1
    _set_body(mail, message)
    mail["Content-Language"] = message.locale  # after the body, which drops Content-…
    return mail


def _set_body(mail: EmailMessage, message: Message) -> None:
    mail.set_content(message.text, cte=_transfer(message.text))
    if message.html is not None:
        html = message.html
        mail.add_alternative(html, subtype="html", cte=_transfer(html))


def _transfer(text: str) -> str | None:
    """Return the encoding of a body; None leaves the choice to the `email` package."""
    return "base64" if CONTROL.search(text) else None


# ── headers ──────────────────────────────────────────────────────────────────


class _Header(str):
    """A header's value: as people read it, and beside that as it is written."""

    __slots__ = ("name", "wire")

    name: str
    wire: str

    def fold(self, *, policy: EmailPolicy) -> str:
        """Return the whole header; the generators of `email` ask for it."""
        return f"{self.name}: {self.wire}\n".replace("\n", policy.linesep)


def _set(mail: EmailMessage, name: str, value: str, wire: str | None = None) -> None:
    header = _Header(value)
    header.name, header.wire = name, value if wire is None else wire
    mail[name] = header


def _encoded(name: str, text: str) -> str:
    """Return a text in encoded words (RFC 2047), or as it is where it needs none."""
    charset = "us-ascii" if BARE_TEXT.match(text) else "utf-8"
    return Header(text, charset, header_name=name).encode(splitchars=" ")


def _mailbox(sender: Mailbox) -> tuple[str, str]:
    """Return a mailbox as it is read, and as it is written."""
    name, address = sender.name, sender.address
    if not name:
        return address, address
    quoted = name if ATOMS.fullmatch(name) else _quoted(name)
    read = f"{quoted} <{address}>"
    if BARE_TEXT.match(name) and len(name) <= 60:
        return read, read
    return read, f"{Header(name, 'utf-8', header_name='From').encode()}\n <{address}>"


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
