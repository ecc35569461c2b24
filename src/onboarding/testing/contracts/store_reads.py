"""What the questions of a store find, in which order, and what they leave out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from onboarding.accounts.model import (
    Account,
    Contact,
    Ending,
    IdentityLink,
    Intent,
    ProvenAddress,
    Purpose,
    Receipt,
    Session,
)
from onboarding.attention.model import Attention
from onboarding.changes import Add
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
    session,
)
from onboarding.testing.contracts.store_samples import (
    ANSWERS_SAMPLE,
    CONTACTS_SAMPLE,
    LINES_SAMPLE,
    RECEIPTS_SAMPLE,
    RESPONSES_SAMPLE,
)
from onboarding.testing.contracts.store_ways import IDENTITIES_SAMPLE

JUST = timedelta(microseconds=1)


def shuffled(nouns: Sequence[Any]) -> list[Add]:
    """Return the nouns to add in an order that no index has."""
    return [Add(noun) for noun in [*nouns[1::2], *nouns[::2][::-1]]]


class ReadContract:
    """Finding and listing, the log apart."""

    pytestmark = pytest.mark.anyio

    async def test_an_empty_store_finds_nothing(self, store: Store) -> None:
        """None where one is asked for, an empty list where several are."""
        assert await store.find_session(FIRST) is None
        assert await store.find(Account, FIRST) is None
        assert await store.find_account_by_ref("host") is None
        assert await store.find(IdentityLink, "https://id.example", "one") is None
        assert await store.find(ProvenAddress, "a@example.org") is None
        assert await store.find(Intent, FIRST) is None
        assert await store.find(Receipt, FIRST) is None
        assert await store.find(Response, FIRST, FIRST) is None
        assert await store.list_of(IdentityLink, FIRST) == []
        assert await store.list_of(Contact, FIRST) == []
        assert await store.list_of(Session, FIRST) == []
        assert await store.list_receipts(FIRST) == []
        assert await store.list_of(Attention, FIRST) == []
        assert await store.list_of(Answer, FIRST) == []
        assert await store.list_of(Response, FIRST) == []

    async def test_a_session_comes_with_its_account(self, store: Store) -> None:
        """One read tells both, and says so when the account has ended."""
        ended = account(ending=Ending.ERASED, version=9)
        other = account(SECOND, ref="host")
        theirs = session(SECOND, account_id=SECOND)
        await store.commit(Add(ended), Add(other), Add(session()), Add(theirs))
        assert await store.find_session(FIRST) == (session(), ended)
        assert await store.find_session(SECOND) == (theirs, other)

    async def test_a_session_without_an_account_is_none(self, store: Store) -> None:
        """A grant of nobody grants nothing."""
        await store.commit(Add(session()))
        assert await store.find_session(FIRST) is None

    async def test_a_ref_finds_its_account(self, store: Store) -> None:
        """The host's key is compared whole, letter by letter."""
        one, other = account(ref="Host-1"), account(SECOND, ref="host-1")
        await store.commit(Add(one), Add(other), Add(account(THIRD)))
        assert await store.find_account_by_ref("Host-1") == one
        assert await store.find_account_by_ref("host-1") == other
        assert await store.find_account_by_ref("host") is None

    async def test_an_issuer_and_a_subject_find_one_identity(
        self, store: Store
    ) -> None:
        """The same subject of another issuer is somebody else."""
        one = IDENTITIES_SAMPLE.other
        namesake = replace(one, issuer="https://elsewhere.example", account_id=THIRD)
        await store.commit(Add(one), Add(namesake))
        assert await store.find(IdentityLink, one.issuer, one.subject) == one
        assert await store.find(IdentityLink, namesake.issuer, one.subject) == namesake
        assert await store.find(IdentityLink, one.issuer, one.subject.upper()) is None

    async def test_a_value_is_kept_as_its_own(self, store: Store) -> None:
        """What the caller does to its values afterwards changes nothing here."""
        deep: dict[str, Any] = {"deep": [1]}
        await store.commit(Add(replace(ANSWERS_SAMPLE.full, value=deep)))
        deep["deep"].append(2)
        read: Any = (await store.list_of(Answer, FIRST))[0].value
        assert read == {"deep": [1]}
        read["deep"].append(3)
        assert (await store.list_of(Answer, FIRST))[0].value == {"deep": [1]}

    # ── order ────────────────────────────────────────────────────────────────

    async def test_identities_come_oldest_first(self, store: Store) -> None:
        """By when they were linked; those of another account stay out."""
        full = IDENTITIES_SAMPLE.full
        some = [
            replace(full, subject=f"{9 - n}", linked_at=NOW + n * JUST)
            for n in range(5)
        ]
        await store.commit(*shuffled(some), Add(IDENTITIES_SAMPLE.other))
        assert await store.list_of(IdentityLink, FIRST) == some

    async def test_contacts_come_oldest_first(self, store: Store) -> None:
        """By when they were given."""
        full = CONTACTS_SAMPLE.full
        some = [
            replace(full, address=f"{9 - n}@x", given_at=NOW + n * JUST)
            for n in range(5)
        ]
        await store.commit(*shuffled(some), Add(CONTACTS_SAMPLE.other))
        assert await store.list_of(Contact, FIRST) == some

    async def test_sessions_come_oldest_first(self, store: Store) -> None:
        """By when they began; those of others are left out."""
        some = [
            replace(session(f"{9 - n:020}"), created_at=NOW + n * JUST)
            for n in range(5)
        ]
        await store.commit(*shuffled(some), Add(session(SECOND, account_id=SECOND)))
        assert await store.list_of(Session, FIRST) == some

    async def test_receipts_come_oldest_first(self, store: Store) -> None:
        """By when the accounts came together."""
        full = RECEIPTS_SAMPLE.full
        some = [
            replace(full, source=f"{9 - n:020}", at=NOW + n * JUST) for n in range(5)
        ]
        elsewhere = replace(RECEIPTS_SAMPLE.other, target=THIRD)
        await store.commit(*shuffled(some), Add(elsewhere))
        assert await store.list_receipts(SECOND) == some

    async def test_the_ledger_comes_oldest_first(self, store: Store) -> None:
        """By when it happened."""
        full = LINES_SAMPLE.full
        some = [replace(full, visit=f"{9 - n}", at=NOW + n * JUST) for n in range(5)]
        await store.commit(*shuffled(some), Add(LINES_SAMPLE.other))
        assert await store.list_of(Attention, FIRST) == some

    async def test_answers_come_by_name(self, store: Store) -> None:
        """In the order of their characters' numbers, whatever the language."""
        names = ["Z", "_", "a", "a_b", "ab", "ä"]
        some = [replace(ANSWERS_SAMPLE.full, question=name) for name in names]
        await store.commit(*shuffled(some), Add(ANSWERS_SAMPLE.other))
        assert await store.list_of(Answer, FIRST) == some

    async def test_responses_come_oldest_first(self, store: Store) -> None:
        """By when they were given, and by id where that is the same."""
        bare = RESPONSES_SAMPLE.bare
        some = [
            replace(bare, id=f"{9 - n:020}", given_at=NOW + n * JUST) for n in range(5)
        ]
        some.append(replace(some[-1], id=SECOND))
        await store.commit(*shuffled(some), Add(RESPONSES_SAMPLE.other))
        assert await store.list_of(Response, FIRST) == some

    async def test_open_responses_are_everybodys(self, store: Store) -> None:
        """Those without a reply, oldest first, as many as were asked for."""
        bare = RESPONSES_SAMPLE.bare
        some = [
            replace(bare, account_id=who, id=id, given_at=NOW + n * JUST)
            for n, (who, id) in enumerate([(SECOND, SECOND), (FIRST, THIRD)])
        ]
        await store.commit(*shuffled(some), Add(RESPONSES_SAMPLE.full))
        assert await store.list_open_responses(limit=9) == some
        assert await store.list_open_responses(limit=1) == some[:1]

    async def test_responses_to_a_prompt_lie_within_the_bounds(
        self, store: Store
    ) -> None:
        """From the first instant on, up to the last and without it."""
        bare = RESPONSES_SAMPLE.bare
        some = [replace(bare, id=f"{n:020}", given_at=NOW + n * HOUR) for n in range(4)]
        other = replace(bare, id=THIRD, prompt="another", given_at=NOW + HOUR)
        await store.commit(*shuffled(some), Add(other))
        found = await store.list_responses_to(
            bare.prompt, since=NOW + HOUR, until=NOW + 3 * HOUR
        )
        assert found == some[1:3]

    async def test_expired_intents_come_oldest_first(self, store: Store) -> None:
        """Those whose last instant has passed, as many as were asked for."""
        some = [
            Intent(
                id=f"{9 - n:020}",
                purpose=Purpose.SIGN_IN,
                secret_hash="h",  # noqa: S106, no secret
                expires_at=NOW + n * JUST,
            )
            for n in range(5)
        ]
        await store.commit(*shuffled(some))
        assert await store.list_expired_intents(some[3].expires_at, 9) == some[:3]
        assert await store.list_expired_intents(some[3].expires_at, 2) == some[:2]
