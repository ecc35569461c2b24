"""What "My data" and the page before an erasure are made of: lines, in sections."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from onboarding.frozen import dataclass
from onboarding.web.views.press import Press
from onboarding.web.views.questions import Suggestion
from onboarding.web.views.sign_in import SignInButton


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRow:
    """One line: what it is, where it came from, and the one thing to do with it.

    Attributes:
        href: Where its link leads; nothing where there is nothing to do.
        action: The words of the link.
        hidden: What the link is about, for who hears the links alone.
        tag: Its state, in a word.
        press: Where its button sends ``key``, where a link is not enough.
        use: An answer that a press of its button gives.
        take_back: Where a second link leads, to take back what it is about.
        take: A proposal that a press of one of its two buttons takes, or refuses.
        is_answered: Whether the person has told otherwise what it is about.
    """

    title: str
    about: str = ""
    href: str = ""
    action: str = ""
    hidden: str = ""
    tag: str = ""
    press: str = ""
    key: str = ""
    use: Suggestion | None = None
    take_back: str = ""
    take: Press | None = None
    is_answered: bool = False

    def leading(self, href: str, action: str) -> "DataRow":
        """Return the same line with a link."""
        return replace(self, href=href, action=action)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines under a heading; ``empty`` is said where there are none.

    Attributes:
        add: Buttons for ways to sign in that may be added to these.
    """

    id: str
    title: str
    rows: Sequence[DataRow]
    empty: str = ""
    add: Sequence[SignInButton] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRow:
    """What an erasure does to one resource, and why it stays where it does.

    Attributes:
        until: The day on which the last of it need not stay any more, None where
            nobody can tell.
    """

    title: str
    reason: str
    stays: bool
    until: date | None = None
