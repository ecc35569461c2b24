"""Whatever is committed, SQLite and PostgreSQL decide alike and keep the same."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.accounts.model import Account, AccountKind, Ending, Session
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
from onboarding.events import Entry
from onboarding.feedback.model import Response
from onboarding.profiling.model import Answer
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.stores.sql.tables import TABLES as ALL
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
from onboarding.testing.contracts.store_samples import ANSWERS_SAMPLE, RESPONSES_SAMPLE

IDS = (FIRST, SECOND, THIRD)
ids = st.sampled_from(IDS)
instants = st.sampled_from([NOW, NOW + HOUR])
maybe = st.none() | instants

accounts = st.builds(
    account,
    ids,
    version=st.integers(0, 2),
    kind=st.sampled_from(AccountKind),
    ref=st.sampled_from([None, None, "host-1", "host-2"]),
    ending=st.sampled_from([None, None, None, *Ending]),
    merged_into=st.none() | ids,
)
sessions = st.builds(session, ids, account_id=ids, seen_at=instants)
answers = st.builds(
    lambda who, question, at: replace(
        ANSWERS_SAMPLE.full, account_id=who, question=question, answered_at=at
    ),
    ids,
    st.sampled_from(["genre", "birthday"]),
    instants,
)
responses = st.builds(
    lambda id, who, replied, seen: replace(
        RESPONSES_SAMPLE.bare, id=id, account_id=who, replied_at=replied, seen_at=seen
    ),
    ids,
    ids,
    maybe,
    maybe,
)
nouns = st.one_of(accounts, sessions, answers, responses)
kinds = st.sampled_from([Session, Answer, Response])
pairs = st.one_of(
    *(st.tuples(some, some) for some in (accounts, sessions, answers, responses))
)

changes = st.one_of(
    st.builds(Add, nouns),
    st.builds(Put, nouns),
    st.builds(Remove, nouns),
    pairs.map(lambda pair: Replace(*pair)),
    st.builds(RemoveAll, kinds, ids),
    st.tuples(kinds, st.permutations(IDS)).map(lambda k: MoveAll(k[0], *k[1][:2])),
    st.builds(Touch, ids),
)
entries = st.builds(entry, ids, account_id=ids, at=instants)
commits = st.lists(
    st.tuples(st.lists(changes, max_size=4), st.lists(entries, max_size=2)),
    max_size=12,
)


async def outcome(
    store: Store, some: Sequence[Change], events: Sequence[Entry]
) -> str | None:
    """Commit, and tell what was in the way."""
    try:
        await store.commit(*some, events=events)
    except Conflict as conflict:
        return conflict.what
    return None


async def contents(store: Store) -> list[object]:
    """Return everything that can be asked for."""
    found: list[object] = [
        await store.list_open_responses(limit=99),
        await store.list_deliveries(due_before=NOW + 2 * HOUR, limit=99),
        await store.list_lapsed_guests(
            unseen_before=NOW + HOUR,
            idle_before=NOW + HOUR,
            contact_before=NOW + HOUR,
            limit=99,
        ),
        *[await store.find_account_by_ref(ref) for ref in ("host-1", "host-2")],
    ]
    for id in IDS:
        account: Account | None = await store.find(Account, id)
        found += [
            account,
            await store.find_session(id),
            await store.list_of(Answer, id),
        ]
        found += [await store.list_of(Response, id), await store.list_journey(id)]
        found += [await store.list_of(Entry, id)]
    return found


@pytest.mark.postgres
@settings(max_examples=40)
@given(outbox=st.booleans(), commits=commits)
def test_sqlite_and_postgresql_are_alike(
    upgraded_dsn: str, outbox: bool, commits: list[tuple[list[Change], list[Entry]]]
) -> None:
    """After each commit both say the same, and hold the same."""

    async def compare() -> None:
        one, other = store_from("memory:"), store_from(upgraded_dsn)
        await one.open()
        await other.open()
        try:
            await other.commit(
                *(Statement(f"DELETE FROM {t.name}") for t in ALL.values())
            )
            one.outbox = other.outbox = outbox
            for some, events in commits:
                here = await outcome(one, some, events)
                assert await outcome(other, some, events) == here
                assert await contents(other) == await contents(one)
        finally:
            await one.close()
            await other.close()

    asyncio.run(compare())
