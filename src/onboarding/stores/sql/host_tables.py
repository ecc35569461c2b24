"""What the database itself says of a host's table, in the words of each dialect.

Read once for each declared table, when the application opens; so it is the one place
whose SQL is not the same for both.
"""

from collections import defaultdict
from collections.abc import Mapping

from onboarding.accounts.host_table import HostTable
from onboarding.stores.sql.executor import Dialect, Executor
from onboarding.stores.sql.host_instants import instants_of

# $1 is the table, and on SQLite $2 its schema, or NULL for whichever has it.
COLUMNS: Mapping[Dialect, str] = {
    "sqlite": """
SELECT lower(name) AS name, 1 - "notnull" AS is_nullable, pk AS in_key, type
FROM pragma_table_info($1, $2)
""",
    "postgresql": """
SELECT a.attname AS name, NOT a.attnotnull AS is_nullable, 0 AS in_key,
  format_type(a.atttypid, NULL) AS type
FROM pg_attribute AS a
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
""",
}

# An expression in an index has no name of a column: which rows it takes for the same is
# not known here.
UNIQUE: Mapping[Dialect, str] = {
    "sqlite": """
SELECT listed.name AS key, lower(part.name) AS name
FROM pragma_index_list($1, $2) AS listed, pragma_index_info(listed.name, $2) AS part
WHERE listed."unique" = 1
""",
    "postgresql": """
SELECT CAST(i.indexrelid AS TEXT) AS key, a.attname AS name
FROM pg_index AS i
LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid
  AND a.attnum = ANY ((CAST(i.indkey AS int2[]))[0:i.indnkeyatts - 1])
WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indexprs IS NULL
""",
}

TABLE_NAMES: Mapping[Dialect, str] = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')",
    "postgresql": """
SELECT c.relname AS name FROM pg_class AS c
INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'f') AND pg_table_is_visible(c.oid)
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
""",
}


RESERVED = frozenset(
    (
        *("add", "all", "alter", "and", "as", "between", "case", "check"),
        *("collate", "commit", "constraint", "create", "default", "deferrable"),
        *("delete", "distinct", "drop", "else", "escape", "except", "exists"),
        *("foreign", "from", "group", "having", "in", "index", "insert"),
        *("intersect", "into", "is", "isnull", "join", "limit", "not"),
        *("notnull", "null", "on", "or", "order", "primary", "references"),
        *("select", "set", "table", "then", "to", "transaction", "union"),
        *("unique", "update", "using", "values", "when", "where"),
    )
)
"""SQLite's words that are never names; it has others that may be
(https://sqlite.org/lang_keywords.html)."""

KEYWORDS = "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')"
"""PostgreSQL's: ``user`` as a name of a column would be who is connected."""


async def describe(executor: Executor, table: str) -> HostTable:
    """Return what the database says of a table; without columns, it is not there."""
    dialect = executor.dialect
    schema, _, name = table.rpartition(".")
    values = (name, schema or None) if dialect == "sqlite" else (table,)
    reserved = RESERVED
    if dialect == "postgresql":
        words = await executor.query(KEYWORDS, ())
        reserved = frozenset(str(row["word"]) for row in words)
    columns = await executor.query(COLUMNS[dialect], values)
    types = {str(row["name"]): str(row["type"]) for row in columns}
    instant = instants_of(dialect, types)
    if not columns:
        others = await executor.query(TABLE_NAMES[dialect], ())
        names = sorted(str(row["name"]) for row in others)
        return HostTable(others=tuple(names), reserved=reserved, instant=instant)
    keys: defaultdict[object, set[object]] = defaultdict(set)
    for row in await executor.query(UNIQUE[dialect], values):
        keys[row["key"]].add(row["name"])
    # SQLite's INTEGER PRIMARY KEY is the row's own number, and has no index.
    keys["primary"] = {row["name"] for row in columns if row["in_key"]}
    return HostTable(
        reserved=reserved,
        instant=instant,
        columns={str(row["name"]): bool(row["is_nullable"]) for row in columns},
        unique=tuple(
            frozenset(map(str, key)) for key in keys.values() if key and None not in key
        ),
    )
