"""Which guests have lapsed, and who typed an address: what a store finds of guests."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from onboarding.accounts.model import (
    Account,
    AccountKind,
    Contact,
    ContactLevel,
    Ending,
    Session,
)
from onboarding.changes import Add
from onboarding.stores.base import Store
from onboarding.testing.contracts.store_nouns import FIRST, HOUR, NOW, account, session
from onboarding.testing.contracts.store_reads import JUST, shuffled

DAY = timedelta(days=1)
UNSEEN = NOW - DAY
IDLE = NOW - 30 * DAY
LONGER = NOW - 90 * DAY


async def lapsed(store: Store, *, after: str = "", limit: int = 99) -> list[Account]:
    """Ask for guests unseen for a day, idle for thirty, or reachable for ninety."""
    return await store.list_lapsed_guests(
        unseen_before=UNSEEN,
        idle_before=IDLE,
        contact_before=LONGER,
        after=after,
        limit=limit,
    )


def guest(
    made: datetime,
    *sessions: tuple[datetime, datetime],
    **known: Any,
) -> list[Add]:
    """Return a guest with sessions that began and were last seen at some instants."""
    return [
        Add(account(**{"created_at": made, **known})),
        *(
            Add(session(f"{n:020}", created_at=began, seen_at=seen))
            for n, (began, seen) in enumerate(sessions)
        ),
    ]


OLD = IDLE - HOUR
FRESH = NOW - HOUR
ALMOST = UNSEEN - JUST, UNSEEN - JUST
LAPSED = {
    "never seen again": guest(OLD, (OLD, OLD)),
    "never seen again, by a hair": guest(OLD, ALMOST),
    "idle": guest(OLD, (OLD - DAY, IDLE - JUST)),
    "several, none seen again": guest(OLD, ALMOST, ALMOST),
    "several, all idle": guest(OLD, (OLD, OLD), (OLD - DAY, OLD)),
    "signed out long ago": guest(IDLE - JUST),
}
KEPT = {
    "made just now": guest(FRESH, (FRESH, FRESH)),
    "a day old to the instant": guest(UNSEEN, (UNSEEN, UNSEEN)),
    "seen again since": guest(OLD, (OLD, FRESH)),
    "idle to the instant": guest(OLD, (OLD, IDLE)),
    "one of several unseen": guest(OLD, ALMOST, (FRESH, FRESH)),
    "one of several in use": guest(OLD, (OLD, OLD), (OLD, FRESH)),
    "one unseen, the other idle": guest(OLD, ALMOST, (OLD - DAY, OLD)),
    "signed out": guest(IDLE),
    "registered": guest(OLD, (OLD, OLD), kind=AccountKind.REGISTERED),
    "ended": guest(OLD, (OLD, OLD), ending=Ending.EXPIRED),
}


LEFT = Contact(
    account_id=FIRST, address="a@example.org", typed="a@example.org", given_at=OLD
)
SEEN_LATE = LONGER + JUST
LAPSED |= {
    "reachable, and long unseen": [
        *guest(OLD, (OLD - 80 * DAY, LONGER - JUST)),
        Add(LEFT),
    ],
    "reachable, and signed out": [*guest(LONGER - JUST), Add(LEFT)],
}
KEPT |= {
    "reachable, and never seen again": [*guest(OLD, ALMOST), Add(LEFT)],
    "reachable, and idle": [*guest(OLD, (OLD - 70 * DAY, SEEN_LATE)), Add(LEFT)],
    "reachable to the instant": [*guest(OLD, (OLD - 80 * DAY, LONGER)), Add(LEFT)],
    "reachable, and signed out of late": [*guest(SEEN_LATE), Add(LEFT)],
}


class GuestContract:
    """Finding guests that nobody came back to."""

    pytestmark = pytest.mark.anyio

    @pytest.mark.parametrize("changes", LAPSED.values(), ids=LAPSED)
    async def test_a_guest_lapses(self, store: Store, changes: list[Add]) -> None:
        """Nobody was seen again within a day, or was seen for thirty."""
        await store.commit(*changes)
        assert await lapsed(store) == [changes[0].noun]

    @pytest.mark.parametrize("changes", KEPT.values(), ids=KEPT)
    async def test_a_guest_is_kept(self, store: Store, changes: list[Add]) -> None:
        """Whoever may come back is not purged, nor whoever is no guest."""
        await store.commit(*changes)
        assert await lapsed(store) == []

    async def test_lapsed_guests_come_by_id(self, store: Store) -> None:
        """Page by page, so that those who are kept do not stand in the way."""
        some = [account(f"{n:020}", created_at=OLD - n * HOUR) for n in range(5)]
        seen: list[Session] = [
            session(f"{9 - n:020}", account_id=one.id, created_at=OLD, seen_at=OLD)
            for n, one in enumerate(some)
        ]
        await store.commit(*shuffled(some), *shuffled(seen))
        assert await lapsed(store) == some
        assert await lapsed(store, limit=2) == some[:2]
        assert await lapsed(store, after=some[1].id, limit=2) == some[2:4]

    async def test_those_who_typed_an_address_are_counted(self, store: Store) -> None:
        """Not who has proven it, nor who typed another one, nor who has ended."""
        ids = [f"{n:020}" for n in range(5)]
        typed = [replace(LEFT, account_id=id) for id in ids]
        typed[0] = replace(typed[0], level=ContactLevel.PROVEN)
        typed[1] = replace(typed[1], address="b@example.org")
        ended = account(ids[2], ending=Ending.EXPIRED)
        live = [account(id) for id in (*ids[:2], *ids[3:])]
        await store.commit(*shuffled([ended, *live]), *shuffled(typed))
        assert await store.count_typed("a@example.org") == 2
        assert await store.count_typed("c@example.org") == 0
