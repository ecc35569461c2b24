"""What hangs on an account, and what becomes of it: merge, purge, export, erase.

One mechanism serves this library's own nouns and the host's tables alike. A verb
reads, and returns the changes to make; ``Belongings`` puts those of every
resource together, so that two accounts come together whole or not at all.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from onboarding.changes import Change
from onboarding.names import by_name

if TYPE_CHECKING:
    from onboarding.accounts.tables import (
        Anonymise,
        DeleteRows,
        KeepLarger,
        KeepRows,
        Reassign,
        TableResource,
    )


class Query(Protocol):
    """Runs a SELECT of the host's own, in the portable subset; it cannot write."""

    async def __call__(
        self, sql: str, values: tuple[str | int | None, ...] = ()
    ) -> list[dict[str, object]]:
        """Return the rows as mappings from column to value.

        Args:
            sql: One SELECT, with ``$1``, ``$2`` … for the values.
            values: Text, integers or None, in order.
        """
        ...


class Outcome(StrEnum):
    """What happened to the rows of one resource, in a word."""

    NOTHING = "nothing"
    ADDED = "added"
    COMBINED = "combined"
    ERASED = "erased"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The changes that one verb needs, and what to tell the person about it.

    Attributes:
        count: How many rows it concerns.
        reason: Why rows are kept, where the outcome is kept.
    """

    changes: Sequence[Change] = ()
    outcome: Outcome = Outcome.NOTHING
    count: int = 0
    reason: str = ""


class Resource(ABC):
    """Something that belongs to accounts: a cart, an order, a set of answers.

    Attributes:
        name: What it is called, once: in receipts, exports, and on "My data".
        is_told: Whether receipts and the page before an erasure mention it.
    """

    name: str
    is_told: bool = True

    @abstractmethod
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        """Plan how the source account's rows come to the target account."""

    @abstractmethod
    async def purge(self, query: Query, account_id: str) -> Planned:
        """Plan the removal for a guest nobody came back to.

        An outcome of kept vetoes the purge: the guest stays.
        """

    @abstractmethod
    async def export(self, query: Query, account_id: str) -> object:
        """Return what is known, as JSON values."""

    @abstractmethod
    async def erase(self, query: Query, account_id: str) -> Planned:
        """Plan the erasure; an outcome of kept says in ``reason`` what stays, why."""

    @staticmethod
    def table(
        table: str,
        *,
        owner: str,
        name: str | None = None,
        merge: "Reassign | KeepLarger | None" = None,
        purge: "DeleteRows | KeepRows | None" = None,
        erase: "DeleteRows | Anonymise | KeepRows | None" = None,
    ) -> "TableResource":
        """Declare a table of the host's, in the same database.

        Args:
            table: The table, with its schema if it needs one.
            owner: The column that holds the account id.
            name: What it is called, where that is not the table's name.
            merge: What happens when two accounts become one; rows move by default.
            purge: What happens when a guest lapses. By default rows are kept, and
                the guest with them: losing what somebody bought takes a decision.
            erase: What happens when a person has their data erased; rows go by
                default.

        Raises:
            ConfigError: When a name is not a plain SQL name.
        """
        from onboarding.accounts.tables import TableResource

        return TableResource(
            table, owner=owner, name=name, merge=merge, purge=purge, erase=erase
        )


Plans = Sequence[tuple[Resource, Planned]]
"""What one verb comes to, resource by resource."""


def changes_of(plans: Plans) -> list[Change]:
    """Return every change of some plans, for one commit."""
    return [change for _, plan in plans for change in plan.changes]


class Belongings:
    """Everything that hangs on an account: one list, and each verb over all of it.

    Args:
        resources: Each noun and table, in the order in which they are told.
        query: Runs the hosts' reads.

    Raises:
        ConfigError: When two resources have one name.
    """

    def __init__(self, resources: Iterable[Resource], query: Query):
        self._resources = by_name(
            "resources",
            resources,
            'a merge would do it twice; Resource.table(…, name="…") gives one of them '
            "another name",
        ).values()
        self._query = query

    @property
    def names(self) -> tuple[str, ...]:
        """What the resources are called, in order."""
        return tuple(one.name for one in self._resources)

    async def plan_merge(self, source: str, target: str) -> Plans:
        """Plan how everything of one account comes to another; writes nothing."""
        return [
            (one, await one.merge(self._query, source, target))
            for one in self._resources
        ]

    async def plan_purge(self, account_id: str) -> Plans | None:
        """Plan a lapsed guest's end; None where something of theirs must be kept."""
        plans = []
        for one in self._resources:
            plan = await one.purge(self._query, account_id)
            if plan.outcome is Outcome.KEPT:
                return None
            plans.append((one, plan))
        return plans

    async def plan_erase(self, account_id: str) -> Plans:
        """Plan an erasure: what goes, and what must stay; writes nothing."""
        return [
            (one, await one.erase(self._query, account_id)) for one in self._resources
        ]

    async def export(self, account_id: str) -> dict[str, object]:
        """Return everything that is known, by resource, as JSON values."""
        return {
            one.name: await one.export(self._query, account_id)
            for one in self._resources
        }
