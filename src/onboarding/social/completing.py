"""The end of an attempt: from an authorization response to a session."""

from collections.abc import Mapping
from dataclasses import replace

from onboarding.accounts.model import CurrentSession, Identity, IdentityLink, Intent
from onboarding.accounts.outcome import MergeWaits, MustConfirm
from onboarding.accounts.service import AccountService
from onboarding.accounts.store import AccountStore
from onboarding.cookies import CookieSpec
from onboarding.emails import normalise
from onboarding.errors import StateMismatch
from onboarding.social import rules
from onboarding.social.arrivals import Arrival
from onboarding.social.attempt import Attempt
from onboarding.social.code_flow import CodeFlow
from onboarding.social.granted import TokenHandover
from onboarding.social.model import Finished, SignInWishes
from onboarding.social.records import SignInRecords
from onboarding.social.told_once import ToldOnce
from onboarding.social.waiting import WaitingIdentities


class Completing:
    """Brings in whom a provider vouches for in its response to an attempt.

    Args:
        store: Where identities are looked up.
        accounts: Says who somebody is.
        flow: Sends requests to the providers.
        waiting: Keeps identities until the owner of their address confirms.
        told: What providers tell one time only.
        records: Writes down what became of it.
        handover: Tells the host of tokens.
    """

    def __init__(
        self,
        store: AccountStore,
        *,
        accounts: AccountService,
        flow: CodeFlow,
        waiting: WaitingIdentities,
        told: ToldOnce,
        records: SignInRecords,
        handover: TokenHandover,
    ):
        self._store = store
        self._accounts = accounts
        self._flow = flow
        self._waiting = waiting
        self._told = told
        self._records = records
        self._handover = handover

    async def complete(
        self,
        arrival: Arrival,
        attempt: Attempt,
        intent: Intent,
        cookies: Mapping[str, str],
    ) -> Finished:
        """Return who is in now, or what they must say first.

        Args:
            arrival: What came back.
            attempt: Whose cookie came with it.
            intent: Of the attempt, which is used up.
            cookies: Cookies of ours by their name without prefix.

        Raises:
            StateMismatch: When the identity would be linked to somebody who did not
                begin it.
            SignInCancelled: When the person stopped at the provider.
            IdentityTaken: When somebody else, registered, is here.
            ProviderError: When the provider failed, or something it says is wrong.
        """
        provider, current = arrival.provider, arrival.current
        wishes = SignInWishes.noted_in(intent.data)
        attempt = replace(attempt, max_age=wishes.max_age)
        told = {**self._told.recall(provider, cookies), **arrival.response.others}
        response = replace(arrival.response, others=told)
        vouched = await self._flow.fetch(provider, response, attempt)
        identity = vouched.identity
        # Addresses are compared as text: each must be normalised first.
        address = normalise(identity.email or "")
        identity = rules.with_address(identity, address)
        await self._check_began(identity, intent, current)
        outcome = await self._accounts.sign_in(identity, current, attempt=intent)
        cleared = (
            CookieSpec.clear(arrival.state.cookie_name),
            *self._told.forget(provider, cookies),
        )
        match outcome:
            case MustConfirm():
                kept = await self._waiting.add(
                    identity, next=intent.next, current=current
                )
                return Finished.waiting("confirm", intent.next, (*cleared, kept))
            case MergeWaits(cookie=kept):
                return Finished.waiting("merge", intent.next, (*cleared, kept))
        await self._handover.tell(provider, vouched, outcome.account)
        if arrival.state.restarts:
            await self._records.add_restart(provider, outcome)
        return Finished(signed_in=outcome, next=intent.next, cookies=cleared)

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
