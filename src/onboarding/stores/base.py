"""The promise of a store: everything the features ask, and its own life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, Self

from onboarding.accounts.store import AccountStore
from onboarding.attention.store import AttentionStore
from onboarding.events import Entry
from onboarding.feedback.store import FeedbackStore
from onboarding.journey.store import JourneyStore
from onboarding.profiling.store import ProfilingStore


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

    account_id: str
    event_id: str
    due_at: datetime
    tries: int = 0
    taken: str = ""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the delivery of an event that has just happened: due at once."""
        return cls(account_id=entry.account_id, event_id=entry.id, due_at=entry.at)


class OutboxStore(Protocol):
    """Reads what waits in the outbox, which ``commit`` fills when it is on."""

    async def list_deliveries(
        self, *, due_before: datetime, limit: int
    ) -> Sequence[tuple[Delivery, Entry]]:
        """Return what is due, oldest first, with its event."""
        ...


class Store(
    AccountStore,
    ProfilingStore,
    FeedbackStore,
    JourneyStore,
    AttentionStore,
    OutboxStore,
    Protocol,
):
    """One keeping of everything; passes ``onboarding.testing.StoreContract``.

    ``outbox`` says whether ``commit`` adds a Delivery for every event; the core
    sets it before opening, when there are sinks.
    """

    outbox: bool

    async def open(self) -> None:
        """Open what is needed and check the revision of the tables.

        Raises:
            StoreUnavailable: When it cannot be reached or has another revision;
                the message says what to run.
        """
        ...

    async def close(self) -> None:
        """Give everything back; closing twice is once."""
        ...
