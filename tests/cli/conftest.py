"""A host's application in a module, and the people in its database."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onboarding.stores import store_from
from onboarding.testing import FrozenClock
from tests.world import World

APP = """
from datetime import UTC, datetime, timedelta
from onboarding import After, Anonymise, GuestPolicy, Onboarding, Resource
from onboarding.providers import Local
from onboarding.testing import FrozenClock

onboarding = Onboarding(
    url="{url}",
    secret_key="a key for tests, of more than thirty-two bytes",
    database="{database}",
    providers={providers},
    mailer=None,
    resources={resources},
    clock=FrozenClock(datetime(2026, 11, 3, tzinfo=UTC)),
    guests=GuestPolicy(with_orders=timedelta(days=365)),
)
something = 7
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, as somebody with a new project does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ONBOARDING_DATABASE", raising=False)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    return tmp_path


def write(folder: Path, name: str, **changed: str) -> None:
    """Write an application under a module name of its own."""
    settings = {
        "url": "http://localhost:8000/welcome",
        "database": "sqlite:///shop.db",
        "providers": "[]",
        "resources": "[]",
    }
    (folder / f"{name}.py").write_text(APP.format(**{**settings, **changed}))


ORDERS = """[
    Resource.table(
        "orders",
        owner="account_id",
        erase=Anonymise(
            columns=["street"],
            reason="Tax law keeps orders for ten years.",
            until=After("placed_at", timedelta(days=3653)),
        ),
    ),
]"""
NOW = datetime(2026, 11, 3, tzinfo=UTC)
"""When the applications think they run."""

TABLE = "CREATE TABLE orders (account_id TEXT, street TEXT, placed_at INTEGER)"


def run(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """Run a statement of the host's own, and return its rows."""
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        rows = connection.execute(sql).fetchall()
        connection.commit()
    return rows


def order(folder: Path, account_id: str, at: datetime) -> None:
    """Place an order."""
    run(
        folder,
        f"INSERT INTO orders VALUES ('{account_id}', 'Lane 1', {int(at.timestamp())})",
    )


@asynccontextmanager
async def people(folder: Path, *, ago: timedelta) -> AsyncIterator[World]:
    """Give the services on the database of the shop, as it was so long ago."""
    store = store_from(f"sqlite:///{folder / 'shop.db'}")
    await store.open()
    yield World(store, FrozenClock(NOW - ago))
    await store.close()
