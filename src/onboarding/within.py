"""The services of an application, inside a transaction of the host's."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, Protocol

from onboarding.accounts.data import DataService
from onboarding.accounts.given import id_of
from onboarding.accounts.merging import Merging
from onboarding.accounts.model import Account
from onboarding.accounts.service import AccountService
from onboarding.events import Event
from onboarding.feedback.service import FeedbackService
from onboarding.guests.contacts import ContactService
from onboarding.guests.service import GuestService
from onboarding.journey.service import JourneyService
from onboarding.on_demand import P

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from onboarding.profiling.service import ProfilingService

SOON = timedelta(milliseconds=50)
"""How long after a host began to commit its events are looked for.

SQLAlchemy tells of a commit just before it. Whoever looks too early finds nothing, and
looks again a few seconds later, as for what other processes wrote.
"""


class Services(Protocol[P]):
    """What is made on the transaction."""

    accounts: AccountService
    merging: Merging
    data: DataService
    guests: GuestService
    contacts: ContactService
    feedback: FeedbackService
    journey: JourneyService

    @property
    def profiling(self) -> "ProfilingService[P]":
        """Loaded when it is asked for."""
        ...


class Within(Generic[P]):
    """What ``onboarding.within(connection)`` returns.

    For as long as the transaction is open; what these services write is kept when it
    is committed, and not before.

    Attributes:
        accounts: Who somebody is.
        merging: Two accounts of one person become one.
        data: Take along and erase.
        guests: The first write, contact.
        contacts: Addresses put right, and taken away.
        feedback: Prompts, responses, replies.
        journey: The log.
    """

    def __init__(self, services: Services[P]):
        self._services = services
        self.accounts = services.accounts
        self.merging = services.merging
        self.data = services.data
        self.guests = services.guests
        self.contacts = services.contacts
        self.feedback = services.feedback
        self.journey = services.journey

    @property
    def profiling(self) -> "ProfilingService[P]":
        """Questions and answers."""
        return self._services.profiling

    async def record(
        self, account: Account, event: Event, *, key: str | None = None
    ) -> None:
        """Write down that something happened, once the transaction is committed.

        Args:
            account: Whose.
            event: What happened.
            key: What names this happening among all of this kind that a person has.

        Raises:
            AccountEnded: When the account, or its survivor, was erased or has expired.
            ConfigError: As ``onboarding.record``; and when the transaction is over.
        """
        await self.journey.record(id_of(account), event, key=key)


def wake_after_commit(
    connection: "AsyncConnection", *wakes: Callable[[], object]
) -> None:
    """Wake whoever carries events and letters, once a host's transaction is kept."""
    from sqlalchemy import event

    loop = asyncio.get_running_loop()

    def soon(_: object) -> None:
        for wake in wakes:
            loop.call_later(SOON.total_seconds(), wake)

    event.listen(connection.sync_connection, "commit", soon)
