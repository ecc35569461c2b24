"""Identities that wait until the owner of their address signs in and confirms."""

from collections.abc import Mapping

from onboarding.accounts.intents import IntentService
from onboarding.accounts.model import CurrentSession, Identity, Purpose
from onboarding.accounts.service import AccountService
from onboarding.cookies import CookieSpec
from onboarding.errors import SignInExpired, SignInRequired
from onboarding.providers.base import Provider
from onboarding.social import rules
from onboarding.social.model import (
    ATTEMPT_LIFE,
    Finished,
    WaitingIdentity,
    pack,
    unpack,
)
from onboarding.tokens import Token

CONFIRM_COOKIE = "onboarding-confirm"


class WaitingIdentities:
    """Keeps at most one identity for each browser, for ten minutes.

    Args:
        accounts: Links an identity that is confirmed.
        intents: Keeps it until then.
        providers: By their name.
    """

    def __init__(
        self,
        accounts: AccountService,
        intents: IntentService,
        providers: Mapping[str, Provider],
    ):
        self._accounts = accounts
        self._intents = intents
        self._providers = providers

    async def add(
        self, identity: Identity, *, next: str, current: CurrentSession | None
    ) -> CookieSpec:
        """Let an identity wait; only the browser with this cookie can confirm it."""
        token = await self._intents.open(
            Purpose.CONFIRM,
            life=ATTEMPT_LIFE,
            account_id=current.account.id if current else None,
            address=identity.email,
            data=pack(identity),
            next=next,
        )
        return CookieSpec.holding(CONFIRM_COOKIE, token, ATTEMPT_LIFE)

    async def find(self, cookies: Mapping[str, str]) -> WaitingIdentity | None:
        """Return which identity waits for this browser."""
        token = Token.parse(cookies.get(CONFIRM_COOKIE, ""))
        intent = await self._intents.peek(token, Purpose.CONFIRM) if token else None
        if intent is None:
            return None
        identity = unpack(intent.data)
        provider = self._providers.get(identity.provider)
        return WaitingIdentity(
            provider=identity.provider,
            title=provider.title if provider else identity.provider,
            name=identity.name,
            hint=rules.hint(identity.email),
            next=intent.next,
        )

    async def confirm(
        self, current: CurrentSession | None, cookies: Mapping[str, str]
    ) -> Finished:
        """Link the waiting identity to whoever is signed in here, once.

        Raises:
            SignInRequired: When nobody registered is here; it goes on waiting.
            SignInExpired: When nothing waits here any more.
            IdentityTaken: When it, or its address, is somebody else's.
        """
        if current is None or current.account.is_guest:
            raise SignInRequired("sign in the way you did before first")
        token = Token.parse(cookies.get(CONFIRM_COOKIE, ""))
        intent = await self._intents.take(token, Purpose.CONFIRM) if token else None
        if intent is None:
            raise SignInExpired
        linked = await self._accounts.link(unpack(intent.data), current)
        cleared = CookieSpec.clear(CONFIRM_COOKIE)
        return Finished(signed_in=linked, next=intent.next, cookies=(cleared,))
