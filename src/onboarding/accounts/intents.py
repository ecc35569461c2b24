"""Intents: what one request begins and a later one of the same browser finishes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from onboarding.accounts.model import Intent, Purpose
from onboarding.accounts.store import AccountStore
from onboarding.changes import Add, RemoveAll, Replace, Touch
from onboarding.clock import Clock
from onboarding.store import try_commit
from onboarding.tokens import Ids, Token, same


class IntentService:
    """Keeps single-use acts; only the hash of what the browser holds is stored.

    Args:
        store: Where intents are kept.
        clock: The present instant.
        ids: Makes ids.
    """

    def __init__(self, store: AccountStore, clock: Clock, ids: Ids):
        self._store = store
        self._clock = clock
        self._ids = ids

    async def open(
        self,
        purpose: Purpose,
        *,
        life: timedelta,
        account_id: str | None = None,
        address: str | None = None,
        data: Mapping[str, str | None] | None = None,
        next: str = "/",
    ) -> Token:
        """Store an intent and return the token for the browser that began it.

        It raises the account's version: a purge that looked just before decides again.
        An account that has ended meanwhile began nothing, and a visitor did.
        """
        token = Token.new(self._ids.new())
        intent = Intent(
            id=token.id,
            purpose=purpose,
            secret_hash=token.hash,
            account_id=account_id,
            address=address,
            data=data or {},
            next=next,
            expires_at=self._clock() + life,
        )
        await self._keep(intent)
        return token

    async def _keep(self, intent: Intent) -> None:
        if intent.account_id is not None:
            if await try_commit(self._store, Touch(intent.account_id), Add(intent)):
                return
            intent = replace(intent, account_id=None)
        await self._store.commit(Add(intent))

    async def find_used(self, token: Token) -> Intent | None:
        """Return an intent that this browser held, though it be used or over by now.

        It finishes nothing; it tells where it wanted to go, and whom it signed in.
        None where it is forgotten, or its secret is another one.
        """
        intent = await self._store.find(Intent, token.id)
        if intent is None or intent.is_used or same(intent.secret_hash, token.hash):
            return intent
        return None

    async def find(self, id: str) -> Intent | None:
        """Return an intent by its id, used or over or not: who asks has no secret."""
        return await self._store.find(Intent, id)

    async def list_finished(self, account_id: str, purpose: Purpose) -> list[Intent]:
        """Return what signed an account in of late, oldest first."""
        found = await self._store.list_of(Intent, account_id)
        return [one for one in found if one.signed_in and one.purpose is purpose]

    async def peek(self, token: Token, purpose: Purpose) -> Intent | None:
        """Return a live intent of this browser and leave it as it is."""
        intent = await self._store.find(Intent, token.id)
        if intent is None or intent.purpose is not purpose:
            return None
        if not same(intent.secret_hash, token.hash):
            return None
        return intent if self._clock() < intent.expires_at else None

    async def take(self, token: Token, purpose: Purpose) -> Intent | None:
        """Return a live intent and use it up: of many takers exactly one gets it."""
        intent = await self.peek(token, purpose)
        if intent is None:
            return None
        # The secret goes, and with it the guard of every other taker holds no more.
        is_ours = await try_commit(self._store, Replace(intent, intent.used()))
        return intent if is_ours else None

    async def sweep(self, *, batch: int = 100) -> int:
        """Remove every intent whose life is over; return how many there were.

        Args:
            batch: How many to remove in one commit: nobody waits long behind it.
        """
        now, swept = self._clock(), 0
        while expired := await self._store.list_expired_intents(now, batch):
            # By id and without a guard: of two who sweep at once neither is refused.
            gone = [RemoveAll(Intent, intent.id, by="id") for intent in expired]
            await self._store.commit(*gone)
            swept += len(gone)
        return swept
