"""What waits to be carried to the sinks, and what a relay asks of storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol, Self

from onboarding.events import Entry
from onboarding.frozen import dataclass
from onboarding.store import NounStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event that waits to be carried to the sinks.

    It names its event as every fact is found: by account first.

    Attributes:
        due_at: Not before this instant; also the guard that one relay holds it.
        tries: How often it was tried in vain.
        taken: Names of the sinks that have it already, separated by spaces.
    """

    KEY: ClassVar[tuple[str, ...]] = ("account_id", "event_id")
    GUARD: ClassVar[tuple[str, ...]] = ("due_at",)
    ORDER: ClassVar[tuple[str, ...]] = ("due_at",)

    account_id: str
    event_id: str
    due_at: datetime
    tries: int = 0
    taken: str = ""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the delivery of an event that has just happened: due at once."""
        return cls(account_id=entry.account_id, event_id=entry.id, due_at=entry.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Stands for an event whose row holds what no event holds.

    Attributes:
        problem: What is wrong with it, without any value of the row.
    """

    problem: str


class OutboxStore(NounStore, Protocol):
    """Reads what waits in the outbox, which ``commit`` fills when it is on."""

    async def list_deliveries(
        self, *, due_before: datetime, limit: int
    ) -> Sequence[tuple[Delivery, Entry | Unreadable]]:
        """Return what is due, oldest first, with its event.

        A row that is damaged holds nobody else up: it comes as Unreadable.
        """
        ...
