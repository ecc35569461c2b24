"""Responses that come back from a provider: whose attempt it was, and if it is lost."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from onboarding.accounts.model import CurrentSession, Intent, Purpose
from onboarding.accounts.store import AccountStore
from onboarding.clock import Clock
from onboarding.errors import (
    BadRequest,
    CookiesBlocked,
    SignInCancelled,
    SignInExpired,
    StateMismatch,
    StoreError,
)
from onboarding.frozen import dataclass
from onboarding.providers.base import Provider
from onboarding.social import restart_rules, rules
from onboarding.social.attempt import Attempts, State
from onboarding.social.guarding import guarding
from onboarding.social.model import AlreadyIn, SignInWishes
from onboarding.social.responses import check_refusal
from onboarding.tokens import made_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What came back from a provider, with a state of ours, and who brought it."""

    provider: Provider
    response: rules.AuthorizationResponse
    state: State
    current: CurrentSession | None


class Arrivals:
    """Reads what comes back, and says what becomes of attempts that are lost.

    Args:
        store: Where intents are looked up.
        clock: The present instant.
        attempts: Recognises what is ours.
        home: The path to go to where nobody knows any more where they wanted to go.
    """

    def __init__(
        self, store: AccountStore, clock: Clock, attempts: Attempts, home: str
    ):
        self._store = store
        self._clock = clock
        self._attempts = attempts
        self._home = home

    def read(
        self,
        provider: Provider,
        params: Mapping[str, Sequence[str]],
        current: CurrentSession | None,
    ) -> Arrival:
        """Return what came to a provider's redirect URI.

        Raises:
            BadRequest: When a parameter is there twice, or too long.
            StateMismatch: When the state is not ours, or of another provider.
            SignInCancelled: When it is not, and the person stopped there: some
                providers leave the state out then. They are asked nothing more.
        """
        response = self._response(provider, params)
        state = self._attempts.read_state(response.state)
        # A provider must not finish what was begun with another one (RFC 9700 §4.4).
        if state is None or state.provider != provider.name:
            if state is None and response.error in rules.CANCELLED:
                raise SignInCancelled(provider.name)
            raise StateMismatch(provider.name)
        return Arrival(
            provider=provider, response=response, state=state, current=current
        )

    def _response(
        self, provider: Provider, params: Mapping[str, Sequence[str]]
    ) -> rules.AuthorizationResponse:
        response = rules.read_response(params, provider.names.get("code", "code"))
        if response.error is not None:
            return response
        with guarding(provider.name, "reading what came back"):
            return replace(response, error=provider.error_in(response.others))

    async def find_finished(self, arrival: Arrival) -> AlreadyIn | None:
        """Return where to go on to if this very attempt signed in who is here."""
        current = arrival.current
        if current is None or current.account.is_guest:
            return None
        intent = await self._find_intent(arrival.state)
        done = intent and intent.signed_in == current.account.id
        return AlreadyIn(next=intent.next) if intent and done else None

    async def lost(self, arrival: Arrival) -> AlreadyIn:
        """Say what becomes of an attempt whose cookie is not here.

        Raises:
            StateMismatch: Which says whether it may restart.
            SignInExpired: When it was begun too long ago for that.
            SignInCancelled: When the person stopped at the provider.
            ProviderError: When the provider itself says what is wrong.
        """
        if not restart_rules.is_recent(self._age(arrival.state)):
            return await self.over(arrival)
        if moot := await self._moot(arrival):
            return moot
        # The code was not sent anywhere: a new attempt risks nothing.
        intent = await self._find_intent(arrival.state)
        again = self._may_restart(arrival, intent)
        raise StateMismatch(arrival.provider.name, restartable=again)

    async def over(self, arrival: Arrival) -> AlreadyIn:
        """Say what becomes of an attempt that is too old, or was used already.

        Raises:
            SignInExpired: Unless nobody needs it any more.
            SignInCancelled: When the person stopped at the provider.
            ProviderError: When the provider itself says what is wrong.
        """
        if moot := await self._moot(arrival):
            return moot
        raise SignInExpired(arrival.provider.name)

    async def restart(
        self, arrival: Arrival, cookies: Mapping[str, str]
    ) -> tuple[str, SignInWishes]:
        """Return what an attempt wanted that may begin once more: where, and how.

        Raises:
            StateMismatch: When it may not; as CookiesBlocked, where this one lost
                every cookie, too.
            SignInCancelled: When the person stopped at the provider.
            ProviderError: When the provider itself says what is wrong.
        """
        check_refusal(arrival.provider, arrival.response)
        intent = await self._find_intent(arrival.state)
        if not self._may_restart(arrival, intent):
            if arrival.state.restarts and not cookies:
                raise CookiesBlocked(arrival.provider.name)
            raise StateMismatch(arrival.provider.name)
        if intent is None:
            return self._home, SignInWishes()
        return intent.next, SignInWishes.noted_in(intent.data)

    async def find_next(self, params: Mapping[str, Sequence[str]]) -> str | None:
        """Return where an attempt wanted to go, if that is known.

        It is a path of this site, and no secret of whoever began it.

        Args:
            params: Of the response, every value of every name.
        """
        with suppress(BadRequest, StoreError):
            state = self._attempts.read_state(rules.read_response(params).state)
            intent = await self._find_intent(state) if state else None
            return intent.next if intent else None
        return None

    # An error of the provider's goes before what is wrong with the attempt: whoever
    # stopped there is sent there again by no restart.
    async def _moot(self, arrival: Arrival) -> AlreadyIn | None:
        here = arrival.current.account if arrival.current else None
        if restart_rules.is_moot(here, adds=arrival.state.adds):
            intent = await self._find_intent(arrival.state)
            return AlreadyIn(next=intent.next if intent else self._home)
        check_refusal(arrival.provider, arrival.response)
        return None

    def _may_restart(self, arrival: Arrival, intent: Intent | None) -> bool:
        here = arrival.current.account.id if arrival.current else None
        age = self._age(arrival.state)
        return restart_rules.may_restart(
            arrival.state.restarts, age, intent, here, wished=arrival.state.wished
        )

    def _age(self, state: State) -> timedelta:
        """Return how long ago an attempt was begun, by its id, which is signed."""
        begun = datetime.fromtimestamp(made_at(state.attempt) / 1000, UTC)
        return self._clock() - begun

    async def _find_intent(self, state: State) -> Intent | None:
        intent = await self._store.find(Intent, state.attempt)
        return intent if intent and intent.purpose is Purpose.SIGN_IN else None
