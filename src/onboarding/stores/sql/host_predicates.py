"""What the WHERE of a unique index says of its rows: which states a column is in.

As it was written for SQLite, and as PostgreSQL prints it. Nothing is evaluated: what is
no plain comparison of a column with texts or whole numbers says nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from onboarding.accounts.host_table import RowState

SQL_WORD = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|::|[\w.]+|-\d+|==|\S""")

TEXT_TYPES = frozenset({"text", "character", "varying", "varchar", "bpchar", "name"})
WHOLE_TYPES = frozenset({"integer", "bigint", "smallint"})
"""With those of texts, what PostgreSQL casts to as it prints a comparison."""


def states_of(predicate: str) -> Mapping[str, frozenset[RowState]]:
    """Return the states in which a column of each row is that a predicate lets in.

    Of every column that it binds to some, ``status = 'open' AND …`` or
    ``status IN ('open', 'paid')``; what else it says makes the rows fewer.
    """
    found: dict[str, frozenset[RowState]] = {}
    for part in _parts(_stripped(_without_casts(SQL_WORD.findall(predicate)))):
        if (bound := _bound(part)) is not None:
            column, states = bound
            found[column] = found.get(column, states) & states
    return found


def _without_casts(tokens: Sequence[str]) -> list[str]:
    """Leave out what PostgreSQL adds: ``'open'::character varying(9)``."""
    kept: list[str] = []
    is_cast = False
    for one in tokens:
        if one == "::":
            is_cast = True
        elif is_cast and one.lower() in TEXT_TYPES:
            pass
        elif is_cast and one.lower() in WHOLE_TYPES:
            kept[-1] = kept[-1].strip("'")  # it quotes numbers below zero
        elif is_cast and one == "[":
            kept.append("[]")
        elif is_cast and one == "]" and kept[-1] == "[]":
            kept.pop()
        else:
            is_cast = False
            kept.append(one)
    return kept


def _stripped(tokens: list[str]) -> list[str]:
    """Take away parentheses around all of it."""
    while tokens[:1] == ["("] and _closing(tokens) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _closing(tokens: Sequence[str]) -> int:
    depth = 0
    for place, one in enumerate(tokens):
        depth += (one == "(") - (one == ")")
        if not depth:
            return place
    return -1


def _parts(tokens: list[str]) -> Iterator[list[str]]:
    """Yield what must all be true."""
    depth, part = 0, list[str]()
    for one in tokens:
        depth += (one == "(") - (one == ")")
        if depth == 0 and one.upper() == "AND":
            yield part
            part = []
        else:
            part.append(one)
    yield part


def _bound(part: list[str]) -> tuple[str, frozenset[RowState]] | None:
    match [each for each in part if each not in {"(", ")"}]:
        case [column, "=" | "==", value] if _is_column(column):
            given = [value]
        case [value, "=" | "==", column] if _is_column(column):
            given = [value]
        case [column, word, *listed] if word.upper() == "IN" and _is_column(column):
            given = listed[::2]
        case [column, "=", "ANY", "ARRAY", "[", *listed, "]"] if _is_column(column):
            given = listed[::2]
        case _:
            return None
    states = [_state(one) for one in given]
    known = frozenset(one for one in states if one is not None)
    name = column[1:-1] if column.startswith('"') else column.lower()
    return (name, known) if known and None not in states else None


def _is_column(one: str) -> bool:
    return one.startswith('"') or re.fullmatch(r"[A-Za-z_]\w*", one) is not None


def _state(one: str) -> RowState | None:
    if one.startswith("'"):
        return one[1:-1].replace("''", "'")
    return int(one) if re.fullmatch(r"-?\d+", one) else None
