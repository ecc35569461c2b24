"""Identities that wait until the owner of their address signs in and confirms."""

from collections.abc import Mapping
from datetime import timedelta

from onboarding.accounts.intents import IntentService
from onboarding.accounts.model import CurrentSession, Identity, Intent, Purpose
from onboarding.accounts.outcome import Confirming, MergeWaits, SignInResult
from onboarding.accounts.service import AccountService
from onboarding.accounts.waiting_proofs import pack, unpack
from onboarding.cookies import CookieSpec
from onboarding.emails import masked
from onboarding.errors import ConfirmationRequired, SignInExpired, SignInRequired
from onboarding.providers.base import Provider
from onboarding.social.model import (
    ATTEMPT_LIFE,
    AlreadyIn,
    Finished,
    WaitingIdentity,
)
from onboarding.tokens import Token

CONFIRM_COOKIE = "onboarding-confirm"

Bound = Mapping[str, str | None]
"""What an intent of a letter says of the identity that waits for it."""

KEPT_FOR = timedelta(hours=1)
"""How long the cookie lives: longer than what waits, so that whoever comes too late is
still led where they wanted to go."""


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
        return CookieSpec.holding(CONFIRM_COOKIE, token, KEPT_FOR)

    async def find(
        self, cookies: Mapping[str, str], current: CurrentSession | None
    ) -> WaitingIdentity | None:
        """Return which identity waits for this browser.

        Args:
            cookies: Of ours, by their name without prefix.
            current: Who this browser is now: whether they may say yes goes with it.
        """
        token = Token.parse(cookies.get(CONFIRM_COOKIE, ""))
        intent = await self._intents.peek(token, Purpose.CONFIRM) if token else None
        if intent is None:
            return None
        identity = unpack(intent.data)
        confirming = await self._accounts.confirming(identity, current)
        if confirming is Confirming.OVER:
            return None
        is_owner = confirming is Confirming.OWNER
        provider = self._providers.get(identity.provider)
        return WaitingIdentity(
            id=intent.id,
            provider=identity.provider,
            title=provider.title if provider else identity.provider,
            name=identity.name,
            address=identity.email,
            hint=identity.email if is_owner else masked(identity.email),
            next=intent.next,
            confirming=confirming,
        )

    async def find_next(self, cookies: Mapping[str, str]) -> str | None:
        """Return where who waited here wanted to go, though it be too late for it."""
        token = Token.parse(cookies.get(CONFIRM_COOKIE, ""))
        intent = await self._intents.find_used(token) if token else None
        return intent.next if intent else None

    async def confirm(
        self, current: CurrentSession | None, cookies: Mapping[str, str]
    ) -> Finished | AlreadyIn:
        """Link the waiting identity to whoever is signed in here, once.

        Whom it was linked to already is in: they pressed twice.

        Raises:
            SignInRequired: When nobody registered is here; it goes on waiting.
            SignInExpired: When nothing waits here any more.
            ConfirmationRequired: When somebody else is here than who proved its
                address; it goes on waiting.
            FreshSignInRequired: When they did not just sign in; it goes on waiting.
            IdentityTaken: When it is somebody else's by now.
        """
        if current is None or current.account.is_guest:
            raise SignInRequired("sign in the way you did before first")
        token = Token.parse(cookies.get(CONFIRM_COOKIE, ""))
        if done := await self._find_finished(token, current.account.id):
            return AlreadyIn(next=done.next)
        waiting = await self.find(cookies, current)
        if waiting and waiting.confirming is Confirming.SOMEBODY:
            # Before it is used up: they may yet sign in as the owner.
            raise ConfirmationRequired("somebody else has proven this address")
        if waiting:  # before it is used up, too: they come back for it
            self._accounts.check_fresh(current)
        intent = await self._intents.take(token, Purpose.CONFIRM) if token else None
        if intent is None:
            raise SignInExpired(await self._find_provider(token))
        linked = await self._accounts.link(unpack(intent.data), current, attempt=intent)
        cleared = CookieSpec.clear(CONFIRM_COOKIE)
        return Finished(signed_in=linked, next=intent.next, cookies=(cleared,))

    # ── by a letter to its address ───────────────────────────────────────────

    async def bind(self, waiting: WaitingIdentity, cookies: Mapping[str, str]) -> Bound:
        """Return what a letter to the owner of an address is bound to.

        The identity goes along, so that it waits for as long as the letter works.

        Args:
            waiting: As ``find`` has returned it.
            cookies: Of this browser.

        Raises:
            SignInExpired: When it does not wait here any more, or for nobody.
        """
        token = Token.parse(cookies.get(CONFIRM_COOKIE, ""))
        intent = await self._intents.peek(token, Purpose.CONFIRM) if token else None
        if intent is None or intent.id != waiting.id:
            raise SignInExpired(waiting.provider)
        owner = await self._accounts.find_owner(unpack(intent.data))
        if owner is None:
            raise SignInExpired(waiting.provider)
        return {
            **intent.data,
            "waiting": intent.id,
            "owner": owner.id,
            "owner_epoch": str(owner.epoch),
        }

    async def confirm_by_mail(
        self, proof: Intent, current: CurrentSession | None
    ) -> SignInResult | MergeWaits:
        """Sign the owner in whom a letter reached, and link what it is bound to.

        One try: whoever calls reads the proof again after a Conflict.

        Raises:
            SignInExpired: When it was confirmed already, or the owner is another one.
            ConfirmationRequired: When somebody registered is here by now.
            IdentityTaken: When it is somebody else's by now.
            Conflict: When something has changed meanwhile.
        """
        identity = unpack(proof.data)
        waiting = await self._intents.find(proof.data["waiting"] or "")
        if waiting is not None and waiting.is_used:
            raise SignInExpired(identity.provider)
        owner = proof.data["owner"] or "", int(proof.data["owner_epoch"] or 0)
        return await self._accounts.confirm_by_mail(
            identity, proof, owner, current, waiting=waiting
        )

    async def _find_finished(
        self, token: Token | None, account_id: str
    ) -> Intent | None:
        """Return the intent that was confirmed by who is here.

        The cookie went with it, so that without one the last counts.
        """
        if token is not None:
            intent = await self._intents.find_used(token)
            return intent if intent and intent.signed_in == account_id else None
        done = await self._intents.list_finished(account_id, Purpose.CONFIRM)
        return done[-1] if done else None

    async def _find_provider(self, token: Token | None) -> str | None:
        """Return whose identity waited too long, so that it can be had again."""
        intent = await self._intents.find_used(token) if token else None
        return intent.data.get("provider") if intent else None
