"""Likely slips in the domain of an address: a question to ask, never a refusal."""

COMMON = (
    *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com"),
    *("icloud.com", "me.com", "yahoo.com", "proton.me", "protonmail.com", "aol.com"),
    *("gmx.de", "gmx.net", "web.de", "t-online.de", "hotmail.nl", "live.nl"),
    *("outlook.fr", "orange.fr", "wanadoo.fr", "free.fr", "ziggo.nl", "kpnmail.nl"),
    *("planet.nl", "xs4all.nl", "yahoo.co.uk", "btinternet.com", "libero.it"),
    *("mail.com", "email.com", "ymail.com", "gmx.com", "gmx.at", "gmx.ch", "mail.de"),
    *("hotmail.co.uk", "hotmail.fr", "hotmail.de", "outlook.de", "outlook.nl"),
    *("yahoo.fr", "yahoo.de", "posteo.de", "fastmail.com", "hey.com", "pm.me"),
)
"""Where most people of Europe and America have their mail."""


def likely_address(address: str) -> str | None:
    """Return the address that somebody may have meant, or None where it looks right.

    A domain that is one slip of the hand away from a common one: a letter left out,
    added, another, or two of them swapped. A common domain itself is right, however
    close to another it is.

    Args:
        address: Normalised.
    """
    local, _, domain = address.rpartition("@")
    if domain in COMMON:
        return None
    meant = next((common for common in COMMON if is_one_slip(domain, common)), None)
    return f"{local}@{meant}" if meant else None


def is_one_slip(written: str, meant: str) -> bool:
    """Tell whether one slip makes one text of another (Damerau, CACM 7:3, 1964)."""
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    one, other = written[start:], meant[start:]
    if not one and not other:
        return False
    swapped = len(one) > 1 and one[1::-1] + one[2:] == other
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]
