"""The table of who somebody is stands three times: as code, beside it, in the docs."""

import re
from datetime import UTC, datetime
from itertools import product

import pytest

from onboarding.accounts import rules
from onboarding.accounts.model import Account, AccountKind
from onboarding.accounts.rules import (
    OthersEmail,
    Owned,
    OwnEmail,
    Resolution,
    Standing,
    Unknown,
    resolve,
)
from tests.docs.pages import Page

AT = datetime(2026, 11, 21, tzinfo=UTC)
ROWS: dict[str, Account | None] = {
    "nobody": None,
    "guest G": Account(id="G", created_at=AT),
    "registered R": Account(id="R", kind=AccountKind.REGISTERED, created_at=AT),
}
X = Account(id="X", kind=AccountKind.REGISTERED, created_at=AT)
COLUMNS: dict[str, Standing] = {
    "Unknown": Unknown(),
    "OwnEmail": OwnEmail(),
    "OthersEmail(X)": OthersEmail(X),
    "Owned(X)": Owned(X),
}
CELLS = list(product(ROWS, COLUMNS))

Table = dict[tuple[str, str], str]


def said(resolution: Resolution) -> str:
    """Return a resolution as the tables write it."""
    fields = resolution.__dataclass_fields__
    slots = [getattr(resolution, name).id for name in fields]
    name = type(resolution).__name__
    return f"{name}({', '.join(slots)})" if slots else name


def decided(row: str, column: str) -> str:
    """Return what the code decides in a cell; both, where X may be who is here."""
    current, standing = ROWS[row], COLUMNS[column]
    try:
        found = said(resolve(current, standing))
    except ValueError:
        return "-"
    if column == "Owned(X)" and current is not None and not current.is_guest:
        return f"{said(resolve(current, Owned(current)))}, or {found}"
    return found


def read(lines: list[str], cells: str) -> Table:
    """Read a table whose cells a pattern parts."""
    head, *rows = [[c.strip() for c in re.split(cells, line)] for line in lines]
    return {
        (row[0], column): cell
        for row in rows
        for column, cell in zip(head[1:], row[1:], strict=True)
    }


def in_the_docs() -> Table:
    """Return the table of the security model."""
    text = Page("docs/security.md").text
    start = text.index("| here now |")
    lines = text[start:].split("\n\n")[0].splitlines()
    return read([line.strip("| ") for line in (lines[0], *lines[2:])], r"\|")


def beside_the_code() -> Table:
    """Return the table in the docstring of the rules."""
    text = rules.__doc__ or ""
    _, head, body, _ = re.split(r"^=[= ]+=\n", text, flags=re.MULTILINE)
    lines = [*head.splitlines(), *body.splitlines()]
    return read(lines, r"\s{2,}")


@pytest.mark.parametrize(("row", "column"), CELLS)
def test_a_cell_says_what_the_code_decides(row: str, column: str) -> None:
    """In the docs, and in the docstring of the file that decides."""
    expected = decided(row, column)
    assert expected == in_the_docs()[row, column]
    assert expected == beside_the_code()[row, column]


def test_the_tables_have_no_other_cells() -> None:
    """Every row and every column is known to the test."""
    assert set(CELLS) == set(in_the_docs()) == set(beside_the_code())
