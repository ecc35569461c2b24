"""An event as the log keeps it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from onboarding.events.fields import Primitive
from onboarding.frozen import dataclass

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as the log keeps it: stamped with its account and instant.

    Entries are in the order of their ids: that of one process is the order in which
    things happened, also where its clock was set back; across processes it is
    approximate.

    Attributes:
        about: What it is about, as its class says.
        worth: What it is worth, in the smallest unit of a currency.
        once: What no other event of its account has; None where it may come again.
    """

    KEY: ClassVar[tuple[str, ...]] = ("account_id", "id")
    GUARD: ClassVar[tuple[str, ...]] = ()
    ORDER: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    account_id: str
    at: datetime
    name: str
    data: Mapping[str, Primitive]
    about: str | None = None
    worth: int | None = None
    once: str | None = None

    @property
    def day(self) -> int:
        """Whole days since 1970-01-01 in UTC, stored so that SQL need not divide."""
        return (self.at - EPOCH).days
