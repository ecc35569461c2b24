"""What a person may always ask for: everything known, and its erasure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from onboarding.accounts.model import (
    Account,
    Contact,
    Ending,
    IdentityLink,
    Intent,
    ProvenAddress,
    Session,
)
from onboarding.accounts.resources import Planned, Resource
from onboarding.changes import Change, RemoveAll, Replace, retrying
from onboarding.clock import Clock
from onboarding.errors import AccountEnded
from onboarding.events import AccountErased, AccountExported, Entry
from onboarding.log import Recorder
from onboarding.stores.base import Store
from onboarding.tokens import Ids


class DataService:
    """Exports and erases an account with everything that hangs on it.

    Args:
        store: Where everything is kept.
        clock: The present instant.
        ids: Makes ids.
        resources: Everything that hangs on an account, this library's own first.
    """

    def __init__(
        self, store: Store, clock: Clock, ids: Ids, resources: Sequence[Resource]
    ):
        self._store = store
        self._log = Recorder(clock, ids)
        self._resources = resources

    async def export(self, account: Account) -> dict[str, object]:
        """Return everything known about a person, as JSON values.

        Instants are ISO 8601 in UTC. The session's secret is not known to us; its
        hash is left out.
        """
        await self._store.commit(
            events=[self._log.entry(account.id, AccountExported())]
        )
        return {
            "account": {
                "id": account.id,
                "kind": account.kind.value,
                "since": account.created_at.isoformat(),
                "ref": account.ref,
            },
            "identities": [
                _plain(link) for link in await self._store.list_identities(account.id)
            ],
            "contacts": [
                _plain(contact)
                for contact in await self._store.list_contacts(account.id)
            ],
            "sessions": [
                {
                    "began": session.created_at.isoformat(),
                    "last_seen": session.seen_at.isoformat(),
                    "carrier": session.carrier.value,
                }
                for session in await self._store.list_sessions(account.id)
            ],
            "merged": [
                _plain(receipt)
                for receipt in await self._store.list_receipts(account.id)
            ],
            "resources": {
                resource.name: await resource.export(self._store, account.id)
                for resource in self._resources
            },
            "events": [
                _told(entry) for entry in await self._store.list_journey(account.id)
            ],
        }

    async def plan_erase(self, account: Account) -> list[tuple[str, Planned]]:
        """Return what would go and what must stay, by resource; writes nothing."""
        return [
            (resource.name, await resource.erase(self._store, account.id))
            for resource in self._resources
        ]

    async def erase(self, account_id: str) -> list[tuple[str, Planned]]:
        """Erase a person: answers, addresses, identities, sessions, resources.

        The id stays as a tombstone, so that the log stays a log; nothing in it
        tells who it was. All goes in one commit, or nothing.

        Returns:
            What went and what stayed, by resource.

        Raises:
            AccountEnded: When the account has ended already.
        """

        async def attempt() -> list[tuple[str, Planned]]:
            account = await self._store.find_account(account_id)
            if account is None or not account.is_live:
                raise AccountEnded(account_id)
            planned = await self.plan_erase(account)
            entry = self._log.entry(account_id, AccountErased())
            await self._store.commit(*self._erasure(account, planned), events=[entry])
            return planned

        return await retrying(attempt)

    def _erasure(
        self, account: Account, planned: Sequence[tuple[str, Planned]]
    ) -> list[Change]:
        erased = replace(
            account, ending=Ending.ERASED, ref=None, version=account.version + 1
        )
        return [
            Replace(account, erased),
            *(change for _, plan in planned for change in plan.changes),
            RemoveAll(ProvenAddress, account.id),
            RemoveAll(Contact, account.id),
            RemoveAll(IdentityLink, account.id),
            RemoveAll(Intent, account.id),
            RemoveAll(Session, account.id),
        ]


def _plain(noun: object) -> dict[str, object]:
    """A noun as JSON values, instants as text."""
    found: Mapping[str, object] = asdict(noun)  # type: ignore[call-overload]  # nouns are dataclasses
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in found.items()
        if value is not None
    }


def _told(entry: Entry) -> dict[str, object]:
    return {
        "at": entry.at.isoformat(),
        "name": entry.name,
        "data": dict(entry.data),
    }
