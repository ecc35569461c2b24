"""What questions and features may be called."""

import re

QUESTION = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")
"""The grammar of a question's name: it stands in forms, links and events."""

FEATURE = re.compile(r"[a-z][a-z0-9_-]{0,63}\Z")
"""The grammar of a feature's name: it stands in the address of its page."""

CLAIM = re.compile(r"[A-Za-z][A-Za-z0-9_:/.-]{0,199}\Z")
"""The grammar of a claim's name; one that is private to a provider may be a URL."""
