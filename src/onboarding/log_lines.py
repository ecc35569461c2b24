"""What the log says of an error: to the one who can act, and without a secret.

A page shows a code and a reference; whoever looks after the site finds here, by that
reference, what was wrong, where, and which setting to look at.
"""

import re

from onboarding.errors import OnboardingError, ProviderError, StoreError

SECRET = re.compile(
    r"(?i)\b(pass(?:word|wd)?|secret|token|key)\s*[=:]\s*\S+|(?<=//)[^/\s@]+:[^/\s@]+(?=@)"
)
"""No message of ours holds one; those of a database or driver are not ours."""

LONGEST_LINE = 600
"""Characters of a message; more is somebody else's document."""


def log_line(error: OnboardingError) -> str:
    """Return what an error knows, in one line: its facts, and a store's own words.

    The sentence of another error may quote what a host's own class puts there, so only
    its facts are told (``details``), and what a provider's error notes for the log.
    """
    facts = [f"{name}={_one_line(value)}" for name, value in error.details().items()]
    said = [_one_line(error)] if isinstance(error, StoreError) else []
    noted = error.note if isinstance(error, ProviderError) else ""
    return ", ".join([*facts, *said, *([f"note={_one_line(noted)}"] if noted else [])])


def _one_line(value: object) -> str:
    text = " ".join(str(value).split())
    plain = "".join(c if c.isprintable() else "?" for c in text)
    return SECRET.sub("…", plain)[:LONGEST_LINE]
