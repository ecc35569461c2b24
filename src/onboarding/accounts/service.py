"""Doing what the resolution table says: let somebody in, and keep who they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from onboarding.accounts import rules
from onboarding.accounts.merging import Merging
from onboarding.accounts.model import (
    Account,
    AccountKind,
    Contact,
    ContactLevel,
    CurrentSession,
    EmailTrust,
    Identity,
    IdentityLink,
    ProvenAddress,
    Receipt,
    Session,
)
from onboarding.accounts.outcome import How, MustConfirm, SignInResult
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.store import AccountStore
from onboarding.changes import (
    Add,
    Change,
    Put,
    Remove,
    RemoveAll,
    Replace,
    Touch,
    retrying,
)
from onboarding.clock import Clock
from onboarding.errors import (
    Conflict,
    IdentityTaken,
    SignInExpired,
    SignInRequired,
)
from onboarding.events import (
    AccountRegistered,
    Event,
    GuestUpgraded,
    IdentityLinked,
    SignedIn,
)
from onboarding.log import Recorder
from onboarding.tokens import Ids


class AccountService:
    """Says who somebody is when a provider vouches for them.

    Args:
        store: Where everything is kept.
        clock: The present instant.
        ids: Makes ids.
        sessions: Begins and ends sessions.
        merging: Brings two accounts together.
    """

    def __init__(
        self,
        store: AccountStore,
        clock: Clock,
        ids: Ids,
        sessions: SessionService,
        merging: Merging,
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._log = Recorder(clock, ids)
        self._sessions = sessions
        self._merging = merging

    async def find(self, account_id: str) -> Account | None:
        """Return an account by its id, merges followed; None where there is none."""
        account = await self._store.find(Account, account_id)
        while account is not None and account.merged_into is not None:
            account = await self._store.find(Account, account.merged_into)
        return account

    async def find_by_ref(self, ref: str) -> Account | None:
        """Return the account that carries the host's own key."""
        return await self._store.find_account_by_ref(ref)

    async def list_identities(self, account: Account) -> list[IdentityLink]:
        """Return the ways to sign in to an account, oldest first."""
        return await self._store.list_of(IdentityLink, account.id)

    async def list_contacts(self, account: Account) -> list[Contact]:
        """Return the addresses of an account, oldest first."""
        return await self._store.list_of(Contact, account.id)

    async def list_receipts(self, account: Account) -> list[Receipt]:
        """Return what was merged into an account, oldest first."""
        return await self._store.list_receipts(account.id)

    async def merge(self, source_id: str, target_id: str) -> Receipt:
        """Bring two accounts together; see :meth:`Merging.merge`."""
        return await self._merging.merge(source_id, target_id)

    async def sign_in(
        self, identity: Identity, current: CurrentSession | None
    ) -> SignInResult | MustConfirm:
        """Let the bearer of an identity in, as the resolution table says.

        Args:
            identity: What a provider has just vouched for in this browser.
            current: Who this browser is now.

        Raises:
            IdentityTaken: When somebody else, registered, is here.
            Conflict: When the same account kept changing elsewhere.
        """
        return await retrying(lambda: self._decide(identity, current))

    async def link(
        self, identity: Identity, current: CurrentSession | None
    ) -> SignInResult:
        """Link an identity that waited until its owner showed who they are.

        Only who proved its address can say yes. Whoever left an identity waiting in
        somebody else's browser would otherwise gain a way into that account.

        Raises:
            SignInRequired: When nobody registered is here.
            SignInExpired: When nobody here has proven its address any more.
            IdentityTaken: When it, or its address, is somebody else's.
        """
        if current is None or current.account.is_guest:
            raise SignInRequired("sign in the way you did before first")
        prover = await self._find_prover(identity)
        if prover is None or not prover.is_live:
            raise SignInExpired(identity.provider)
        if prover.id != current.account.id:
            raise IdentityTaken(identity.provider)
        outcome = await self.sign_in(identity, current)
        if isinstance(outcome, MustConfirm):
            raise SignInRequired("the session ended meanwhile")
        return outcome

    async def _decide(
        self, identity: Identity, current: CurrentSession | None
    ) -> SignInResult | MustConfirm:
        here = await self._sessions.refresh(current)
        account = here.account if here else None
        linked = await self._store.find(IdentityLink, identity.issuer, identity.subject)
        owner = await self.find(linked.account_id) if linked else None
        prover = await self._find_prover(identity)
        standing = rules.stand(identity, owner=owner, prover=prover, current=account)
        claim = _Claim(identity, linked, is_first_proof=prover is None)
        match rules.resolve(account, standing):
            case rules.Register():
                return await self._register(claim)
            case rules.Upgrade() | rules.Link() if here:
                return await self._gain(here, claim)
            case rules.SignIn() if owner:
                return await self._come_back(owner, claim, here)
            case rules.Merge() if here and owner:
                return await self._merge(here, owner, claim)
            case rules.ConfirmOwner():
                return MustConfirm(identity=identity)
            case rules.Refuse():
                raise IdentityTaken(identity.provider)
        raise Conflict("Account")  # unreachable; for the type checker alone

    async def _find_prover(self, identity: Identity) -> Account | None:
        if not identity.email or identity.email_trust < EmailTrust.VERIFIED:
            return None
        proven = await self._store.find(ProvenAddress, identity.email)
        return await self.find(proven.account_id) if proven else None

    async def _register(self, claim: "_Claim") -> SignInResult:
        account = Account(
            id=self._ids.new(), kind=AccountKind.REGISTERED, created_at=self._clock()
        )
        new = self._sessions.begin(account)
        event = AccountRegistered(provider=claim.identity.provider)
        await self._store.commit(
            Add(account),
            *await self._settle(claim, account.id),
            Add(new.session),
            events=[self._log.entry(account.id, event)],
        )
        return SignInResult(new_session=new, how=How.REGISTERED)

    async def _gain(self, here: CurrentSession, claim: "_Claim") -> SignInResult:
        """Upgrade a guest, or link one more identity to a registered account."""
        was, provider = here.account, claim.identity.provider
        now = replace(
            was,
            kind=AccountKind.REGISTERED,
            epoch=was.epoch + 1,
            version=was.version + 1,
        )
        event: Event = (
            GuestUpgraded(provider=provider)
            if was.is_guest
            else IdentityLinked(provider=provider)
        )
        new = self._sessions.begin(now)
        await self._store.commit(
            Replace(was, now),
            *await self._settle(claim, was.id),
            # A change of power: every session of the older epoch is dead.
            RemoveAll(Session, was.id),
            Add(new.session),
            events=[self._log.entry(was.id, event)],
        )
        how = How.UPGRADED if was.is_guest else How.LINKED
        return SignInResult(new_session=new, how=how)

    async def _come_back(
        self, owner: Account, claim: "_Claim", here: CurrentSession | None
    ) -> SignInResult:
        new = self._sessions.begin(owner)
        ended: list[Change] = [Remove(here.session)] if here else []
        event = SignedIn(provider=claim.identity.provider)
        await self._store.commit(
            # Touch, not Replace: many devices may come back at once.
            Touch(owner.id),
            *await self._settle(claim, owner.id),
            *ended,
            Add(new.session),
            events=[self._log.entry(owner.id, event)],
        )
        return SignInResult(new_session=new, how=How.SIGNED_IN)

    async def _merge(
        self, here: CurrentSession, owner: Account, claim: "_Claim"
    ) -> SignInResult:
        plan = await self._merging.plan(here.account, owner)
        new = self._sessions.begin(plan.survivor)
        event = SignedIn(provider=claim.identity.provider)
        await self._store.commit(
            *plan.changes,
            *await self._settle(claim, owner.id),
            Add(new.session),
            events=[*plan.events, self._log.entry(owner.id, event)],
        )
        return SignInResult(new_session=new, how=How.MERGED, receipt=plan.receipt)

    async def _settle(self, claim: "_Claim", account_id: str) -> Sequence[Change]:
        """Write the identity down, and what its address proves."""
        link = claim.link(account_id, self._clock())
        linking = Replace(claim.linked, link) if claim.linked else Add(link)
        if not claim.proves_address:
            return [linking]
        address = claim.identity.email or ""
        known = await self._store.list_of(Contact, account_id)
        earlier = next((c for c in known if c.address == address), None)
        contact = Contact(
            account_id=account_id,
            address=address,
            typed=earlier.typed if earlier else address,
            level=ContactLevel.PROVEN,
            given_at=earlier.given_at if earlier else self._clock(),
            proven_by=claim.identity.provider,
            proven_at=self._clock(),
        )
        # Add, not Put: of two people who prove one address at once, one is first.
        finder = Add(ProvenAddress(address=address, account_id=account_id))
        return [linking, Put(contact), finder]


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a provider vouches for, beside what is known of it here."""

    identity: Identity
    linked: IdentityLink | None
    is_first_proof: bool

    @property
    def proves_address(self) -> bool:
        """Whether the address is verified, and nobody here proved it before."""
        trusted = self.identity.email_trust >= EmailTrust.VERIFIED
        return bool(self.identity.email) and trusted and self.is_first_proof

    def link(self, account_id: str, now: datetime) -> IdentityLink:
        """Return the link of this identity as it is to be kept from now on."""
        return IdentityLink(
            issuer=self.identity.issuer,
            subject=self.identity.subject,
            account_id=account_id,
            provider=self.identity.provider,
            email=self.identity.email,
            email_trust=self.identity.email_trust,
            name=self.identity.name,
            linked_at=self.linked.linked_at if self.linked else now,
            used_at=now,
        )
