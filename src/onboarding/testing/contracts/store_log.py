"""The log of events: of one account, of those it grew from, of a funnel, to tell."""

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from onboarding.accounts.model import Ending
from onboarding.changes import Add, Remove, Replace
from onboarding.errors import Conflict
from onboarding.events import Entry, Event
from onboarding.feedback.model import Moment
from onboarding.journey.model import Funnel, Step
from onboarding.sinks.outbox import Delivery
from onboarding.stores.base import Store
from onboarding.testing.contracts.store_nouns import (
    FIRST,
    HOUR,
    NOW,
    SECOND,
    THIRD,
    WORDS,
    account,
    entry,
)

FOURTH = "d" * 20


class Looked(Event):
    """The first step of a path."""

    name: ClassVar[str] = "looked"


class Bought(Event):
    """The last step of a path."""

    name: ClassVar[str] = "bought"


def merged(id: str, into: str) -> Add:
    """Return an account that another took over."""
    return Add(account(id, ending=Ending.MERGED, merged_into=into))


class LogContract:
    """What happened, and what of it is still to be told."""

    pytestmark = pytest.mark.anyio

    async def test_an_event_keeps_its_fields(self, store: Store) -> None:
        """Text, numbers, booleans and None come back as they went in."""
        data = {"text": WORDS, "n": 3, "x": 2.5, "yes": True, "no": None}
        some = [entry(data=data, once=WORDS), entry(SECOND, data={})]
        await store.commit(events=some)
        assert await store.list_of(Entry, FIRST) == some

    async def test_what_is_there_once_is_refused_the_second_time(
        self, store: Store
    ) -> None:
        """Of one account; another may have the same, and others are free of it."""
        first = entry(once="order 7")
        await store.commit(events=[first, entry(SECOND), entry(THIRD)])
        with pytest.raises(Conflict):
            await store.commit(events=[entry(FOURTH, once="order 7", at=NOW + HOUR)])
        elsewhere = entry(account_id=SECOND, once="order 7")
        await store.commit(events=[elsewhere, entry(FOURTH, once="order 8")])
        assert await store.find(Entry, FIRST, FIRST) == first
        assert await store.list_of(Entry, SECOND) == [elsewhere]
        assert len(await store.list_of(Entry, FIRST)) == 4

    async def test_entries_come_oldest_first(self, store: Store) -> None:
        """By id, also where a clock was set back between them; only one's own."""
        some = [
            entry(FIRST, at=NOW + HOUR),
            entry(SECOND, at=NOW),
            entry(THIRD, at=NOW + HOUR),
        ]
        await store.commit(
            merged(SECOND, FIRST),
            events=[some[2], entry(account_id=SECOND), some[0], some[1]],
        )
        assert await store.list_of(Entry, FIRST) == some

    async def test_a_journey_goes_through_merges(self, store: Store) -> None:
        """Events of merged accounts count, also of those merged into these before."""
        await store.commit(
            merged(FIRST, SECOND),
            merged(SECOND, THIRD),
            Add(account(THIRD)),
            Add(account(FOURTH)),
        )
        some = [
            entry(str(n) * 20, account_id=id, at=NOW - n * HOUR)
            for n, id in enumerate([SECOND, THIRD, FIRST, THIRD])
        ]
        await store.commit(events=[*some[::-1], entry(account_id=FOURTH)])
        assert await store.list_journey(THIRD) == some
        assert await store.list_journey(SECOND) == [some[0], some[2]]
        assert await store.list_journey(FIRST) == [some[2]]

    async def test_a_family_is_all_that_was_merged(self, store: Store) -> None:
        """Directly and by way of others, without the account itself, by id."""
        await store.commit(
            merged(FIRST, SECOND),
            merged(SECOND, FOURTH),
            merged(THIRD, FOURTH),
            Add(account(FOURTH)),
        )
        assert await store.list_merged(FOURTH) == [FIRST, SECOND, THIRD]
        assert await store.list_merged(SECOND) == [FIRST]
        assert await store.list_merged(FIRST) == []

    async def test_what_waits_is_found_by_whoever_may_take_it_back(
        self, store: Store
    ) -> None:
        """Since a merge of theirs, and since one of an account that came to them."""
        place = account(FIRST, ending=Ending.PARKED, merged_into=SECOND)
        await store.commit(Add(place), merged(SECOND, THIRD), Add(account(THIRD)))
        assert await store.list_parked(THIRD) == [FIRST]
        assert await store.list_parked(SECOND) == [FIRST]
        assert await store.list_parked(FIRST) == []
        assert await store.list_merged(THIRD) == [FIRST, SECOND]

    async def test_tombstones_come_by_id(self, store: Store) -> None:
        """However they ended, so many at a time; who lives is not among them."""
        ended = [
            account(THIRD, ending=Ending.ERASED),
            account(FOURTH, ending=Ending.EXPIRED),
        ]
        changes = merged(FIRST, SECOND), Add(account(SECOND))
        await store.commit(*changes, *map(Add, ended))
        found = await store.list_tombstones(limit=1)
        assert [one.id for one in found] == [FIRST]
        assert await store.list_tombstones(after=FIRST, limit=9) == ended
        assert await store.list_tombstones(after=FOURTH, limit=9) == []
        assert [one.id for one in await store.list_live(limit=9)] == [SECOND]
        assert await store.list_live(after=SECOND, limit=9) == []

    async def test_moments_are_a_journey_by_name(self, store: Store) -> None:
        """Only events of the names that were asked for, merged accounts' included."""
        await store.commit(
            merged(FIRST, SECOND),
            Add(account(SECOND)),
            events=[
                entry(SECOND, "bought", at=NOW + HOUR),
                entry(FIRST, "looked", account_id=SECOND),
                entry(THIRD, "left", account_id=SECOND),
            ],
        )
        both = [Moment(name="looked", at=NOW), Moment(name="bought", at=NOW + HOUR)]
        assert await store.list_moments(SECOND, ["bought", "looked"]) == both
        assert await store.list_moments(SECOND, ["bought"]) == both[1:]
        assert await store.list_moments(SECOND, ["sold"]) == []
        assert await store.list_moments(SECOND, []) == []

    async def test_a_funnel_counts_people(self, store: Store) -> None:
        """Merged accounts are one person; a step out of time or order is none."""
        funnel = Funnel(
            name="buying", steps=(Looked, Bought), within=timedelta(hours=2)
        )
        await store.commit(
            merged(FIRST, SECOND), *(Add(account(id)) for id in (SECOND, THIRD, FOURTH))
        )
        await store.commit(
            events=[
                entry(FIRST, "looked", at=NOW),
                entry(SECOND, "bought", account_id=SECOND, at=NOW + HOUR),
                entry(FIRST, "looked", account_id=THIRD, at=NOW),
                entry(SECOND, "bought", account_id=THIRD, at=NOW + 3 * HOUR),
                entry(FIRST, "bought", account_id=FOURTH, at=NOW),
                entry(SECOND, "looked", account_id=FOURTH, at=NOW + HOUR),
            ]
        )
        report = await store.report_funnel(funnel, since=NOW, until=NOW + 2 * HOUR)
        assert report.funnel == funnel
        assert report.steps == (
            Step(event="looked", people=3, dropped=0),
            Step(event="bought", people=1, dropped=2, median=HOUR),
        )

    async def test_a_funnel_begins_within_its_bounds(self, store: Store) -> None:
        """The first step lies in [since, until); a later one may follow behind."""
        funnel = Funnel(name="buying", steps=(Looked, Bought))
        await store.commit(Add(account()), Add(account(SECOND)))
        await store.commit(
            events=[
                entry(FIRST, "looked", at=NOW),
                entry(SECOND, "bought", at=NOW + 2 * HOUR),
                entry(FIRST, "looked", account_id=SECOND, at=NOW + HOUR),
            ]
        )
        report = await store.report_funnel(funnel, since=NOW, until=NOW + HOUR)
        assert [step.people for step in report.steps] == [1, 1]
        none = await store.report_funnel(funnel, since=NOW + 3 * HOUR, until=NOW + HOUR)
        assert [step.people for step in none.steps] == [0, 0]

    # ── the outbox ───────────────────────────────────────────────────────────

    async def test_an_event_waits_to_be_told(self, store: Store) -> None:
        """With the outbox on, each event is due from the instant it happened."""
        store.outbox = True
        some = [entry(data={"order": "1"}), entry(SECOND, at=NOW + HOUR)]
        await store.commit(events=some)
        expected = [(Delivery.of(one), one) for one in some]
        due = await store.list_deliveries(due_before=NOW + 2 * HOUR, limit=9)
        assert list(due) == expected
        due = await store.list_deliveries(due_before=NOW + HOUR, limit=9)
        assert list(due) == expected[:1]
        due = await store.list_deliveries(due_before=NOW + 2 * HOUR, limit=1)
        assert list(due) == expected[:1]

    async def test_who_carries_events_is_woken_by_the_commit(
        self, store: Store
    ) -> None:
        """By each that added a delivery, once that is there; and by no other."""
        woken: list[int] = []
        store.outbox, store.wake = True, lambda: woken.append(1)
        await store.commit(Add(account()))
        assert woken == []
        await store.commit(events=[entry()])
        assert woken == [1]
        with pytest.raises(Conflict):
            await store.commit(Add(account()), events=[entry(SECOND)])
        store.outbox = False
        await store.commit(events=[entry(THIRD)])
        assert woken == [1]

    async def test_nothing_waits_where_nobody_listens(self, store: Store) -> None:
        """With the outbox off, an event is recorded and that is all."""
        store.outbox = False
        await store.commit(events=[entry()])
        assert list(await store.list_deliveries(due_before=NOW + HOUR, limit=9)) == []

    async def test_a_delivery_is_put_off_and_done(self, store: Store) -> None:
        """One that failed comes up later, one that arrived never again."""
        store.outbox = True
        await store.commit(events=[entry(), entry(SECOND)])
        was = Delivery.of(entry())
        later = replace(was, due_at=NOW + HOUR, tries=1, taken="log")
        await store.commit(Remove(Delivery.of(entry(SECOND))), Replace(was, later))
        assert list(await store.list_deliveries(due_before=NOW + HOUR, limit=9)) == []
        due = await store.list_deliveries(due_before=NOW + 2 * HOUR, limit=9)
        assert list(due) == [(later, entry())]
