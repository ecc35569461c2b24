"""Writes what happened, and reads it back as a timeline or a funnel."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from onboarding.accounts.given import checked_id
from onboarding.accounts.live import find_survivor
from onboarding.changes import Replace, retrying
from onboarding.clock import Clock
from onboarding.errors import AccountEnded, ConfigError
from onboarding.events import Entry, Event
from onboarding.events.base import (
    about_of,
    all_events,
    check_happened,
    is_declared,
    worth_of,
)
from onboarding.events.names import only_one
from onboarding.log import Recorder
from onboarding.tokens import Ids, derived_id

if TYPE_CHECKING:
    from onboarding.journey.model import Funnel, FunnelReport
    from onboarding.journey.store import JourneyStore


class JourneyService:
    """Events over time, a host's own beside ours.

    Args:
        store: Where the log is kept.
        clock: The present instant.
        ids: Makes ids.
        kinds: Classes of event that the application is known to use.

    Raises:
        ConfigError: When two of them have one name.
    """

    def __init__(
        self,
        store: "JourneyStore",
        clock: Clock,
        ids: Ids,
        kinds: Iterable[type[Event]] = (),
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._kinds: dict[str, type[Event]] = {}
        for kind in kinds:
            self._know(kind)

    async def record(
        self, account_id: str, event: Event, *, key: str | None = None
    ) -> Entry:
        """Write down that something happened to somebody, now.

        The account's own row is not touched, so that recording never makes anybody
        decide again; what is written under a merged account counts for its survivor.

        Args:
            account_id: Whose.
            event: What happened.
            key: What names this happening among all of this kind that a person has,
                such as the number of an order. With it the same may be said again,
                as after an error that left open whether it was written.

        Returns:
            What is written; with a key that was used before, what was written then.

        Raises:
            AccountEnded: When the account, or its survivor, was erased or has expired.
            ConfigError: When this is no id or no event, when a field of the event
                holds more than a primitive, when an event of another class was
                recorded under its name, or when the key is no printable text.
        """
        check_happened(event)
        self._know(type(event))
        owner = await find_survivor(self._store, account_id)
        if owner is not None and not owner.is_live:
            raise AccountEnded(account_id)
        entry = self._log.entry(account_id, event)
        if key is not None:
            return await self._record_once(replace(entry, once=_once(event, key)))
        await self._store.commit(events=[entry])
        return entry

    async def _record_once(self, entry: Entry) -> Entry:
        async def attempt() -> Entry:
            # A guest who was merged since has it under another account.
            for earlier in await self._store.list_journey(entry.account_id):
                if earlier.once == entry.once:
                    return earlier
            await self._store.commit(events=[entry])
            return entry

        return await retrying(attempt)  # said twice at once, it is found again

    def _know(self, kind: type[Event]) -> None:
        self._kinds[kind.name] = only_one(self._kinds.get(kind.name), kind)

    async def timeline(self, account_id: str) -> list[Entry]:
        """Return everything that happened to somebody, oldest first."""
        return await self._store.list_journey(checked_id(account_id))

    async def funnel(
        self, funnel: "Funnel", *, since: datetime, until: datetime | None = None
    ) -> "FunnelReport":
        """Count how many people reached which step of a funnel.

        Args:
            since: People whose first step lies here or later count; aware.
            until: And before this instant; now by default.

        Raises:
            ValueError: When an instant is naive.
        """
        end = until or self._clock()
        if since.tzinfo is None or end.tzinfo is None:
            raise ValueError("a period is told in aware instants: give them a tzinfo")
        return await self._store.report_funnel(funnel, since=since, until=end)

    async def backfill(
        self,
        *,
        batch: int = 500,
        kinds: Mapping[str, type[Event]] | None = None,
        told: Callable[[int], object] = lambda _: None,
    ) -> int:
        """Write down what older events are about and worth, from their fields.

        For events of before their class said so. Each batch is a commit of its own:
        it may be broken off and run again, beside a running application.

        Args:
            batch: How many to read and write at once.
            kinds: Classes of event by name; every one that is known by default.
            told: Hears after each batch how many were written so far.

        Returns:
            How many were written.

        Raises:
            ConfigError: When two classes of event have one name.
        """
        known = all_events() if kinds is None else kinds
        names = sorted(name for name, kind in known.items() if is_declared(kind))
        written, after = 0, ("", "")
        while found := await self._store.list_undeclared(
            names, after=after, limit=batch
        ):
            changes = [
                Replace(entry, now)
                for entry in found
                if (now := _declared(entry, known[entry.name])) != entry
            ]
            await self._store.commit(*changes)
            written += len(changes)
            after = found[-1].account_id, found[-1].id
            told(written)
        return written


def _once(event: Event, key: object) -> str:
    """Return what an event with this key is written once by.

    It has the length of an id whatever the key is, and does not repeat what that says.
    """
    if not isinstance(key, str) or not key or not key.isprintable():
        raise ConfigError(
            f"record(…, key={key!r}): a key is a text that names this happening, such "
            'as key="2041", the number of an order'
        )
    return derived_id(f"{event.name} {key}")


def _declared(entry: Entry, kind: type[Event]) -> Entry:
    """Return an entry with what its class says; as it is where its data does not fit.

    The field may have held something else when it was written.
    """
    try:
        return replace(
            entry,
            about=about_of(kind, entry.data),
            worth=worth_of(kind, entry.data),
        )
    except ConfigError:
        return entry
