"""A commit is whole or nothing: when it fails, when it races, when nobody waits."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from onboarding.accounts.model import Ending, IdentityLink, ProvenAddress
from onboarding.changes import (
    Add,
    Change,
    MoveAll,
    Put,
    Remove,
    RemoveAll,
    Replace,
    Touch,
    retrying,
)
from onboarding.errors import BadRequest, Conflict
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
from onboarding.testing.contracts.store_samples import ANSWERS, CONTACTS, RESPONSES

MANY = 12
"""How many race: more than a pool of connections, few enough to be quick."""


async def race(store: Store, *commits: Sequence[Change]) -> list[bool]:
    """Commit all at once; tell of each whether it was applied."""

    async def attempt(changes: Sequence[Change]) -> bool:
        try:
            await store.commit(*changes)
        except Conflict:
            return False
        return True

    return list(await asyncio.gather(*map(attempt, commits)))


def merge(source: str, target: str) -> list[Change]:
    """Return a merge as accounts make it, of two accounts of version 0."""
    ended = replace(
        account(source), version=1, ending=Ending.MERGED, merged_into=target
    )
    return [
        Replace(account(source), ended),
        Replace(account(target), replace(account(target), version=1)),
        MoveAll(Answer, source, target),
    ]


class Commits:
    """Several changes, several commits."""

    pytestmark = pytest.mark.anyio

    async def test_nothing_is_applied_when_the_last_change_fails(
        self, store: Store
    ) -> None:
        """Changes of every sort, and the events, are taken back by one Conflict."""
        answer, response = ANSWERS.full, RESPONSES.bare
        await store.commit(Add(account()), Add(answer), Add(response), Add(session()))
        store.outbox = True
        with pytest.raises(Conflict):
            await store.commit(
                Add(account(SECOND)),
                Touch(FIRST),
                Replace(response, replace(response, text="new")),
                Put(replace(answer, value="new")),
                Put(CONTACTS.full),
                Remove(session()),
                MoveAll(Answer, FIRST, SECOND),
                RemoveAll(type(response), FIRST),
                Add(answer),
                Add(replace(answer, account_id=SECOND)),
                events=[entry()],
            )
        assert await store.find_account(FIRST) == account()
        assert await store.find_account(SECOND) is None
        assert await store.find_session(FIRST) == (session(), account())
        assert await store.list_answers(FIRST) == [answer]
        assert await store.list_responses(FIRST) == [response]
        assert await store.list_contacts(FIRST) == []
        assert await store.list_entries(FIRST) == []
        assert await store.list_deliveries(due_before=NOW + HOUR, limit=9) == []

    async def test_an_event_is_recorded_once(self, store: Store) -> None:
        """A second event with the same id undoes the commit that brings it."""
        await store.commit(events=[entry()])
        with pytest.raises(Conflict) as conflict:
            await store.commit(Add(account()), events=[entry(name="another")])
        assert conflict.value.what == "Entry"
        assert await store.find_account(FIRST) is None
        assert await store.list_entries(FIRST) == [entry()]

    async def test_an_empty_commit_is_fine(self, store: Store) -> None:
        """Nothing to do is no error."""
        await store.commit()

    async def test_changes_apply_in_order(self, store: Store) -> None:
        """A later change sees what an earlier one of the same commit did."""
        first, second = ANSWERS.full, ANSWERS.bare
        await store.commit(Add(first), Remove(first), Add(second))
        assert await store.list_answers(FIRST) == [second]

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
            assert await store.find_account(FIRST) == now
            assert await store.find_session(FIRST) == (session(), now)

    # ── races ────────────────────────────────────────────────────────────────

    async def test_one_of_many_adds_wins(self, store: Store) -> None:
        """Parallel adds of one key make one row."""
        won = await race(store, *[[Add(account())]] * MANY)
        assert won.count(True) == 1

    async def test_one_of_many_replaces_wins(self, store: Store) -> None:
        """Of many who decided on the same reading, one is first."""
        await store.commit(Add(account()))
        nows = [account(version=1, epoch=n) for n in range(MANY)]
        won = await race(store, *[[Replace(account(), now)] for now in nows])
        assert won.count(True) == 1
        assert await store.find_account(FIRST) == nows[won.index(True)]

    async def test_one_of_many_removes_wins(self, store: Store) -> None:
        """What is good for once is used once, however many try."""
        await store.commit(Add(account()), Add(session()))
        won = await race(store, *[[Remove(session())]] * MANY)
        assert won.count(True) == 1

    async def test_every_touch_counts(self, store: Store) -> None:
        """Touches do not disturb each other, and none gets lost."""
        await store.commit(Add(account()))
        won = await race(store, *[[Touch(FIRST)]] * MANY)
        assert all(won)
        assert await store.find_account(FIRST) == account(version=MANY)

    async def test_one_of_many_proofs_of_an_address_wins(self, store: Store) -> None:
        """At most one account has a proven address."""
        ids = [f"{n:020}" for n in range(MANY)]
        proofs = [ProvenAddress(address="a@example.org", account_id=id) for id in ids]
        won = await race(store, *[[Add(proof)] for proof in proofs])
        assert won.count(True) == 1
        assert await store.find_proven("a@example.org") == ids[won.index(True)]

    async def test_one_identity_signs_in_to_one_account(self, store: Store) -> None:
        """Parallel first sign-ins of one identity leave one account, whole."""
        ids = [f"{n:020}" for n in range(MANY)]

        def register(id: str) -> list[Change]:
            link = IdentityLink(
                issuer="https://id.example",
                subject="one",
                account_id=id,
                provider="example",
                linked_at=NOW,
                used_at=NOW,
            )
            return [Add(account(id)), Add(link)]

        won = await race(store, *map(register, ids))
        assert won.count(True) == 1
        made = [id for id in ids if await store.find_account(id)]
        linked = await store.find_identity("https://id.example", "one")
        assert [link.account_id for link in (linked,) if link] == made

    async def test_merges_that_cross_do_not_both_win(self, store: Store) -> None:
        """A into B and B into A at once: one lives, and has the answers of both."""
        for n in range(MANY // 2):
            left, right = f"{n:020}", f"{n + 100:020}"
            mine = replace(ANSWERS.full, account_id=left)
            theirs = replace(ANSWERS.other, account_id=right)
            await store.commit(
                Add(account(left)), Add(account(right)), Add(mine), Add(theirs)
            )
            won = await race(store, merge(left, right), merge(right, left))
            assert won.count(True) == 1
            living = right if won[0] else left
            answers = await store.list_answers(living)
            assert [answer.account_id for answer in answers] == [living, living]

    async def test_merges_all_at_once_make_no_circle(self, store: Store) -> None:
        """Whoever was merged leads to an account that lives."""
        ids = [f"{n:020}" for n in range(4)]
        await store.commit(*(Add(account(id)) for id in ids))
        won = await race(store, *(merge(a, b) for a, b in permutations(ids, 2)))
        found = [await store.find_account(id) for id in ids]
        into = {one.id: one.merged_into for one in found if one and one.merged_into}
        assert len(into) == won.count(True) > 0
        assert not set(into) & set(into.values())

    async def test_an_ended_account_gets_nothing_more(self, store: Store) -> None:
        """An answer given while its account merges lands on one side, never beside."""
        for n in range(MANY):
            source, target = f"{n:020}", f"{n + 100:020}"
            await store.commit(Add(account(source)), Add(account(target)))
            answer = replace(ANSWERS.full, account_id=source)
            given, merged = await race(
                store, [Touch(source), Put(answer)], merge(source, target)
            )
            assert given is not merged
            assert bool(await store.list_answers(source)) is given
            assert await store.list_answers(target) == []

    async def test_reading_and_deciding_again_wins_at_last(self, store: Store) -> None:
        """Three who retry all get their way, one after the other."""
        await store.commit(Add(account()))

        async def attempt() -> None:
            was = await store.find_account(FIRST)
            assert was is not None
            now = replace(was, epoch=was.epoch + 1, version=was.version + 1)
            await store.commit(Replace(was, now))

        await asyncio.gather(*(retrying(attempt) for _ in range(3)))
        assert await store.find_account(FIRST) == account(epoch=3, version=3)

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
                while await store.find_account(id) is None:  # noqa: ASYNC110, see above
                    await asyncio.sleep(0)
            assert await store.find_account(FIRST) == account(version=n + 1)
        assert len(await store.list_entries(FIRST)) == MANY

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
        assert await store.find_account(SECOND) is None

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
            Add(replace(RESPONSES.bare, text=text)),
            Put(replace(ANSWERS.full, value=text)),
            Put(replace(ANSWERS.full, value={"deep": [text]})),
            Put(replace(ANSWERS.full, value={text: 1})),
        ):
            with pytest.raises(BadRequest):
                await store.commit(Add(account()), change, events=[entry()])
        with pytest.raises(BadRequest):
            await store.commit(Add(account()), events=[entry(data={"order": text})])
        with pytest.raises(BadRequest):
            await store.find_identity("https://id.example", text)
        assert await store.find_account(FIRST) is None
        assert await store.list_entries(FIRST) == []

    @pytest.mark.parametrize("number", [float("nan"), float("inf")])
    async def test_a_number_that_json_has_not_is_refused(
        self, store: Store, number: float
    ) -> None:
        """What cannot be written as JSON is refused, not written as something else."""
        with pytest.raises(BadRequest):
            await store.commit(Add(replace(ANSWERS.full, value=[number])))
        assert await store.list_answers(FIRST) == []
