"""What reached the other end of a mailer."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    r"""One mail as its reader gets it, decoded.

    Attributes:
        to: The address that it was delivered to.
        text: The plain text, its lines ended by ``\n``.
        html: The HTML part, likewise; None where there is none.
        id: The Message-ID, or by what else a receiver knows a mail it has already.
    """

    to: str
    subject: str
    text: str
    html: str | None
    id: str

    @classmethod
    def of(cls, raw: bytes) -> Self:
        """Read a mail as a mail reader does (RFC 5322, MIME)."""
        mail = message_from_bytes(raw, policy=default)
        assert isinstance(mail, EmailMessage)  # what this policy makes
        return cls(
            to=str(mail["To"]),
            subject=str(mail["Subject"]),
            text=_part(mail, "plain") or "",
            html=_part(mail, "html"),
            id=str(mail["Message-ID"]),
        )


def _part(mail: EmailMessage, kind: str) -> str | None:
    """Return a part of a mail, its lines ended as Python ends them."""
    part = mail.get_body([kind])
    if part is None:
        return None
    return str(part.get_content()).replace("\r\n", "\n")
