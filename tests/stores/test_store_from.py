"""A database is named by one text, and a text that is not understood says what to."""

import subprocess
import sys
from pathlib import Path

import pytest

from onboarding.errors import ConfigError
from onboarding.stores import store_from, upgrade, upgrade_sql
from onboarding.stores.sql.store import SqlStore

MEANT = {
    "sqlite:///:memory:": "memory:",
    "sqlite://": "memory:",
    "": "memory:",
    ":memory:": "memory:",
    "memory": "memory:",
    "memory:shop": "memory:",
    "sqlite:shop.db": "sqlite:///shop.db",
    "sqlite://shop.db": "sqlite:///shop.db",
    "sqlite+aiosqlite:///shop.db": "sqlite:///shop.db",
    "sqlite:///shop.db?mode=ro": "sqlite:///shop.db",
    "sqlite:///shop.db?synchronous=NORMAL": "sqlite:///shop.db?synchronous=normal",
    "sqlite:///shop.db?durability=normal": "sqlite:///shop.db?synchronous=normal",
    "sqlite:shop.db?synchronous=normal": "sqlite:///shop.db?synchronous=normal",
    "shop.db?synchronous=normal": "sqlite:///shop.db?synchronous=normal",
    "sqlite:///shop.db?synchronous=off": "sqlite:///shop.db",
    "sqlite:///shop.db?synchronous=normal&mode=ro": (
        "sqlite:///shop.db?synchronous=normal"
    ),
    "sqlite:///": "memory:",
    "shop.db": "sqlite:///shop.db",
    "data/shop.db": "sqlite:///data/shop.db",
    "/var/lib/shop.db": "sqlite:////var/lib/shop.db",
    "postgres://me:hunter2@host/shop": "postgresql://…",
    "postgresql+asyncpg://me:hunter2@host/shop": "postgresql://…",
    "postgresql:me:hunter2@host/shop": "postgresql://…",
    "postgresql://me:hunter2@host:port/shop": "postgresql://…",
}


@pytest.mark.parametrize(("text", "meant"), MEANT.items(), ids=MEANT)
def test_a_near_miss_says_what_was_meant(text: str, meant: str) -> None:
    """The sentence has the text to write, and no password."""
    with pytest.raises(ConfigError, match="did you mean") as error:
        store_from(text)
    assert f'did you mean "{meant}"?' in str(error.value)
    assert "hunter2" not in str(error.value)


def test_an_unknown_database_says_what_there_is() -> None:
    """The sentence lists every shape."""
    with pytest.raises(
        ConfigError, match=r"'mysql'.*sqlite:///.*postgresql://.*memory:"
    ):
        store_from("mysql://me:hunter2@host/shop")


def test_a_text_becomes_its_store(tmp_path: Path) -> None:
    """Nothing is opened yet: no file appears."""
    assert isinstance(store_from("memory:"), SqlStore)
    assert isinstance(store_from(f"sqlite:///{tmp_path}/shop.db"), SqlStore)
    assert isinstance(store_from("sqlite:///shop.db?synchronous=normal"), SqlStore)
    assert isinstance(store_from("postgresql://me@host:5432/shop"), SqlStore)
    assert list(tmp_path.iterdir()) == []


def test_a_store_stays_what_it_is() -> None:
    """A store of the host's own making passes through."""
    store = store_from("memory:")
    assert store_from(store) is store


@pytest.mark.parametrize(
    "prefix",
    ["", "Shop_", "shop-", "1shop", "a" * 41, "x; DROP TABLE y", "a.b.c", "ü_", "a_\n"],
)
def test_a_prefix_is_a_plain_name(prefix: str) -> None:
    """What would need quoting in SQL is refused, wherever a prefix is given."""
    with pytest.raises(ConfigError, match="prefix"):
        store_from("sqlite:///shop.db", prefix)
    with pytest.raises(ConfigError, match="prefix"):
        upgrade_sql("postgresql", prefix)


def test_sqlite_has_no_schemas() -> None:
    """A schema in the prefix says what to write instead."""
    with pytest.raises(ConfigError, match="'onboarding_'"):
        store_from("sqlite:///shop.db", "identity.onboarding_")


@pytest.mark.anyio
async def test_memory_has_nothing_to_upgrade() -> None:
    """The command says so instead of doing nothing."""
    with pytest.raises(ConfigError, match="no tables"):
        await upgrade("memory:")


def run(program: str) -> str:
    """Run a program in a fresh interpreter and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_only_the_named_backend_is_loaded() -> None:
    """Importing loads no driver, and naming one database loads not the other's."""
    program = """
import sys
import onboarding.accounts.resources
from onboarding.stores import store_from
def loaded():
    ours = {"onboarding.stores.sql.sqlite", "onboarding.stores.sql.store"}
    return sorted({"sqlite3", "asyncpg", *ours} & set(sys.modules))
print(loaded())
store_from("postgresql://me@host/shop")
print(loaded())
"""
    assert run(program) == "[]\n['onboarding.stores.sql.store']\n"


def test_a_missing_driver_says_what_to_install() -> None:
    """Without asyncpg the sentence names the extra that brings it."""
    program = """
import sys
sys.modules["asyncpg"] = None
from onboarding.errors import ConfigError
from onboarding.stores import store_from
try:
    store_from("postgresql://me@host/shop")
except ConfigError as error:
    print(error)
"""
    assert 'pip install "onboarding[postgres]"' in run(program)
