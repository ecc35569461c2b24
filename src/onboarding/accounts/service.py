"""Accounts: found, known by the host's own keys, and signed in to."""

from collections.abc import AsyncIterable, Callable, Iterable, Mapping

from onboarding.accounts import refs
from onboarding.accounts.adopted import Adopted, Adoption
from onboarding.accounts.adopting import Adopting
from onboarding.accounts.asking import Asking
from onboarding.accounts.given import id_of
from onboarding.accounts.leaving import WayIn
from onboarding.accounts.model import (
    Account,
    Contact,
    CurrentSession,
    IdentityLink,
    Receipt,
)
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.settling import Settling
from onboarding.accounts.signing_in import SigningIn
from onboarding.accounts.store import AccountStore
from onboarding.accounts.unlinking import Unlinking


class AccountService(SigningIn):
    """Finds accounts, signs their owners in, and takes ways to sign in away.

    Args:
        store: Where everything is kept.
        sessions: Says who is here.
        settling: Does what the resolution table says.
        adopting: Brings people in whom the host has.
        unlinking: Takes identities from accounts.
        asking: Lets a merge wait for the person's word; None where it just happens.
    """

    def __init__(
        self,
        store: AccountStore,
        sessions: SessionService,
        settling: Settling,
        adopting: Adopting,
        unlinking: Unlinking,
        *,
        asking: Asking | None = None,
    ):
        super().__init__(store, sessions, settling, adopting, asking=asking)
        self._unlinking = unlinking

    # ── who ──────────────────────────────────────────────────────────────────

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

    # ── the ways to sign in ──────────────────────────────────────────────────

    async def unlink(
        self,
        account: Account,
        issuer: str,
        subject: str,
        *,
        keep: CurrentSession | None = None,
    ) -> bool:
        """Take an identity from an account: whoever comes with it is a stranger.

        It may be linked anew, to whichever account. The addresses that its provider
        vouched for stay. Every session of the account ends but the one that is kept,
        and every proven address is told, in the same commit. Nobody is asked for a
        fresh sign-in here: our pages do, and whoever calls this has looked.

        Args:
            account: Whose it is.
            issuer: The provider's issuer, as ``list_identities`` tells it.
            subject: The provider's id of the person.
            keep: Whose session stays: that of who takes it away.

        Returns:
            Whether it was this account's until now; one that is gone already is no
            error.

        Raises:
            LastWayIn: When nobody could sign in to the account any more.
            AccountEnded: When the account has ended.
            Conflict: When the account kept changing elsewhere.
        """
        return await self._unlinking.unlink(id_of(account), issuer, subject, keep)

    async def list_other_ways(self, account: Account, way: IdentityLink) -> list[WayIn]:
        """Return what lets somebody in once a way is gone; nothing after the last.

        Ways that this application opens no more are left out, such as addresses where
        it mails nothing.
        """
        return await self._unlinking.list_left(account, way)

    def check_fresh(self, current: CurrentSession | None) -> None:
        """Let nobody change how they sign in who did not just do so.

        Raises:
            FreshSignInRequired: When it was longer ago than ``SessionPolicy.fresh``.
        """
        self._sessions.check_fresh(current)

    def noted(self, current: CurrentSession | None) -> Mapping[str, str | None]:
        """Return what an intent says of whether who begins it had just signed in."""
        return self._sessions.noted(current)

    async def list_identities(self, account: Account) -> list[IdentityLink]:
        """Return the ways to sign in to an account, oldest first."""
        return await self._store.list_of(IdentityLink, id_of(account))

    async def list_contacts(self, account: Account) -> list[Contact]:
        """Return the addresses of an account, oldest first."""
        return await self._store.list_of(Contact, id_of(account))

    async def list_receipts(self, account: Account) -> list[Receipt]:
        """Return what was merged into an account, oldest first."""
        return await self._store.list_receipts(id_of(account))
