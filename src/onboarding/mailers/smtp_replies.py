"""What went wrong with a mail server becomes one of two errors: never, or not now.

===================================  ===================  ==========================
what failed                          the server says 4xx  it says 5xx
===================================  ===================  ==========================
reaching it, TLS, the greeting       not now              not now: the operator's
signing in, at any command           not now              not now: the operator's
the sender (MAIL)                    not now              not now: the operator's
the sender, as the mail is too big   not now              never (552, RFC 1870 §6.1)
the recipient (RCPT)                 not now              never
what the mail says (DATA)            not now              never
no answer, a lost connection         not now
an address that it cannot carry                           never (RFC 6531 §3.2)
===================================  ===================  ==========================

A reply of 5xx means that the same command will fail again (RFC 5321 §4.2.1). Yet where
the operator can mend it, the mail is worth keeping until they have.
"""

import re
import ssl
from datetime import timedelta

import aiosmtplib as smtp

from onboarding.errors import MailError, MailRefused, MailUnavailable

LOGIN_NEEDED = {530, 534, 535, 538}
"""Replies about signing in, to whatever command (RFC 4954 §6, RFC 3207 §4)."""

TOO_BIG = 552

ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|\Z)")
"""An enhanced status code at the start of a reply (RFC 2034 §4)."""


def mail_error(problem: Exception, server: str, timeout: timedelta) -> MailError:
    """Return our error for one of aiosmtplib's, with nothing in it that it quotes.

    Args:
        problem: What was raised.
        server: The server's name and port, for the operator to know it by.
        timeout: How long the delivery might take.
    """
    if isinstance(problem, smtp.SMTPRecipientsRefused):
        problem = problem.recipients[0]
    if isinstance(problem, smtp.SMTPResponseException):
        return _replied(problem, server)
    if isinstance(problem, smtp.SMTPNotSupported):
        return MailRefused(
            f"{server} takes no address with letters beyond ASCII before the @"
        )
    return MailUnavailable(_failed(problem, server, timeout))


def _replied(problem: smtp.SMTPResponseException, server: str) -> MailError:
    """Return our error for a reply of the server."""
    code, about = problem.code, "the command"
    may_be_never = False
    match problem:
        case smtp.SMTPRecipientRefused():
            about, may_be_never = "the recipient", True
        case smtp.SMTPDataError():
            about, may_be_never = "the message", True
        case smtp.SMTPSenderRefused():
            about, may_be_never = "the sender", code == TOO_BIG
        case smtp.SMTPAuthenticationError():
            about = "the username and password"
        case smtp.SMTPConnectResponseError():
            about = "the connection"
        case _:
            pass
    is_never = may_be_never and code // 100 == 5 and code not in LOGIN_NEEDED
    kind = MailRefused if is_never else MailUnavailable
    found = ENHANCED.match(problem.message)
    reply = f"{code} {found[0]}" if found else f"{code}"  # never the rest of it
    return kind(f"{server} does not take {about}", reply=reply)


def _failed(problem: Exception, server: str, timeout: timedelta) -> str:
    """Say why there was no reply at all."""
    if isinstance(problem, TimeoutError):
        return f"{server} took longer than {timeout.total_seconds():g} s"
    if isinstance(problem, ssl.SSLError) or isinstance(problem.__cause__, ssl.SSLError):
        return (
            f"no safe connection to {server}: its certificate is not trusted for that "
            'name, or the port speaks otherwise (465 "tls", 587 "starttls")'
        )
    if isinstance(problem, OSError):
        return f"{server} cannot be reached, or hung up"
    if isinstance(problem, smtp.SMTPException):
        return f"{server} offers no STARTTLS, or no way to sign in that we know"
    return f"sending through {server} failed ({type(problem).__name__})"
