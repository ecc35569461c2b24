"""The stores that a test may have, open and empty."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from onboarding.changes import Statement
from onboarding.stores import store_from, upgrade
from onboarding.stores.base import Store
from tests.postgres import Fresh
from tests.stores.host import Host, connected


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the text that names a SQLite file which is not there yet."""
    return f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """Give a store on a new SQLite file."""
    store = store_from(sqlite_url)
    await store.open()
    yield store
    await store.close()


@pytest.fixture(scope="session")
def upgraded_dsn(_fresh_database: Fresh) -> Iterator[str]:
    """Return the DSN of one PostgreSQL database that has our tables."""
    with _fresh_database() as dsn:
        asyncio.run(upgrade(dsn))
        yield dsn


@pytest.fixture
async def postgres_store(upgraded_dsn: str) -> AsyncIterator[Store]:
    """Give a store on a PostgreSQL database, emptied before the test."""
    store = store_from(upgraded_dsn)
    await store.open()
    tables = await store.query(
        "SELECT table_name AS name FROM information_schema.tables"
        " WHERE table_name LIKE 'onboarding_%' AND table_name <> 'onboarding_revision'"
    )
    await store.commit(*(Statement(f"DELETE FROM {one['name']}") for one in tables))
    yield store
    await store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Return the text of a database that has no tables yet."""
    fixtures = {"sqlite": "sqlite_url", "postgresql": "postgres_dsn"}
    text: str = request.getfixturevalue(fixtures[request.param])
    return text


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    """Give a connection of a host's own to that database."""
    async with connected(database) as host:
        yield host
