"""Everything that hangs on an account, together: merged, purged, told, erased as one.

Two accounts come together whole or not at all: the changes of every resource are one
commit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from onboarding.accounts.host_table import HostTables
from onboarding.accounts.model import Ending
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query, Resource
from onboarding.accounts.stuck import reason_of
from onboarding.accounts.tables import TableResource
from onboarding.changes import Change
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.names import by_name
from onboarding.shapes import check_value, shown

MOST_AT_ONCE = 500
"""Accounts that a resource is asked about together; SQLite takes 999 values."""

TOLD_BESIDE = ("account", "parked")
"""What ``DataService.read`` tells beside the resources, in the same mapping."""

Plans = Sequence[tuple[Resource, Planned]]
"""What one verb comes to, resource by resource."""


@dataclass(frozen=True, slots=True)
class Veto:
    """What holds a lapsed guest back.

    Attributes:
        resource: The name of the resource that keeps something.
        reason: Why it does.
        error: What its verb raised, where that is why.
    """

    resource: str
    reason: str
    error: Exception | None = None


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
            if name in TOLD_BESIDE:
                raise ConfigError(
                    f"a resource is called {name!r}, and so is a part of what is told "
                    'of everybody; Resource.table(…, name="…") gives it another name'
                )
        self._resources = by_name(
            "resources",
            [one.bound() for one in resources],
            'a merge would do it twice; Resource.table(…, name="…") gives one of them '
            "another name",
        ).values()
        self._waiting = [one for one in self._resources if one.may_wait]
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

    def find(self, name: str) -> Resource:
        """Return the resource with a name that one of them has."""
        return next(one for one in self._resources if one.name == name)

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

    async def plan_purge(
        self, account_id: str, now: datetime, parked: Sequence[str] = ()
    ) -> Plans | Veto:
        """Plan a lapsed guest's end, unless something of theirs must be kept.

        Args:
            account_id: Whose.
            now: The present instant: what was kept for long enough goes.
            parked: Under which ids something waits for them: that goes along.

        Raises:
            StoreUnavailable: As from any verb; what else one raises keeps the guest.
        """
        plans = []
        for id in (account_id, *parked):
            for one in self._resources if id == account_id else self._waiting:
                try:
                    plan = _planned(one, await one.purge(self._query, id))
                except Exception as error:  # noqa: BLE001  # whatever a host's raises
                    return Veto(one.name, reason_of(error), error)
                is_over = plan.until is not None and plan.until < now
                if plan.outcome is Outcome.KEPT and not is_over:
                    return Veto(one.name, plan.reason)
                plans.append((one, plan))
        return plans

    async def plan_erase(
        self, account_id: str, now: datetime, merged: Sequence[str] = ()
    ) -> Plans:
        """Plan an erasure: what goes, and what must stay; writes nothing.

        Args:
            account_id: Whose.
            now: The present instant: what was kept for long enough goes.
            merged: What was merged into it: what came late there goes, too.
        """
        ids = (account_id, *merged)
        return [
            (one, _together([await self._erased(one, id, now) for id in ids]))
            for one in self._resources
        ]

    async def _erased(self, one: Resource, account_id: str, now: datetime) -> Planned:
        plan = _planned(one, await one.erase(self._query, account_id))
        if plan.outcome is not Outcome.KEPT:
            return plan
        over = _planned(one, await one.expire(self._query, account_id, now))
        changes, left = [*over.changes, *plan.changes], plan.count - over.count
        if left > 0 or not over.count:
            return replace(plan, changes=changes, count=left)
        return replace(over, changes=changes)

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
            for account_id in await self.late_of(one, account_ids, ending):
                found.setdefault(account_id, []).append(one)
        return found

    async def late_of(
        self, one: Resource, account_ids: Sequence[str], ending: Ending
    ) -> list[str]:
        """Return which ended accounts own what they should not, there."""
        return [
            late
            for some in _in_parts(account_ids)
            for late in await one.late(self._query, some, ending)
        ]

    async def overdue_of(
        self, one: Resource, account_ids: Sequence[str], now: datetime
    ) -> list[str]:
        """Return which accounts own what an erasure need not keep any more, there."""
        return [
            account_id
            for some in _in_parts(account_ids)
            for account_id in await one.overdue(self._query, some, now)
        ]

    async def plan_expiry(
        self, resources: Sequence[Resource], account_id: str, now: datetime
    ) -> Plans:
        """Plan the removal of what was kept for long enough; writes nothing."""
        return [
            (one, _planned(one, await one.expire(self._query, account_id, now)))
            for one in resources
        ]

    async def bring(
        self, resources: Sequence[Resource], source: str, target: str
    ) -> list[Change]:
        """Return what brings some resources' late rows of one account to another."""
        plans = [await one.bring(self._query, source, target) for one in resources]
        return [change for plan in plans for change in plan.changes]

    async def waiting(self, place: str) -> dict[str, list[object]]:
        """Return the rows that wait in a place, by resource, where there are any."""
        found = {
            one.name: await one.export(self._query, place) for one in self._waiting
        }
        return {
            name: rows
            for name, rows in found.items()
            if rows and isinstance(rows, list)
        }

    async def plan_take_back(
        self, resource: Resource, place: str, target: str
    ) -> Planned:
        """Plan how what waits of one resource comes to an account."""
        plan = await resource.take_back(self._query, place, target)
        return _planned(resource, plan)

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

    async def _told(
        self, one: Resource, account_id: str, merged: Sequence[str]
    ) -> object:
        told = await one.export(self._query, account_id)
        if not isinstance(told, list):  # its shape is the host's; a purge brings home
            return told
        for late in await self.late_of(one, merged, Ending.MERGED):
            more = await one.export(self._query, late)
            told = [*told, *more] if isinstance(more, list) else told
        return told


def _in_parts(account_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(account_ids), MOST_AT_ONCE):
        yield account_ids[first : first + MOST_AT_ONCE]


def _together(plans: Sequence[Planned]) -> Planned:
    """Return several plans of one resource as one; what is kept is said before all."""
    said = [one for one in plans if one.outcome is not Outcome.NOTHING] or plans
    kept = [one for one in said if one.outcome is Outcome.KEPT]
    ends = [one.until for one in kept if one.until is not None]
    return replace(
        kept[0] if kept else said[0],
        until=max(ends) if ends and len(ends) == len(kept) else None,
        changes=[change for one in plans for change in one.changes],
        count=sum(one.count for one in plans),
    )
