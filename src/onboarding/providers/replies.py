"""Reading what providers say: each value is checked where it is picked up.

A reply comes from another company's server, often with a person's own words in it.
So nothing is taken as it stands: a subject that is no subject ends the sign-in, and
everything else that is not usable counts as not said. Nothing here raises anything
but ``BadProviderReply``, whatever the reply holds.
"""

import re
from collections.abc import Mapping, Sequence

from onboarding.accounts.model import EmailTrust
from onboarding.emails import normalise
from onboarding.errors import BadProviderReply
from onboarding.urls import url_problem
from onboarding.visible import JOINERS, trim

Replies = Mapping[str, object]
"""What a provider answered: JSON values by the name of the read.

Providers of OpenID Connect also find the checked claims of the ID token here, as
``"id_token"``. A read that may be missing, and was, is None.
"""

LONGEST_SUBJECT = 255
"""Characters of ASCII that a subject may have (OpenID Connect Core §2)."""

LONGEST_NAME = 200
"""Characters of a display name that are kept."""

LONGEST_PICTURE = 1000
"""Characters of the address of a picture; signed ones are long."""

UNFIT = frozenset("\"'<>`{}\\^|")
"""What stands in no address (RFC 3986 §2), and could end one in a page or a style."""

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}\Z")
"""A language with script and region (RFC 5646 §2.1)."""


def members(provider: str, replies: Replies, read: str) -> Mapping[str, object]:
    """Return the JSON object that a read answered.

    Raises:
        BadProviderReply: When it answered something else, or nothing.
    """
    reply = replies.get(read)
    if not isinstance(reply, dict):
        raise BadProviderReply(provider, f"{read} is no JSON object")
    return reply


def rows(replies: Replies, read: str) -> Sequence[Mapping[str, object]]:
    """Return the JSON objects of the list that a read answered; none for other JSON."""
    reply = replies.get(read)
    found = reply if isinstance(reply, list) else []
    return [row for row in found if isinstance(row, dict)]


def subject(provider: str, value: object) -> str:
    """Return the provider's stable id of a person.

    Never anything else in its place: with a missing id, two people would become one.

    Args:
        provider: The name of the provider, for the error.
        value: What stands where the id should be.

    Raises:
        BadProviderReply: When it is no text, empty, longer than 255 characters, or
            not printable ASCII (OpenID Connect Core §2).
    """
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SUBJECT:
        raise BadProviderReply(provider, "the subject is missing or no usable id")
    if not value.isascii() or not value.isprintable() or not value.strip():
        raise BadProviderReply(provider, "the subject is no printable ASCII")
    return value


def counted_subject(provider: str, value: object) -> str:
    """Return the id of a person as text, where the provider counts its people.

    Raises:
        BadProviderReply: When it is no whole number above 0, or has over 64 bits.
    """
    # True is 1 in Python, and would be somebody.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**64:
        raise BadProviderReply(provider, "the subject is missing or no usable id")
    return str(value)


def email(
    value: object, *, verified: object, trust: EmailTrust, implied: bool = False
) -> tuple[str | None, EmailTrust]:
    """Return an address as the provider wrote it, and how far its word goes.

    Args:
        value: What stands where the address should be.
        verified: What the provider says about it. Only a plain true, or the text
            "true", lifts it; a claim that is missing is no claim.
        trust: How far the provider's word goes when it says true; with NONE its
            addresses are not taken at all.
        implied: Whether to give an address at all is to say true, as long as nothing
            says false.
    """
    if not isinstance(value, str) or trust is EmailTrust.NONE:
        return None, EmailTrust.NONE
    # A person's slip is put right; from a provider, what is not the mailbox is odd.
    if value != trim(value) or normalise(value) is None:
        return None, EmailTrust.NONE
    is_said = is_true(verified) or (implied and verified is None)
    return value, trust if is_said else min(trust, EmailTrust.STATED)


def is_true(value: object) -> bool:
    """Tell whether a claim says true; some providers write it as text (Cognito)."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def name(*values: object) -> str | None:
    """Return the first value that can be shown as a name, on one line, or None."""
    for value in values:
        if isinstance(value, str):
            line = " ".join(value[: 4 * LONGEST_NAME].split())
            shown = trim("".join(filter(_can_be_shown, line))[:LONGEST_NAME])
            if shown:
                return shown
    return None


def picture(value: object) -> str | None:
    """Return the address of a picture, if it is https and fit for a page, or None."""
    if not isinstance(value, str) or len(value) > LONGEST_PICTURE:
        return None
    if not value.startswith("https://") or url_problem(value) or set(value) & UNFIT:
        return None
    return value


def locale(value: object) -> str | None:
    """Return a language as BCP 47 has it, or None; ``nl_BE`` is read as ``nl-BE``."""
    if not isinstance(value, str):
        return None
    tag = value.replace("_", "-")
    return tag if LANGUAGE_TAG.match(tag) else None


def _can_be_shown(char: str) -> bool:
    return char.isprintable() or char in JOINERS
