"""Signing in: one method for each cell of the resolution table, and its commit."""

from collections.abc import AsyncIterable, Callable, Iterable

from onboarding.accounts import refs, rules
from onboarding.accounts.adopted import Adopted, Adoption
from onboarding.accounts.adopting import Adopting
from onboarding.accounts.given import id_of
from onboarding.accounts.linking import Confirmation, Linking, MailProof
from onboarding.accounts.live import find_survivor
from onboarding.accounts.model import (
    Account,
    Contact,
    CurrentSession,
    EmailTrust,
    Identity,
    IdentityLink,
    Intent,
    ProvenAddress,
    Receipt,
)
from onboarding.accounts.outcome import Confirming, MustConfirm, SignInResult
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.settling import Settling
from onboarding.accounts.store import AccountStore
from onboarding.changes import retrying
from onboarding.errors import (
    ConfirmationRequired,
    IdentityTaken,
    SignInExpired,
    SignInRequired,
)


class AccountService:
    """Finds accounts, and signs their owners in when a provider vouches for them.

    Args:
        store: Where everything is kept.
        sessions: Says who is here.
        settling: Does what the resolution table says.
        adopting: Brings people in whom the host has.
    """

    def __init__(
        self,
        store: AccountStore,
        sessions: SessionService,
        settling: Settling,
        adopting: Adopting,
    ):
        self._store = store
        self._sessions = sessions
        self._settling = settling
        self._adopting = adopting

    async def find(self, account_id: str) -> Account | None:
        """Return an account by its id, merges followed; None where there is none."""
        return await find_survivor(self._store, account_id)

    async def find_by_ref(self, ref: str) -> Account | None:
        """Return the account with the host's own key, merges followed.

        Raises:
            ConfigError: When it is no printable text of up to 255 characters.
        """
        return await refs.find_by_ref(self._store, ref)

    async def set_ref(self, account: Account, ref: str | None) -> Account:
        """Give an account the host's own key for it.

        It stays through an upgrade and a merge, and goes with an erasure. Setting it
        again changes nothing. None takes it away, and what merges left behind.

        Returns:
            The account as it is now.

        Raises:
            RefTaken: When it is another account's.
            AccountEnded: When the account has ended.
            ConfigError: When it is no printable text of up to 255 characters.
            Conflict: When the account kept changing elsewhere.
        """
        return await refs.set_ref(self._store, id_of(account), ref)

    async def adopt(
        self,
        people: Iterable[Adopted] | AsyncIterable[Adopted],
        *,
        progress: Callable[[int], object] = lambda _: None,
    ) -> Adoption:
        """Bring in people whom the host has: each becomes a registered account.

        A hundred at a time are one commit, and no more than these are held: it may be
        broken off and run again, beside a running application. Whoever has an account
        with the same ref is known, and is not changed. Of whom something stands in the
        way, nothing is written.

        Nobody is signed in by it. Whoever reads the mail of a proven address comes in
        by mail; whoever signs in with a provider that verified it confirms by mail, or
        comes in at once by an identity that was brought along.

        Args:
            people: As many as there are; read one after the other.
            progress: Hears after each commit how many were looked at so far.

        Raises:
            ConfigError: For what is nobody.
        """
        return await self._adopting.adopt(people, progress)

    async def list_identities(self, account: Account) -> list[IdentityLink]:
        """Return the ways to sign in to an account, oldest first."""
        return await self._store.list_of(IdentityLink, id_of(account))

    async def list_contacts(self, account: Account) -> list[Contact]:
        """Return the addresses of an account, oldest first."""
        return await self._store.list_of(Contact, id_of(account))

    async def list_receipts(self, account: Account) -> list[Receipt]:
        """Return what was merged into an account, oldest first."""
        return await self._store.list_receipts(id_of(account))

    async def sign_in(
        self,
        identity: Identity,
        current: CurrentSession | None,
        *,
        attempt: Intent | None = None,
    ) -> SignInResult | MustConfirm:
        """Sign in whoever has an identity, as the resolution table says.

        Args:
            identity: What a provider has just vouched for in this browser.
            current: Who this browser is now.
            attempt: The intent that this finishes; whom it signs in is written down
                with it, in the same commit.

        Raises:
            IdentityTaken: When somebody else, registered, is here.
            SignInRequired: When somebody registered was here, whose session has ended
                meanwhile; nothing is linked, and no account made.
            Conflict: When the same account kept changing elsewhere.
        """
        return await retrying(lambda: self._resolve(identity, current, attempt))

    async def confirming(
        self, identity: Identity, current: CurrentSession | None
    ) -> Confirming:
        """Tell whether who is here may say yes to an identity that waits."""
        prover = await self._find_prover(identity)
        return Confirming.by(current.account if current else None, prover)

    async def link(
        self,
        identity: Identity,
        current: CurrentSession | None,
        *,
        attempt: Intent | None = None,
    ) -> SignInResult:
        """Link an identity that waited for the owner of its address, who is here now.

        Only the account that proved the address may confirm. Whoever left an identity
        waiting in somebody else's browser could otherwise sign in to that account.

        Raises:
            SignInRequired: When nobody registered is here.
            ConfirmationRequired: When somebody else is here than who proved it.
            SignInExpired: When nobody here has proven its address any more.
            IdentityTaken: When it is somebody else's by now.
        """
        if current is None or current.account.is_guest:
            raise SignInRequired("sign in the way you did before first")
        match await self.confirming(identity, current):
            case Confirming.SOMEBODY:
                raise ConfirmationRequired("somebody else has proven this address")
            case Confirming.OVER:
                raise SignInExpired(identity.provider)
        outcome = await self.sign_in(identity, current, attempt=attempt)
        if isinstance(outcome, MustConfirm):
            raise SignInRequired("the session ended meanwhile")
        return outcome

    async def _resolve(
        self,
        identity: Identity,
        current: CurrentSession | None,
        attempt: Intent | None,
    ) -> SignInResult | MustConfirm:
        """Read, decide by the table, and commit; a Conflict says to read again."""
        here = await self._sessions.refresh(current)
        account = here.account if here else None
        link = await self._store.find(IdentityLink, identity.issuer, identity.subject)
        owner = await self.find(link.account_id) if link else None
        prover = await self._prover_of(_verified(identity))
        standing = rules.stand(identity, owner=owner, prover=prover, current=account)
        linking = Linking(
            identity=identity,
            earlier=link,
            is_first_proof=prover is None,
            attempt=attempt,
        )
        resolution = rules.resolve(account, standing)
        if isinstance(resolution, rules.ConfirmOwner):
            return MustConfirm(identity=identity)
        return await self._settling.settle(resolution, linking, here, current)

    async def sign_in_by_mail(
        self, intent: Intent, typed: str, current: CurrentSession | None
    ) -> SignInResult:
        """Sign in whoever a letter reached, and use its intent up in the same commit.

        One try: whoever calls reads the intent again when it is somebody else's by now.

        Args:
            intent: What asked for the letter, with the address that it went to.
            typed: The address as the person wrote it.
            current: Who this browser is now.

        Raises:
            IdentityTaken: When somebody else, registered, is here.
            Conflict: When the intent was used meanwhile, or an account has changed.
        """
        here = await self._sessions.refresh(current)
        address = intent.address or ""
        prover = await self._prover_of(address)
        proof = MailProof(
            intent=intent, address=address, typed=typed, is_first_proof=prover is None
        )
        resolution = rules.resolve_mail(here.account if here else None, prover)
        return await self._settling.settle(resolution, proof, here, current)

    async def find_owner(self, identity: Identity) -> Account | None:
        """Return who has proven the address of an identity, if they live."""
        prover = await self._find_prover(identity)
        return prover if prover is not None and prover.is_live else None

    async def confirm_by_mail(
        self,
        identity: Identity,
        proof: Intent,
        owner_as_asked: tuple[str, int],
        current: CurrentSession | None,
        *,
        waiting: Intent | None,
    ) -> SignInResult:
        """Sign the owner of an address in by a letter, and link what waited for them.

        One try, as ``sign_in_by_mail``; both in one commit.

        Args:
            identity: What waited.
            proof: What asked for the letter; used up.
            owner_as_asked: The owner's id and epoch when the letter was asked for.
            current: Who this browser is now.
            waiting: What kept the identity, if it is still there.

        Raises:
            ConfirmationRequired: When somebody registered is here.
            SignInExpired: When the owner is another one by now, or has signed in
                anew with a way added since: whoever asked before has no word in it.
            IdentityTaken: When it is somebody else's by now.
            Conflict: When the proof was used meanwhile, or an account has changed.
        """
        here = await self._sessions.refresh(current)
        if here is not None and not here.account.is_guest:
            raise ConfirmationRequired("somebody is signed in here by now")
        owner = await self.find_owner(identity)
        if owner is None or (owner.id, owner.epoch) != owner_as_asked:
            raise SignInExpired(identity.provider)
        link = await self._store.find(IdentityLink, identity.issuer, identity.subject)
        holder = await self.find(link.account_id) if link else None
        if holder is not None and holder.is_live and holder.id != owner.id:
            raise IdentityTaken(identity.provider)
        address = proof.address or ""
        confirmation = Confirmation(
            proof=MailProof(
                intent=proof, address=address, typed=address, is_first_proof=False
            ),
            linking=Linking(identity=identity, earlier=link, is_first_proof=False),
            waiting=waiting,
        )
        return await self._settling.confirm(owner, confirmation, here)

    async def _find_prover(self, identity: Identity) -> Account | None:
        address = _verified(identity)
        proven = await self._store.find(ProvenAddress, address) if address else None
        return await self.find(proven.account_id) if proven else None

    async def _prover_of(self, address: str | None) -> Account | None:
        """Return who has proven an address that is proven at this moment.

        Where nobody here has, and the host knows somebody, they are brought in first.
        """
        if not address:
            return None
        proven = await self._store.find(ProvenAddress, address)
        if proven is None:
            return await self._adopting.find(address)
        return await self.find(proven.account_id)


def _verified(identity: Identity) -> str | None:
    is_verified = identity.email_trust >= EmailTrust.VERIFIED
    return identity.email if is_verified else None
