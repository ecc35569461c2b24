"""Where everything is kept: one promise (``base``), and the backends that keep it.

A database is named by a text:

=============================  ====================================================
``memory:``                    this process's memory, gone when it ends
``sqlite:///shop.db``          a SQLite file, relative to where the process started
``sqlite:////var/lib/shop.db`` a SQLite file, absolute
``postgresql://user@host/db``  a PostgreSQL database (extra ``onboarding[postgres]``)
=============================  ====================================================

Only the backend that is named gets imported.
"""

import re

from onboarding.errors import ConfigError
from onboarding.stores.base import Store

DEFAULT_PREFIX = "onboarding_"
"""What the names of our tables begin with."""

PREFIX = re.compile(r"([a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,39}\Z")
"""A plain SQL name of at most 40 characters, optionally with a schema before it.

Beside the longest of our own names it stays within PostgreSQL's 63 bytes.
"""

_SHAPES = (
    'write "sqlite:///shop.db" (a file here), "sqlite:////var/lib/shop.db" (an '
    'absolute path), "postgresql://user:password@host/name", or "memory:"'
)


def store_from(database: str | Store, prefix: str = DEFAULT_PREFIX) -> Store:
    """Return the store of a database, not yet opened.

    Args:
        database: One of the texts above, or a store, which is returned as it is.
        prefix: What the names of our tables begin with; for PostgreSQL with a
            schema before it if it needs one: ``"identity.onboarding_"``.

    Raises:
        ConfigError: When the text or the prefix is not one of these shapes, or
            the driver of the database is not installed.
    """
    if not isinstance(database, str):
        return database
    check_prefix(prefix)
    if database == "memory:":
        from onboarding.stores.memory import MemoryStore

        return MemoryStore()
    raise _unknown(database)


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
    if scheme.startswith("postgres"):
        meant = "postgresql://…"
    elif not colon:
        meant = f"sqlite:///{database}" if database else "memory:"
    elif scheme.startswith("sqlite"):
        meant = (
            "memory:"
            if ":memory:" in rest or not rest.strip("/")
            else (f"sqlite:///{rest.lstrip('/')}")
        )
    else:
        return ConfigError(f"no store is known for a database {scheme!r}; {_SHAPES}")
    return ConfigError(
        f'this database is not understood; did you mean "{meant}"? {_SHAPES}'
    )
