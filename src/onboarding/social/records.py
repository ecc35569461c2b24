"""What becomes of sign-ins, written down for whoever is here.

The log holds what happened to accounts. A stranger has none, and gets none for a
sign-in that failed: of theirs the application's log alone tells, with provider,
endpoint and reason.
"""

from contextlib import suppress

from onboarding.accounts.live import find_survivor
from onboarding.accounts.model import CurrentSession
from onboarding.accounts.outcome import SignInResult
from onboarding.accounts.store import AccountStore
from onboarding.errors import OnboardingError, StoreError
from onboarding.events import Event, SignInRefused, SignInRestarted
from onboarding.log import Recorder
from onboarding.providers.base import Provider


class SignInRecords:
    """Records outcomes beside the sign-in: none fails for a statistic.

    Args:
        store: Where events are kept.
        log: Stamps them.
    """

    def __init__(self, store: AccountStore, log: Recorder):
        self._store = store
        self._log = log

    async def add_restart(self, provider: Provider, signed_in: SignInResult) -> None:
        """Record that a restarted attempt has succeeded."""
        event = SignInRestarted(provider=provider.name)
        await self._add(signed_in.account.id, event)

    async def add_refusal(
        self,
        provider: Provider,
        current: CurrentSession | None,
        error: OnboardingError,
    ) -> None:
        """Record that a sign-in was refused to who is here, by the code alone."""
        if current is not None:
            event = SignInRefused(provider=provider.name, code=error.code)
            await self._add(current.account.id, event)

    async def _add(self, account_id: str, event: Event) -> None:
        with suppress(StoreError):
            # A provider takes its time: whoever was here may have been erased since.
            account = await find_survivor(self._store, account_id)
            if account is not None and account.is_live:
                await self._store.commit(events=[self._log.entry(account_id, event)])
