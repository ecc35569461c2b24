"""What fails for one account, each time, is told, and stops nobody else."""

import logging
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from onboarding.accounts.model import Ending
from onboarding.accounts.planned import Planned
from onboarding.accounts.resources import Query, Resource
from onboarding.accounts.table_periods import After
from onboarding.accounts.table_rules import Anonymise, DeleteRows
from onboarding.errors import StoreUnavailable
from onboarding.guests.model import Hold, HoldKind, Purged
from onboarding.guests.tally import MOST_REASONS
from onboarding.stores import store_from, upgrade
from tests.stores.host import Host, connected
from tests.world import World

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
TABLES = """
CREATE TABLE lines (account_id TEXT, book TEXT, UNIQUE (account_id, book));
CREATE TABLE notes (account_id TEXT, words TEXT);
CREATE TABLE visits (id TEXT PRIMARY KEY, account_id TEXT);
CREATE TABLE clicks (visit TEXT REFERENCES visits (id));
CREATE TABLE bills (id TEXT PRIMARY KEY, account_id TEXT, street TEXT, at TEXT);
CREATE TABLE stamps (bill TEXT REFERENCES bills (id));
"""
HELD = """
CREATE TRIGGER {table}_held BEFORE DELETE ON {table}
WHEN EXISTS (SELECT 1 FROM {held_by} WHERE {column} = OLD.id)
BEGIN SELECT RAISE(ABORT, 'held'); END;
"""
"""What a foreign key does, on connections of SQLite that do not enforce any."""

BILLS = Anonymise(
    columns=["street"], reason="the tax office", until=After("at", 9 * DAY)
)


class Avatars(Resource):
    """Something of a host's own that fails for whom it is told to."""

    name = "avatars"

    def __init__(self) -> None:
        """Fail for nobody."""
        self.fails: dict[str, Exception] = {}

    def _plan(self, account_id: str) -> Planned:
        if account_id in self.fails:
            raise self.fails[account_id]
        return Planned()

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        return self._plan(source)

    @override
    async def purge(self, query: Query, account_id: str) -> Planned:
        return self._plan(account_id)

    @override
    async def export(self, query: Query, account_id: str) -> object:
        self._plan(account_id)
        return []

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        return self._plan(account_id)


class Shop(World):
    """A world with a host's tables, whose keys were never looked at."""

    host: Host
    avatars: Avatars

    async def merged(self) -> tuple[str, str]:
        """Return what was merged, and into whom."""
        owner = (await self.person(self.merging_ids())).account.id
        guest = (await self.guest()).account.id
        await self.merging.merge(guest, owner)
        return guest, owner

    def merging_ids(self) -> str:
        """Return the subject of somebody new."""
        self.clock.advance(timedelta(milliseconds=1))
        return f"p{self.now.timestamp()}"


@pytest.fixture(params=["sqlite", "postgresql"])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """Give a shop with its tables."""
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_dsn")
    await upgrade(database)
    async with connected(database) as host:
        bills = "TIMESTAMPTZ" if request.param == "postgresql" else "TEXT"
        await host.run(TABLES.replace("at TEXT", f"at {bills}"))
        if request.param == "sqlite":
            await host.run(
                HELD.format(table="visits", held_by="clicks", column="visit")
            )
            await host.run(HELD.format(table="bills", held_by="stamps", column="bill"))
        store = store_from(database)
        await store.open()
        avatars = Avatars()
        bills_table = Resource.table("bills", owner="account_id", erase=BILLS)
        await bills_table.check(store)
        shop = Shop(
            store,
            resources=[
                Resource.table("lines", owner="account_id", purge=DeleteRows()),
                Resource.table("notes", owner="account_id", purge=DeleteRows()),
                Resource.table("visits", owner="account_id", purge=DeleteRows()),
                bills_table,
                avatars,
            ],
        )
        shop.host, shop.avatars = host, avatars
        yield shop
        await store.close()


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log says of what is stuck."""
    lines = [one.getMessage() for one in caplog.records]
    return [line for line in lines if line.startswith("purge_stuck: ")]


def only(holds: Mapping[Hold, int], resource: str, reason: str) -> Hold:
    """Return the one reason that there is, once."""
    ((hold, count),) = holds.items()
    assert (HoldKind.STUCK, resource, 1) == (hold.kind, hold.resource, count)
    assert reason in hold.reason
    return hold


async def test_a_late_row_that_always_clashes_stays_and_the_rest_goes_on(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """Other accounts, other resources of the same account, and lapsed guests."""
    stuck, owner = await shop.merged()
    free, other = await shop.merged()
    lapsed = await shop.guest()
    await shop.host.run(
        "INSERT INTO lines VALUES"
        f" ('{owner}', 'Emma'), ('{stuck}', 'Emma'), ('{free}', 'Emma');"
        f" INSERT INTO notes VALUES ('{stuck}', 'Well.')"
    )
    shop.clock.advance(2 * DAY)

    purged = await shop.guests.purge(batch=1)

    only(purged.stuck, "lines", "breaks a unique key of its table every time")
    assert (2, 1, True) == (purged.settled, purged.gone, purged.is_stuck)
    assert Ending.EXPIRED is (await shop.account(lapsed.account.id)).ending
    assert [(owner, "Well.")] == await shop.host.ask("SELECT * FROM notes")
    lines = {(row[0], row[1]) for row in await shop.host.ask("SELECT * FROM lines")}
    assert {(owner, "Emma"), (stuck, "Emma"), (other, "Emma")} == lines
    (line,) = said(caplog)
    for fact in (stuck, "resource lines", "Resource.table('lines')", "UPDATE lines"):
        assert fact in line


async def test_it_goes_once_it_is_mended(shop: Shop) -> None:
    """Each purge tries again."""
    stuck, owner = await shop.merged()
    await shop.host.run(
        f"INSERT INTO lines VALUES ('{owner}', 'Emma'), ('{stuck}', 'Emma')"
    )
    assert (await shop.guests.purge()).is_stuck
    await shop.host.run(f"DELETE FROM lines WHERE account_id = '{owner}'")
    purged = await shop.guests.purge()
    assert (1, False) == (purged.settled, purged.is_stuck)
    assert [(owner, "Emma")] == await shop.host.ask("SELECT * FROM lines")


async def test_a_guest_whose_rows_are_held_stays_whole_and_alone(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """By a row of a table that nobody declared."""
    held, free = await shop.guest(), await shop.guest()
    for guest in (held, free):
        await shop.host.run(
            f"INSERT INTO visits VALUES ('{guest.account.id}', '{guest.account.id}')"
        )
    await shop.host.run(f"INSERT INTO clicks VALUES ('{held.account.id}')")
    shop.clock.advance(2 * DAY)

    purged = await shop.guests.purge()

    ((hold, count),) = purged.kept.items()
    assert (HoldKind.STUCK, 1) == (hold.kind, count)
    assert "visits" in hold.resource
    assert "the database refused a statement" in hold.reason
    assert (1, {}) == (purged.gone, purged.stuck)
    assert (await shop.account(held.account.id)).is_live
    visits = await shop.host.ask("SELECT account_id FROM visits")
    assert [(held.account.id,)] == visits
    (line,) = said(caplog)
    assert held.account.id in line


async def test_what_is_over_and_held_stays_alone(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """What an erasure had left, of somebody else, goes."""
    ids = [(await shop.guest()).account.id for _ in range(2)]
    for id in ids:
        await shop.host.run(
            f"INSERT INTO bills VALUES ('{id}', '{id}', 'x', '{shop.now.isoformat()}')"
        )
        await shop.data.erase(id)
    await shop.host.run(f"INSERT INTO stamps VALUES ('{ids[0]}')")
    shop.clock.advance(10 * DAY)

    purged = await shop.guests.purge()

    only(purged.stuck, "bills", "the database refused a statement")
    assert 1 == purged.expired
    assert [(ids[0],)] == await shop.host.ask("SELECT id FROM bills")
    assert 1 == len(said(caplog))


@pytest.mark.parametrize("state", ["lapsed", "merged", "erased"])
async def test_a_verb_that_fails_for_one_account_keeps_that_one(
    shop: Shop, caplog: pytest.LogCaptureFixture, state: str
) -> None:
    """Whatever a host's code raises; its message, which may hold a row, is not told."""
    bad, good = [(await shop.guest()).account.id for _ in range(2)]
    if state == "merged":
        owner = (await shop.person("kim")).account.id
        await shop.merging.merge(bad, owner)
    if state == "erased":
        await shop.data.erase(bad)
    shop.avatars.fails[bad] = ZeroDivisionError("Emma de Vries")
    shop.clock.advance(2 * DAY)

    foreseen = [one async for one in shop.guests.plan_purge()][-1]
    purged = await shop.guests.purge()

    where = purged.kept if state == "lapsed" else purged.stuck
    only(where, "avatars", "ZeroDivisionError")
    assert foreseen == purged
    assert Ending.EXPIRED is (await shop.account(good)).ending
    assert {True} == {
        bad in line and "declared as Avatars" in line for line in said(caplog)
    }
    assert not any("Emma" in line for line in said(caplog))


async def test_a_database_that_is_gone_ends_a_purge(shop: Shop) -> None:
    """Nobody else would fare better."""
    guest = await shop.guest()
    shop.avatars.fails[guest.account.id] = StoreUnavailable("gone")
    shop.clock.advance(2 * DAY)
    with pytest.raises(StoreUnavailable):
        await shop.guests.purge()


async def test_what_fails_for_everybody_does_not_fill_the_log(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """The report counts all of them."""
    caplog.set_level(logging.ERROR)
    for _ in range(MOST_REASONS + 5):
        guest = await shop.guest()
        shop.avatars.fails[guest.account.id] = KeyError("x")
    shop.clock.advance(2 * DAY)
    purged = await shop.guests.purge()
    stuck = Hold(HoldKind.STUCK, "avatars", "KeyError")
    assert Purged(kept={stuck: MOST_REASONS + 5}) == purged
    assert MOST_REASONS == len(said(caplog))
