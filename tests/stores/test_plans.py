"""An index answers every statement, on both databases, or it says why none does."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from typing import Any

import asyncpg
import pytest

from onboarding.accounts.merge_rules import (
    AccountWins,
    GuestWins,
    MergeRule,
    Park,
    PerState,
)
from onboarding.accounts.resources import Resource
from onboarding.accounts.table_rules import Anonymise, KeepLarger, KeepOne, Reassign
from onboarding.changes import Statement
from onboarding.stores import upgrade
from onboarding.stores.sql import DEFAULT_PREFIX
from onboarding.stores.sql.revisions import statements as migrations
from onboarding.stores.sql.tables import TABLES
from tests.postgres import Fresh
from tests.stores.host import connected
from tests.stores.statements import WRITTEN, by_table, questions, writers

pytestmark = pytest.mark.anyio

STATEMENTS = {**questions(), **by_table()}

SCANS: Mapping[str, str] = {
    "accounts.COUNT_TYPED": "asked by hand and rarely; an index costs every address",
    "feedback.LIST_OPEN_RESPONSES": "its index holds those without a reply, no others",
}
"""The statements that look at every row of a table or an index, and why they may."""

PERIODS = {"funnel_sql": "at", "feedback.LIST_RESPONSES_TO": "given_at"}
"""The questions about a period, and the column that bounds it."""

OF_ONE_ROW = f"{DEFAULT_PREFIX}revision"
"""The table that holds one row: reading all of it is reading that one."""

ALIAS = re.compile(r"\b(onboarding_\w+) AS (\w+)")
SCAN = re.compile(r"SCAN (?:TABLE )?(\w+)")

Plan = list[tuple[str, str]]
"""How rows are found: where, and by what; nothing where all of them are read."""


def sqlite_plan(connection: sqlite3.Connection, sql: str) -> Plan:
    """Return how SQLite finds the rows of our tables."""
    names = {alias for _, alias in ALIAS.findall(sql)} | {
        table.name for table in TABLES.values()
    }
    values = {str(number): "1" for number in range(1, 30)}
    found = []
    for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values):
        scan = SCAN.match(step)
        if scan and scan[1] in names:
            found.append((step, ""))
        elif step.startswith("SEARCH"):
            found.append((step, step[step.find("(") :]))
    return found


async def postgres_plan(connection: Any, sql: str) -> Plan:
    """Return how PostgreSQL finds the rows of our tables."""
    prepared = await connection.prepare(sql)
    values = ["1" if p.name == "text" else 1 for p in prepared.get_parameters()]
    explained = await prepared.explain(*values)
    (plan,) = json.loads(explained) if isinstance(explained, str) else explained
    return list(_nodes(plan["Plan"]))


def _nodes(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = node["Node Type"]
    if kind == "Seq Scan" or kind.startswith(("Index", "Bitmap Index")):
        name = node.get("Relation Name") or node["Index Name"]
        if name != OF_ONE_ROW:
            yield f"{kind} on {name}", node.get("Index Cond", "")
    for child in node.get("Plans", ()):
        yield from _nodes(child)


@pytest.fixture(scope="module")
def tables() -> Iterator[sqlite3.Connection]:
    """Give a SQLite database with our tables, empty."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in migrations("sqlite", "onboarding_"):
            connection.execute(statement)
        yield connection


@pytest.fixture(scope="module")
def full_dsn(_fresh_database: Fresh) -> Iterator[str]:
    """Return the DSN of a database with so many rows that an index is worth it."""

    async def fill(dsn: str) -> None:
        await upgrade(dsn)
        async with connected(dsn) as host:
            for table in TABLES.values():
                columns = await host.ask(COLUMNS.format(table=table.name))
                cells = [_cell(*column, table.noun.KEY) for column in columns]
                filling = FILL.format(table=table.name, cells=", ".join(cells))
                await host.run(filling)
            await host.run("ANALYZE")

    with _fresh_database() as dsn:
        asyncio.run(fill(dsn))
        yield dsn


COLUMNS = """
SELECT column_name, data_type, is_nullable FROM information_schema.columns
WHERE table_name = '{table}' ORDER BY ordinal_position
"""
FILL = "INSERT INTO {table} SELECT {cells} FROM generate_series(1, 5000) AS n"


def _cell(name: str, kind: str, nullable: str, key: tuple[str, ...]) -> str:
    """Return a value in SQL: a key its own, one of a few words, or mostly missing."""
    if kind != "text":
        value = "n"
    elif name in key or name.endswith("id") or nullable == "YES":
        value = "lpad(n::text, 20, '0')"
    else:
        value = "(n % 7)::text"
    return f"CASE WHEN n % 10 = 0 THEN {value} END" if nullable == "YES" else value


@pytest.fixture
async def server(full_dsn: str) -> AsyncIterator[Any]:
    """Give a connection that reads a whole table only where nothing else is possible.

    What a server prefers depends on how full its tables are; this asks what it can do.
    """
    connection = await asyncpg.connect(full_dsn)
    for way in ("seqscan", "mergejoin", "hashjoin"):
        await connection.execute(f"SET enable_{way} = off")
    yield connection
    await connection.close()


def scanning(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    """Return the plans that read all rows somewhere, beside those that may."""
    return {
        name: plan
        for name, plan in plans.items()
        if name not in SCANS and any(not by for _, by in plan)
    }


def test_every_writer_of_statements_is_asked() -> None:
    """A function that writes SQL has a sample here, so that its plan is looked at."""
    assert writers() == set(WRITTEN)


def test_sqlite_answers_every_statement_by_an_index(
    tables: sqlite3.Connection,
) -> None:
    """No statement looks at all rows, unless the list above says why it may."""
    plans = {name: sqlite_plan(tables, sql) for name, sql in STATEMENTS.items()}
    assert {} == scanning(plans)


async def test_postgresql_answers_every_statement_by_an_index(server: Any) -> None:
    """No statement looks at all rows, unless the list above says why it may."""
    plans = {name: await postgres_plan(server, sql) for name, sql in STATEMENTS.items()}
    assert {} == scanning(plans)


def test_a_scan_that_is_listed_is_one(tables: sqlite3.Connection) -> None:
    """A reason goes with its statement: what needs none any more is taken out."""
    for name in SCANS:
        assert any(not by for _, by in sqlite_plan(tables, STATEMENTS[name])), name


def test_a_scan_is_seen(tables: sqlite3.Connection) -> None:
    """By its own name or another, what reads a whole table is found."""
    for sql in (
        "SELECT id FROM onboarding_events",
        "SELECT e.id FROM onboarding_events AS e WHERE e.name = $1",
        "UPDATE onboarding_accounts SET version = 1 WHERE kind = $1",
        "DELETE FROM onboarding_intents WHERE purpose = $1",
    ):
        assert any(not by for _, by in sqlite_plan(tables, sql)), sql


@pytest.mark.parametrize("name", PERIODS)
async def test_a_period_bounds_what_is_read(
    tables: sqlite3.Connection, server: Any, name: str
) -> None:
    """The last day of a long history costs what is in that day."""
    sql, column = STATEMENTS[name], PERIODS[name]
    here = [by for _, by in sqlite_plan(tables, sql)]
    assert any(f"{column}>?" in by and f"{column}<?" in by for by in here), here
    there = [by for _, by in await postgres_plan(server, sql)]
    assert any(f"{column} >=" in by and f"{column} <" in by for by in there), there


WAITS = Park(take_back=KeepLarger(key="book", quantity="quantity"))
RULES: tuple[MergeRule, ...] = (
    *(Reassign(), KeepLarger(key="book", quantity="quantity"), KeepOne(), WAITS),
    *(GuestWins(), GuestWins(losing=WAITS), AccountWins(losing=WAITS)),
    PerState("state", {"checkout": GuestWins(losing=WAITS)}, otherwise=KeepOne()),
)


@pytest.mark.parametrize("rule", RULES, ids=str)
async def test_the_verbs_of_a_hosts_table_are_answered_by_its_index(
    rule: MergeRule,
) -> None:
    """With the owner's column indexed, as the docs say, no verb reads all rows."""
    asked: list[str] = []

    async def query(sql: str, values: object = ()) -> list[dict[str, object]]:
        asked.append(sql)
        return [{"n": 1, "state": "checkout"}]

    lines = Resource.table(
        "lines",
        owner="account_id",
        merge=rule,
        erase=Anonymise(columns=["note"], reason="it is counted"),
    )
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE lines (account_id, book, quantity, note, state)"
        )
        connection.execute("CREATE INDEX lines_account ON lines (account_id)")
        plans = [
            await lines.merge(query, "a", "b"),
            await lines.bring(query, "a", "b"),
            await lines.take_back(query, "a", "b"),
            await lines.purge(query, "a"),
            await lines.erase(query, "a"),
        ]
        await lines.export(query, "a")
        asked += [
            change.sql
            for plan in plans
            for change in plan.changes
            if isinstance(change, Statement)
        ]
        values = {str(number): "a" for number in range(1, 9)}
        steps = [
            step
            for sql in asked
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    assert len(asked) >= 10
    assert [] == [step for step in steps if SCAN.match(step)]
