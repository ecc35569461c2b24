"""What a merge has set aside: told on "My data", and taken back from there.

It waits under an account of its own, which never was anybody's: a foreign key holds,
no late row joins it, and export and erasure of its owner cover it like all that was
merged.
"""

from datetime import datetime

from onboarding.accounts.belongings import Belongings
from onboarding.accounts.given import id_of
from onboarding.accounts.live import find_live
from onboarding.accounts.merging import places
from onboarding.accounts.model import Account
from onboarding.accounts.store import AccountStore
from onboarding.changes import Touch, retrying
from onboarding.clock import Clock
from onboarding.events import TakenBack
from onboarding.frozen import dataclass
from onboarding.log import Recorder
from onboarding.tokens import Ids, derived_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Rows of one resource that wait since one merge.

    Attributes:
        key: Stands for it in a form; says nothing to anybody else.
        place: The id of the account under which they wait.
        resource: What they are.
        since: When they were set aside.
        rows: The rows, as an export tells them.
    """

    key: str
    place: str
    resource: str
    since: datetime
    rows: tuple[object, ...]

    def told(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "key": self.key,
            "resource": self.resource,
            "since": self.since.isoformat(),
            "rows": list(self.rows),
        }


class ParkedRows:
    """Finds what waits for somebody, and gives it back.

    Args:
        store: Where the accounts are kept.
        clock: The present instant.
        ids: Makes ids.
        belongings: Everything that hangs on an account.
    """

    def __init__(
        self, store: AccountStore, clock: Clock, ids: Ids, belongings: Belongings
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self._belongings = belongings

    async def list_parked(self, account: Account) -> list[Parked]:
        """Return what waits for an account, oldest first."""
        ids = await self._store.list_parked(id_of(account))
        found = [await self._store.find(Account, id) for id in ids]
        return [
            Parked(
                key=derived_id(f"{place.id} {name}"),
                place=place.id,
                resource=name,
                since=place.created_at,
                rows=tuple(rows),
            )
            for place in sorted(filter(None, found), key=lambda one: one.created_at)
            for name, rows in (await self._belongings.waiting(place.id)).items()
        ]

    async def take_back(self, account: Account, key: str) -> Parked | None:
        """Bring what waits to the account, by the rule that its resource names.

        Doing it again changes nothing.

        Args:
            account: Whose it is.
            key: Of what ``list_parked`` returned.

        Returns:
            What came back; None where nothing of this key waits any more.

        Raises:
            AccountEnded: When the account has ended.
        """

        async def attempt() -> Parked | None:
            await find_live(self._store, id_of(account))
            waits = await self.list_parked(account)
            found = next((one for one in waits if one.key == key), None)
            if found is None:
                return None
            resource = self._belongings.find(found.resource)
            plan = await self._belongings.plan_take_back(
                resource, found.place, account.id
            )
            now, place = self._clock(), found.place
            await self._store.commit(
                Touch(account.id),
                *places(place, account.id, [(resource, plan)], now),
                *plan.changes,
                events=[self._log.entry(account.id, TakenBack(what=found.resource))],
            )
            return found

        return await retrying(attempt)
