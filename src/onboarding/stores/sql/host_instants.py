"""How an instant in a host's column is read, in the words of each dialect.

Each becomes microseconds since 1970 in UTC, as ours are. What cannot be read is NULL:
a row whose age nobody knows is kept, and not taken for an old one.
"""

from collections.abc import Callable, Mapping

from onboarding.stores.sql.executor import Dialect

# A number is told by its size: as seconds, those of 1973 to 5138; no instant of these
# years is another one in milliseconds, microseconds or nanoseconds. A small number is a
# count, or a day of another calendar.
NUMBER = """CASE
  WHEN {number} < 100000000 THEN NULL
  WHEN {number} < 100000000000 THEN {number} * 1000000
  WHEN {number} < 100000000000000 THEN {number} * 1000
  WHEN {number} < 100000000000000000 THEN {number}
  ELSE {number} / 1000 END"""

# A column of SQLite's holds what was put there, whatever it was declared as. Text has
# to begin with a date: strftime also reads "now", an hour alone, and a Julian day.
# https://sqlite.org/lang_datefunc.html
OF_SQLITE = """CASE typeof({column})
  WHEN 'text' THEN CASE WHEN {column} LIKE '____-__-__%'
    THEN CAST(strftime('%s', {column}) AS INTEGER) * 1000000 END
  WHEN 'integer' THEN {integer}
  WHEN 'real' THEN {real} END"""

# Without a zone it is taken for UTC: EXTRACT reads it so, whatever the session's is.
OF_POSTGRESQL = "CAST(EXTRACT(EPOCH FROM {column}) * 1000000 AS BIGINT)"

DATED = frozenset({"timestamp with time zone", "timestamp without time zone", "date"})
NUMERIC = frozenset({"integer", "bigint", "numeric", "double precision"})


def instants_of(
    dialect: Dialect, types: Mapping[str, str]
) -> Callable[[str], str | None]:
    """Return what gives the SQL that reads a column of a table, None where none can.

    Args:
        dialect: Of the database.
        types: What PostgreSQL calls the type of each column; SQLite's do not matter.
    """

    def on_postgresql(column: str) -> str | None:
        if types.get(column) in DATED:
            return OF_POSTGRESQL.format(column=column)
        whole = f"CAST({column} AS BIGINT)"
        return NUMBER.format(number=whole) if types.get(column) in NUMERIC else None

    def on_sqlite(column: str) -> str | None:
        return OF_SQLITE.format(
            column=column,
            integer=NUMBER.format(number=column),
            real=NUMBER.format(number=f"CAST({column} AS INTEGER)"),
        )

    return on_postgresql if dialect == "postgresql" else on_sqlite
