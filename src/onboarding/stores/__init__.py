"""Where everything is kept: one promise (``base``), and the backends that keep it.

A database is named by a text:

=============================  ====================================================
``memory:``                    a temporary file of this process, gone when it ends
``sqlite:///shop.db``          a SQLite file, relative to where the process started
``sqlite:////var/lib/shop.db`` a SQLite file, absolute
``postgresql://user@host/db``  a PostgreSQL database (extra ``onboarding[postgres]``)
=============================  ====================================================

A commit to a SQLite file is on the disk when it returns; ``?synchronous=normal`` after
the path spares that wait, and a power cut may then lose the last moments.

Only the backend that is named gets imported. Opening makes the tables in a SQLite
file that has none of ours, so that a first run needs no further command; PostgreSQL
gets them from ``onboarding db upgrade``, or from a migration of the host's own.
"""

import re
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

from onboarding.deadlines import USUAL, Deadlines
from onboarding.errors import ConfigError
from onboarding.shapes import check_methods
from onboarding.stores.sql import DEFAULT_PREFIX

if TYPE_CHECKING:
    from onboarding.stores.base import Store
    from onboarding.stores.sql.store import SqlStore

__all__ = ["DEFAULT_PREFIX", "store_from", "upgrade", "upgrade_sql"]

PREFIX = re.compile(r"([a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,39}\Z")
"""A plain SQL name of at most 40 characters, optionally with a schema before it.

Beside the longest of our own names it stays within PostgreSQL's 63 bytes.
"""

SQLITE = re.compile(
    r"sqlite:///(?P<path>(?!:memory:)[^?#]+)(\?synchronous=(full|(?P<normal>normal)))?"
)
"""A path after three slashes, never decoded, and what a commit waits for."""

_SHAPES = (
    'write "sqlite:///shop.db" (a file here), "sqlite:////var/lib/shop.db" (an '
    'absolute path), either with "?synchronous=normal" behind it where a power cut may '
    'lose the last moments, "postgresql://user:password@host/name", or "memory:"'
)


def store_from(
    database: "str | Store",
    prefix: str = DEFAULT_PREFIX,
    deadlines: Deadlines = USUAL,
) -> "Store":
    """Return the store of a database, not yet opened.

    Args:
        database: One of the texts above, or a store, which is returned as it is.
        deadlines: How long anybody waits for it at most.
        prefix: What the names of our tables begin with; for PostgreSQL with a
            schema before it if it needs one: ``"identity.onboarding_"``.

    Raises:
        ConfigError: When the text or the prefix is not one of these shapes, or
            the driver of the database is not installed.
    """
    if not isinstance(database, str):
        return _checked(database)
    check_prefix(prefix)
    # A line end behind it is what files of settings leave.
    return _sql_store(database.strip(), prefix, deadlines)


async def upgrade(database: str, prefix: str = DEFAULT_PREFIX) -> tuple[int, int]:
    """Bring the tables to the revision of this release, or make them.

    Safe to run again, and by several processes at once.

    Returns:
        The revisions before (0: there were no tables) and after.

    Raises:
        ConfigError: When the text or the prefix is not understood, or names no SQL
            database.
        StoreUnavailable: When the database cannot be reached.
    """
    check_prefix(prefix)
    if database == "memory:":
        raise ConfigError('"memory:" has no tables to upgrade')
    return await _sql_store(database.strip(), prefix).upgrade()


def upgrade_sql(
    dialect: Literal["sqlite", "postgresql"],
    prefix: str = DEFAULT_PREFIX,
    since: int = 0,
) -> str:
    """Return what ``upgrade`` runs, as text for a migration of the host's own.

    Args:
        since: The revision that the tables have; 0 when there are none.

    Raises:
        ConfigError: When the prefix is not understood.
    """
    from onboarding.stores.sql.revisions import script

    check_prefix(prefix)
    return script(dialect, prefix, since)


def _checked(given: object) -> "Store":
    """Return a store of the host's own making.

    Raises:
        ConfigError: When it is none, such as the path of a file.
    """
    if isinstance(given, PurePath):
        raise ConfigError(f'database is a path; write database=f"sqlite:///{given}"')
    example = f"a text: {_SHAPES}"
    check_methods("database", given, ("open", "commit", "find", "close"), example)
    return cast("Store", given)


def _sql_store(database: str, prefix: str, deadlines: Deadlines = USUAL) -> "SqlStore":
    from onboarding.stores.sql.store import SqlStore

    if database == "memory:":
        from onboarding.stores.sql.temporary import TemporarySqlite

        return SqlStore(TemporarySqlite(deadlines), prefix)
    if file := SQLITE.fullmatch(database):
        from onboarding.stores.sql.sqlite import SqliteExecutor

        if "." in prefix:
            raise ConfigError(f"SQLite has no schemas; write {prefix.split('.')[1]!r}")
        executor = SqliteExecutor(
            Path(file["path"]),
            synchronous="normal" if file["normal"] else "full",
            deadlines=deadlines,
        )
        return SqlStore(executor, prefix)
    if _is_postgres(database):
        from onboarding.stores.sql.postgres import PostgresExecutor

        return SqlStore(PostgresExecutor(database, deadlines), prefix)
    raise _unknown(database)


def _is_postgres(database: str) -> bool:
    try:
        urlsplit(database).port  # noqa: B018, a port that is no number raises
    except ValueError:
        return False
    return database.startswith("postgresql://")


def check_prefix(prefix: str) -> None:
    """Accept a prefix of table names that is a plain SQL name.

    Raises:
        ConfigError: When it is anything else.
    """
    if not PREFIX.match(prefix):
        raise ConfigError(
            f"the prefix {prefix!r} cannot begin a table's name; write lower case "
            'letters, digits and underscores, such as "onboarding_", on PostgreSQL '
            'with a schema if it needs one: "identity.onboarding_"'
        )


def _unknown(database: str) -> ConfigError:
    # Never the whole text: it may hold a password.
    scheme, colon, rest = database.partition(":")
    path, _, query = (rest.lstrip("/") if colon else database).partition("?")
    if scheme.startswith("postgres"):
        meant = "postgresql://…"
    elif ":memory:" in database or scheme == "memory" or not path:
        meant = "memory:"
    elif scheme.startswith("sqlite") or not colon:
        option = "?synchronous=normal" if "normal" in query.lower() else ""
        meant = f"sqlite:///{path}{option}"
    else:
        return ConfigError(f"no store is known for a database {scheme!r}; {_SHAPES}")
    advice = f'did you mean "{meant}"?'
    return ConfigError(f"this database is not understood; {advice} {_SHAPES}")
