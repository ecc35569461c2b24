"""The promise of a store: everything the features ask, and its own life."""

from collections.abc import Callable
from typing import Protocol

from onboarding.accounts.host_table import HostTable
from onboarding.feedback.store import FeedbackStore
from onboarding.guests.store import GuestStore, ProofStore
from onboarding.journey.store import JourneyStore
from onboarding.mail.store import MailStore
from onboarding.sinks.outbox import OutboxStore


class Store(
    GuestStore,
    ProofStore,
    FeedbackStore,
    JourneyStore,
    OutboxStore,
    MailStore,
    Protocol,
):
    """One keeping of everything; passes ``onboarding.testing.StoreContract``.

    ``outbox`` says whether ``commit`` adds a Delivery for every event; the core
    sets it before opening, when there are sinks. Each commit that added one calls
    ``wake`` afterwards, on the event loop: whoever carries events need not look for
    them.
    """

    outbox: bool
    wake: Callable[[], object]

    async def open(self) -> None:
        """Open what is needed and check the revision of the tables.

        Raises:
            StoreUnavailable: When it cannot be reached or has another revision;
                the message says what to run.
        """
        ...

    async def query(
        self, sql: str, values: tuple[str | int | None, ...] = ()
    ) -> list[dict[str, object]]:
        """Run a host's own SELECT in the portable subset; it cannot write.

        Raises:
            ConfigError: On a store that holds no SQL.
        """
        ...

    async def describe(self, table: str) -> HostTable:
        """Return what the database says of a table of the host's.

        Raises:
            ConfigError: On a store that holds no SQL.
        """
        ...

    async def close(self) -> None:
        """Give everything back; closing twice is once."""
        ...
