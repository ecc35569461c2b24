"""A host's own connection to a database, beside our store: plain SQL, as it is."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import asyncpg


@dataclass(frozen=True, slots=True)
class Host:
    """What a host does by itself on either database.

    Attributes:
        run: Runs several statements.
        ask: Returns the rows of one SELECT.
    """

    dialect: Literal["sqlite", "postgresql"]
    run: Callable[[str], Awaitable[None]]
    ask: Callable[[str], Awaitable[list[tuple[Any, ...]]]]


@asynccontextmanager
async def connected(database: str) -> AsyncIterator[Host]:
    """Connect, and disconnect at the end."""
    if database.startswith("sqlite:///"):
        connection = sqlite3.connect(database.removeprefix("sqlite:///"))
        try:
            yield _on_sqlite(connection)
        finally:
            connection.close()
        return
    server = await asyncpg.connect(database)
    try:
        yield _on_postgresql(server)
    finally:
        await server.close()


def _on_sqlite(connection: sqlite3.Connection) -> Host:
    async def run(sql: str) -> None:
        connection.executescript(sql)

    async def ask(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql).fetchall()

    return Host("sqlite", run, ask)


def _on_postgresql(connection: Any) -> Host:
    async def run(sql: str) -> None:
        await connection.execute(sql)

    async def ask(sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await connection.fetch(sql)]

    return Host("postgresql", run, ask)
