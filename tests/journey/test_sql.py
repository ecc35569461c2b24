"""The funnel's SQL text counts as the reference does, on every engine."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime

import asyncpg
import pytest
from hypothesis import HealthCheck, example, given, settings

from onboarding.errors import ConfigError
from onboarding.events.entry import EPOCH, Entry
from onboarding.journey.model import Funnel
from onboarding.journey.rules import FunnelRow, funnel_report
from onboarding.journey.sql import MICROSECOND, funnel_sql
from tests.journey.reference import count_funnel
from tests.journey.walks import (
    ACCOUNTS,
    FUNNEL,
    HOUR,
    START,
    AddressGiven,
    CartFilled,
    OrderPlaced,
    funnels,
    log,
    logs,
    merges,
    periods,
)

pytestmark = pytest.mark.anyio

TABLES = (
    "CREATE TEMPORARY TABLE ev (id TEXT, account_id TEXT, at BIGINT, name TEXT)",
    "CREATE TEMPORARY TABLE ac (id TEXT, merged_into TEXT)",
)
Period = tuple[datetime, datetime]

# Two ends of a chain, with the second half of the path on its middle.
CHAIN = (
    log(("cem", CartFilled, 0), ("bob", AddressGiven, 1), ("ann", OrderPlaced, 2)),
    {"cem": "bob", "bob": "ann"},
    FUNNEL,
    (START, START + HOUR),
)

# An old start, a fresh one, and an end that only the fresh one is near enough to.
AGAIN = (
    log(
        ("ann", CartFilled, 0),
        ("ann", AddressGiven, 1),
        ("ann", CartFilled, 4),
        ("ann", AddressGiven, 4.5),
        ("ann", OrderPlaced, 5),
    ),
    {},
    FUNNEL,
    (START, START + 24 * HOUR),
)
# Two people in the middle, who took different times.
EVEN = (
    log(
        *((account, CartFilled, 0) for account in ACCOUNTS),
        *((account, AddressGiven, hours) for hours, account in enumerate(ACCOUNTS)),
    ),
    {},
    FUNNEL,
    (START, START + HOUR),
)


def micros(at: datetime) -> int:
    """Return an instant as the tables hold it."""
    return (at - EPOCH) // MICROSECOND


def rows_of(entries: list[Entry]) -> list[tuple[str, str, int, str]]:
    """Return entries as rows of the table of events, not in their order."""
    rows = [(e.id, e.account_id, micros(e.at), e.name) for e in entries]
    return rows[::-1]


def on_sqlite(
    sql: str, entries: list[Entry], merged: dict[str, str], period: Period
) -> list[FunnelRow]:
    """Run a funnel's text over a log on SQLite."""
    with closing(sqlite3.connect(":memory:")) as db:
        for table in TABLES:
            db.execute(table)
        people = [(account, merged.get(account)) for account in ACCOUNTS]
        db.executemany("INSERT INTO ac VALUES (?, ?)", people)
        db.executemany("INSERT INTO ev VALUES (?, ?, ?, ?)", rows_of(entries))
        bounds = {"1": micros(period[0]), "2": micros(period[1])}
        return db.execute(sql, bounds).fetchall()


@given(logs, merges, funnels, periods)
@example(*CHAIN)
@example(*AGAIN)
@example(*EVEN)
def test_sqlite_counts_as_the_reference(
    entries: list[Entry], merged: dict[str, str], funnel: Funnel, period: Period
) -> None:
    """People and medians of every step are the same, merged accounts as one."""
    sql = funnel_sql(funnel, events="ev", accounts="ac")
    found = funnel_report(funnel, on_sqlite(sql, entries, merged, period))
    assert found == count_funnel(
        entries, merged, funnel, since=period[0], until=period[1]
    )


@pytest.fixture
async def postgres(postgres_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Lend a connection with both tables."""
    connection = await asyncpg.connect(postgres_dsn)
    for table in TABLES:
        await connection.execute(table)
    yield connection
    await connection.close()


# Every example empties the tables first, so one connection may serve them all.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs, merges, funnels, periods)
@example(*CHAIN)
@example(*AGAIN)
@example(*EVEN)
async def test_postgresql_counts_as_the_reference(
    postgres: asyncpg.Connection,
    entries: list[Entry],
    merged: dict[str, str],
    funnel: Funnel,
    period: Period,
) -> None:
    """The same text, unchanged, with its two placeholders as asyncpg binds them."""
    await postgres.execute("DELETE FROM ev; DELETE FROM ac")
    people = [(account, merged.get(account)) for account in ACCOUNTS]
    await postgres.executemany("INSERT INTO ac VALUES ($1, $2)", people)
    await postgres.executemany(
        "INSERT INTO ev VALUES ($1, $2, $3, $4)", rows_of(entries)
    )
    sql = funnel_sql(funnel, events="ev", accounts="ac")
    rows = await postgres.fetch(sql, micros(period[0]), micros(period[1]))
    found = funnel_report(funnel, [tuple(row) for row in rows])
    assert found == count_funnel(
        entries, merged, funnel, since=period[0], until=period[1]
    )


def test_a_hostile_name_never_becomes_sql() -> None:
    """The class checked its name when it was written; the text checks it again."""

    class Renamed(CartFilled):
        name = "renamed"

    funnel = Funnel(name="order", steps=(Renamed, OrderPlaced))
    Renamed.name = "x') OR 1 = 1 --"
    with pytest.raises(ConfigError):
        funnel_sql(funnel, events="ev", accounts="ac")
