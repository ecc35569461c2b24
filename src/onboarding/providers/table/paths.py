"""A small closed language that says where in a provider's replies a value stands.

::

    path   = [reply ":"] step *("." step)
    step   = name *choice / 1*choice
    choice = "[" number "]"        the row with this number, from 0
           / "[" name "]"          the first row in which this is true
    join   = path *("+" path)      texts, with a space between
    words  = join *("|" join)      the first that says something

``emails:values[is_primary].email`` is the address of the first row of ``values`` whose
``is_primary`` is true, in what the read ``emails`` answered. A path is parsed once,
when its row is loaded. Finding raises nothing, whatever a reply holds: what does not
lead on leads to None.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from onboarding.providers.replies import Replies

REPLY_PATH = re.compile(
    r"(?:(?P<reply>[a-z][a-z0-9_]*):)?"
    r"(?P<steps>(?:\w+(?:\[\w+\])*|(?:\[\w+\])+)(?:\.\w+(?:\[\w+\])*)*)\Z",
    re.ASCII,
)

ONE_STEP = re.compile(r"\[(?P<choice>\w+)\]|(?P<member>\w+)", re.ASCII)


class PathStep(NamedTuple):
    """One step into a JSON value.

    Attributes:
        member: The member of an object to go on to.
        row: The number of the row of a list to go on to.
        flag: What is true in the row of a list to go on to.
    """

    member: str | None = None
    row: int | None = None
    flag: str | None = None

    def into(self, value: object) -> object:
        """Return what stands one step further, or None."""
        if self.member is not None:
            return value.get(self.member) if isinstance(value, Mapping) else None
        rows = value if isinstance(value, list) else []
        if self.row is not None:
            return rows[self.row] if self.row < len(rows) else None
        said = (row for row in rows if isinstance(row, Mapping))
        return next((row for row in said if row.get(self.flag) is True), None)


@dataclass(frozen=True, slots=True)
class ReplyPath:
    """Where one value stands: in which reply, and the steps to it."""

    reply: str
    steps: tuple[PathStep, ...]

    def find(self, replies: Replies) -> object:
        """Return what stands there, or None."""
        value: object = replies.get(self.reply)
        for step in self.steps:
            value = step.into(value)
        return value


@dataclass(frozen=True, slots=True)
class Words:
    """Where words for people stand: joins of texts, of which the first one counts."""

    joins: tuple[tuple[ReplyPath, ...], ...]

    def find(self, replies: Replies) -> Iterator[str]:
        """Yield each join that says something."""
        for join in self.joins:
            texts = [t for path in join if isinstance(t := path.find(replies), str)]
            if text := " ".join(texts).strip():
                yield text


def parse_path(text: str, reply: str) -> ReplyPath:
    """Return a path.

    Args:
        text: As the table has it.
        reply: Which reply it is about where it names none.

    Raises:
        ValueError: When it is no path.
    """
    found = REPLY_PATH.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no path into a reply")
    steps = tuple(_step(step) for step in ONE_STEP.finditer(found["steps"]))
    return ReplyPath(found["reply"] or reply, steps)


def parse_words(text: str, reply: str) -> Words:
    """Return where words stand.

    Raises:
        ValueError: When a part is no path.
    """
    return Words(
        tuple(
            tuple(parse_path(part.strip(), reply) for part in join.split("+"))
            for join in text.split("|")
        )
    )


def _step(found: re.Match[str]) -> PathStep:
    if (member := found["member"]) is not None:
        return PathStep(member=member)
    choice = found["choice"]
    return PathStep(row=int(choice)) if choice.isdecimal() else PathStep(flag=choice)
