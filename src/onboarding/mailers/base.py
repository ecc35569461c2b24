"""What is sent, by whom, and the promise of a mailer: a callable that sends a message.

Both values are checked when they are made, so that whatever sends them need not: an
address that nobody could reach, or a line break that would begin a header of somebody
else's making (CWE-93), never gets as far as a mailer.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Self

from onboarding.emails import normalise
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.urls import url_problem

LONGEST_LINK = 900
"""Characters of a link in a header: with its name on one line, which has 998 at most
(RFC 5322 §2.1.1), for a folded link is a broken one."""

DOT_ATOM = re.compile(r"(?=.{1,100}\Z)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\Z")
"""What may stand before the @ of a Message-ID, unquoted (dot-atom, RFC 5322 §3.2.3)."""

LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
"""A language tag, such as ``nl`` or ``pt-BR`` (RFC 5646 §2.1, without rare forms)."""

BREAK = re.compile("[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029\0]")
"""Whatever some reader of headers takes for the end of a line (``str.splitlines``)."""

NAME_ADDR = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\Z")
"""A mailbox with a display name (RFC 5322 §3.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail to one address, with a text and, if there is one, the same in HTML.

    Attributes:
        id: Names the letter, the same on every delivery of it: letters, digits, ``-``
            and ``_``, in parts with dots between. The Message-ID is made of it.
        to: One address, without a name; its domain is kept in its ASCII form.
        subject: One line. Others see it, on a locked screen too: it holds no secret.
        text: The whole mail as plain text.
        html: The same as an HTML document; None for text alone.
        unsubscribe: An https link that ends mails like this one, by a POST without
            a question (RFC 8058); http on this machine alone. None where the mail
            answers a request.
        locale: The language of the mail, ``"en"``, for its Content-Language.

    Raises:
        ConfigError: When a part is not of that shape. What it says names the part and
            holds nothing of it.
    """

    id: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    unsubscribe: str | None = field(default=None, repr=False)
    locale: str = "en"

    def __post_init__(self) -> None:
        """Check every part, and write the domain as mail servers do."""
        for part in ("id", "to", "subject", "unsubscribe", "locale"):
            check_line(f"Message({part}=…)", getattr(self, part) or "")
        if not DOT_ATOM.match(self.id):
            raise ConfigError(
                "Message(id=…) becomes a Message-ID: write letters, digits, - and _, "
                "with single dots between them, 100 characters at most"
            )
        address = deliverable(self.to)
        if address is None:
            raise ConfigError("Message(to=…) is no e-mail address; give one, bare")
        object.__setattr__(self, "to", address)
        if not LOCALE.match(self.locale):
            raise ConfigError('Message(locale=…) is no language tag, such as "pt-BR"')
        if self.unsubscribe is not None:
            _check_link(self.unsubscribe)
        for part in (self.text, self.html or ""):
            if not is_encodable(part):
                raise ConfigError("Message(text=…, html=…) has half a character in it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Who a mail comes from: an address, and the name that people see.

    Attributes:
        name: What mail readers show, or ``""``.
        address: The address, its domain in its ASCII form.
    """

    name: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"Lamplight <post@shop.example>"``, or an address alone.

        Raises:
            ConfigError: When it is anything else.
        """
        check_line("the sender", text)
        found = NAME_ADDR.match(text.strip())
        name, written = (found["name"], found["address"]) if found else ("", text)
        address = deliverable(written)
        if address is None:
            raise ConfigError(
                "the sender is no mailbox; write "
                '"Lamplight <post@shop.example>", or the address alone'
            )
        return cls(name=_unquoted(name.strip()), address=address)

    @property
    def domain(self) -> str:
        """What stands after the @, in its ASCII form."""
        return self.address.rpartition("@")[2]


Mailer = Callable[[Message], Awaitable[None]]
"""Sends one message, or raises; returning means that somebody else has it now.

``MailRefused`` means never: whoever asked gives up. Any other error means not now: it
is tried again, so one message may be delivered twice, with the same ``Message.id``.
Neither an error nor a log holds an address or what a message says.
``onboarding.testing.contracts.MailerContract`` tests the promise.
"""


def deliverable(address: str) -> str | None:
    """Return an e-mail address as mail servers take it, or None when it is not one.

    As ``onboarding.emails.normalise``, but the part before the @ keeps its
    case: whether that matters only its own host knows (RFC 5321 §2.4).
    """
    plain = normalise(address)
    if plain is None:
        return None
    local, _, domain = plain.rpartition("@")
    written = address.rpartition("@")[0].strip()
    return f"{written if written.lower() == local else local}@{domain}"


def check_line(what: str, value: str) -> None:
    """Refuse a value that is not one line of a header.

    A line break is refused and not taken out: whoever could put one in would otherwise
    go on trying, and what is sent would not be what was meant.

    Raises:
        ConfigError: When it has a line break, or cannot be encoded.
    """
    if BREAK.search(value) or not is_encodable(value):
        raise ConfigError(
            f"{what} stands in a header of the mail, and holds a line break or half "
            "a character; take it out where the value comes from"
        )


def is_encodable(value: str) -> bool:
    """Tell whether a text is Unicode: a lone surrogate is half a character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_link(link: str) -> None:
    problem = url_problem(link)
    if problem is None and ("<" in link or ">" in link):
        problem = "holds an angle bracket; encode it as %3C or %3E"
    if problem is None and len(link) > LONGEST_LINK:
        problem = f"has more than {LONGEST_LINK} characters"
    if problem:  # without the link: its secret opens what it ends
        raise ConfigError(f"Message(unsubscribe=…) {problem}")


def _unquoted(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name
