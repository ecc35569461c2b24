"""Several commits at once: one is first, and nobody's half is left."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from onboarding.accounts.model import Account, Ending, IdentityLink, ProvenAddress
from onboarding.changes import (
    Add,
    Change,
    MoveAll,
    Put,
    Remove,
    Replace,
    Touch,
    retrying,
)
from onboarding.errors import Conflict
from onboarding.profiling.model import Answer
from onboarding.stores.base import Store
from onboarding.testing.contracts.store_nouns import FIRST, NOW, account, session
from onboarding.testing.contracts.store_samples import ANSWERS_SAMPLE

RUNNERS = 12
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


class RaceContract:
    """Many who want the same."""

    pytestmark = pytest.mark.anyio

    async def test_one_of_many_adds_wins(self, store: Store) -> None:
        """Parallel adds of one key make one row."""
        won = await race(store, *[[Add(account())]] * RUNNERS)
        assert won.count(True) == 1

    async def test_one_of_many_replaces_wins(self, store: Store) -> None:
        """Of many who decided on the same reading, one is first."""
        await store.commit(Add(account()))
        nows = [account(version=1, epoch=n) for n in range(RUNNERS)]
        won = await race(store, *[[Replace(account(), now)] for now in nows])
        assert won.count(True) == 1
        assert await store.find(Account, FIRST) == nows[won.index(True)]

    async def test_one_of_many_removes_wins(self, store: Store) -> None:
        """What is good for once is used once, however many try."""
        await store.commit(Add(account()), Add(session()))
        won = await race(store, *[[Remove(session())]] * RUNNERS)
        assert won.count(True) == 1

    async def test_every_touch_counts(self, store: Store) -> None:
        """Touches do not disturb each other, and none gets lost."""
        await store.commit(Add(account()))
        won = await race(store, *[[Touch(FIRST)]] * RUNNERS)
        assert all(won)
        assert await store.find(Account, FIRST) == account(version=RUNNERS)

    async def test_one_of_many_proofs_of_an_address_wins(self, store: Store) -> None:
        """At most one account has a proven address."""
        ids = [f"{n:020}" for n in range(RUNNERS)]
        proofs = [ProvenAddress(address="a@example.org", account_id=id) for id in ids]
        won = await race(store, *[[Add(proof)] for proof in proofs])
        assert won.count(True) == 1
        proven = await store.find(ProvenAddress, "a@example.org")
        assert proven is not None
        assert proven.account_id == ids[won.index(True)]

    async def test_one_identity_signs_in_to_one_account(self, store: Store) -> None:
        """Parallel first sign-ins of one identity leave one account, whole."""
        ids = [f"{n:020}" for n in range(RUNNERS)]

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
        made = [id for id in ids if await store.find(Account, id)]
        linked = await store.find(IdentityLink, "https://id.example", "one")
        assert [link.account_id for link in (linked,) if link] == made

    async def test_merges_that_cross_do_not_both_win(self, store: Store) -> None:
        """A into B and B into A at once: one lives, and has the answers of both."""
        for n in range(RUNNERS // 2):
            left, right = f"{n:020}", f"{n + 100:020}"
            mine = replace(ANSWERS_SAMPLE.full, account_id=left)
            theirs = replace(ANSWERS_SAMPLE.other, account_id=right)
            await store.commit(
                Add(account(left)), Add(account(right)), Add(mine), Add(theirs)
            )
            won = await race(store, merge(left, right), merge(right, left))
            assert won.count(True) == 1
            living = right if won[0] else left
            answers = await store.list_of(Answer, living)
            assert [answer.account_id for answer in answers] == [living, living]

    async def test_merges_all_at_once_make_no_circle(self, store: Store) -> None:
        """Whoever was merged leads to an account that lives."""
        ids = [f"{n:020}" for n in range(4)]
        await store.commit(*(Add(account(id)) for id in ids))
        won = await race(store, *(merge(a, b) for a, b in permutations(ids, 2)))
        found = [await store.find(Account, id) for id in ids]
        into = {one.id: one.merged_into for one in found if one and one.merged_into}
        assert len(into) == won.count(True) > 0
        assert not set(into) & set(into.values())

    async def test_an_ended_account_gets_nothing_more(self, store: Store) -> None:
        """An answer given while its account merges lands on one side, never beside."""
        for n in range(RUNNERS):
            source, target = f"{n:020}", f"{n + 100:020}"
            await store.commit(Add(account(source)), Add(account(target)))
            answer = replace(ANSWERS_SAMPLE.full, account_id=source)
            given, merged = await race(
                store, [Touch(source), Put(answer)], merge(source, target)
            )
            assert given is not merged
            assert bool(await store.list_of(Answer, source)) is given
            assert await store.list_of(Answer, target) == []

    async def test_reading_and_deciding_again_wins_at_last(self, store: Store) -> None:
        """Three who retry all get their way, one after the other."""
        await store.commit(Add(account()))

        async def attempt() -> None:
            was = await store.find(Account, FIRST)
            assert was is not None
            now = replace(was, epoch=was.epoch + 1, version=was.version + 1)
            await store.commit(Replace(was, now))

        await asyncio.gather(*(retrying(attempt) for _ in range(3)))
        assert await store.find(Account, FIRST) == account(epoch=3, version=3)
