"""What hangs on an account, and what becomes of it: merge, purge, export, erase.

One mechanism serves this library's own nouns and the host's tables alike. A verb
reads, and returns the changes to make; ``Belongings`` puts those of every
resource together, so that two accounts come together whole or not at all.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, Self

from onboarding.accounts.host_table import HostTables
from onboarding.accounts.model import Ending
from onboarding.changes import Change
from onboarding.errors import ConfigError
from onboarding.names import by_name
from onboarding.shapes import check_value, is_async, shown
from onboarding.urls import safe_next

if TYPE_CHECKING:
    from onboarding.accounts.table_rules import (
        Anonymise,
        DeleteRows,
        KeepLarger,
        KeepOne,
        KeepRows,
        Reassign,
    )
    from onboarding.accounts.tables import TableResource


VERBS = {
    "merge": "source, target) -> Planned",
    "purge": "account_id) -> Planned",
    "export": "account_id) -> object",
    "erase": "account_id) -> Planned",
}
"""What every resource can do, and the rest of the line that says so."""


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
        page: The path where a person sees theirs, such as ``/orders``; "My data" links
            to it. None where there is none.
    """

    name: str
    is_told: bool = True
    page: str | None = None

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Refuse a class that lacks a verb, or waits for nothing in one.

        Raises:
            ConfigError: Naming the verb, and the line to write.
        """
        del args, kwargs
        for verb, rest in VERBS.items():
            found = getattr(cls, verb)
            missing = verb in cls.__abstractmethods__
            if missing or not is_async(found):
                said = "has no verb" if missing else "has no async"
                raise ConfigError(
                    f"{cls.__name__} {said} {verb}; write async def {verb}(self, "
                    f"query, {rest}: … in it, or declare a table: Resource.table(…)"
                )
        return super().__new__(cls)

    async def check(self, tables: HostTables) -> None:  # noqa: B027, by default well
        """Look, when the application opens, whether the verbs can work at all.

        Args:
            tables: The database, which can be read.

        Raises:
            ConfigError: Naming what is missing, and what to write.
        """

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
        """Return what is known, as JSON values.

        To a list is added what came late to a merged account: see ``late``.
        """

    @abstractmethod
    async def erase(self, query: Query, account_id: str) -> Planned:
        """Plan the erasure; an outcome of kept says in ``reason`` what stays, why."""

    async def late(  # what another class makes of it, it makes of these
        self,
        query: Query,  # noqa: ARG002
        account_ids: Sequence[str],
        ending: Ending,  # noqa: ARG002
    ) -> Sequence[str]:
        """Return those of some ended accounts that own what they should not.

        Whoever knows an account's id from before may write under it after its end: a
        merged account should own nothing, an erased one nothing that its erasure takes
        away. An export then tells of these as well, and a purge merges or erases them
        again.

        By default it may be any of them, so that the verbs are asked about each of
        them each time; say which, where that is much to ask.

        Args:
            account_ids: Not more than 500.
            ending: How they ended; merged, or erased.
        """
        return account_ids

    @staticmethod
    def table(
        table: str,
        *,
        owner: str,
        name: str | None = None,
        merge: "Reassign | KeepLarger | KeepOne | None" = None,
        purge: "DeleteRows | KeepRows | None" = None,
        erase: "DeleteRows | Anonymise | KeepRows | None" = None,
        page: str | None = None,
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
            page: The path where a person sees theirs; "My data" links to it.

        Raises:
            ConfigError: When a name is not a plain SQL name, or the page no path.
        """
        from onboarding.accounts.tables import TableResource

        if page is not None and safe_next(page, "", "/") != page:
            raise ConfigError(
                f'Resource.table("{table}", page={page!r}) is no path of this site; '
                'write it as "/orders"'
            )

        found = TableResource(
            table, owner=owner, name=name, merge=merge, purge=purge, erase=erase
        )
        found.page = page
        return found


MOST_AT_ONCE = 500
"""Accounts that a resource is asked about together; SQLite takes 999 values."""

Plans = Sequence[tuple[Resource, Planned]]
"""What one verb comes to, resource by resource."""


def changes_of(plans: Plans) -> list[Change]:
    """Return every change of some plans, for one commit."""
    return [change for _, plan in plans for change in plan.changes]


def _planned(resource: Resource, plan: object) -> Planned:
    """Return what a verb of somebody's planned.

    Raises:
        ConfigError: When it returned something else, such as nothing.
    """
    if isinstance(plan, Planned):
        return plan
    raise ConfigError(
        f"a verb of {type(resource).__name__} returned {shown(plan)}; write return "
        "Planned(changes=[…], outcome=Outcome.ADDED, count=1), or Planned() for nothing"
    )


class Belongings:
    """Everything that hangs on an account: one list, and each verb over all of it.

    Args:
        resources: Each noun and table, in the order in which they are told.
        query: Runs the hosts' reads.

    Raises:
        ConfigError: When two resources have one name.
    """

    def __init__(self, resources: Iterable[Resource], query: Query):
        resources = tuple(resources)
        for one in resources:
            name = getattr(one, "name", None)
            check_value(f"{type(one).__name__}.name", name, str, example='"avatars"')
        self._resources = by_name(
            "resources",
            resources,
            'a merge would do it twice; Resource.table(…, name="…") gives one of them '
            "another name",
        ).values()
        self._query = query

    async def check(self, tables: HostTables) -> None:
        """Check each resource against the database, when the application opens.

        Raises:
            ConfigError: When one of them could never work.
        """
        for one in self._resources:
            await one.check(tables)

    def __iter__(self) -> Iterator[Resource]:
        """Iterate over the resources, in order."""
        return iter(self._resources)

    @property
    def names(self) -> tuple[str, ...]:
        """What the resources are called, in order."""
        return tuple(one.name for one in self._resources)

    async def plan_merge(self, source: str, target: str) -> Plans:
        """Plan how everything of one account comes to another; writes nothing."""
        return [
            (one, _planned(one, await one.merge(self._query, source, target)))
            for one in self._resources
        ]

    async def plan_purge(self, account_id: str) -> Plans | None:
        """Plan a lapsed guest's end; None where something of theirs must be kept."""
        plans = []
        for one in self._resources:
            plan = _planned(one, await one.purge(self._query, account_id))
            if plan.outcome is Outcome.KEPT:
                return None
            plans.append((one, plan))
        return plans

    async def plan_erase(self, account_id: str, merged: Sequence[str] = ()) -> Plans:
        """Plan an erasure: what goes, and what must stay; writes nothing.

        Args:
            account_id: Whose.
            merged: What was merged into it: what came late there goes, too.
        """
        return [
            (
                one,
                _together(
                    [_planned(one, await one.erase(self._query, id)) for id in ids]
                ),
            )
            for ids in [(account_id, *merged)]
            for one in self._resources
        ]

    async def export(
        self, account_id: str, merged: Sequence[str] = ()
    ) -> dict[str, object]:
        """Return everything that is known, by resource, as JSON values.

        Args:
            account_id: Of whom.
            merged: What was merged into it: what came late there is told, too.
        """
        return {
            one.name: await self._told(one, account_id, merged)
            for one in self._resources
        }

    async def late(
        self, account_ids: Sequence[str], ending: Ending
    ) -> Mapping[str, Sequence[Resource]]:
        """Return where some ended accounts own what they should not, by account."""
        found: dict[str, list[Resource]] = {}
        for one in self._resources:
            for account_id in await self._late(one, account_ids, ending):
                found.setdefault(account_id, []).append(one)
        return found

    async def bring(
        self, resources: Sequence[Resource], source: str, target: str
    ) -> list[Change]:
        """Return what brings some resources' rows of one account to another."""
        plans = [await one.merge(self._query, source, target) for one in resources]
        return [change for plan in plans for change in plan.changes]

    async def drop(
        self, resources: Sequence[Resource], account_id: str
    ) -> list[Change]:
        """Return what erases some resources' rows of an account."""
        plans = [await one.erase(self._query, account_id) for one in resources]
        return [change for plan in plans for change in plan.changes]

    async def _late(
        self, one: Resource, account_ids: Sequence[str], ending: Ending
    ) -> list[str]:
        return [
            late
            for first in range(0, len(account_ids), MOST_AT_ONCE)
            for late in await one.late(
                self._query, account_ids[first : first + MOST_AT_ONCE], ending
            )
        ]

    async def _told(
        self, one: Resource, account_id: str, merged: Sequence[str]
    ) -> object:
        told = await one.export(self._query, account_id)
        if not isinstance(told, list):  # its shape is the host's; a purge brings home
            return told
        for late in await self._late(one, merged, Ending.MERGED):
            more = await one.export(self._query, late)
            told = [*told, *more] if isinstance(more, list) else told
        return told


def _together(plans: Sequence[Planned]) -> Planned:
    """Return several plans of one resource as one; what is kept is said before all."""
    said = [one for one in plans if one.outcome is not Outcome.NOTHING] or plans
    first = next((one for one in said if one.outcome is Outcome.KEPT), said[0])
    return replace(
        first,
        changes=[change for one in plans for change in one.changes],
        count=sum(one.count for one in plans),
    )
