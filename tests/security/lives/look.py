"""One look at the shop: every row of every table, and who is where.

What must hold of a deed is then a question about the looks before and after it.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from onboarding.accounts.model import Identity
from onboarding.orders.model import OrderGrant

# ── browsers ─────────────────────────────────────────────────────────────────


@dataclass
class Browser:
    """What one browser keeps, which may have ended by now.

    Attributes:
        token: Of its session.
        cookies: Of a proof by mail.
        asked: The intent that it asked a letter for.
        waits: An identity that waits for a yes.
        grants: What order links opened here.
    """

    token: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    asked: str | None = None
    waits: Identity | None = None
    grants: list[OrderGrant] = field(default_factory=list)


# ── looking ──────────────────────────────────────────────────────────────────

Row = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """Every row of every table, and who is where.

    Attributes:
        rows: By table, ours without their prefix.
        here: The account of each browser, or None.
        alive: Whose session each token opens, of all that were ever given.
        known: All that were ever given.
    """

    rows: dict[str, list[Row]]
    here: tuple[str | None, ...]
    alive: dict[str, str]
    known: frozenset[str]

    def __getitem__(self, table: str) -> list[Row]:
        """Return the rows of a table."""
        return self.rows[table]

    @cached_property
    def accounts(self) -> dict[str, Row]:
        """Every account by its id."""
        return {row["id"]: row for row in self["accounts"]}

    @cached_property
    def live(self) -> set[str]:
        """The ids of those that live."""
        return {row["id"] for row in self["accounts"] if row["ending"] is None}

    def ended(self, ending: str | None = None) -> set[str]:
        """Return the ids of those that ended, or ended so."""
        return {
            row["id"]
            for row in self["accounts"]
            if row["ending"] and ending in (None, row["ending"])
        }

    def end_of(self, account_id: str | None) -> str | None:
        """Return what an account has become, merges followed."""
        accounts = self.accounts
        while account_id and (into := accounts[account_id]["merged_into"]):
            account_id = into
        return account_id

    def by(self, table: str, *key: str) -> dict[Any, Row]:
        """Return the rows of a table by a key, which each must have to itself."""
        found = {
            tuple(row[k] for k in key) if len(key) > 1 else row[key[0]]: row
            for row in self[table]
        }
        assert len(found) == len(self[table]), f"two rows of {table} by {key}"
        return found

    def without(self, *tables: str) -> dict[str, list[Row]]:
        """Return what was written, but for some tables and what only counts uses."""
        counting = {"version", "seen_after"}
        return {
            name: sorted(
                ({k: v for k, v in row.items() if k not in counting} for row in listed),
                key=repr,
            )
            for name, listed in self.rows.items()
            if name not in tables
        }
