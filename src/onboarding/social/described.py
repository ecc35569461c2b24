"""What a provider says of its refusal, as a log may keep it.

``error_description`` is written for the developer (RFC 6749 §5.2, §4.1.2.1): often it
alone says what is wrong. But the one of an authorization response comes through a
browser, so anybody may have written it, and some providers quote the code or token
that they refuse. So it is told to the log alone: on one line, in part, and without
what looks like a secret or an address.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import quote_plus

LONGEST_READ = 4096
"""Characters of it that are looked at."""

LONGEST_DESCRIPTION = 200
"""Characters of it that are logged."""

SHORTEST_SECRET = 3
"""Characters of a value of ours below which its letters stand in every sentence."""

_hidden: ContextVar[frozenset[str]] = ContextVar(
    "onboarding_hidden", default=frozenset()
)
"""What was sent in the calls that are made now, and no log may hold."""

RUN = re.compile(r"\S*@\S*|[\w+/.~=%-]{16,}", re.ASCII)
"""An address; or so many letters, digits and signs that it may be a code or a token."""


@contextmanager
def hiding(*values: str | None) -> Iterator[None]:
    """Keep these values, too, out of what is described inside."""
    secrets = {one for one in values if one and len(one) >= SHORTEST_SECRET}
    encoded = set(map(quote_plus, secrets))
    token = _hidden.set(_hidden.get() | secrets | encoded)
    try:
        yield
    finally:
        _hidden.reset(token)


def described(text: object) -> str:
    """Return what may be logged of a description; empty where there is none.

    Args:
        text: What stands there.
    """
    if not isinstance(text, str):
        return ""
    kept = text[:LONGEST_READ]
    for secret in sorted(_hidden.get(), key=len, reverse=True):
        kept = kept.replace(secret, "…")
    line = " ".join("".join(c if c.isprintable() else " " for c in kept).split())
    return RUN.sub(_unless_words, line)[:LONGEST_DESCRIPTION]


def _unless_words(found: re.Match[str]) -> str:
    """Leave what is made of words: redirect_uri_mismatch, https://shop.example/back."""
    run = found.group()
    words = re.findall(r"[A-Za-z]+", run)
    is_plain = all(w.islower() or w.isupper() or w.istitle() for w in words)
    is_opaque = re.search(r"[0-9@%=~+]", run) or any(len(w) >= 16 for w in words)
    return run if words and is_plain and not is_opaque else "…"
