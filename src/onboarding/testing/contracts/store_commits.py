"""A commit is whole or nothing: when it fails, and when nobody waits for it."""

import asyncio
from dataclasses import replace

import pytest

from onboarding.accounts.model import Account, Contact, IdentityLink
from onboarding.changes import (
    Add,
    MoveAll,
    Put,
    Remove,
    RemoveAll,
    Replace,
    Touch,
)
from onboarding.errors import BadRequest, Conflict
from onboarding.events import Entry
from onboarding.feedback.model import Response
from onboarding.profiling.model import Answer
from onboarding.stores.base import Store
from onboarding.testing.contracts.store_nouns import (
    FIRST,
    HOUR,
    NOW,
    SECOND,
    THIRD,
    account,
    entry,
    session,
)
from onboarding.testing.contracts.store_samples import (
    ANSWERS_SAMPLE,
    CONTACTS_SAMPLE,
    RESPONSES_SAMPLE,
)

MANY = 12
"""How often a thing is tried that a store must get right every time."""


class CommitContract:
    """Several changes in one commit."""

    pytestmark = pytest.mark.anyio

    async def test_nothing_is_applied_when_the_last_change_fails(
        self, store: Store
    ) -> None:
        """Changes of every sort, and the events, are taken back by one Conflict."""
        answer, response = ANSWERS_SAMPLE.full, RESPONSES_SAMPLE.bare
        await store.commit(Add(account()), Add(answer), Add(response), Add(session()))
        store.outbox = True
        with pytest.raises(Conflict):
            await store.commit(
                Add(account(SECOND)),
                Touch(FIRST),
                Replace(response, replace(response, text="new")),
                Put(replace(answer, value="new")),
                Put(CONTACTS_SAMPLE.full),
                Remove(session()),
                MoveAll(Answer, FIRST, SECOND),
                RemoveAll(type(response), FIRST),
                Add(answer),
                Add(replace(answer, account_id=SECOND)),
                events=[entry()],
            )
        assert await store.find(Account, FIRST) == account()
        assert await store.find(Account, SECOND) is None
        assert await store.find_session(FIRST) == (session(), account())
        assert await store.list_of(Answer, FIRST) == [answer]
        assert await store.list_of(Response, FIRST) == [response]
        assert await store.list_of(Contact, FIRST) == []
        assert await store.list_of(Entry, FIRST) == []
        assert await store.list_deliveries(due_before=NOW + HOUR, limit=9) == []

    async def test_an_event_is_recorded_once(self, store: Store) -> None:
        """A second event with the same id undoes the commit that brings it."""
        await store.commit(events=[entry()])
        with pytest.raises(Conflict) as conflict:
            await store.commit(Add(account()), events=[entry(name="another")])
        assert conflict.value.what == "Entry"
        assert await store.find(Account, FIRST) is None
        assert await store.list_of(Entry, FIRST) == [entry()]

    async def test_an_empty_commit_is_fine(self, store: Store) -> None:
        """Nothing to do is no error, and changes nothing."""
        await store.commit(Add(account()))
        await store.commit()
        assert await store.find(Account, FIRST) == account()

    async def test_changes_apply_in_order(self, store: Store) -> None:
        """A later change sees what an earlier one of the same commit did."""
        first, second = ANSWERS_SAMPLE.full, ANSWERS_SAMPLE.bare
        await store.commit(Add(first), Remove(first), Add(second))
        assert await store.list_of(Answer, FIRST) == [second]

    async def test_a_ref_changes_hands(self, store: Store) -> None:
        """What one account gives up, another takes in the same commit."""
        one, other = account(SECOND, ref="host"), account(FIRST)
        await store.commit(Add(one), Add(other))
        await store.commit(
            Replace(one, account(SECOND, version=1)),
            Replace(other, account(FIRST, version=1, ref="host")),
        )
        found = await store.find_account_by_ref("host")
        assert found == account(FIRST, version=1, ref="host")

    async def test_a_store_works_on_after_a_conflict(self, store: Store) -> None:
        """A refused commit leaves nothing behind that could stop the next."""
        await store.commit(Add(account()))
        for _ in range(MANY):
            with pytest.raises(Conflict):
                await store.commit(Add(account(SECOND)), Add(account()))
        await store.commit(Add(account(SECOND)))

    async def test_a_commit_is_seen_once_it_is_done(self, store: Store) -> None:
        """Whoever awaited the commit reads what it wrote, time after time."""
        now = account()
        await store.commit(Add(now), Add(session()))
        for _ in range(MANY):
            await store.commit(Touch(FIRST))
            now = replace(now, version=now.version + 1)
            assert await store.find(Account, FIRST) == now
            assert await store.find_session(FIRST) == (session(), now)

    # ── nobody waits ─────────────────────────────────────────────────────────

    async def test_a_commit_outlives_who_asked_for_it(self, store: Store) -> None:
        """A caller that hangs up gets its commit nevertheless, whole."""
        await store.commit(Add(account()))
        for n in range(MANY):
            id = f"{n:020}"
            commit = asyncio.create_task(
                store.commit(Add(account(id)), Touch(FIRST), events=[entry(id)])
            )
            for _ in range(n % 3 + 1):  # hang up at the first step, or a little later
                await asyncio.sleep(0)
            commit.cancel()
            await asyncio.gather(commit, return_exceptions=True)
            # Nobody is left who could tell when it is done: look until it is.
            async with asyncio.timeout(10):
                while await store.find(Account, id) is None:  # noqa: ASYNC110, see above
                    await asyncio.sleep(0)
            assert await store.find(Account, FIRST) == account(version=n + 1)
        assert len(await store.list_of(Entry, FIRST)) == MANY

    async def test_a_refusal_that_nobody_waits_for_harms_nobody(
        self, store: Store
    ) -> None:
        """A cancelled commit that fails leaves a store that works."""
        await store.commit(Add(account()))
        for _ in range(MANY):
            commit = asyncio.create_task(
                store.commit(Add(account(SECOND)), Add(account()))
            )
            await asyncio.sleep(0)
            commit.cancel()
            await asyncio.gather(commit, return_exceptions=True)
        await store.commit(Add(account(THIRD)))
        assert await store.find(Account, SECOND) is None

    # ── what no database holds ───────────────────────────────────────────────

    @pytest.mark.parametrize(
        "text",
        ["a\0b", "a\ud800b"],
        ids=["NUL", "half a character"],
    )
    async def test_a_text_that_cannot_be_kept_is_refused(
        self, store: Store, text: str
    ) -> None:
        """It is the sender's mistake, wherever it stands, and nothing is applied."""
        for change in (
            Add(replace(RESPONSES_SAMPLE.bare, text=text)),
            Put(replace(ANSWERS_SAMPLE.full, value=text)),
            Put(replace(ANSWERS_SAMPLE.full, value={"deep": [text]})),
            Put(replace(ANSWERS_SAMPLE.full, value={text: 1})),
        ):
            with pytest.raises(BadRequest):
                await store.commit(Add(account()), change, events=[entry()])
        with pytest.raises(BadRequest):
            await store.commit(Add(account()), events=[entry(data={"order": text})])
        with pytest.raises(BadRequest):
            await store.find(IdentityLink, "https://id.example", text)
        assert await store.find(Account, FIRST) is None
        assert await store.list_of(Entry, FIRST) == []

    @pytest.mark.parametrize("number", [float("nan"), float("inf")])
    async def test_a_number_that_json_has_not_is_refused(
        self, store: Store, number: float
    ) -> None:
        """What cannot be written as JSON is refused, not written as something else."""
        with pytest.raises(BadRequest):
            await store.commit(Add(replace(ANSWERS_SAMPLE.full, value=[number])))
        assert await store.list_of(Answer, FIRST) == []
