"""E-mail addresses: what is one, and the one form in which it is compared."""

import re
import unicodedata

from onboarding.errors import InvalidAnswer
from onboarding.visible import is_hidden, trim

LONGEST_ADDRESS = 254
"""Octets of an address in a mail envelope (RFC 5321 §4.5.3.1.3)."""

LONGEST_LOCAL = 64
"""Octets before the ``@`` (RFC 5321 §4.5.3.1.1)."""

LOCAL = re.compile(r"[^\s@\"(),:;<>\[\]\\\x00-\x1f\x7f]+\Z")
DOMAIN = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z"
)

ALIKE = str.maketrans({"\uff20": "@", "\ufe6b": "@"})
"""Other widths of ``@`` (NFKC): a look-alike cannot pass one check and fail another."""

DEVIATIONS = frozenset("ßẞς\u200c\u200d")
"""Letters that the first edition of IDNA dropped or replaced (Unicode TS 46 §7):
``straße.example`` was ``strasse.example`` then, somebody else's mailbox."""


def normalise(typed: str) -> str | None:
    """Return an e-mail address as it is compared and sent to; None when it is none.

    What cannot be seen around it is cut off. The local part is normalised (NFKC) and
    lower case; quoted ones are refused, and so is what cannot be seen inside. The
    domain is in its ASCII form, as browsers make it (IDNA 2008 after Unicode TS 46,
    non-transitional): what is kept names one mailbox, whichever edition of the
    standard a mail server reads.
    """
    address = trim(typed).translate(ALIKE)
    if len(address) > LONGEST_ADDRESS:
        return None
    local, _, domain = address.rpartition("@")
    local = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", local).lower())
    ascii_domain = _in_ascii(domain)
    if ascii_domain is None or not _is_local(local):
        return None
    plain = f"{local}@{ascii_domain}"
    return plain if len(plain.encode()) <= LONGEST_ADDRESS else None


def _is_local(local: str) -> bool:
    """Tell whether this may stand before the ``@`` (RFC 5322 §3.2.3, RFC 6532)."""
    if not LOCAL.match(local) or local.startswith(".") or local.endswith("."):
        return False
    try:
        octets = len(local.encode())
    except UnicodeEncodeError:  # half a character
        return False
    return octets <= LONGEST_LOCAL and ".." not in local and _is_visible(local)


def _is_visible(local: str) -> bool:
    """Tell whether all is seen, but for joiners in a word (RFC 5892 A.1, A.2)."""
    if local.isascii():
        return True
    hidden = (place for place, char in enumerate(local) if is_hidden(char))
    return all(_joins(local, place) for place in hidden)


def _joins(text: str, place: int) -> bool:
    from idna import valid_contextj

    try:
        return bool(valid_contextj(text, place))
    except ValueError:  # beside a character that Unicode does not know
        return False


def _in_ascii(domain: str) -> str | None:
    """Return a domain in its ASCII form, or None where it has none."""
    found = encoded_domain(domain)
    return found if found and DOMAIN.match(found) else None


def encoded_domain(domain: str) -> str | None:
    """Return a domain in lower case and ASCII, "xn--bcher-kva.example", as browsers do.

    UTS #46, not transitional: ß stays itself. None where it has no such form.
    """
    if domain.isascii():
        return domain.lower()
    # Its tables take 3 ms to load, and few addresses need them.
    import idna

    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode()
    except UnicodeError:  # what every error of the library is
        return None


def masked(address: str | None) -> str | None:
    """Return an address as it may be shown to whoever may not own it: ``k***@…``."""
    if not address:
        return None
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def is_certain(address: str) -> bool:
    """Tell whether every edition of IDNA sends this address to one and the same host.

    A provider that reads the first edition has checked the mailbox of another domain.
    """
    return DEVIATIONS.isdisjoint(address.rpartition("@")[2])


def check_address(address: str) -> str:
    """Return an address that somebody typed, as it is compared.

    Raises:
        InvalidAnswer: When it is not an e-mail address.
    """
    plain = normalise(address)
    if plain is None:
        raise InvalidAnswer("email", "answer.not_an_email")
    return plain
