"""Accounts: found, known by the host's own keys, and signed in to."""

from collections.abc import AsyncIterable, Callable, Iterable, Mapping

from onboarding.accounts import refs
from onboarding.accounts.adopted import Adopted, Adoption
from onboarding.accounts.given import id_of
from onboarding.accounts.model import (
    Account,
    Contact,
    CurrentSession,
    IdentityLink,
    Receipt,
)
from onboarding.accounts.signing_in import SigningIn


class AccountService(SigningIn):
    """Finds accounts, and signs their owners in; built as ``SigningIn`` says."""

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
