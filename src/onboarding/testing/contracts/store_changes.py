"""What each change does, and what its guard refuses, for every kind of noun."""

from dataclasses import replace
from typing import Any

import pytest

from onboarding.accounts.model import Account, AccountKind, Ending
from onboarding.changes import (
    Add,
    Change,
    MoveAll,
    Put,
    Remove,
    RemoveAll,
    Replace,
    Statement,
    Touch,
)
from onboarding.errors import Conflict
from onboarding.stores.base import Store
from onboarding.testing.contracts.store_nouns import (
    FIRST,
    HOUR,
    NOW,
    SECOND,
    THIRD,
    Sample,
    account,
)
from onboarding.testing.contracts.store_samples import (
    FACTS,
    GUARDED,
    OWNED,
    RESPONSES_SAMPLE,
    SAMPLES,
)


def each(samples: tuple[Sample, ...]) -> pytest.MarkDecorator:
    """Run a test once for every sample."""
    names = [sample.kind.__name__ for sample in samples]
    return pytest.mark.parametrize("sample", samples, ids=names)


async def arrange(store: Store, sample: Sample, *changes: Change) -> None:
    """Commit what a sample stands on, and then the changes."""
    await store.commit(*sample.first, events=sample.events)
    await store.commit(*changes)


async def refuses(store: Store, *changes: Change, what: str) -> None:
    """Say that a commit ends in a Conflict that names a kind of noun."""
    with pytest.raises(Conflict) as conflict:
        await store.commit(*changes)
    assert conflict.value.what == what


class ChangeContract:
    """One change at a time."""

    pytestmark = pytest.mark.anyio

    @each(SAMPLES)
    async def test_add_keeps_every_field(self, store: Store, sample: Sample) -> None:
        """What was added is read back equal, to the microsecond and the letter."""
        await arrange(store, sample, Add(sample.full))
        assert await sample.find(store, sample.full) == sample.full

    @each(SAMPLES)
    async def test_add_keeps_what_is_not_there(
        self, store: Store, sample: Sample
    ) -> None:
        """Fields left at their defaults are read back so, None as None."""
        await arrange(store, sample, Add(sample.bare))
        assert await sample.find(store, sample.bare) == sample.bare

    @each(SAMPLES)
    async def test_add_refuses_a_key_that_is_there(
        self, store: Store, sample: Sample
    ) -> None:
        """Of two nouns with one key the first stays."""
        await arrange(store, sample, Add(sample.full))
        await refuses(store, Add(sample.bare), what=sample.kind.__name__)
        assert await sample.find(store, sample.full) == sample.full

    @each(SAMPLES)
    async def test_replace_writes_every_field(
        self, store: Store, sample: Sample
    ) -> None:
        """A noun as it was read is overwritten, from values to None and back."""
        await arrange(store, sample, Add(sample.bare))
        await store.commit(Replace(sample.bare, sample.full))
        assert await sample.find(store, sample.full) == sample.full
        await store.commit(Replace(sample.full, sample.bare))
        assert await sample.find(store, sample.bare) == sample.bare

    @each(GUARDED)
    async def test_replace_refuses_what_has_changed(
        self, store: Store, sample: Sample
    ) -> None:
        """A noun that somebody changed since it was read stays as they left it."""
        await arrange(store, sample, Add(sample.full))
        stale = Replace(sample.read_before, sample.bare)
        await refuses(store, stale, what=sample.kind.__name__)
        assert await sample.find(store, sample.full) == sample.full

    @pytest.mark.parametrize("field", ["replied_at", "seen_at"])
    async def test_replace_tells_none_from_a_value(
        self, store: Store, field: str
    ) -> None:
        """Every guarded field counts, and None is a value like any other."""
        was = RESPONSES_SAMPLE.bare
        now = replace(was, **{field: NOW})
        await store.commit(Add(now))
        await refuses(store, Replace(was, RESPONSES_SAMPLE.full), what="Response")
        await store.commit(Replace(now, was))
        await refuses(store, Replace(now, RESPONSES_SAMPLE.full), what="Response")

    @each(SAMPLES)
    async def test_replace_refuses_what_is_not_there(
        self, store: Store, sample: Sample
    ) -> None:
        """Replacing nothing is a Conflict, and adds nothing."""
        await arrange(store, sample, Add(sample.other))
        missing = Replace(sample.full, sample.bare)
        await refuses(store, missing, what=sample.kind.__name__)
        assert await sample.find(store, sample.full) is None

    @each(SAMPLES)
    async def test_replace_refuses_a_key_that_is_there(
        self, store: Store, sample: Sample
    ) -> None:
        """A noun does not take the place of another."""
        await arrange(store, sample, Add(sample.full), Add(sample.other))
        onto = Replace(sample.full, sample.other)
        await refuses(store, onto, what=sample.kind.__name__)
        assert await sample.find(store, sample.full) == sample.full

    @each(SAMPLES)
    async def test_put_adds_or_overwrites(self, store: Store, sample: Sample) -> None:
        """After a put the noun is there, whatever was there before."""
        await arrange(store, sample, Put(sample.full))
        assert await sample.find(store, sample.full) == sample.full
        await store.commit(Put(sample.bare), Put(sample.other))
        assert await sample.find(store, sample.full) == sample.bare
        assert await sample.find(store, sample.other) == sample.other

    @each(SAMPLES)
    async def test_remove_takes_one_away(self, store: Store, sample: Sample) -> None:
        """A noun as it was read is deleted, and no other."""
        await arrange(store, sample, Add(sample.full), Add(sample.other))
        await store.commit(Remove(sample.full))
        assert await sample.find(store, sample.full) is None
        assert await sample.find(store, sample.other) == sample.other

    @each(GUARDED)
    async def test_remove_refuses_what_has_changed(
        self, store: Store, sample: Sample
    ) -> None:
        """A noun that somebody changed since it was read stays."""
        await arrange(store, sample, Add(sample.full))
        stale = Remove(sample.read_before)
        await refuses(store, stale, what=sample.kind.__name__)
        assert await sample.find(store, sample.full) == sample.full

    @each(SAMPLES)
    async def test_remove_refuses_what_is_not_there(
        self, store: Store, sample: Sample
    ) -> None:
        """What is used once cannot be used twice."""
        await arrange(store, sample, Add(sample.full))
        await store.commit(Remove(sample.full))
        await refuses(store, Remove(sample.full), what=sample.kind.__name__)

    @each(OWNED)
    async def test_remove_all_spares_other_accounts(
        self, store: Store, sample: Sample
    ) -> None:
        """Everything of one kind goes, of that account only; nothing there is fine."""
        await arrange(store, sample, Add(sample.full), Add(sample.other))
        await store.commit(RemoveAll(sample.kind, FIRST))
        await store.commit(RemoveAll(sample.kind, FIRST))
        assert await sample.find(store, sample.full) is None
        assert await sample.find(store, sample.other) == sample.other

    @each(OWNED)
    async def test_move_all_changes_nothing_but_the_account(
        self, store: Store, sample: Sample
    ) -> None:
        """One account's nouns become another's, those of a third stay."""
        await arrange(store, sample, Add(sample.full), Add(sample.other))
        await store.commit(MoveAll(sample.kind, FIRST, THIRD))
        moved = replace(sample.full, account_id=THIRD)
        assert await sample.find(store, moved) == moved
        assert await sample.find(store, sample.other) == sample.other
        if sample.is_fact:
            assert await sample.find(store, sample.full) is None

    @each(FACTS)
    async def test_move_all_prefers_what_the_target_has(
        self, store: Store, sample: Sample
    ) -> None:
        """Of two nouns with one key the target's stays, and the source's goes."""
        twin: Any = replace(sample.bare, account_id=THIRD)
        await arrange(store, sample, Add(sample.full), Add(twin))
        await store.commit(MoveAll(sample.kind, FIRST, THIRD))
        assert await sample.find(store, twin) == twin
        assert await sample.find(store, sample.full) is None

    async def test_touch_raises_the_version(self, store: Store) -> None:
        """A touched account differs by one in its version, and in nothing else."""
        was = account(version=4, kind=AccountKind.REGISTERED, ref="host")
        await store.commit(Add(was))
        await store.commit(Touch(FIRST))
        assert await store.find(Account, FIRST) == replace(was, version=5)

    async def test_touch_spoils_an_older_decision(self, store: Store) -> None:
        """Whoever decided on the older version gets a Conflict."""
        await store.commit(Add(account()))
        await store.commit(Touch(FIRST))
        grown = replace(account(), kind=AccountKind.REGISTERED, version=1)
        await refuses(store, Replace(account(), grown), what="Account")

    @pytest.mark.parametrize("ending", Ending)
    async def test_touch_demands_a_living_account(
        self, store: Store, ending: Ending
    ) -> None:
        """Nothing is written beside an account that has ended."""
        await store.commit(Add(account(ending=ending)))
        await refuses(store, Touch(FIRST), what="Account")

    async def test_touch_demands_an_account(self, store: Store) -> None:
        """Nothing is written beside an account that never was."""
        await refuses(store, Touch(FIRST), what="Account")

    async def test_a_ref_is_unique(self, store: Store) -> None:
        """The host's key leads to one account; accounts without one are many."""
        await store.commit(Add(account(ref="host-1")), Add(account(SECOND)))
        await store.commit(Add(account(THIRD)))
        await refuses(store, Add(account("d" * 20, ref="host-1")), what="Account")
        taken = Replace(account(SECOND), account(SECOND, ref="host-1"))
        await refuses(store, taken, what="Account")
        await refuses(store, Put(account(THIRD, ref="host-1")), what="Account")
        await store.commit(Replace(account(ref="host-1"), account(ref="host-2")))
        await store.commit(Put(account(ref="host-2", created_at=NOW + HOUR)))

    async def test_a_select_of_the_host_runs(self, store: Store) -> None:
        """Its rows come back by the names of their columns."""
        assert await store.query("SELECT $1 + 1 AS n", (1,)) == [{"n": 2}]

    async def test_a_hosts_table_is_described(self, store: Store) -> None:
        """By its columns and unique keys, so that a resource is checked at opening."""
        made = (
            "CREATE TABLE described (owner TEXT NOT NULL, book TEXT, note TEXT, "
            "UNIQUE (owner, book))"
        )
        await store.commit(Statement(made))
        try:
            found = await store.describe("described")
            missing = await store.describe("descried")
        finally:  # the database may be that of other tests
            await store.commit(Statement("DROP TABLE described"))
        assert found.columns == {"owner": False, "book": True, "note": True}
        assert frozenset({"owner", "book"}) in found.unique
        assert "select" in found.reserved
        assert not missing.columns
        assert "described" in missing.others
