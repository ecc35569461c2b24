"""Who it is has been decided: one method for each cell of the table, and its commit."""

from collections.abc import Sequence
from typing import assert_never

from onboarding.accounts import rules
from onboarding.accounts.learning import LearnsFacts
from onboarding.accounts.linking import Confirmation, Credential
from onboarding.accounts.merging import Merging, ReadyMerge
from onboarding.accounts.model import (
    Account,
    AccountKind,
    Contact,
    CurrentSession,
    NewSession,
    Session,
)
from onboarding.accounts.outcome import How, SignInResult
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.ways import TellsOfWays
from onboarding.changes import Add, Change, Remove, RemoveAll, Replace, Touch
from onboarding.clock import Clock
from onboarding.errors import IdentityTaken, SignInRequired
from onboarding.events import (
    AccountRegistered,
    ContactProven,
    Entry,
    Event,
    GuestUpgraded,
    IdentityLinked,
    SignedIn,
)
from onboarding.log import Recorder
from onboarding.store import NounStore
from onboarding.tokens import Ids


class Settling:
    """Does what a cell of the resolution table says, in one commit.

    Args:
        store: Where everything is kept.
        clock: The present instant.
        ids: Makes ids.
        sessions: Begins and ends sessions.
        merging: Brings two accounts together.
        ways: Tells a person of a way to sign in that they gain.
        learns: Keeps what a provider tells of them.
    """

    def __init__(
        self,
        store: NounStore,
        clock: Clock,
        ids: Ids,
        sessions: SessionService,
        merging: Merging,
        *,
        ways: TellsOfWays,
        learns: LearnsFacts,
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._log = Recorder(clock, ids)
        self._sessions = sessions
        self._merging = merging
        self._ways = ways
        self._learns = learns

    async def settle(
        self,
        resolution: rules.Settled,
        credential: Credential,
        here: CurrentSession | None,
        began: CurrentSession | None,
    ) -> SignInResult:
        """Bring somebody in.

        Args:
            resolution: Who it is.
            credential: What has shown it.
            here: Who is here now.
            began: Who was here when it was begun.

        Raises:
            IdentityTaken: When somebody else, registered, is here.
            SignInRequired: When the account that adds a way has ended meanwhile.
            Conflict: When an account has changed meanwhile.
        """
        match resolution:
            case rules.Register() if began and not began.account.is_guest:
                # Whoever adds a way to an account that ends at this moment, as by
                # an erasure, must not find themselves in a new one.
                raise SignInRequired("the session ended meanwhile")
            case rules.Register():
                return await self._register(credential)
            case rules.Upgrade(guest):
                return await self._upgrade(guest, credential)
            case rules.Link(registered):
                return await self._link(registered, credential)
            case rules.SignIn(owner):
                return await self.sign_in(owner, credential, here)
            case rules.Merge(guest, owner):
                return await self._merge(guest, owner, credential)
            case rules.Refuse():
                raise IdentityTaken(credential.provider)
        assert_never(resolution)

    async def _register(self, credential: Credential) -> SignInResult:
        account = Account(
            id=self._ids.new(), kind=AccountKind.REGISTERED, created_at=self._clock()
        )
        new = self._sessions.begin(account)
        event = AccountRegistered(provider=credential.provider)
        await self._store.commit(
            Add(account),
            *await self._changes(credential, account),
            Add(new.session),
            events=self._told(account.id, event, credential),
        )
        return SignInResult(new_session=new, how=How.REGISTERED)

    async def _upgrade(self, guest: Account, credential: Credential) -> SignInResult:
        event = GuestUpgraded(provider=credential.provider)
        new = await self._add_identity(guest, credential, event)
        return SignInResult(new_session=new, how=How.UPGRADED)

    async def _link(self, registered: Account, credential: Credential) -> SignInResult:
        event = IdentityLinked(provider=credential.provider)
        new = await self._add_identity(registered, credential, event)
        return SignInResult(new_session=new, how=How.LINKED)

    async def _add_identity(
        self, was: Account, credential: Credential, event: Event
    ) -> NewSession:
        """Add an identity to an account, and end every session that it had."""
        now = was.empowered()
        new = self._sessions.begin(now)
        await self._store.commit(
            Replace(was, now),
            *await self._changes(credential, was),
            *await self._letters(credential, was),
            # Whoever holds an older session must not become registered with it.
            RemoveAll(Session, was.id),
            Add(new.session),
            events=self._told(was.id, event, credential),
        )
        return new

    async def sign_in(
        self,
        owner: Account,
        credential: Credential,
        here: CurrentSession | None,
        *,
        also: Sequence[Event] = (),
    ) -> SignInResult:
        """Let the owner in; the session that was here ends.

        Args:
            owner: Whose account it is.
            credential: What has shown it.
            here: Who was here.
            also: What else this tells of them.
        """
        new = self._sessions.begin(owner)
        ended: list[Change] = [Remove(here.session)] if here else []
        event = SignedIn(provider=credential.provider)
        await self._store.commit(
            # Touch, not Replace: many devices may come back at once.
            Touch(owner.id),
            *await self._changes(credential, owner),
            *await self._letters(credential, owner),
            *ended,
            Add(new.session),
            events=self._told(owner.id, event, credential, *also),
        )
        return SignInResult(new_session=new, how=How.SIGNED_IN)

    async def _merge(
        self, guest: Account, owner: Account, credential: Credential
    ) -> SignInResult:
        return await self.merge(await self._merging.prepare(guest, owner), credential)

    async def merge(self, ready: ReadyMerge, credential: Credential) -> SignInResult:
        """Commit a merge, and let the owner in."""
        owner, new = ready.survivor, self._sessions.begin(ready.survivor)
        event = SignedIn(provider=credential.provider)
        await self._store.commit(
            # First: a merge takes what the guest had begun along.
            *await self._changes(credential, owner),
            *await self._letters(credential, owner),
            *ready.changes,
            Add(new.session),
            events=[*ready.events, *self._told(owner.id, event, credential)],
        )
        return SignInResult(new_session=new, how=How.MERGED, receipt=ready.receipt)

    async def confirm(
        self,
        owner: Account,
        confirmation: Confirmation,
        here: CurrentSession | None,
    ) -> SignInResult:
        """Let the owner of an address in, link what waited, bring a guest's things.

        Args:
            owner: Who has proven the address.
            confirmation: The letter that reached them, and what is linked.
            here: The guest who is here now, or nobody.

        Raises:
            Conflict: When an account has changed meanwhile, or it was confirmed.
        """
        ready = await self._merging.prepare(here.account, owner) if here else None
        linked = confirmation.linking.provider
        return await self.sign_in_and_link(owner, confirmation, linked, ready=ready)

    async def sign_in_and_link(
        self,
        owner: Account,
        credential: Credential,
        linked: str,
        *,
        ready: ReadyMerge | None,
        here: CurrentSession | None = None,
        also: Sequence[Event] = (),
    ) -> SignInResult:
        """Let an owner in, with a way to sign in that is linked in the same commit.

        All of it or nothing. As at any link, every session of before ends.

        Args:
            owner: Who has proven the address.
            credential: The letter that reached them, and what is linked.
            linked: The provider of what is linked.
            ready: What a guest brings along, if they do.
            here: Whose session ends, where nothing comes along.
            also: What else this tells of them.

        Raises:
            Conflict: When an account has changed meanwhile, or it was confirmed.
        """
        was = ready.survivor if ready else owner
        now = was.empowered()
        new = self._sessions.begin(now)
        signed_in = SignedIn(provider=credential.provider)
        await self._store.commit(
            *await self._changes(credential, owner),
            *await self._letters(credential, owner),
            *(ready.changes if ready else ()),
            *([Remove(here.session)] if here else ()),
            Replace(was, now),
            RemoveAll(Session, owner.id),
            Add(new.session),
            events=[
                *(ready.events if ready else ()),
                *self._told(owner.id, signed_in, credential, *also),
                self._log.entry(owner.id, IdentityLinked(provider=linked)),
            ],
        )
        return SignInResult(
            new_session=new,
            how=How.MERGED if ready else How.LINKED,
            receipt=ready.receipt if ready else None,
        )

    def _told(
        self, account_id: str, event: Event, credential: Credential, *also: Event
    ) -> list[Entry]:
        entries = [self._log.entry(account_id, one) for one in (event, *also)]
        if credential.proves and credential.is_first_proof:
            proven = ContactProven(by=credential.provider)
            entries.append(self._log.entry(account_id, proven))
        return entries

    async def _letters(
        self, credential: Credential, account: Account
    ) -> Sequence[Change]:
        """Return the news of a way for somebody who had another one before."""
        way = None if account.is_guest else credential.way
        return await self._ways.way_added(account, way) if way else ()

    async def _changes(self, credential: Credential, account: Account) -> list[Change]:
        contact = None
        if credential.proves:
            contact = await self._store.find(Contact, account.id, credential.proves)
        told = credential.tells
        learned = await self._learns.learn(account.id, told) if told else ()
        return [*credential.changes(account.id, contact, self._clock()), *learned]
