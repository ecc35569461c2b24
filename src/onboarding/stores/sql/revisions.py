"""The numbered SQL files that make the tables, and where a database stands.

A database has the revision of the highest number in its own ``revision`` table, so
that our files and a host's Alembic never look at each other's book-keeping.
"""

import re
from functools import cache

from onboarding.stores.sql.executor import Dialect
from onboarding.stores.sql.reading import Prefixed

FIND_REVISION = "SELECT MAX(number) AS revision FROM onboarding_revision"

COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)

STATEMENT = re.compile(r"(?:\$\$.*?\$\$|[^;])+", re.DOTALL)
"""What ends with a semicolon, other than one inside of ``$$ … $$``."""


@cache
def revisions() -> tuple[str, ...]:
    """Return the text of every file, first to last; the last is the present one."""
    from importlib.resources import files

    folder = files("onboarding.stores.sql") / "migrations"
    found = sorted(
        entry.name for entry in folder.iterdir() if entry.name[-4:] == ".sql"
    )
    return tuple((folder / name).read_text(encoding="utf-8") for name in found)


def script(dialect: Dialect, prefix: str, since: int = 0) -> str:
    """Return the SQL that brings the tables from a revision to the present one.

    Args:
        since: The revision that the tables have; 0 when there are none.
    """
    texts = Prefixed(prefix)
    parts = []
    for number, text in enumerate(revisions()[since:], since + 1):
        known = f"INSERT INTO onboarding_revision (number) VALUES ({number});\n"
        parts += [texts[_in(dialect, text)], texts[known]]
    return "\n".join(parts)


def _in(dialect: Dialect, text: str) -> str:
    """Take what is for one dialect alone out of its comment."""
    return re.sub(rf"/\* {dialect}:\s(.*?)\s\*/", r"\1", text, flags=re.DOTALL)


def statements(dialect: Dialect, prefix: str, since: int = 0) -> list[str]:
    """Return the same, one statement at a time, without comments."""
    bare = COMMENT.sub("", script(dialect, prefix, since))
    return [part.strip() for part in STATEMENT.findall(bare) if part.strip()]
