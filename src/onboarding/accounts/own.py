"""What of identity hangs on an account: ways in, addresses, sessions, intents."""

from dataclasses import replace

from typing_extensions import override

from onboarding.accounts.facts import Facts, LastingFacts, said
from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    IdentityLink,
    Intent,
    Passkey,
    ProvenAddress,
    Receipt,
    Session,
)
from onboarding.accounts.planned import Planned
from onboarding.accounts.resources import Query, Resource
from onboarding.accounts.store import AccountStore
from onboarding.changes import Put, RemoveAll
from onboarding.tokens import derived_id


def contact_key(contact: Contact) -> str:
    """Return what stands for a contact in the address of a page, which logs keep.

    With the account's id in it, so that nobody finds a known address by its hash.
    """
    return derived_id(f"{contact.account_id} {contact.address}")


def identity_key(link: IdentityLink) -> str:
    """Return what stands for an identity in the address of a page, which logs keep."""
    return derived_id(f"{link.account_id} {link.issuer} {link.subject}")


def session_key(session: Session) -> str:
    """Return what stands for a session in a form: its id is half of a token."""
    return derived_id(f"{session.account_id} {session.id}")


class IdentitiesResource(Facts[IdentityLink]):
    """The ways to sign in: whoever had one before a merge has it after it."""

    name = "identities"
    kind = IdentityLink

    @override
    def tell(self, fact: IdentityLink) -> dict[str, object]:
        return said(
            key=identity_key(fact),
            provider=fact.provider,
            issuer=fact.issuer,
            subject=fact.subject,
            name=fact.name,
            email=fact.email,
            email_trust=fact.email_trust.name.lower(),
            linked_at=fact.linked_at.isoformat(),
            used_at=fact.used_at.isoformat(),
        )


class PasskeysResource(Facts[Passkey]):
    """What shows some of the identities, which tell of them; they go the same way."""

    name = "passkeys"
    kind = Passkey
    is_told = False

    @override
    def tell(self, fact: Passkey) -> dict[str, object]:
        return said(
            id=fact.id,
            name=fact.name,
            user_handle=fact.user_handle,
            public_key=fact.public_key,
            sign_count=fact.sign_count,
            syncable=fact.is_syncable,
            synced=fact.is_synced,
            transports=list(fact.transports),
            created_at=fact.created_at.isoformat(),
            used_at=fact.used_at.isoformat(),
        )


class ContactsResource(Facts[Contact]):
    """Addresses: both accounts' at a merge, and of one that both have, the proven."""

    name = "contacts"
    kind = Contact

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        moved = await super().merge(query, source, target)
        # What the source has proven counts for more than what the target typed.
        proven = [
            Put(replace(contact, account_id=target))
            for contact in await self.list_of(source)
            if contact.level is ContactLevel.PROVEN
        ]
        return replace(moved, changes=[*moved.changes, *proven])

    @override
    def tell(self, fact: Contact) -> dict[str, object]:
        return said(
            key=contact_key(fact),
            address=fact.address,
            typed=fact.typed,
            level=fact.level.name.lower(),
            given_at=fact.given_at.isoformat(),
            proven_by=fact.proven_by,
            proven_at=fact.proven_at and fact.proven_at.isoformat(),
        )


class ProvenAddressesResource(Facts[ProvenAddress]):
    """The finders of proven addresses; the contacts tell of them."""

    name = "proven_addresses"
    kind = ProvenAddress
    is_told = False

    @override
    def tell(self, fact: ProvenAddress) -> dict[str, object]:
        return said(address=fact.address)


class SessionsResource(Facts[Session]):
    """Where somebody is signed in: a merge ends the source's, and asks for new ones.

    Whoever held a session of a guest would otherwise hold one of the person, too.
    """

    name = "sessions"
    kind = Session

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        return await self.erase(query, source)

    @override
    def tell(self, fact: Session) -> dict[str, object]:
        began, seen = fact.created_at, fact.seen_at
        return said(
            began=began.isoformat(),
            last_seen=seen.isoformat(),
            app=fact.app,
            key=session_key(fact) if fact.app else None,
        )


class IntentsResource(Facts[Intent]):
    """Acts that wait for their second half.

    One that a visitor left belongs to no account, and may hold the address of
    somebody who has one: it goes when they have their data erased. Only an address
    that they proved counts, or anybody could end the acts of others.
    """

    name = "intents"
    kind = Intent
    is_told = False

    @override
    async def list_of(self, account_id: str) -> list[Intent]:
        """Return those that wait: a used one goes along, and is nothing to tell of."""
        all_of_them = await super().list_of(account_id)
        return [one for one in all_of_them if not one.is_used]

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        own = await super().erase(query, account_id)
        proven = await self._store.list_of(ProvenAddress, account_id)
        others = [RemoveAll(Intent, one.address, by="address") for one in proven]
        return replace(own, changes=[*own.changes, *others])

    @override
    def tell(self, fact: Intent) -> dict[str, object]:
        return said(
            purpose=fact.purpose.value,
            address=fact.address,
            next=fact.next,
            expires_at=fact.expires_at.isoformat(),
        )


class ReceiptsResource(LastingFacts):
    """What came together with an account: told, and kept as the log is.

    A receipt holds ids and counts, and nothing that tells who it was.
    """

    name = "receipts"

    def __init__(self, store: AccountStore):
        self._store = store

    @override
    async def export(self, query: Query, account_id: str) -> object:
        # What had come to a merged account has come along.
        ids = [account_id, *await self._store.list_merged(account_id)]
        return [
            self.tell(receipt)
            for id in ids
            for receipt in await self._store.list_receipts(id)
        ]

    def tell(self, receipt: Receipt) -> dict[str, object]:
        """Return one as JSON values."""
        moved = dict(receipt.moved)
        return said(source=receipt.source, at=receipt.at.isoformat(), moved=moved)


def own_resources(store: AccountStore) -> tuple[Resource, ...]:
    """Return everything of identity that hangs on an account."""
    return (
        IdentitiesResource(store),
        PasskeysResource(store),
        ContactsResource(store),
        ProvenAddressesResource(store),
        SessionsResource(store),
        IntentsResource(store),
        ReceiptsResource(store),
    )
