"""G13: what a known person's request and a new guest cost with a million guests stored.

The stored guests are copies of one that was made as any other, put into the tables by
one statement each: only the requests that are measured are ours.
"""

import re
import sqlite3
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from starlette.types import ASGIApp, Scope

from benchmarks.asgi import call, cookies, headers, scope
from benchmarks.measure import Case, Goal, measure
from benchmarks.requests import KEY, LIMITS, URL, bare, ours
from onboarding import Onboarding

FEW, MANY = 1_000, 1_000_000
PEOPLE = 1_000
"""How many of the stored ones send requests, in turn."""

STRIDE = 7_919
"""From one of them to the next: a prime, so that they lie all over the tables."""

ID = re.compile(r"[0-9a-z]{20}\Z")


def renumbered(value: object) -> str:
    """Return a value of a row as SQL; an id has the number of the copy in front.

    Ids sort by the time they were made, and the numbers of copies do, too.
    """
    if isinstance(value, str) and ID.match(value):
        return f"printf('%010x', n) || '{value[10:]}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value)


def copy(database: Path, count: int) -> None:
    """Copy every row of the one guest there is so many times."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    for (table,) in names.fetchall():
        for row in connection.execute(f"SELECT * FROM {table}").fetchall():  # noqa: S608  # our own table
            cells = [renumbered(value) for value in row]
            if any("printf" in cell for cell in cells):
                connection.execute(copies(table, cells, count))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def copies(table: str, cells: list[str], count: int) -> str:
    """Return the statement that puts so many copies of a row into its table."""
    return f"""
    WITH RECURSIVE numbers (n) AS
      (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count - 1})
    INSERT INTO {table} SELECT {", ".join(cells)} FROM numbers
    """  # noqa: S608  # our own table and values


def onboarding_on(database: Path) -> Onboarding:
    """Return our library on a file."""
    return Onboarding(
        url=URL, secret_key=KEY, database=f"sqlite:///{database}", limits=LIMITS
    )


class Stored(NamedTuple):
    """A database with so many guests, and the requests of some of them."""

    database: Path
    requests: list[Scope]


async def stored(database: Path, count: int) -> Stored:
    """Make one guest through our layer, and copy what that left behind."""
    onboarding = onboarding_on(database)
    async with onboarding:
        app = ours(onboarding)
        cookie = cookies(await call(app, scope("/enter")))
        # Its first use is written down, and the copies need not write it again.
        await call(app, scope("/", cookie))
    copy(database, count)
    name, _, token = cookie.partition("=")
    numbers = (i * STRIDE % count for i in range(PEOPLE))
    known = [f"{name}={number:010x}{token[10:]}" for number in numbers]
    return Stored(database, [scope("/", one) for one in known])


def asking(app: ASGIApp, requests: list[Scope]) -> Case:
    """Return a case that sends the next of the requests each time."""
    following = cycle(requests)

    async def ask() -> object:
        return await call(app, next(following))

    return ask


async def check(app: ASGIApp, requests: list[Scope]) -> None:
    """Make sure that each of them is known: a cookie that means nobody is cleared."""
    for request in requests:
        assert not headers(await call(app, request), "set-cookie"), request


async def compare(folder: Path) -> list[Goal]:
    """Measure with few and with many stored, side by side."""
    few = await stored(folder / "few.db", FEW)
    many = await stored(folder / "many.db", MANY)
    size = many.database.stat().st_size / 2**20
    print(f"     {MANY} guests in a file of {size:.0f} MiB")
    small, large = onboarding_on(few.database), onboarding_on(many.database)
    async with small, large:
        known: dict[str, Case] = {"bare": partial(call, bare(), scope("/"))}
        entering: dict[str, Case] = {}
        for name, onboarding, requests in (
            ("few", small, few.requests),
            ("many", large, many.requests),
        ):
            app = ours(onboarding)
            await check(app, requests)
            known[name] = asking(app, requests)
            entering[name] = partial(call, app, scope("/enter"))
        of_known = await measure(known, rounds=25, runs=400)
        of_guests = await measure(entering, rounds=25, runs=40)
    for name in ("few", "many"):
        added, guest = of_known.added(name, "bare"), of_guests.typical(name)
        print(
            f"     {name}: a known person adds {added:.1f} µs, a guest {guest:.0f} µs"
        )
    return [
        Goal(
            "G13",
            "a known person, of 1,000,000 stored / of 1,000",
            of_known.share("many", "few", "bare"),
            1.3,
        ),
        Goal(
            "G13",
            "a guest made, beside 1,000,000 stored / beside 1,000",
            of_guests.share("many", "few"),
            2,
        ),
    ]
