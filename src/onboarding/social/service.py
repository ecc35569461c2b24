"""Signing in with a provider, without the web: begin, finish, restart.

An attempt is one cookie and one intent. The authorization response uses the intent
up, whether the sign-in succeeds or not. The web layer turns the cookies into headers
and the errors into pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onboarding.accounts.intents import IntentService
from onboarding.accounts.model import CurrentSession, Purpose
from onboarding.accounts.service import AccountService
from onboarding.accounts.store import AccountStore
from onboarding.clock import Clock
from onboarding.cookies import CookieSpec, overflow
from onboarding.emails import normalise
from onboarding.errors import ProviderError, Refused
from onboarding.log import Recorder
from onboarding.providers.base import Provider
from onboarding.social import rules
from onboarding.social.arrivals import Arrivals
from onboarding.social.attempt import ATTEMPT_COOKIE, Attempts
from onboarding.social.code_flow import CodeFlow
from onboarding.social.completing import Completing
from onboarding.social.granted import TokenHandover
from onboarding.social.model import (
    ATTEMPT_LIFE,
    AlreadyIn,
    Finished,
    SignInWishes,
    Started,
)
from onboarding.social.records import SignInRecords
from onboarding.social.told_once import ToldOnce
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
        handover: Tells the host of tokens.
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
        handover: TokenHandover,
        origin: str,
        home: str = "/",
    ):
        self._store = store
        self._records = SignInRecords(store, Recorder(clock, ids))
        self._accounts = accounts
        self._intents = intents
        self._attempts = Attempts(keys)
        self._arrivals = Arrivals(store, clock, self._attempts, home)
        self._told = ToldOnce(keys)
        self._completing = Completing(
            store,
            accounts=accounts,
            flow=flow,
            waiting=waiting,
            told=self._told,
            records=self._records,
            handover=handover,
        )
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
        wishes: SignInWishes | None = None,
    ) -> Started:
        """Begin an attempt: store an intent, and bind it to this browser by a cookie.

        Args:
            provider_name: As in the address of the request.
            next: Where to go afterwards; what is no path of our origin becomes home.
            current: Who this browser is now.
            cookies: All cookies of ours in the request; those of the oldest attempts
                are cleared where there are too many.
            wishes: What the provider is to ask, or to know.

        Raises:
            NotFound: When no provider has this name.
            ProviderError: When its discovery document cannot be had; nothing is
                stored then.
        """
        wanted = safe_next(next, self._origin, self._home)
        provider = self._flow.find(provider_name)
        try:
            with self._flow.together():
                return await self._begin(
                    provider, wanted, current, cookies or {}, wishes=wishes
                )
        except ProviderError as error:
            await self._records.add_refusal(provider, current, error)
            raise

    async def finish(
        self,
        provider_name: str,
        params: Mapping[str, Sequence[str]],
        cookies: Mapping[str, str],
        current: CurrentSession | None,
    ) -> Finished | AlreadyIn:
        """Finish the attempt that an authorization response names in its state.

        Who is here because this very attempt signed them in is in already: they
        reloaded, or went back to the provider and chose again. So is who was signed
        in meanwhile by another one of theirs, and lost this one.

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
            SignInExpired: When the attempt is too old, or was used already. What the
                provider itself says is wrong goes before these two.
            SignInCancelled: When the person stopped at the provider.
            FreshSignInRequired: When it would be added to the account that is here,
                where nobody had signed in lately when it was begun.
            IdentityTaken: When somebody else, registered, is here.
            ProviderError: When the provider failed, or something it says is wrong.
        """
        provider = self._flow.find(provider_name)
        arrival = self._arrivals.read(provider, params, current)
        if done := await self._arrivals.find_finished(arrival):
            return done
        state, response = arrival.state, arrival.response
        token = Token.parse(cookies.get(state.cookie_name, ""))
        attempt = self._attempts.resume(response.state or "", state, token)
        if token is None or attempt is None:
            return await self._arrivals.lost(arrival)
        # What brings us to the provider's keys costs no attempt: whoever reloads the
        # page once it is up again comes in.
        with self._flow.together():
            if response.error is None:
                await self._flow.prepare(provider)
            intent = await self._intents.take(token, Purpose.SIGN_IN)
            if intent is None:
                return await self._arrivals.over(arrival)
            try:
                return await self._completing.complete(
                    arrival, attempt, intent, cookies
                )
            except (Refused, ProviderError) as error:
                # After the intent is gone, so that a response that is played again
                # and again is written down once.
                await self._records.add_refusal(provider, current, error)
                raise

    def keep_told(
        self,
        provider_name: str,
        params: Mapping[str, Sequence[str]],
        cookies: Mapping[str, str],
    ) -> tuple[CookieSpec, ...]:
        """Return what keeps what a provider tells one time only, before ``finish``.

        Only for the browser that began the attempt: nobody plants a name in another.

        Args:
            provider_name: As for ``finish``.
            params: As for ``finish``.
            cookies: As for ``finish``.

        Raises:
            NotFound: When no provider has this name.
            BadRequest: As ``finish``.
        """
        provider = self._flow.find(provider_name)
        text = rules.read_response(params).state or ""
        state = self._attempts.read_state(text)
        if state is None or state.provider != provider.name:
            return ()
        token = Token.parse(cookies.get(state.cookie_name, ""))
        kept = self._told.keep(provider, params)
        is_ours = self._attempts.resume(text, state, token) is not None
        return (kept,) if kept and is_ours else ()

    async def restart(
        self,
        provider_name: str,
        params: Mapping[str, Sequence[str]],
        *,
        current: CurrentSession | None,
        cookies: Mapping[str, str] | None = None,
    ) -> Started:
        """Begin once more after a restartable StateMismatch: the same is wanted.

        Raises:
            NotFound: When no provider has this name.
            BadRequest: As ``finish``.
            StateMismatch: When the state is not ours, or of an attempt that was
                restarted already, or somebody else is here than who began it, or
                nobody knows any more what was wished of the provider; as
                CookiesBlocked, when that one lost every cookie, too.
            ProviderError: As ``begin``.
        """
        provider = self._flow.find(provider_name)
        arrival = self._arrivals.read(provider, params, current)
        jar = cookies or {}
        wanted, wishes = await self._arrivals.restart(arrival, jar)
        with self._flow.together():
            return await self._begin(
                provider, wanted, current, jar, restarts=1, wishes=wishes
            )

    async def find_next(self, params: Mapping[str, Sequence[str]]) -> str | None:
        """Return where an attempt wanted to go, however it ended.

        For the page of an error, whose way on leads there. None where the state is
        not ours, or the attempt is forgotten; it is a path of this site, and no
        secret of whoever began it.

        Args:
            params: As for ``finish``.
        """
        return await self._arrivals.find_next(params)

    # ── the authorization request ────────────────────────────────────────────

    async def _begin(
        self,
        provider: Provider,
        wanted: str,
        current: CurrentSession | None,
        cookies: Mapping[str, str],
        *,
        restarts: int = 0,
        wishes: SignInWishes | None = None,
    ) -> Started:
        # Before anything is stored: a provider that is down leaves no intent behind.
        await self._flow.prepare(provider)
        asked = wishes.params() if wishes and provider.openid else {}
        token = await self._intents.open(
            Purpose.SIGN_IN,
            life=ATTEMPT_LIFE,
            account_id=_id(current),
            # Whoever is erased takes along the hint who they are.
            address=normalise(asked.get("login_hint", "")),
            data={**self._accounts.noted(current), **asked},
            next=wanted,
        )
        begun = self._attempts.begin(
            token,
            provider=provider.name,
            restarts=restarts,
            adds=current is not None and not current.account.is_guest,
            wished=bool(asked),
        )
        attempt = replace(begun, wishes=asked)
        return Started(
            location=await self._flow.authorization_url(provider, attempt),
            cookie=CookieSpec.holding(ATTEMPT_COOKIE + token.id, token, ATTEMPT_LIFE),
            dropped=overflow(cookies, ATTEMPT_COOKIE),
        )


def _id(current: CurrentSession | None) -> str | None:
    return current.account.id if current else None
