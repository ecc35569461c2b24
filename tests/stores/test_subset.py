"""Our SQL stays within what SQLite and PostgreSQL read alike."""

import re
from collections.abc import Iterator

import pytest

from onboarding.stores.sql.revisions import revisions, statements
from tests.stores.statements import by_table, questions

OUTSIDE = {
    "RETURNING": r"\bRETURNING\b",
    "STRICT": r"\bSTRICT\b",
    "bytes": r"\b(BLOB|BYTEA)\b",
    "a boolean": r"\b(BOOLEAN|TRUE|FALSE)\b",
    "numbers the database makes": r"\b(AUTOINCREMENT|AUTO_INCREMENT|SERIAL|IDENTITY)\b",
    "scalar MAX and MIN": r"\b(MAX|MIN)\([^()]*,",
    "GREATEST and LEAST": r"\b(GREATEST|LEAST)\b",
    "LIMIT on a write": r"^\s*(UPDATE|DELETE)\b.*\bLIMIT\b",
    "JSON operators": r"->|#>|@>|\bJSONB?\w*\b",
    "casts of one dialect": r"::",
    "REPLACE and IGNORE": r"\bOR\s+(REPLACE|IGNORE)\b|\bREPLACE\s+INTO\b",
    "IS as a comparison": r"\bIS\s+(NOT\s+)?(?!NULL\b|NOT\b)\S",
    "ILIKE, GLOB, SIMILAR": r"\b(ILIKE|GLOB|SIMILAR|REGEXP)\b",
    "locking by hand": r"\bFOR\s+UPDATE\b",
    "division": r"/(?!\*)(?<!\*/)",
    "dates": r"\b(NOW|DATE|DATETIME|STRFTIME|INTERVAL|EXTRACT|CURRENT_\w+)\b",
    "other placeholders": r"\?|%s|(?<!:):\w",
    "quoted names": r'["`\[]',
    "nulls in an order": r"\bNULLS\s+(FIRST|LAST)\b",
    "DISTINCT ON": r"\bDISTINCT\s+ON\b",
    "FILTER": r"\bFILTER\s*\(",
    "joins that SQLite learned late": r"\b(RIGHT|FULL)\s+(OUTER\s+)?JOIN\b",
}
FUNCTIONS = {"CAST", "COALESCE", "COUNT", "MAX", "MIN", "ROW_NUMBER"}


def every_statement() -> Iterator[tuple[str, str]]:
    """Give each of our statements with a name."""
    yield from {**questions(), **by_table()}.items()
    for dialect in ("sqlite", "postgresql"):
        for n, statement in enumerate(statements(dialect, "onboarding_")):
            yield f"migrations-{dialect}-{n}", statement


STATEMENTS = dict(every_statement())


@pytest.mark.parametrize("pattern", OUTSIDE.values(), ids=OUTSIDE)
def test_our_sql_stays_within_the_subset(pattern: str) -> None:
    """What one of the two databases lacks, or reads otherwise, is nowhere."""
    found = [
        name
        for name, sql in STATEMENTS.items()
        if re.search(pattern, _bare(sql), re.IGNORECASE | re.DOTALL)
    ]
    assert found == []


def _bare(sql: str) -> str:
    return re.sub(r"/\*.*?\*/|'[^']*'", "", sql)


def test_our_sql_calls_common_functions_only() -> None:
    """Every function is one that both have, under the same name and meaning."""
    words = {
        word
        for sql in STATEMENTS.values()
        for word in re.findall(r"\b([A-Z_]+)\(", sql)
    }
    assert words == FUNCTIONS


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t (a) VALUES ($1) RETURNING a",
        "SELECT MAX(a, b) FROM t",
        "DELETE FROM t WHERE a = $1 LIMIT 1",
        "SELECT a FROM t WHERE a IS $1",
        "SELECT a FROM t WHERE a IS NOT DISTINCT FROM $1",
        "SELECT data -> 'x' FROM t",
        "SELECT a / b FROM t",
        "SELECT a FROM t WHERE a = ?",
        "CREATE TABLE t (a BLOB) STRICT",
    ],
)
def test_what_is_outside_is_found(sql: str) -> None:
    """The patterns above do see what they are there for."""
    assert any(re.search(p, sql, re.IGNORECASE | re.DOTALL) for p in OUTSIDE.values())


LATE = {
    "a column goes (3.35)": r"\bDROP\s+COLUMN\b",
    "a name changes (reliably from 3.26 on)": r"\bRENAME\b",
    "an update looks elsewhere (3.33)": r"^UPDATE\b.*\bFROM\b",
}


@pytest.mark.parametrize("pattern", LATE.values(), ids=LATE)
def test_old_sqlite_reads_our_migrations(pattern: str) -> None:
    """Nothing in them is younger than the oldest release that a store opens on."""
    ours = statements("sqlite", "onboarding_")
    assert [one for one in ours if re.search(pattern, one, re.DOTALL)] == []


def test_what_is_for_one_database_alone_reaches_no_other() -> None:
    """A marker is opened for its own; elsewhere it stays a comment and is left out."""
    ours = "\n".join(statements("sqlite", "onboarding_"))
    theirs = "\n".join(statements("postgresql", "onboarding_"))
    assert "WITHOUT ROWID" in ours
    assert "WITHOUT ROWID" not in theirs
    assert "DROP COLUMN" in theirs
    assert "/*" not in ours + theirs


def test_revisions_are_numbered_without_a_gap() -> None:
    """The number of files is the revision, so none may be missing."""
    numbers = [re.findall(r"\brevision (\d+)", text)[0] for text in revisions()]
    assert numbers == [str(n) for n in range(1, len(revisions()) + 1)]
