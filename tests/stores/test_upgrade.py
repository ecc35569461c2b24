"""The tables are made and brought up to date by numbered files, once."""

import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add, Statement
from onboarding.errors import StoreUnavailable
from onboarding.stores import store_from, upgrade, upgrade_sql
from onboarding.stores.sql.revisions import revisions
from onboarding.testing.contracts.store_nouns import FIRST, SECOND, account
from tests.stores.host import Host

pytestmark = pytest.mark.anyio

NEWEST = len(revisions())
FORGET = "DELETE FROM onboarding_revision"
KNOW = "INSERT INTO onboarding_revision (number) VALUES ($1)"


async def test_upgrading_again_changes_nothing(database: str) -> None:
    """The first run makes the tables, the next says that they are there."""
    assert await upgrade(database) == (0, NEWEST)
    assert await upgrade(database) == (NEWEST, NEWEST)


async def test_one_of_several_upgrades_does_the_work(database: str) -> None:
    """Processes that upgrade at once wait for each other, and none fails."""
    done = await asyncio.gather(*(upgrade(database) for _ in range(4)))
    assert sorted(done) == [(0, NEWEST), *[(NEWEST, NEWEST)] * 3]


@pytest.mark.parametrize(
    ("revision", "advice"),
    [
        (NEWEST - 1, "run: onboarding db upgrade"),
        (NEWEST + 1, "a newer release made them"),
    ],
    ids=["older", "newer"],
)
async def test_another_revision_is_not_opened(
    database: str, revision: int, advice: str
) -> None:
    """Whoever must act is told what to do, and nothing is touched."""
    await upgrade(database)
    store = store_from(database)
    await store.open()
    await store.commit(Statement(FORGET), Statement(KNOW, (revision,), rows=1))
    await store.close()
    with pytest.raises(StoreUnavailable, match=advice):
        await store_from(database).open()


async def test_postgresql_never_gets_tables_by_itself(postgres_dsn: str) -> None:
    """On a server somebody decides when a schema changes."""
    with pytest.raises(StoreUnavailable, match="run: onboarding db upgrade"):
        await store_from(postgres_dsn).open()


async def test_a_new_sqlite_file_gets_its_tables(sqlite_url: str) -> None:
    """A first run needs no further command, beside a host's own tables too."""
    host = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    host.execute("CREATE TABLE orders (id TEXT)")
    host.close()
    store = store_from(sqlite_url)
    await store.open()
    await store.commit(Add(account()))
    await store.close()
    assert await upgrade(sqlite_url) == (NEWEST, NEWEST)


async def test_two_prefixes_do_not_see_each_other(database: str) -> None:
    """Several applications may share one database."""
    for prefix in ("one_", "other_"):
        await upgrade(database, prefix)
    one, other = store_from(database, "one_"), store_from(database, "other_")
    await one.open()
    await other.open()
    await one.commit(Add(account()))
    await other.commit(Add(account(SECOND)))
    assert await one.find(Account, SECOND) is None
    assert await other.find(Account, FIRST) is None
    await one.close()
    await other.close()


async def test_the_tables_may_stand_in_a_schema(postgres_dsn: str) -> None:
    """A prefix with a schema puts all of them there; the schema is the operator's."""
    prefix = "identity.shop_"
    with pytest.raises(StoreUnavailable, match='schema "identity" does not exist'):
        await upgrade(postgres_dsn, prefix)
    connection = await asyncpg.connect(postgres_dsn)
    await connection.execute("CREATE SCHEMA identity")
    await connection.close()
    assert await upgrade(postgres_dsn, prefix) == (0, NEWEST)
    store = store_from(postgres_dsn, prefix)
    await store.open()
    await store.commit(Add(account(ref="host")))
    assert await store.find_account_by_ref("host") == account(ref="host")
    places = await store.query(
        "SELECT DISTINCT schemaname AS name FROM pg_indexes WHERE indexname LIKE $1",
        ("shop_%",),
    )
    assert places == [{"name": "identity"}]
    await store.close()


async def test_a_host_may_run_the_text_itself(database: str, host: Host) -> None:
    """What `db sql` prints makes the tables that a store opens."""
    await host.run(upgrade_sql(host.dialect))
    store = store_from(database)
    await store.open()
    await store.commit(Add(account()))
    await store.close()
    assert await upgrade(database) == (NEWEST, NEWEST)


def test_there_is_no_text_for_what_is_there() -> None:
    """From the present revision on there is nothing left to run."""
    assert upgrade_sql("postgresql", since=NEWEST) == ""


def test_the_files_are_in_the_package() -> None:
    """They stand beside the code that reads them, so that a wheel has them."""
    import onboarding.stores.sql as package

    folder = Path(package.__path__[0]) / "migrations"
    names = [f"{number:04}.sql" for number in range(1, NEWEST + 1)]
    assert sorted(path.name for path in folder.glob("*.sql")) == names
