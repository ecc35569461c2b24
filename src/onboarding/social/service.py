"""Signing in with a provider, without the web: begin, finish, restart.

An attempt is one cookie and one intent. The authorization response uses the intent
up, whether the sign-in succeeds or not. The web layer turns the cookies into headers
and the errors into pages.
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
from onboarding.accounts.outcome import MergeWaits, MustConfirm, SignInResult
from onboarding.accounts.service import AccountService
from onboarding.accounts.store import AccountStore
from onboarding.clock import Clock
from onboarding.cookies import CookieSpec, overflow
from onboarding.emails import normalise
from onboarding.errors import (
    BadRequest,
    CookiesBlocked,
    SignInExpired,
    StateMismatch,
    StoreError,
)
from onboarding.events import SignInRestarted
from onboarding.log import Recorder
from onboarding.providers.base import Provider
from onboarding.social import rules
from onboarding.social.attempt import ATTEMPT_COOKIE, Attempts, State
from onboarding.social.code_flow import CodeFlow
from onboarding.social.model import ATTEMPT_LIFE, AlreadyIn, Finished, Started
from onboarding.social.waiting import WaitingIdentities
from onboarding.tokens import Ids, Keys, Token
from onboarding.urls import safe_next


class SocialService:
    """Signs people in with the providers that were configured.

    Args:
        store: Where intents and identities are looked up, and events recorded.
        clock: The present instant.
        ids: Makes ids of events.
        accounts: Says who somebody is.
        intents: Keeps attempts until the browser comes back.
        keys: What states are signed with.
        flow: Sends requests to the providers.
        waiting: Keeps identities until the owner of their address confirms.
        origin: Of our pages; ``next`` may only be a path of it.
        home: The path to go to where ``next`` is none.
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
        """Begin an attempt: store an intent, and bind it to this browser by a cookie.

        Args:
            provider_name: As in the address of the request.
            next: Where to go afterwards; what is no path of our origin becomes home.
            current: Who this browser is now.
            cookies: All cookies of ours in the request; those of the oldest attempts
                are cleared where there are too many.

        Raises:
            NotFound: When no provider has this name.
            ProviderError: When its discovery document cannot be had; nothing is
                stored then.
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
    ) -> Finished | AlreadyIn:
        """Finish the attempt that an authorization response names in its state.

        Who is here because this very attempt signed them in is in already: they
        reloaded, or went back to the provider and chose again.

        Args:
            provider_name: At whose redirect URI the response came in.
            params: Its query or form, every value of every name.
            cookies: Cookies of ours by their name without prefix; one that the
                request has twice must be left out.
            current: Who this browser is now; that decides whom the identity joins.

        Raises:
            NotFound: When no provider has this name.
            BadRequest: When a parameter is there twice, or too long.
            StateMismatch: When the state belongs to no attempt of this browser, or
                the identity would be linked to somebody who did not begin it.
            SignInExpired: When the attempt is too old, or was used already.
            SignInCancelled: When the person stopped at the provider.
            IdentityTaken: When somebody else, registered, is here.
            ProviderError: When the provider failed, or something it says is wrong.
        """
        provider = self._flow.find(provider_name)
        response = rules.read_response(params)
        state = self._read_state(provider, response.state)
        if done := await self._find_finished(state, current):
            return AlreadyIn(next=done.next)
        token = Token.parse(cookies.get(state.cookie_name, ""))
        attempt = self._attempts.resume(response.state or "", state, token)
        if token is None or attempt is None:
            # The code was not sent anywhere: a new attempt risks nothing.
            intent = await self._find_intent(state)
            again = rules.may_restart(state.restarts, intent, _id(current))
            raise StateMismatch(provider.name, restartable=again)
        intent = await self._intents.take(token, Purpose.SIGN_IN)
        if intent is None:
            raise SignInExpired(provider.name)
        identity = await self._flow.fetch_identity(provider, response, attempt)
        # Addresses are compared as text: each must be normalised first.
        address = normalise(identity.email or "")
        identity = rules.with_address(identity, address)
        await self._check_began(identity, intent, current)
        outcome = await self._accounts.sign_in(identity, current, attempt=intent)
        cleared = CookieSpec.clear(state.cookie_name)
        match outcome:
            case MustConfirm():
                kept = await self._waiting.add(
                    identity, next=intent.next, current=current
                )
                return Finished.waiting("confirm", intent.next, (cleared, kept))
            case MergeWaits(cookie=kept):
                return Finished.waiting("merge", intent.next, (cleared, kept))
        if state.restarts:
            await self._record_restart(provider, outcome)
        return Finished(signed_in=outcome, next=intent.next, cookies=(cleared,))

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
            StateMismatch: When the state is not ours, or of an attempt that was
                restarted already, or somebody else is here than who began it; as
                CookiesBlocked, when that one lost every cookie, too.
            ProviderError: As ``begin``.
        """
        provider = self._flow.find(provider_name)
        state = self._read_state(provider, rules.read_response(params).state)
        intent = await self._find_intent(state)
        if not rules.may_restart(state.restarts, intent, _id(current)):
            if state.restarts and not cookies:
                raise CookiesBlocked(provider.name)
            raise StateMismatch(provider.name)
        wanted = intent.next if intent else self._home
        return await self._begin(provider, wanted, current, cookies or {}, restarts=1)

    async def find_next(self, params: Mapping[str, Sequence[str]]) -> str | None:
        """Return where an attempt wanted to go, however it ended.

        For the page of an error, whose way on leads there. None where the state is
        not ours, or the attempt is forgotten; it is a path of this site, and no
        secret of whoever began it.

        Args:
            params: As for ``finish``.
        """
        with suppress(BadRequest, StoreError):
            state = self._attempts.read_state(rules.read_response(params).state)
            intent = await self._find_intent(state) if state else None
            return intent.next if intent else None
        return None

    # ── the authorization request ────────────────────────────────────────────

    async def _begin(
        self,
        provider: Provider,
        wanted: str,
        current: CurrentSession | None,
        cookies: Mapping[str, str],
        *,
        restarts: int,
    ) -> Started:
        # Before anything is stored: a provider that is down leaves no intent behind.
        await self._flow.prepare(provider)
        token = await self._intents.open(
            Purpose.SIGN_IN,
            life=ATTEMPT_LIFE,
            account_id=_id(current),
            next=wanted,
        )
        attempt = self._attempts.begin(token, provider=provider.name, restarts=restarts)
        return Started(
            location=await self._flow.authorization_url(provider, attempt),
            cookie=CookieSpec.holding(ATTEMPT_COOKIE + token.id, token, ATTEMPT_LIFE),
            dropped=overflow(cookies, ATTEMPT_COOKIE),
        )

    # ── the authorization response ───────────────────────────────────────────

    def _read_state(self, provider: Provider, text: str | None) -> State:
        state = self._attempts.read_state(text)
        # A provider must not finish what was begun with another one (RFC 9700 §4.4).
        if state is None or state.provider != provider.name:
            raise StateMismatch(provider.name)
        return state

    async def _find_intent(self, state: State) -> Intent | None:
        intent = await self._store.find(Intent, state.attempt)
        return intent if intent and intent.purpose is Purpose.SIGN_IN else None

    async def _find_finished(
        self, state: State, current: CurrentSession | None
    ) -> Intent | None:
        """Return the attempt of a state if it signed in who is here."""
        if current is None or current.account.is_guest:
            return None
        intent = await self._find_intent(state)
        done = intent and intent.signed_in == current.account.id
        return intent if done else None

    async def _check_began(
        self, identity: Identity, intent: Intent, current: CurrentSession | None
    ) -> None:
        """Refuse to link an identity to a registered account that did not begin it.

        Whoever planted their own attempt in a signed-in browser would otherwise
        link their identity to that account, and could sign in to it (login CSRF,
        RFC 6749 §10.12).
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
        # The session has begun already; a sign-in must not fail for a statistic.
        with suppress(StoreError):
            await self._store.commit(events=[entry])


def _id(current: CurrentSession | None) -> str | None:
    return current.account.id if current else None
