"""What questions and features may be called, and what to say to a slip of the pen."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

QUESTION = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")
"""The grammar of a question's name: it stands in forms, links and events."""

FEATURE = re.compile(r"[a-z][a-z0-9_-]{0,63}\Z")
"""The grammar of a feature's name: it stands in the address of its page."""


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return half a sentence that says what is unknown, and what may be meant."""
    close = get_close_matches(name, known, n=1)
    advice = f"did you mean {close[0]!r}?" if close else "nothing of this kind is near"
    return f"{name!r}, but there is no such {kind}; {advice}"
