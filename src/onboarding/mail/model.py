"""The nouns of mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from onboarding.frozen import dataclass, field
from onboarding.shapes import check_fields

STOPPABLE = frozenset({"reply"})
"""Kinds of letters that answer no request, and are no matter of security: whoever gets
them may stop them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Which letters are written, beside those that somebody just asked for.

    Attributes:
        reply: That there is a reply to what somebody said.
        way_added: That a way to sign in was added, to every proven address.
        way_removed: That one was taken away, to every proven address, that one too.
        order_claimed: That an order stands in an account from now on, to the address
            that it was placed with.

    Raises:
        ConfigError: When one of them is neither True nor False.
    """

    reply: bool = True
    way_added: bool = True
    way_removed: bool = True
    order_claimed: bool = True

    def __post_init__(self) -> None:
        """Refuse what is no answer to whether a letter is written."""
        check_fields(self, "Letters")

    def writes(self, kind: str) -> bool:
        """Tell whether letters of a kind are written."""
        return getattr(self, kind) is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that waits to be sent: written by the commit of what it tells of.

    Attributes:
        kind: What it is: the name of its templates and of its texts.
        address: Where it goes, normalised: whoever proved it and has their data
            erased takes the letter along.
        typed: The same, as the person wrote it.
        account_id: Whom it concerns, or None for a visitor.
        locale: In which language it is.
        data: What its templates need; no secret: those are derived when it is sent.
        due_at: Not before this instant; also the guard that one process sends it.
        until: Afterwards it is no longer worth sending.
        tries: How often it was tried in vain.
    """

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    GUARD: ClassVar[tuple[str, ...]] = ("due_at",)
    ORDER: ClassVar[tuple[str, ...]] = ("due_at",)

    id: str
    kind: str
    address: str = field(repr=False)
    typed: str = field(repr=False)
    account_id: str | None = None
    locale: str
    data: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    due_at: datetime
    until: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailStop:
    """That an address wants no more letters of a kind, whoever they are about.

    Attributes:
        address: Normalised.
    """

    KEY: ClassVar[tuple[str, ...]] = ("address", "kind")
    GUARD: ClassVar[tuple[str, ...]] = ("stopped_at",)
    ORDER: ClassVar[tuple[str, ...]] = ("stopped_at",)

    address: str = field(repr=False)
    kind: str
    stopped_at: datetime
