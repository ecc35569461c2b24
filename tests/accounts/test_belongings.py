"""What hangs on an account: every noun has a resource, and each verb does its work."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import cast

import pytest

from onboarding.accounts.belongings import Belongings, Veto, changes_of
from onboarding.accounts.facts import Facts
from onboarding.accounts.model import (
    Account,
    Contact,
    ContactLevel,
    IdentityLink,
    Intent,
    ProvenAddress,
    Purpose,
    Session,
)
from onboarding.accounts.own import own_resources
from onboarding.accounts.planned import Outcome
from onboarding.accounts.resources import Resource
from onboarding.attention.model import Attention
from onboarding.attention.resource import AttentionResource
from onboarding.changes import Add, Noun
from onboarding.core import Core
from onboarding.errors import ConfigError
from onboarding.events import Entry
from onboarding.feedback.model import Response
from onboarding.feedback.resource import ResponsesResource
from onboarding.journey.resource import EventsResource
from onboarding.mail.resource import LettersResource, MailStopsResource
from onboarding.profiling.model import Answer
from onboarding.profiling.resource import AnswersResource, ProposalsResource
from onboarding.sinks.outbox import Delivery
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.stores.sql.tables import TABLES
from onboarding.testing.contracts.store_nouns import FIRST, NOW, SECOND, THIRD, account
from onboarding.testing.contracts.store_samples import SAMPLES

pytestmark = pytest.mark.anyio

OWNED = {kind for kind, table in TABLES.items() if "account_id" in table.fields}
LOG = {Entry, Delivery}
"""What stays for ever, and names nobody: the log, and what of it waits for a sink."""

SAMPLE = {sample.kind: sample for sample in SAMPLES if sample.kind in OWNED - LOG}
KINDS = sorted(OWNED - LOG, key=lambda kind: kind.__name__)


def all_resources(store: Store) -> list[Resource]:
    """Return everything of ours that hangs on an account."""
    return [
        *own_resources(store),
        AnswersResource(store),
        ProposalsResource(store),
        AttentionResource(store),
        LettersResource(store),
        MailStopsResource(store),
        ResponsesResource(store),
        EventsResource(store),
    ]


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """Yield a store with three accounts; the first two have one noun of each kind."""
    store = store_from("memory:")
    await store.open()
    await store.commit(*(Add(account(id)) for id in (FIRST, SECOND, THIRD)))
    await store.commit(*(Add(mine(kind)) for kind in KINDS))
    await store.commit(*(Add(SAMPLE[kind].other) for kind in KINDS))
    yield store
    await store.close()


def mine(kind: type) -> Noun:
    """Return a noun of the first account."""
    noun: Noun = replace(SAMPLE[kind].full, account_id=FIRST)
    return noun


def belongings(store: Store) -> Belongings:
    """Return the engine over all of ours."""
    return Belongings(all_resources(store), store.query)


async def counts(store: Store, kind: type[Noun]) -> list[int]:
    """Return how many nouns of a kind each of the accounts has."""
    return [len(await store.list_of(kind, id)) for id in (FIRST, SECOND, THIRD)]


async def test_every_noun_of_an_account_has_a_resource(store: Store) -> None:
    """A new table cannot be left out of merge, purge, export and erase."""
    told = {one.kind for one in all_resources(store) if isinstance(one, Facts)}
    assert OWNED - LOG == told
    assert {Answer, Attention, Contact, IdentityLink, Intent} <= told
    assert {ProvenAddress, Response, Session} <= told


def test_the_application_has_all_of_them() -> None:
    """What the services are built on is the whole list."""
    core = Core(url="http://localhost/welcome", secret_key=SECRET, database="memory:")
    names = {one.name for one in all_resources(core.store)}
    assert names == set(core.belongings.names)


SECRET = "a key for tests, of more than thirty-two bytes"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_merge_leaves_nothing_behind(store: Store, kind: type[Noun]) -> None:
    """Each noun comes to the account that stays; a session of before ends."""
    plans = await belongings(store).plan_merge(FIRST, THIRD)
    await store.commit(*changes_of(plans))
    arrived = 0 if kind is Session else 1
    assert await counts(store, kind) == [0, 1, arrived]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_purge_takes_everything(store: Store, kind: type[Noun]) -> None:
    """Of the guest who lapsed, and of nobody else."""
    plans = await belongings(store).plan_purge(FIRST, NOW)
    assert not isinstance(plans, Veto)
    await store.commit(*changes_of(plans))
    assert await counts(store, kind) == [0, 1, 0]


@pytest.mark.parametrize("kind", KINDS)
async def test_an_erasure_takes_everything(store: Store, kind: type[Noun]) -> None:
    """Of whoever asked for it, and of nobody else."""
    plans = await belongings(store).plan_erase(FIRST, NOW)
    assert {plan.outcome for one, plan in plans if isinstance(one, Facts)} == {
        Outcome.ERASED
    }
    await store.commit(*changes_of(plans))
    assert await counts(store, kind) == [0, 1, 0]


async def test_an_export_tells_each_of_them(store: Store) -> None:
    """One entry of each resource; what is not there is an empty list."""
    told = await belongings(store).export(FIRST)
    assert {
        name: len(cast("list[object]", entries)) for name, entries in told.items()
    } == {one.name: int(isinstance(one, Facts)) for one in all_resources(store)}


async def test_what_a_visitor_left_about_an_address_goes_with_its_owner(
    store: Store,
) -> None:
    """An act that no account owns holds an address: whoever proved it takes it along.

    One that somebody merely typed takes nothing of others.
    """
    waiting = Intent(
        id="w" * 20,
        purpose=Purpose.CONFIRM,
        secret_hash="h" * 43,
        address="left@example.org",
        expires_at=NOW,
    )
    typed = Contact(
        account_id=SECOND, address=waiting.address or "", typed="x", given_at=NOW
    )
    await store.commit(
        Add(waiting),
        Add(typed),
        Add(ProvenAddress(address=waiting.address or "", account_id=FIRST)),
    )

    await store.commit(*changes_of(await belongings(store).plan_erase(SECOND, NOW)))
    assert await store.find(Intent, waiting.id) == waiting
    await store.commit(*changes_of(await belongings(store).plan_erase(FIRST, NOW)))
    assert await store.find(Intent, waiting.id) is None


async def test_a_proof_counts_for_more_than_what_was_typed(store: Store) -> None:
    """Of an address that both accounts have, the proven one stays after a merge."""
    proven = cast("Contact", mine(Contact))
    assert proven.level is ContactLevel.PROVEN
    typed = replace(
        proven,
        account_id=THIRD,
        level=ContactLevel.ASSERTED,
        proven_by=None,
        proven_at=None,
    )
    await store.commit(Add(typed))
    await store.commit(*changes_of(await belongings(store).plan_merge(FIRST, THIRD)))
    assert await store.list_of(Contact, THIRD) == [replace(proven, account_id=THIRD)]


async def test_two_resources_of_one_name_are_refused(store: Store) -> None:
    """With the way out: another name for one of them."""
    with pytest.raises(ConfigError, match=r"two resources are called 'answers'.*name="):
        Belongings(
            [*all_resources(store), Resource.table("answers", owner="account_id")],
            store.query,
        )
    renamed = Resource.table("answers", name="quiz", owner="account_id")
    Belongings([*all_resources(store), renamed], store.query)


def test_an_account_is_no_belonging() -> None:
    """It stays as a tombstone, and is replaced by whoever plans its end."""
    assert Account not in OWNED


@pytest.mark.parametrize("page", ["", "orders", "//elsewhere.example", "https://x.y/z"])
def test_the_page_of_a_table_is_a_path_of_this_site(page: str) -> None:
    """My data links to it: a typing mistake is found when it is declared."""
    with pytest.raises(ConfigError, match='write it as "/orders"'):
        Resource.table("orders", owner="account_id", page=page)
