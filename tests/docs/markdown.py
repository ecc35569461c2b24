"""Docstrings and values, as Markdown."""

import inspect
import re
from datetime import timedelta

from onboarding import Rate

NOTE = "<!-- Made by `python -m tests.docs.generate`; change the code instead. -->\n"
URL = "https://shop.example/welcome"


def markdown(text: str) -> str:
    """Return a piece of a docstring as it is written in Markdown, on one line."""
    return " ".join(text.replace("``", "`").split())


def doc(thing: object) -> str:
    """Return a docstring, its first sentence and all that follows it."""
    return inspect.cleandoc(inspect.getdoc(thing) or "")


def lead(thing: object) -> str:
    """Return the first paragraph of a docstring."""
    return markdown(doc(thing).split("\n\n")[0])


def attributes(thing: object) -> dict[str, str]:
    """Return what a docstring says of each attribute, by name."""
    section = doc(thing).partition("Attributes:\n")[2].partition("\n\n")[0]
    found = re.split(r"^    (\w+): ", section, flags=re.MULTILINE)[1:]
    return {
        name: markdown(text) for name, text in zip(found[::2], found[1::2], strict=True)
    }


def table(*rows: tuple[str, ...]) -> str:
    """Return rows as a table; the first is its head."""
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    escaped.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped) + "\n"


def said(value: object) -> str:
    """Return a default as people say it."""
    match value:
        case Rate():
            return f"{value.times} per {said(value.per).removeprefix('1 ')}"
        case timedelta(days=days, seconds=0) if days:
            return f"{days} day{'s' * (days > 1)}"
        case timedelta():
            seconds = int(value.total_seconds())
            for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
                if seconds % size == 0:
                    return f"{seconds // size} {unit}{'s' * (seconds > size)}"
    return f"`{value!r}`"
