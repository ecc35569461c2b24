"""The text of a PostgreSQL database as hosting companies give it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from onboarding.accounts.model import Account
from onboarding.errors import ConfigError
from onboarding.stores import store_from
from onboarding.stores.sql.dsn import CONNECT_TIMEOUT, Dsn
from onboarding.testing.contracts.store_nouns import FIRST

HOST = "postgresql://me:p%40ss@db.example:5432/shop"


def query_of(dsn: Dsn) -> dict[str, list[str]]:
    """Return what is left of the parameters."""
    return parse_qs(urlsplit(dsn.text).query)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("", {}),
        ("?sslmode=require&channel_binding=prefer", {"sslmode": ["require"]}),
        ("?channel_binding=disable", {}),
        ("?gssencmode=disable", {}),
        ("?gssencmode=prefer&sslmode=verify-full", {"sslmode": ["verify-full"]}),
        ("?keepalives=1&keepalives_idle=30&tcp_user_timeout=5", {}),
        ("?client_encoding=auto", {}),
        ("?ssl=true", {"sslmode": ["require"]}),
        ("?ssl=0", {"sslmode": ["disable"]}),
        ("?requiressl=1", {"sslmode": ["require"]}),
        ("?fallback_application_name=psql", {"application_name": ["psql"]}),
        ("?search_path=a%2Cb&options=-c%20x%3Dy", None),
    ],
)
def test_what_means_nothing_here_is_left_out(
    given: str, left: dict[str, list[str]] | None
) -> None:
    """And what has another name gets it; what the server knows is left as it is."""
    dsn = Dsn.parse(HOST + given)
    expected = parse_qs(given[1:]) if left is None else left
    assert expected == query_of(dsn)
    assert dsn.text.startswith(HOST)
    assert "p%40ss" not in repr(dsn)


@pytest.mark.parametrize(
    ("given", "seconds"), [("10", 10), ("1", 2), ("0", 10), ("30", 30)]
)
def test_the_wait_for_a_connection_may_be_given(given: str, seconds: int) -> None:
    """In whole seconds, as libpq has it; its 0, for ever, is what we wait anyway."""
    dsn = Dsn.parse(f"{HOST}?connect_timeout={given}")
    assert timedelta(seconds=seconds) == dsn.connect_timeout
    assert {} == query_of(dsn)
    assert Dsn.parse(HOST).connect_timeout == CONNECT_TIMEOUT


@pytest.mark.parametrize(
    "given",
    [
        *("channel_binding=require", "gssencmode=require", "sslcertmode=require"),
        *("connect_timeout=soon", "connect_timeout=-1", "connect_timeout=1.5"),
        *("sslmode=no-verify", "sslmode=REQUIRE", "ssl=maybe", "sslrootcert=system"),
        *("require_auth=password", "hostaddr=1.2.3.4", "replication=database"),
        *("pgbouncer=true", "schema=public", "connection_limit=5", "supa=pooler"),
    ],
)
def test_what_cannot_be_had_is_refused_by_its_name(given: str) -> None:
    """When the application is built, and without the password."""
    with pytest.raises(ConfigError) as refused:
        store_from(f"{HOST}?{given}")
    assert f"{given}, which cannot be had: remove it" in str(refused.value)
    assert "p%40ss" not in str(refused.value)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "given",
    [
        *("channel_binding=prefer", "connect_timeout=10", "gssencmode=disable"),
        *("keepalives=1", "client_encoding=UTF8", "application_name=shop"),
        "fallback_application_name=shop",
    ],
)
async def test_a_text_of_a_hosting_company_opens(upgraded_dsn: str, given: str) -> None:
    """On a real server, which knows nothing of what is libpq's own."""
    store = store_from(f"{upgraded_dsn}&{given}")
    await store.open()
    assert await store.find(Account, FIRST) is None
    await store.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    "given", ["zzz=1", "x.y-z=1", "fsync=off", "statement_timeout=x"]
)
async def test_what_the_server_does_not_know_is_named_at_opening(
    upgraded_dsn: str, given: str
) -> None:
    """With what to do about it."""
    with pytest.raises(ConfigError, match="remove it from the text") as refused:
        await store_from(f"{upgraded_dsn}&{given}").open()
    assert given.partition("=")[0] in str(refused.value)


def test_the_space_around_a_text_is_nobodys() -> None:
    """A line end is what files of settings leave; it is no part of a file's name."""
    assert store_from("memory:\n")
    assert store_from(f" {HOST}\n")
