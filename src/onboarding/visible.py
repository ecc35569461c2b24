"""What can be seen in a text: blanks that say nothing, and edges to cut off.

White space is not all that cannot be seen. Phones, chats and word processors leave
marks of direction and width around what is copied, and a text of nothing but these
looks empty to whoever reads it (Unicode 16.0 §5.21, "Default Ignorable").
"""

import unicodedata

JOINERS = frozenset("\u200c\u200d")
"""They shape the letter before them; Persian and Sinhala words end in them, too."""

_SEEN = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\U000110bd\U000110cd"
)
"""Signs around numbers and verses: of the category Cf, and drawn (Unicode §9.2)."""

_FILLERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\U00016fe4\U0001d159"
)
"""Drawn as nothing, though a letter, a mark or a sign by category: fillers of Hangul
and Khitan, the empty pattern of Braille, a note without a head, a joiner of graphemes.
"""


def _selects(char: str) -> bool:
    """Tell whether it picks the look of the sign before it: ``❤`` and ``❤️``, flags."""
    return (
        "\ufe00" <= char <= "\ufe0f"
        or "\u180b" <= char <= "\u180f"
        or "\U000e0020" <= char <= "\U000e01ef"
    )


def is_hidden(char: str) -> bool:
    """Tell whether a character leaves nothing to be seen where it stands alone.

    Not so NUL: no database keeps it, and whoever sends it is told so.
    """
    if char in _FILLERS or _selects(char):
        return True
    if char == "\0":
        return False
    category = unicodedata.category(char)
    return category in {"Zs", "Zl", "Zp", "Cc", "Cf"} and char not in _SEEN


def trim(text: str) -> str:
    """Return a text without what cannot be seen at its edges.

    What stands inside stays: a joiner belongs to its word. So does, at the end, what
    shapes the sign before it.
    """
    start = next((i for i, char in enumerate(text) if not is_hidden(char)), None)
    if start is None:
        return ""
    end = len(text)
    while is_hidden(text[end - 1]):
        end -= 1
    kept = end
    # No ASCII character has another shape.
    while kept < len(text) and not text[end - 1].isascii() and _shapes(text[kept]):
        kept += 1
    return text[start:kept]


def _shapes(char: str) -> bool:
    return char in JOINERS or _selects(char)


def is_blank(text: str) -> bool:
    """Tell whether there is nothing to be seen."""
    return all(map(is_hidden, text))
