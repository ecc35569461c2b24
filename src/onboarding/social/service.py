"""Signing in with a provider, without the web: begin, finish, restart, confirm.

One attempt is one cookie and one intent, which is used up when the browser comes
back, whatever becomes of it then. The web layer is only the first user of this: it
turns cookies into headers and errors into pages.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from onboarding.accounts.intents import IntentService
from onboarding.accounts.model import (
    CurrentSession,
    Identity,
    IdentityLink,
    Intent,
    Purpose,
)
from onboarding.accounts.outcome import MustConfirm, SignInResult
from onboarding.accounts.rules import normalise
from onboarding.accounts.service import AccountService
from onboarding.accounts.store import AccountStore
from onboarding.clock import Clock
from onboarding.cookies import CookieSpec
from onboarding.errors import SignInExpired, StateMismatch, StoreError
from onboarding.events import SignInRestarted
from onboarding.log import Recorder
from onboarding.providers.base import Provider
from onboarding.social import rules
from onboarding.social.attempt import COOKIE, Attempts, State, overflow
from onboarding.social.code_flow import CodeFlow
from onboarding.social.model import LIFE, Finished, Started
from onboarding.social.waiting import WaitingIdentities
from onboarding.tokens import Ids, Keys, Token
from onboarding.urls import safe_next


class SocialService:
    """Signs people in with the providers that were configured.

    Args:
        store: Where attempts are looked up and events recorded.
        clock: The present instant.
        ids: Makes ids of events.
        accounts: Says who somebody is.
        intents: Keeps attempts and waiting identities.
        keys: What states are signed with.
        flow: Talks to the providers.
        waiting: Keeps identities that wait for their owner.
        origin: Ours; only its paths are gone to afterwards.
        home: Where to go when nothing usable was asked for.
    """

    def __init__(
        self,
        store: AccountStore,
        clock: Clock,
        ids: Ids,
        *,
        accounts: AccountService,
        intents: IntentService,
        keys: Keys,
        flow: CodeFlow,
        waiting: WaitingIdentities,
        origin: str,
        home: str = "/",
    ):
        self._store = store
        self._log = Recorder(clock, ids)
        self._accounts = accounts
        self._intents = intents
        self._attempts = Attempts(keys)
        self._flow = flow
        self._waiting = waiting
        self._origin = origin
        self._home = home

    async def begin(
        self,
        provider_name: str,
        *,
        next: str | None = "/",
        current: CurrentSession | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Started:
        """Begin an attempt: keep an intent, bind it to this browser, name the way.

        Args:
            provider_name: As in the address.
            next: Where to go afterwards; anything but a path of this site is home.
            current: Who this browser is now.
            cookies: All cookies of ours that came, to keep their number small.

        Raises:
            NotFound: When no provider has this name.
            ProviderError: When its discovery document cannot be had; nothing has
                begun then.
        """
        wanted = safe_next(next, self._origin, self._home)
        provider = self._flow.find(provider_name)
        return await self._begin(provider, wanted, current, cookies or {}, restarts=0)

    async def finish(
        self,
        provider_name: str,
        params: Mapping[str, Sequence[str]],
        cookies: Mapping[str, str],
        current: CurrentSession | None,
    ) -> Finished:
        """Finish the attempt to which an answer belongs.

        Args:
            provider_name: At whose address the answer came in.
            params: Its query or form, every value of every name.
            cookies: Cookies of ours by their name without prefix; one that came
                twice must be left out.
            current: Who this browser is now; that decides whom the identity joins.

        Raises:
            NotFound: When no provider has this name.
            BadRequest: When a parameter came twice or is far too long.
            StateMismatch: When the answer belongs to no attempt of this browser, or
                would link an identity to somebody who did not begin it.
            SignInExpired: When the attempt is too old, or was used already.
            SignInCancelled: When the person stopped at the provider.
            IdentityTaken: When somebody else, registered, is here.
            ProviderError: When the provider failed, or something it says is wrong.
        """
        provider = self._flow.find(provider_name)
        response = rules.read_response(params)
        state = self._read_state(provider, response.state)
        token = Token.parse(cookies.get(state.cookie_name, ""))
        attempt = self._attempts.resume(response.state or "", state, token)
        if token is None or attempt is None:
            # Nothing was sent anywhere, so nothing is lost: it may begin once more.
            lost = await self._find_lost(state)
            again = rules.may_restart(state.restarts, lost, _id(current))
            raise StateMismatch(provider.name, restartable=again)
        intent = await self._intents.take(token, Purpose.SIGN_IN)
        if intent is None:
            raise SignInExpired(provider.name)
        identity = await self._flow.fetch_identity(provider, response, attempt)
        # An address is compared in one form everywhere, and the form is ours.
        vetted = rules.vetted(identity, normalise(identity.email or ""))
        await self._check_began(vetted, intent, current)
        outcome = await self._accounts.sign_in(vetted, current)
        spent = CookieSpec.clear(state.cookie_name)
        if isinstance(outcome, MustConfirm):
            waits = await self._waiting.add(vetted, next=intent.next, current=current)
            return Finished(signed_in=None, next=intent.next, cookies=(spent, waits))
        if state.restarts:
            await self._record_restart(provider, outcome)
        return Finished(signed_in=outcome, next=intent.next, cookies=(spent,))

    async def restart(
        self,
        provider_name: str,
        params: Mapping[str, Sequence[str]],
        *,
        current: CurrentSession | None,
        cookies: Mapping[str, str] | None = None,
    ) -> Started:
        """Begin once more after a restartable StateMismatch, with the same ``next``.

        Raises:
            NotFound: When no provider has this name.
            BadRequest: As ``finish``.
            StateMismatch: When the answer's state is not ours, or of a second go, or
                somebody else is here than who began.
            ProviderError: As ``begin``.
        """
        provider = self._flow.find(provider_name)
        state = self._read_state(provider, rules.read_response(params).state)
        lost = await self._find_lost(state)
        if not rules.may_restart(state.restarts, lost, _id(current)):
            raise StateMismatch(provider.name)
        wanted = lost.next if lost else self._home
        return await self._begin(provider, wanted, current, cookies or {}, restarts=1)

    # ── how an attempt begins ────────────────────────────────────────────────

    async def _begin(
        self,
        provider: Provider,
        wanted: str,
        current: CurrentSession | None,
        cookies: Mapping[str, str],
        *,
        restarts: int,
    ) -> Started:
        await self._flow.prepare(provider)
        token = await self._intents.open(
            Purpose.SIGN_IN,
            life=LIFE,
            account_id=_id(current),
            next=wanted,
        )
        attempt = self._attempts.begin(token, provider=provider.name, restarts=restarts)
        return Started(
            location=await self._flow.authorization_url(provider, attempt),
            cookie=CookieSpec.holding(COOKIE + token.id, token, LIFE),
            dropped=overflow(cookies),
        )

    # ── how it ends ──────────────────────────────────────────────────────────

    def _read_state(self, provider: Provider, text: str | None) -> State:
        state = self._attempts.read_state(text)
        # A provider must not finish what was begun with another one (RFC 9700 §4.4).
        if state is None or state.provider != provider.name:
            raise StateMismatch(provider.name)
        return state

    async def _find_lost(self, state: State) -> Intent | None:
        intent = await self._store.find(Intent, state.attempt)
        return intent if intent and intent.purpose is Purpose.SIGN_IN else None

    async def _check_began(
        self, identity: Identity, intent: Intent, current: CurrentSession | None
    ) -> None:
        """Refuse a new way into a registered account that did not ask for it.

        Who could leave an attempt of their own in a signed-in browser would
        otherwise link their identity to that account, and come back with it.
        """
        if current is None or current.account.is_guest:
            return
        began = intent.account_id and await self._accounts.find(intent.account_id)
        if began and began.id == current.account.id:
            return
        if not await self._store.find(IdentityLink, identity.issuer, identity.subject):
            raise StateMismatch(identity.provider)

    async def _record_restart(
        self, provider: Provider, signed_in: SignInResult
    ) -> None:
        event = SignInRestarted(provider=provider.name)
        entry = self._log.entry(signed_in.account.id, event)
        # They are in already: counting that must not show them the door.
        with suppress(StoreError):
            await self._store.commit(events=[entry])


def _id(current: CurrentSession | None) -> str | None:
    return current.account.id if current else None
