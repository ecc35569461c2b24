"""Signing in: one method for each cell of the resolution table, and its commit."""

from onboarding.accounts import rules
from onboarding.accounts.coming_in import ComingIn
from onboarding.accounts.linking import (
    Confirmation,
    Linking,
    MailProof,
    ReadPasskey,
)
from onboarding.accounts.live import find_prover, verified_address
from onboarding.accounts.model import (
    Account,
    CurrentSession,
    Identity,
    IdentityLink,
    Intent,
)
from onboarding.accounts.outcome import (
    Confirming,
    MergeWaits,
    MustConfirm,
    SignInResult,
)
from onboarding.accounts.waiting_proofs import (
    pack,
    pack_confirmation,
    pack_mail,
)
from onboarding.changes import Remove, retrying
from onboarding.errors import (
    ConfirmationRequired,
    IdentityTaken,
    PasskeyUnknown,
    SignInExpired,
    SignInRequired,
)


class SigningIn(ComingIn):
    """Signs people in when a provider, a letter, or a passkey vouches for them."""

    async def sign_in(
        self,
        identity: Identity,
        current: CurrentSession | None,
        *,
        attempt: Intent | None = None,
        passkey: ReadPasskey | None = None,
    ) -> SignInResult | MustConfirm | MergeWaits:
        """Sign in whoever has an identity, as the resolution table says.

        Where the host asks before a merge, a guest who has done something is not
        signed in yet: see ``MergeWaits``.

        Args:
            identity: What a provider has just vouched for in this browser.
            current: Who this browser is now.
            attempt: The intent that this finishes; whom it signs in is written down
                with it, in the same commit.
            passkey: What has shown it, where that is a passkey: written down in the
                same commit. What it raises is raised.

        Raises:
            IdentityTaken: When somebody else, registered, is here.
            FreshSignInRequired: When somebody registered is here, who would gain this
                way, and did not just sign in.
            PasskeyUnknown: When a passkey that is no new one belongs to nobody.
            SignInRequired: When somebody registered was here, whose session has ended
                meanwhile; nothing is linked, and no account made.
            Conflict: When the same account kept changing elsewhere.
        """
        return await retrying(
            lambda: self._resolve(identity, current, attempt, passkey)
        )

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
            FreshSignInRequired: When they did not just sign in.
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
        passkey: ReadPasskey | None,
    ) -> SignInResult | MustConfirm | MergeWaits:
        """Read, decide by the table, and commit; a Conflict says to read again."""
        here = await self._sessions.refresh(current)
        account = here.account if here else None
        shown = await passkey() if passkey else None
        link = await self._store.find(IdentityLink, identity.issuer, identity.subject)
        owner = await self.find(link.account_id) if link else None
        prover = await self._prover_of(verified_address(identity))
        standing = rules.stand(identity, owner=owner, prover=prover, current=account)
        linking = Linking(
            identity=identity,
            earlier=link,
            is_first_proof=prover is None,
            attempt=attempt,
            passkey=shown,
        )
        if shown and shown.was and not isinstance(standing, rules.Owned):
            # It went with its account, or alone: whoever still has it is nobody here,
            # and must not find themselves in a new account instead.
            raise PasskeyUnknown
        resolution = rules.resolve(account, standing)
        if isinstance(resolution, rules.ConfirmOwner):
            return MustConfirm(identity=identity)
        if isinstance(resolution, rules.Link):
            self._sessions.check_fresh(here, attempt)
        wanted = attempt.next if attempt else "/"
        asked = await self._ask(
            resolution,
            proof=pack(identity),
            address=identity.email,
            next=wanted,
            # The count of a passkey rises now: nobody signs in twice by one answer.
            used=[shown.change(standing.owner.id)]
            if shown and isinstance(standing, rules.Owned)
            else [],
        )
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
            FreshSignInRequired: As ``sign_in``.
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
        if isinstance(resolution, rules.Link):
            self._sessions.check_fresh(here, intent)
        asked = await self._ask(
            resolution,
            proof=pack_mail(typed),
            address=address,
            next=intent.next,
            used=[Remove(intent)],
        )
        if asked is not None:
            return asked
        return await self._settling.settle(resolution, proof, here, current)

    async def find_owner(self, identity: Identity) -> Account | None:
        """Return who has proven the address of an identity, if they live."""
        prover = await find_prover(self._store, identity)
        return prover if prover is not None and prover.is_live else None

    async def confirm_by_mail(
        self,
        identity: Identity,
        proof: Intent,
        owner_as_asked: tuple[str, int],
        current: CurrentSession | None,
        *,
        waiting: Intent | None,
    ) -> SignInResult | MergeWaits:
        """Sign the owner of an address in by a letter, and link what waited for them.

        One try, as ``sign_in_by_mail``; both in one commit. Where the host asks before
        a merge, both wait for the person's word.

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
        if here is not None:
            asked = await self._ask(
                rules.Merge(here.account, owner),
                proof=pack_confirmation(confirmation),
                address=address,
                next=proof.next,
                used=[Remove(proof)],
            )
            if asked is not None:
                return asked
        return await self._settling.confirm(owner, confirmation, here)
