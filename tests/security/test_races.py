"""Somebody was faster between a read and its commit: nothing is lost or doubled."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from onboarding.accounts.belongings import Plans
from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    Ending,
    IdentityLink,
    Intent,
    ProvenAddress,
    Purpose,
)
from onboarding.accounts.outcome import How, MustConfirm, SignInResult
from onboarding.accounts.resources import Resource
from onboarding.accounts.table_rules import DeleteRows
from onboarding.changes import Statement
from onboarding.errors import AccountEnded
from onboarding.guests.model import Hold, HoldKind, Purged
from onboarding.stores import store_from
from tests.security.stale import slowed
from tests.world import World, identity

pytestmark = pytest.mark.anyio

CARTS = Resource.table("carts", owner="account_id", purge=DeleteRows())
ORDERS = Resource.table("orders", owner="account_id")
VERA = "vera@example.org"
CHANGED = Purged(kept={Hold(HoldKind.CHANGED): 1})


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Yield the services over a new SQLite file, with carts in it."""
    store = store_from(f"sqlite:///{tmp_path / 'shop.db'}")
    await store.open()
    await store.commit(Statement("CREATE TABLE carts (account_id TEXT, book TEXT)"))
    yield World(store, resources=[CARTS])
    await store.close()


async def put(world: World, account_id: str, book: str) -> None:
    """Put a book into a cart, as the host does."""
    sql = "INSERT INTO carts (account_id, book) VALUES ($1, $2)"
    await world.store.commit(Statement(sql, (account_id, book)))


async def owners(world: World) -> dict[object, object]:
    """Return whose each book is."""
    rows = await world.store.query("SELECT book, account_id FROM carts")
    return {row["book"]: row["account_id"] for row in rows}


async def test_a_proof_survives_a_form_that_was_slower(world: World) -> None:
    """An address that is proven while its form is on the way stays proven."""
    guest = await world.guest()
    slow, stale = slowed(world, "list_of", Contact)

    contact = await stale.meanwhile(
        slow.guests.give_contact(guest.account, VERA),
        lambda: world.accounts.sign_in(identity("vera", VERA), guest),
    )

    (kept,) = await world.accounts.list_contacts(guest.account)
    assert ContactLevel.PROVEN is kept.level
    assert kept == contact


async def test_a_guest_who_comes_back_during_a_purge_stays(world: World) -> None:
    """A purge that has read its list ends nobody who was seen since."""
    guest = await world.guest()
    await put(world, guest.account.id, "Emma")
    world.clock.advance(timedelta(days=2))
    slow, stale = slowed(world, "list_lapsed_guests")

    purged = await stale.meanwhile(
        slow.guests.purge(), lambda: world.sessions.touch(guest.session)
    )

    assert CHANGED == purged
    assert await world.sessions.refresh(guest) is not None
    assert {"Emma": guest.account.id} == await owners(world)


async def test_an_order_that_comes_during_a_purge_is_a_veto(world: World) -> None:
    """Rows that are to be kept hold their guest back up to the very commit."""
    world.resources = [ORDERS]
    await world.store.commit(Statement("CREATE TABLE orders (account_id TEXT)"))
    guest = await world.guest()
    world.clock.advance(timedelta(days=2))
    slow, stale = slowed(world, "query")

    async def order() -> None:
        sql = "INSERT INTO orders (account_id) VALUES ($1)"
        await world.store.commit(Statement(sql, (guest.account.id,)))

    purged = await stale.meanwhile(slow.guests.purge(), order)

    assert CHANGED == purged
    assert (await world.account(guest.account.id)).is_live


async def test_a_guest_who_signs_in_during_a_purge_stays(world: World) -> None:
    """A purge that has read its list ends nobody who is somebody now."""
    guest = await world.guest()
    await put(world, guest.account.id, "Emma")
    world.clock.advance(timedelta(days=2))
    slow, stale = slowed(world, "list_lapsed_guests")

    await stale.meanwhile(
        slow.guests.purge(),
        lambda: world.accounts.sign_in(identity("vera"), guest),
    )

    assert (await world.account(guest.account.id)).is_live
    assert {"Emma": guest.account.id} == await owners(world)


async def test_a_guest_who_begins_to_sign_in_during_a_purge_stays(
    world: World,
) -> None:
    """A purge that found no open intent ends nobody who has one by now."""
    guest = await world.guest()
    await put(world, guest.account.id, "Emma")
    world.clock.advance(timedelta(days=2))
    slow, stale = slowed(world, "list_of", Intent)

    purged = await stale.meanwhile(
        slow.guests.purge(),
        lambda: world.intents.open(
            Purpose.SIGN_IN, life=timedelta(minutes=10), account_id=guest.account.id
        ),
    )

    assert CHANGED == purged
    assert {"Emma": guest.account.id} == await owners(world)


async def test_a_book_that_comes_during_a_merge_comes_along(world: World) -> None:
    """Rows are moved as they are at the commit, not as they were at the plan."""
    owner, guest = await world.person("vera"), await world.guest()
    await put(world, guest.account.id, "Emma")
    slow, stale = slowed(world, "query")

    await stale.meanwhile(
        slow.accounts.sign_in(identity("vera"), guest),
        lambda: put(world, guest.account.id, "Walden"),
    )

    mine = owner.account.id
    assert {"Emma": mine, "Walden": mine} == await owners(world)


async def test_an_owner_who_is_erased_during_a_merge_takes_nothing(
    world: World,
) -> None:
    """A guest whose survivor is erased at that moment keeps what is theirs."""
    owner, guest = await world.person("vera"), await world.guest()
    await put(world, guest.account.id, "Emma")
    slow, stale = slowed(world, "query")

    outcome = await stale.meanwhile(
        slow.accounts.sign_in(identity("vera"), guest),
        lambda: world.data.erase(owner.account.id),
    )

    assert isinstance(outcome, SignInResult)
    assert (How.UPGRADED, guest.account.id) == (outcome.how, outcome.account.id)
    assert {"Emma": guest.account.id} == await owners(world)
    assert [] == await world.store.list_of(IdentityLink, owner.account.id)


async def test_one_guest_is_merged_once(world: World) -> None:
    """Two people who bring the same guest along: one has it, nobody both."""
    await world.person("vera")
    await world.person("noor")
    guest = await world.guest()
    await put(world, guest.account.id, "Emma")
    slow, stale = slowed(world, "query")

    outcome = await stale.meanwhile(
        slow.accounts.sign_in(identity("noor"), guest),
        lambda: world.accounts.sign_in(identity("vera"), guest),
    )

    assert isinstance(outcome, SignInResult)
    assert How.SIGNED_IN is outcome.how
    ended = await world.account(guest.account.id)
    assert Ending.MERGED is ended.ending
    assert {"Emma": ended.merged_into} == await owners(world)
    assert outcome.account.id != ended.merged_into


async def test_an_address_is_proven_once(world: World) -> None:
    """Who proves an address a moment later must show that they are the same."""
    slow, stale = slowed(world, "find", ProvenAddress)

    outcome = await stale.meanwhile(
        slow.accounts.sign_in(identity("two", VERA), None),
        lambda: world.accounts.sign_in(identity("one", VERA), None),
    )

    assert isinstance(outcome, MustConfirm)
    assert await world.store.find(IdentityLink, "https://id.example", "two") is None


async def test_nothing_is_added_to_an_account_that_is_being_erased(
    world: World,
) -> None:
    """An address that comes during an erasure is refused, and leaves no row."""
    guest = await world.guest()
    slow, stale = slowed(world, "list_of", Contact)

    outcome = await stale.meanwhile(
        slow.guests.give_contact(guest.account, VERA),
        lambda: world.data.erase(guest.account.id),
    )

    assert isinstance(outcome, AccountEnded)
    assert [] == await world.store.list_of(Contact, guest.account.id)


async def test_a_session_that_begins_during_an_erasure_is_dead(world: World) -> None:
    """Coming back while the account is erased makes a new account, and no ghost."""
    person = await world.person("vera")
    slow, stale = slowed(world, "find", IdentityLink)

    outcome = await stale.meanwhile(
        slow.accounts.sign_in(identity("vera"), None),
        lambda: world.data.erase(person.account.id),
    )

    assert isinstance(outcome, SignInResult)
    assert How.REGISTERED is outcome.how
    assert outcome.account.id != person.account.id


async def test_a_proof_that_comes_during_a_merge_comes_along_proven(
    world: World,
) -> None:
    """An address that the survivor had merely typed is proven after it."""
    one, two = await world.person("vera"), await world.person("twin")
    await world.guests.give_contact(one.account, VERA)
    slow, stale = slowed(world, "query")

    await stale.meanwhile(
        slow.merging.merge(two.account.id, one.account.id),
        lambda: world.accounts.sign_in(identity("twin", VERA), None),
    )

    (contact,) = await world.accounts.list_contacts(one.account)
    assert ContactLevel.PROVEN is contact.level
    proven = await world.store.find(ProvenAddress, VERA)
    assert proven is not None
    assert one.account.id == proven.account_id


async def test_an_erasure_tells_what_a_merge_brought_meanwhile(world: World) -> None:
    """It is planned again: the person reads of everything that went."""
    owner, guest = await world.person("vera"), await world.guest()
    await put(world, guest.account.id, "Emma")
    slow, stale = slowed(world, "query")

    plans = await stale.meanwhile(
        slow.data.erase(owner.account.id),
        lambda: world.accounts.sign_in(identity("vera"), guest),
    )

    told = {one.name: plan.count for one, plan in cast("Plans", plans)}
    assert 1 == told["carts"]
    assert {} == await owners(world)
