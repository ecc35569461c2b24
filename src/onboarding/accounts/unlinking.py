"""Unlinking: an identity signs in to an account no more."""

from dataclasses import replace

from onboarding.accounts.leaving import LeavingWays, WayIn
from onboarding.accounts.live import find_live
from onboarding.accounts.model import Account, CurrentSession, IdentityLink
from onboarding.accounts.store import AccountStore
from onboarding.changes import Replace, retrying
from onboarding.clock import Clock
from onboarding.events import IdentityUnlinked
from onboarding.log import Recorder
from onboarding.tokens import Ids


class Unlinking:
    """Takes identities from accounts.

    Args:
        store: Where identities are kept.
        clock: The present instant.
        ids: Makes ids.
        leaving: Says what goes along, and whether it may go.
    """

    def __init__(
        self, store: AccountStore, clock: Clock, ids: Ids, leaving: LeavingWays
    ):
        self._store = store
        self._log = Recorder(clock, ids)
        self._leaving = leaving

    async def list_left(self, account: Account, way: IdentityLink) -> list[WayIn]:
        """Return by which other ways somebody can come in to an account today."""
        return await self._leaving.list_left(account, way)

    async def unlink(
        self,
        account_id: str,
        issuer: str,
        subject: str,
        keep: CurrentSession | None,
    ) -> bool:
        """Take an identity from an account; see ``AccountService.unlink``."""

        async def attempt() -> bool:
            account = await find_live(self._store, account_id)
            link = await self._store.find(IdentityLink, issuer, subject)
            if link is None or link.account_id != account.id:
                return False
            gone = await self._leaving.without(account, link, keep)
            entry = self._log.entry(
                account.id, IdentityUnlinked(provider=link.provider)
            )
            risen = replace(account, version=account.version + 1)
            await self._store.commit(Replace(account, risen), *gone, events=[entry])
            return True

        return await retrying(attempt)
