"""Addresses that somebody gave: looked at, put right, taken away."""

from dataclasses import replace

from onboarding.accounts.leaving import LeavingWays
from onboarding.accounts.live import find_live
from onboarding.accounts.model import (
    Account,
    Contact,
    ContactLevel,
    CurrentSession,
    ProvenAddress,
)
from onboarding.accounts.own import contact_key
from onboarding.changes import Add, Change, Remove, Replace, retrying
from onboarding.clock import Clock
from onboarding.emails import check_address
from onboarding.events import ContactGiven, ContactRemoved, Event
from onboarding.log import Recorder
from onboarding.store import NounStore
from onboarding.tokens import Ids


class ContactService:
    """Puts addresses of an account right, and takes them away.

    Each is guarded by the account's version: of two ways in that go at the same moment,
    the last one stays.

    Args:
        store: Where contacts are kept.
        clock: The present instant.
        ids: Makes ids.
        leaving: Says what goes along with a proven one, and whether it may go.
    """

    def __init__(self, store: NounStore, clock: Clock, ids: Ids, leaving: LeavingWays):
        self._store = store
        self._leaving = leaving
        self._clock = clock
        self._log = Recorder(clock, ids)

    async def find(self, account: Account, key: str) -> Contact | None:
        """Return the address of an account that a key stands for."""
        known = await self._store.list_of(Contact, account.id)
        return next((c for c in known if contact_key(c) == key), None)

    async def remove(
        self, account: Account, address: str, *, keep: CurrentSession | None = None
    ) -> None:
        """Take an address away; one that is gone already is no error.

        A proven one was a way to sign in, and ends as ``AccountService.unlink`` ends
        one: with every session of a registered account but the one that is kept.

        Args:
            account: Whose it is.
            address: As it is compared.
            keep: Whose session stays.

        Raises:
            LastWayIn: When nothing else would let a registered person in.
            AccountEnded: When the account has ended meanwhile.
            Conflict: When the account kept changing elsewhere.
        """

        async def attempt() -> None:
            now = await find_live(self._store, account.id)
            contact = await self._store.find(Contact, now.id, address)
            if contact is None:
                return
            taken = await self._without(now, contact, keep)
            await self._commit(now, taken, [_removed(contact)])

        await retrying(attempt)

    async def correct(
        self,
        account: Account,
        address: str,
        typed: str,
        *,
        keep: CurrentSession | None = None,
    ) -> Contact:
        """Put another address in the place of one; it has to be proven anew.

        Args:
            account: Whose it is.
            address: The wrong one, as it is compared.
            typed: The right one, as the person typed it.
            keep: Whose session stays, as for ``remove``.

        Raises:
            InvalidAnswer: When it is no e-mail address; nothing is changed.
            LastWayIn: As ``remove``: the right one is proven first, then.
            AccountEnded: When the account has ended meanwhile.
            Conflict: When the account kept changing elsewhere.
        """
        plain = check_address(typed)

        async def attempt() -> Contact:
            now = await find_live(self._store, account.id)
            known = await self._store.list_of(Contact, now.id)
            right = next((c for c in known if c.address == plain), None)
            wrong = next((c for c in known if c.address == address), None)
            changes: list[Change] = []
            events: list[Event] = []
            if right is None:
                right = Contact(
                    account_id=now.id,
                    address=plain,
                    typed=typed.strip(),
                    given_at=self._clock(),
                )
                changes.append(Add(right))
                events.append(ContactGiven())
            if wrong is not None and wrong.address != plain:
                changes += await self._without(now, wrong, keep)
                events.append(_removed(wrong))
            await self._commit(now, changes, events)
            return right

        return await retrying(attempt)

    async def _without(
        self, account: Account, contact: Contact, keep: CurrentSession | None
    ) -> list[Change]:
        """Return what takes a contact away, unless nobody could come in any more."""
        if contact.level is not ContactLevel.PROVEN:
            return [Remove(contact)]
        finder = ProvenAddress(address=contact.address, account_id=account.id)
        return [Remove(contact), *await self._leaving.without(account, finder, keep)]

    async def _commit(
        self, account: Account, changes: list[Change], events: list[Event]
    ) -> None:
        if not changes:
            return
        risen = replace(account, version=account.version + 1)
        await self._store.commit(
            Replace(account, risen),
            *changes,
            events=[self._log.entry(account.id, event) for event in events],
        )


def _removed(contact: Contact) -> ContactRemoved:
    return ContactRemoved(was_proven=contact.level is ContactLevel.PROVEN)
