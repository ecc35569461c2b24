"""Numbers as people write them: read and written in the language of a page.

``1.234`` is one and a bit in English and more than a thousand in Dutch, so no number
is read without its language. A text that can be no number of this language is read as
the other convention has it: on a Dutch page ``42.5`` can only be forty-two and a half.
Whatever is a number in neither is not read at all; no sign is ever skipped.
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from onboarding.visible import is_hidden, trim

DECIMAL: Mapping[str, str] = {"en": ".", "nl": ","}
"""What stands before the fraction (Unicode CLDR); the other one of the two groups."""

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
"""A number as programs write it, in no language (RFC 8259 §6, a little wider)."""

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2019\u02bc\u066c", "'"),
        "\uff0b": "+",
        "\uff0e": ".",
        "\uff0c": ",",
        "\uff07": "'",
    }
)
"""Signs as phones and word processors set them, and the group sign of Arabic."""


def _pattern(point: str, group: str) -> re.Pattern[str]:
    """Return a number with this sign before its fraction; groups have three digits."""
    return re.compile(
        rf"([+-]?)(?:([0-9]+|[1-9][0-9]{{0,2}}([{group} '])[0-9]{{3}}(?:\3[0-9]{{3}})*)"
        rf"(?:[{point}\u066b]([0-9]+))?|[{point}\u066b]([0-9]+))(?:[eE]([+-]?[0-9]+))?\Z"
    )


_PATTERNS = {".": _pattern(".", ","), ",": _pattern(",", ".")}


def read(text: str, locale: str) -> str | None:
    """Return a number that somebody wrote as programs write it: ``-1234.5``.

    Args:
        text: What was written, in the digits of any script.
        locale: The language of the page on which it was.

    Returns:
        Digits, with a point before the fraction; None where it is no number, or could
        be more than one.
    """
    plain = _plain(text)
    if plain is None:
        return None
    point = DECIMAL[locale]
    other = "," if point == "." else "."
    match = _PATTERNS[point].match(plain) or _PATTERNS[other].match(plain)
    if match is None:
        return None
    sign, whole, group, fraction, bare, exponent = match.groups()
    digits = (whole or "0").replace(group or " ", "")
    parts = fraction or bare
    return (
        ("-" if sign == "-" else "")
        + (f"{digits}.{parts}" if parts else digits)
        + (f"e{exponent}" if exponent else "")
    )


def _plain(text: str) -> str | None:
    """Return a text with digits and signs of ASCII; None where it mixes scripts."""
    zeros = set()
    found = []
    for char in trim(text).translate(_SIGNS):
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            zeros.add(ord(char) - digit)
            found.append(str(digit))
        elif unicodedata.category(char) == "Zs":
            found.append(" ")
        # Marks of direction stand before the minus of Arabic and Hebrew.
        elif unicodedata.category(char) != "Cf" or not is_hidden(char):
            found.append(char)
    return "".join(found) if len(zeros) == 1 else None


def write(text: str, locale: str) -> str:
    """Return a number that a program wrote as people of a language do, without groups.

    Any other text is returned as it stands.
    """
    return text.replace(".", DECIMAL[locale]) if PLAIN_NUMBER.match(text) else text


def in_words(value: object, locale: str) -> object:
    """Return what fills a slot of a sentence: a fraction as its language writes it."""
    if isinstance(value, float | Decimal):
        return write(str(value).removesuffix(".0"), locale)
    return value
