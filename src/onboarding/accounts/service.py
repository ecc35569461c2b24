"""Signing in: one method for each cell of the resolution table, and its commit."""

from collections.abc import Mapping, Sequence

from onboarding.accounts import rules
from onboarding.accounts.asking import Asking
from onboarding.accounts.given import id_of
from onboarding.accounts.linking import Linking, MailProof, pack
from onboarding.accounts.live import find_prover, find_survivor
from onboarding.accounts.merging import Merging
from onboarding.accounts.model import (
    Account,
    Contact,
    CurrentSession,
    Identity,
    IdentityLink,
    Intent,
    ProvenAddress,
    Receipt,
)
from onboarding.accounts.outcome import (
    Confirming,
    MergeWaits,
    MustConfirm,
    SignInResult,
)
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.settling import Settling
from onboarding.accounts.store import AccountStore
from onboarding.changes import Change, Remove, retrying
from onboarding.clock import Clock
from onboarding.errors import (
    ConfirmationRequired,
    SignInExpired,
    SignInRequired,
)
from onboarding.tokens import Ids


class AccountService:
    """Finds accounts, and signs their owners in when a provider vouches for them.

    Args:
        store: Where everything is kept.
        clock: The present instant.
        ids: Makes ids.
        sessions: Begins and ends sessions.
        merging: Brings two accounts together.
        asking: Lets a merge wait for the person's word; None where it just happens.
    """

    def __init__(
        self,
        store: AccountStore,
        clock: Clock,
        ids: Ids,
        sessions: SessionService,
        merging: Merging,
        *,
        asking: Asking | None = None,
    ):
        self._store = store
        self._sessions = sessions
        self._asking = asking
        self._settling = Settling(store, clock, ids, sessions, merging)

    async def find(self, account_id: str) -> Account | None:
        """Return an account by its id, merges followed; None where there is none."""
        return await find_survivor(self._store, account_id)

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
    ) -> SignInResult | MustConfirm | MergeWaits:
        """Sign in whoever has an identity, as the resolution table says.

        Where the host asks before a merge, a guest who has done something is not
        signed in yet: see ``MergeWaits``.

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
        prover = await find_prover(self._store, identity)
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
        if not isinstance(outcome, SignInResult):
            raise SignInRequired("the session ended meanwhile")
        return outcome

    async def _resolve(
        self,
        identity: Identity,
        current: CurrentSession | None,
        attempt: Intent | None,
    ) -> SignInResult | MustConfirm | MergeWaits:
        """Read, decide by the table, and commit; a Conflict says to read again."""
        here = await self._sessions.refresh(current)
        account = here.account if here else None
        link = await self._store.find(IdentityLink, identity.issuer, identity.subject)
        owner = await self.find(link.account_id) if link else None
        prover = await find_prover(self._store, identity)
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
        wanted = attempt.next if attempt else "/"
        proof, address = pack(identity), identity.email
        asked = await self._ask(resolution, proof=proof, address=address, next=wanted)
        if asked is not None:
            return asked
        return await self._settling.settle(resolution, linking, here, current)

    async def sign_in_by_mail(
        self, intent: Intent, typed: str, current: CurrentSession | None
    ) -> SignInResult | MergeWaits:
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
        proven = await self._store.find(ProvenAddress, address)
        prover = await self.find(proven.account_id) if proven else None
        proof = MailProof(
            intent=intent, address=address, typed=typed, is_first_proof=proven is None
        )
        resolution = rules.resolve_mail(here.account if here else None, prover)
        asked = await self._ask(
            resolution,
            proof={"typed": typed},
            address=address,
            next=intent.next,
            used=[Remove(intent)],
        )
        if asked is not None:
            return asked
        return await self._settling.settle(resolution, proof, here, current)

    async def _ask(
        self,
        resolution: rules.Settled,
        *,
        proof: Mapping[str, str | None],
        address: str | None,
        next: str,
        used: Sequence[Change] = (),
    ) -> MergeWaits | None:
        """Let a merge wait for the person's word, where the host wants that."""
        if self._asking is None or not isinstance(resolution, rules.Merge):
            return None
        return await self._asking.open(
            resolution.guest,
            resolution.owner,
            proof=proof,
            address=address,
            next=next,
            used=used,
        )
