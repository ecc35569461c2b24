"""What a person may always ask for: everything known of them, and its erasure."""

from dataclasses import replace

from onboarding.accounts.belongings import Belongings, Plans, changes_of
from onboarding.accounts.given import id_of
from onboarding.accounts.live import find_live, find_survivor
from onboarding.accounts.model import Account, Ending, ProvenAddress
from onboarding.accounts.parking import ParkedRows
from onboarding.accounts.refs import without_refs
from onboarding.accounts.store import AccountStore
from onboarding.changes import Replace, retrying
from onboarding.clock import Clock
from onboarding.events import AccountErased, AccountExported
from onboarding.frozen import dataclass
from onboarding.log import Recorder
from onboarding.tokens import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose an address is.

    Attributes:
        account: The live account that has proven it, None where none has.
        typed: How many others merely typed it, which says nothing of whose it is.
    """

    account: Account | None
    typed: int


class DataService:
    """Tells and erases an account with everything that hangs on it.

    Args:
        store: Where everything is kept.
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
        self._parked = ParkedRows(store, clock, ids, belongings)

    async def find_holder(self, address: str) -> Holder:
        """Return who has proven an address, and how many others typed it.

        Args:
            address: Normalised (``onboarding.check_address``).
        """
        proven = await self._store.find(ProvenAddress, address)
        found = await find_survivor(self._store, proven.account_id) if proven else None
        return Holder(
            account=found if found is not None and found.is_live else None,
            typed=await self._store.count_typed(address),
        )

    async def read(self, account: Account) -> dict[str, object]:
        """Return everything known of a person, as JSON values; writes nothing.

        The account, then what hangs on it by the name of the resource, our own
        first. The page "My data", its JSON and the export all tell this. Instants
        are ISO 8601 in UTC. A session's secret is not known to us, and its hash is
        left out. What came late to an account that was merged into it is told, too;
        what waits to be taken back stands by itself, as ``parked``.

        Raises:
            AccountEnded: When the account has ended.
        """
        account = await find_live(self._store, id_of(account))
        parked = await self._parked.list_parked(account)
        places = {one.place for one in parked}
        merged = [
            id for id in await self._store.list_merged(account.id) if id not in places
        ]
        return {
            "account": {
                "id": id_of(account),
                "kind": account.kind.value,
                "since": account.created_at.isoformat(),
                "ref": account.ref,
                "locale": account.locale,
            },
            "parked": [one.told() for one in parked],
            **await self._belongings.export(account.id, merged),
        }

    async def export(self, account: Account) -> dict[str, object]:
        """Return what ``read`` does, and record that it was taken along.

        Raises:
            AccountEnded: When the account has ended.
        """
        await find_live(self._store, id_of(account))
        entry = self._log.entry(account.id, AccountExported())
        await self._store.commit(events=[entry])
        return await self.read(account)

    async def plan_erase(self, account: Account) -> Plans:
        """Return what would go and what must stay, by resource; writes nothing.

        Of the account and of all that were merged into it.
        """
        merged = await self._store.list_merged(id_of(account))
        return await self._belongings.plan_erase(account.id, self._clock(), merged)

    async def erase(self, account_id: str) -> Plans:
        """Erase a person: answers, addresses, identities, sessions, resources.

        The id stays as a tombstone, so that the log stays a log; nothing in it
        tells who it was. All goes in one commit, or nothing.

        Returns:
            What went and what stayed, by resource.

        Raises:
            AccountEnded: When the account has ended already.
        """

        async def attempt() -> Plans:
            account = await find_live(self._store, account_id)
            plans = await self.plan_erase(account)
            erased = replace(
                account,
                ending=Ending.ERASED,
                ref=None,
                locale=None,
                version=account.version + 1,
            )
            entry = self._log.entry(account_id, AccountErased())
            await self._store.commit(
                Replace(account, erased),
                *await without_refs(self._store, account),
                *changes_of(plans),
                events=[entry],
            )
            return plans

        return await retrying(attempt)
