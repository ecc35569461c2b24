"""Requests that may come twice: each is done once, and answered the same again.

The header ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header-07) names a
request of one account. What is kept of it for a day is an intent of the account: it
goes with the account's data, and is swept when its time is over. It holds neither the
key nor what was sent, only digests of both that cannot be made without the
application's secret key; and of the response what the caller of ``once`` gives.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from onboarding.accounts.model import Account, Intent, Purpose
from onboarding.accounts.store import AccountStore
from onboarding.changes import Add, Change, RemoveAll, Replace
from onboarding.clock import Clock
from onboarding.errors import KeyReused, RequestRunning
from onboarding.jsonvalue import JsonValue
from onboarding.store import try_commit
from onboarding.tokens import Keys

KeptResponse = Mapping[str, JsonValue]
"""What is kept of a response, as a JSON object."""

REPEAT_LIFE = timedelta(hours=24)
"""How long a repeated request is known: as long as clients commonly try again."""

RUNS_FOR = timedelta(minutes=2)
"""After that, a request that left no response has failed, and may be done again.

Longer than any request of ours takes; see ``Deadlines``.
"""

RUNNING = "running"
"""Stands where an intent has the hash of a secret, until there is a response."""


class RepeatService:
    """Does a request once, however often it comes with its key.

    Args:
        store: Where what became of it is kept.
        clock: The present instant.
        keys: Make digests.
    """

    def __init__(self, store: AccountStore, clock: Clock, keys: Keys):
        self._store = store
        self._clock = clock
        self._keys = keys

    async def once(
        self,
        account: Account,
        key: str,
        sent: str,
        act: Callable[[], Awaitable[KeptResponse]],
    ) -> KeptResponse:
        """Do a request, or return what was kept of its response before.

        Where the act fails, nothing is kept: the next request with the key does it.

        Args:
            account: Whose request it is; keys of others are no concern.
            key: The client's key.
            sent: What was sent: one text for one request.
            act: Does it, and returns what is to be kept of the response.

        Raises:
            KeyReused: When the key came with something else before.
            RequestRunning: When the same request is being handled.
        """
        id = self._keys.derive("repeat.key", f"{account.id} {key}")
        # With the key, which nobody can guess: few answers are possible, and a digest
        # of the answer alone would tell which it was.
        body = self._keys.derive("repeat.body", f"{account.id} {key} {sent}")
        found = await self._store.find(Intent, id)
        if found is not None and self._clock() < found.expires_at:
            if found.data.get("body") != body:
                raise KeyReused("this key came with another request")
            if found.is_used:
                told: KeptResponse = json.loads(found.data["told"] or "{}")
                return told
            if self._clock() < found.expires_at - REPEAT_LIFE + RUNS_FOR:
                raise RequestRunning("the same request is being handled")
        claim = Intent(
            id=id,
            purpose=Purpose.REPEAT,
            secret_hash=RUNNING,
            account_id=account.id,
            data={"body": body},
            expires_at=self._clock() + REPEAT_LIFE,
            tries=found.tries + 1 if found else 0,
        )
        await self._claim(Replace(found, claim) if found else Add(claim))
        return await self._do(claim, act)

    async def _claim(self, change: Change) -> None:
        if not await try_commit(self._store, change):
            raise RequestRunning("the same request is being handled")

    async def _do(
        self, claim: Intent, act: Callable[[], Awaitable[KeptResponse]]
    ) -> KeptResponse:
        try:
            told = await act()
        except BaseException:
            await self._store.commit(RemoveAll(Intent, claim.id, by="id"))
            raise
        kept = {**claim.data, "told": json.dumps(told)}
        done = replace(claim, secret_hash="", data=kept)
        # Whoever took it over after ``RUNS_FOR`` has the same to say.
        await try_commit(self._store, Replace(claim, done))
        return told
