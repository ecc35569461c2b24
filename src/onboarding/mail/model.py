"""The nouns of mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from onboarding.frozen import dataclass, field


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
