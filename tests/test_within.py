"""Our services in a transaction of the host's: kept with it, and undone with it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from pydantic import BaseModel

from onboarding import Ask, Onboarding, Resource
from onboarding.accounts.model import Account
from onboarding.accounts.resources import Planned
from onboarding.errors import AccountEnded, Refused
from onboarding.profiling.model import Feature
from tests.within import OrderPlaced, Shop, place, shop_on

pytestmark = pytest.mark.anyio


class Profile(BaseModel):
    """One question."""

    genre: Annotated[str | None, Ask("What do you read?", why="We sort by it.")] = None


@pytest.fixture
async def shop(any_database: str) -> AsyncIterator[Shop]:
    """Give a shop with one table."""
    orders = Resource.table("orders", owner="account_id")
    async with shop_on(any_database, resources=[orders]) as shop:
        yield shop


# ── commit and rollback ──────────────────────────────────────────────────────


async def test_a_commit_keeps_what_both_wrote(shop: Shop) -> None:
    """A guest, a contact, the host's row with its foreign key, and an event."""
    async with shop.engine.begin() as connection:
        ours = shop.onboarding.within(connection)
        account = (await ours.guests.start()).account
        await ours.guests.give_contact(account, "kim@example.org")
        await place(connection, 1, account)
        await ours.record(account, OrderPlaced(number=1))

    assert [(1, account.id)] == await shop.orders()
    wanted = ["guest_started", "contact_given", "order_placed"]
    assert wanted == await shop.names(account.id)
    assert ["kim@example.org"] == [
        c.address for c in await shop.onboarding.accounts.list_contacts(account)
    ]


async def test_a_rollback_takes_back_what_both_wrote(shop: Shop) -> None:
    """Whatever we wrote, before the host's own first write and after it."""
    async with shop.other() as connection:
        await connection.begin()
        ours = shop.onboarding.within(connection)
        account = (await ours.guests.start()).account
        await place(connection, 1, account)
        await ours.record(account, OrderPlaced(number=1))
        await connection.rollback()

    assert [] == await shop.orders()
    assert None is await shop.onboarding.accounts.find(account.id)
    assert [] == await shop.names(account.id)


async def test_an_error_of_the_hosts_takes_a_merge_back(shop: Shop) -> None:
    """Both accounts live, and each row is whose it was."""
    source, target = await shop.guest(), await shop.guest()
    async with shop.engine.begin() as connection:
        await place(connection, 1, source)

    async def fail() -> None:
        async with shop.engine.begin() as connection:
            ours = shop.onboarding.within(connection)
            receipt = await ours.merging.merge(source.id, target.id)
            assert {"orders": "added:1"} == receipt.moved
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert [(1, source.id)] == await shop.orders()
    assert source == await shop.onboarding.accounts.find(source.id)
    assert target == await shop.onboarding.accounts.find(target.id)


async def test_a_merge_and_an_erasure_are_kept_with_the_commit(shop: Shop) -> None:
    """The host's rows that were written in the same transaction come along."""
    source, target = await shop.guest(), await shop.guest()
    async with shop.engine.begin() as connection:
        ours = shop.onboarding.within(connection)
        await place(connection, 1, source)
        await ours.merging.merge(source.id, target.id)

    assert [(1, target.id)] == await shop.orders()
    async with shop.engine.begin() as connection:
        await shop.onboarding.within(connection).data.erase(target.id)

    assert [] == await shop.orders()
    with pytest.raises(AccountEnded):
        await shop.onboarding.data.read(target)


async def test_what_is_not_committed_is_seen_inside_alone(shop: Shop) -> None:
    """Reads of ours see the host's rows and our own; nobody else does."""
    kim = await shop.guest()
    async with shop.other() as connection:
        await place(connection, 1, kim)
        ours = shop.onboarding.within(connection)
        sam = (await ours.guests.start()).account

        assert [{"number": 1, "account_id": kim.id}] == (await ours.data.read(kim))[
            "orders"
        ]
        assert sam == await ours.accounts.find(sam.id)
        assert None is await shop.onboarding.accounts.find(sam.id)
        assert [] == (await shop.onboarding.data.read(kim))["orders"]


async def test_answers_are_part_of_the_transaction(any_database: str) -> None:
    """What is loaded on demand is of the transaction, too."""
    feature = Feature("shelf", needs=["genre"])
    async with shop_on(any_database, profile=Profile, features=[feature]) as shop:
        kim = await shop.guest()
        _ = shop.onboarding.profiling  # made before, of the other store
        async with shop.other() as connection:
            await connection.begin()
            ours = shop.onboarding.within(connection)
            with pytest.raises(Refused):
                await ours.profiling.require(kim, "shelf")
            await ours.profiling.submit(kim, {"genre": "crime"})
            await ours.profiling.require(kim, "shelf")
            await connection.rollback()
        assert None is (await shop.onboarding.profile(kim)).genre


# ── a savepoint ──────────────────────────────────────────────────────────────


class Meddling(Resource):
    """Lets somebody else change the target, once, while a merge is planned."""

    name = "meddling"

    def __init__(self) -> None:
        self.others: list[Onboarding] = []

    async def merge(self, query: object, source: str, target: str) -> Planned:
        """Plan nothing."""
        while self.others:
            onboarding = self.others.pop()
            kim = await onboarding.accounts.find(target)
            assert kim is not None
            await onboarding.guests.give_contact(kim, "kim@example.org")
        return Planned()

    async def purge(self, query: object, account_id: str) -> Planned:
        """Plan nothing."""
        return Planned()

    async def export(self, query: object, account_id: str) -> object:
        """Tell nothing."""
        return []

    async def erase(self, query: object, account_id: str) -> Planned:
        """Plan nothing."""
        return Planned()


async def test_whoever_was_faster_makes_us_decide_again(any_database: str) -> None:
    """The host's transaction stands: what it wrote is kept, and so is the merge."""
    meddling = Meddling()
    async with shop_on(any_database, resources=[meddling]) as shop:
        source, target = await shop.guest(), await shop.guest()
        meddling.others.append(shop.onboarding)
        async with shop.engine.begin() as connection:
            ours = shop.onboarding.within(connection)
            if shop.engine.dialect.name == "postgresql":  # SQLite has one writer
                await place(connection, 1, target)
            await ours.merging.merge(source.id, target.id)
            await place(connection, 2, target)

        assert not meddling.others
        assert 2 in [number for number, _ in await shop.orders()]
        assert target.id == (await _found(shop, source)).id
        assert 1 == len(await shop.onboarding.accounts.list_contacts(target))
        merged = [n for n in await shop.names(target.id) if n == "account_merged"]
        assert 1 == len(merged)


async def test_what_we_refuse_leaves_the_rest_as_it_is(shop: Shop) -> None:
    """An error of ours in the middle is caught, and the host goes on."""
    kim = await shop.guest()
    async with shop.engine.begin() as connection:
        ours = shop.onboarding.within(connection)
        await place(connection, 1, kim)
        await ours.data.erase(kim.id)
        with pytest.raises(AccountEnded):
            await ours.record(kim, OrderPlaced(number=1))
        sam = (await ours.guests.start()).account
        await place(connection, 2, sam)

    assert [(2, sam.id)] == await shop.orders()


async def test_a_savepoint_of_the_hosts_takes_ours_along(shop: Shop) -> None:
    """The host may undo a part, and keep the rest."""
    async with shop.engine.begin() as connection:
        ours = shop.onboarding.within(connection)
        kim = (await ours.guests.start()).account
        part = await connection.begin_nested()
        await ours.record(kim, OrderPlaced(number=1))
        await part.rollback()

    assert ["guest_started"] == await shop.names(kim.id)


async def test_what_several_ask_at_once_is_done_one_by_one(shop: Shop) -> None:
    """One connection does one thing at a time, whoever asks."""
    kim = await shop.guest()
    async with shop.engine.begin() as connection:
        ours = shop.onboarding.within(connection)
        async with asyncio.TaskGroup() as group:
            for n in range(8):
                group.create_task(ours.record(kim, OrderPlaced(number=n)))

    assert 9 == len(await shop.names(kim.id))


async def _found(shop: Shop, account: Account) -> Account:
    found = await shop.onboarding.accounts.find(account.id)
    assert found is not None
    return found
