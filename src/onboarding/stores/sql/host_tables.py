"""What the database itself says of a host's table, in the words of each dialect.

Read once for each declared table, when the application opens; so it is the one place
whose SQL is not the same for both.
"""

import re
from collections import defaultdict
from collections.abc import Mapping

from onboarding.accounts.host_table import (
    ComputedKey,
    HoldingKey,
    HostTable,
    PartialKey,
)
from onboarding.stores.sql.executor import Dialect, Executor
from onboarding.stores.sql.host_instants import instants_of
from onboarding.stores.sql.host_predicates import states_of

# $1 is the table, and on SQLite $2 its schema, or NULL for whichever has it. SQLite
# takes for whole numbers what has INT in its type (https://sqlite.org/datatype3.html,
# §3.1).
COLUMNS: Mapping[Dialect, str] = {
    "sqlite": """
SELECT lower(name) AS name, 1 - "notnull" AS is_nullable, pk AS in_key, type,
  upper(type) LIKE '%INT%' AS is_number
FROM pragma_table_info($1, $2)
""",
    "postgresql": """
SELECT a.attname AS name, NOT a.attnotnull AS is_nullable, 0 AS in_key,
  format_type(a.atttypid, NULL) AS type,
  a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AS is_number
FROM pg_attribute AS a
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
""",
}

# `rows_of` is the condition of an index over some rows, and NULL for one over all; on
# SQLite the whole statement.
UNIQUE: Mapping[Dialect, str] = {
    "sqlite": """
SELECT listed.name AS key, lower(part.name) AS name,
  CASE WHEN listed.partial = 1 THEN coalesce(made.sql, '') END AS rows_of
FROM pragma_index_list($1, $2) AS listed, pragma_index_info(listed.name, $2) AS part
LEFT JOIN sqlite_master AS made ON made.type = 'index' AND made.name = listed.name
WHERE listed."unique" = 1
""",
    "postgresql": """
SELECT CAST(i.indexrelid AS TEXT) AS key, a.attname AS name,
  pg_get_expr(i.indpred, i.indrelid) AS rows_of
FROM pg_index AS i
LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid
  AND a.attnum = ANY ((CAST(i.indkey AS int2[]))[0:i.indnkeyatts - 1])
WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indexprs IS NULL
""",
}

# The parts of unique indexes of which one is computed, in order: `name` where a part is
# a column, `text` as it was declared (on SQLite the whole statement), `uses` what the
# index is made of.
COMPUTED: Mapping[Dialect, str] = {
    "sqlite": """
SELECT listed.name AS key, lower(part.name) AS name, made.sql AS text, NULL AS uses,
  CASE WHEN listed.partial = 1 THEN made.sql END AS rows_of
FROM pragma_index_list($1, $2) AS listed, pragma_index_xinfo(listed.name, $2) AS part
INNER JOIN sqlite_master AS made ON made.type = 'index' AND made.name = listed.name
WHERE listed."unique" = 1 AND part."key" = 1 AND EXISTS (
  SELECT 1 FROM pragma_index_xinfo(listed.name, $2) AS other WHERE other.cid = -2
)
ORDER BY listed.name, part.seqno
""",
    "postgresql": """
SELECT CAST(i.indexrelid AS TEXT) AS key, a.attname AS name,
  pg_get_indexdef(i.indexrelid, n, true) AS text, CAST(ARRAY(
    SELECT used.attname FROM pg_depend AS d
    INNER JOIN pg_attribute AS used
      ON used.attrelid = d.refobjid AND used.attnum = d.refobjsubid
    WHERE d.objid = i.indexrelid AND d.refobjid = i.indrelid AND d.refobjsubid > 0
  ) AS TEXT[]) AS uses, pg_get_expr(i.indpred, i.indrelid) AS rows_of
FROM pg_index AS i CROSS JOIN generate_series(1, i.indnkeyatts) AS n
LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid
  AND a.attnum = (CAST(i.indkey AS int2[]))[n - 1]
WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indexprs IS NOT NULL
ORDER BY i.indexrelid, n
""",
}

# Foreign keys to the table for which no row may go while it is referenced. On SQLite
# those of the main schema alone: `$2 IS $2` takes the value that it has no use for.
HOLDING: Mapping[Dialect, str] = {
    "sqlite": """
SELECT other.name AS table_name, other.name || f.id AS key, lower(f."from") AS name
FROM sqlite_master AS other, pragma_foreign_key_list(other.name) AS f
WHERE other.type = 'table' AND lower(f."table") = lower($1) AND $2 IS $2
  AND lower(other.name) <> lower($1) AND f.on_delete IN ('NO ACTION', 'RESTRICT')
""",
    "postgresql": """
SELECT other.relname AS table_name, CAST(c.oid AS TEXT) AS key, a.attname AS name
FROM pg_constraint AS c
INNER JOIN pg_class AS other ON other.oid = c.conrelid
INNER JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.contype = 'f' AND c.confrelid = to_regclass($1) AND c.conrelid <> c.confrelid
  AND c.confdeltype IN ('a', 'r') AND c.conparentid = 0
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

WORD = re.compile(r"\w+")


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
    partial: defaultdict[tuple[object, str], set[object]] = defaultdict(set)
    for row in await executor.query(UNIQUE[dialect], values):
        if row["rows_of"] is None:
            keys[row["key"]].add(row["name"])
        else:
            partial[row["key"], _condition(row["rows_of"])].add(row["name"])
    there = frozenset(str(row["name"]) for row in columns)
    # SQLite's INTEGER PRIMARY KEY is the row's own number, and has no index.
    keys["primary"] = {row["name"] for row in columns if row["in_key"]}
    return HostTable(
        reserved=reserved,
        instant=instant,
        columns={str(row["name"]): bool(row["is_nullable"]) for row in columns},
        numbers=frozenset(str(row["name"]) for row in columns if row["is_number"]),
        unique=tuple(
            frozenset(map(str, key)) for key in keys.values() if key and None not in key
        ),
        partial=tuple(
            _partial_key(frozenset(map(str, key)), condition)
            for (_, condition), key in partial.items()
            if None not in key
        ),
        computed=_computed(await executor.query(COMPUTED[dialect], values), there),
        held_by=_holding(await executor.query(HOLDING[dialect], values)),
    )


def _computed(
    rows: list[dict[str, object]], names: frozenset[str]
) -> tuple[ComputedKey, ...]:
    """Return unique indexes over expressions, of their parts."""
    keys: defaultdict[object, list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        keys[row["key"]].append(row)
    return tuple(_computed_key(parts, names) for parts in keys.values())


def _computed_key(parts: list[dict[str, object]], names: frozenset[str]) -> ComputedKey:
    uses = parts[0]["uses"]
    if isinstance(uses, list):
        text = ", ".join(str(part["text"]) for part in parts)
    else:
        text = _declared(str(parts[0]["text"]))
        uses = names & set(WORD.findall(text.lower()))
    return ComputedKey(
        columns=frozenset(str(p["name"]) for p in parts if p["name"] is not None),
        uses=frozenset(map(str, uses)),
        text=text,
        only=states_of(_condition(parts[0]["rows_of"])),
    )


def _partial_key(columns: frozenset[str], condition: str) -> PartialKey:
    bare = condition.removeprefix("(").removesuffix(")")
    text = f"{', '.join(sorted(columns))}) WHERE ({bare}"
    return PartialKey(columns=columns, text=text, only=states_of(condition))


def _condition(given: object) -> str:
    """Return the condition of an index, of a statement of SQLite's or by itself."""
    text = "" if given is None else str(given)
    if not text.upper().startswith("CREATE"):
        return text
    whole = text.partition("(")[2]
    rest = whole[len(_declared(text)) + 1 :]
    return re.sub(r"^\s*WHERE\b", "", rest, flags=re.IGNORECASE).strip()


def _declared(statement: str) -> str:
    """Return what stands in the parentheses of a CREATE INDEX."""
    text = statement.partition("(")[2]
    depth = 1
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return text[:place]
    return text


def _holding(rows: list[dict[str, object]]) -> tuple[HoldingKey, ...]:
    """Return foreign keys to a table, of their columns."""
    keys: defaultdict[tuple[str, object], set[str]] = defaultdict(set)
    for row in rows:
        keys[str(row["table_name"]), row["key"]].add(str(row["name"]))
    return tuple(
        HoldingKey(table=table, columns=frozenset(columns))
        for (table, _), columns in keys.items()
    )
