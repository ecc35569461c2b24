"""Everything that hangs on an account, together: merged, purged, told, erased as one.

Two accounts come together whole or not at all: the changes of every resource are one
commit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from onboarding.accounts.host_table import HostTables
from onboarding.accounts.model import Ending
from onboarding.accounts.resources import Outcome, Planned, Query, Resource
from onboarding.accounts.tables import TableResource
from onboarding.changes import Change
from onboarding.errors import ConfigError
from onboarding.names import by_name
from onboarding.shapes import check_value, shown

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
        for place, one in enumerate(resources := list(self)):
            await one.check(tables)
            if isinstance(one, TableResource):
                await one.check_order(tables, resources[:place])

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

    async def lapse(
        self, resources: Sequence[Resource], account_id: str
    ) -> list[Change]:
        """Return what purges some resources' rows of an account; what is kept stays."""
        plans = [await one.purge(self._query, account_id) for one in resources]
        gone = [plan for plan in plans if plan.outcome is not Outcome.KEPT]
        return [change for plan in gone for change in plan.changes]

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
