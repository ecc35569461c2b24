"""Merges that wait: the person sees what would come along, and says yes or no.

Whoever shows that an account is theirs, in a browser where they have done something
as a guest, is asked before the two come together. Until then nothing has happened: the
guest is here with everything, and the proof waits, for this browser and this guest.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from onboarding.accounts.intents import IntentService
from onboarding.accounts.linking import Confirmation, Credential
from onboarding.accounts.live import find_survivor
from onboarding.accounts.merge_plan import MergePlan
from onboarding.accounts.merging import Merging, ReadyMerge
from onboarding.accounts.model import Account, CurrentSession, Intent, Purpose
from onboarding.accounts.outcome import MergeWaits, SignInResult
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.settling import Settling
from onboarding.accounts.store import AccountStore
from onboarding.accounts.waiting_proofs import Agreed, Packed, read_proof
from onboarding.changes import Add, Change, Touch, retrying
from onboarding.clock import Clock
from onboarding.cookies import CookieSpec
from onboarding.errors import SignInExpired
from onboarding.events import MergeDeclined
from onboarding.frozen import dataclass, field
from onboarding.tokens import Ids, Token

MERGE_COOKIE = "onboarding-merge"

LIFE = timedelta(minutes=10)
"""How long somebody may think about it."""

LEADS_FOR = timedelta(hours=1)
"""How long the cookie lives: longer than what waits, so that whoever comes too late is
still led where they wanted to go."""


class MergeChoice(StrEnum):
    """What somebody says when they are asked."""

    ALONG = "along"
    APART = "apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMerge:
    """A merge that waits for a yes or no.

    Attributes:
        plan: What it would mean, as things are now.
        next: Where the person wanted to go.
        has_changed: Whether it is another plan than the one that was shown.
    """

    plan: MergePlan
    next: str
    has_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAnswered:
    """Somebody has said what becomes of what they did as a guest.

    Attributes:
        choice: What they said.
        signed_in: Who is in now; None where they had said so before, by pressing twice.
        next: Where the person wanted to go.
        cookies: To set or clear.
    """

    choice: MergeChoice
    signed_in: SignInResult | None
    next: str
    cookies: tuple[CookieSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waits:
    intent: Intent
    guest: Account
    owner: Account
    proof: Credential | Confirmation = field(repr=False)


class Asking:
    """Keeps at most one merge for each browser, for ten minutes.

    Args:
        store: Where everything is kept.
        clock: The present instant.
        ids: Makes ids.
        sessions: Begins and ends sessions.
        merging: Brings two accounts together.
        settling: Lets the owner in, whatever they say.
    """

    def __init__(
        self,
        store: AccountStore,
        clock: Clock,
        ids: Ids,
        sessions: SessionService,
        merging: Merging,
        *,
        settling: Settling,
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._sessions = sessions
        self._merging = merging
        self._intents = IntentService(store, clock, ids)
        self._settling = settling

    async def open(
        self,
        guest: Account,
        owner: Account,
        *,
        proof: Packed,
        address: str | None,
        next: str,
        used: Sequence[Change] = (),
    ) -> MergeWaits | None:
        """Let a merge wait; only the browser with its cookie can answer.

        Args:
            guest: Who is here, and would come along.
            owner: Who has just been shown to be the same person.
            proof: What has shown it, to be looked at again.
            address: The address that it is about.
            next: Where to go afterwards.
            used: What this uses up, in the same commit.

        Returns:
            None where the guest has done nothing: nobody is asked about that.
        """
        ready = await self._merging.prepare(guest, owner)
        if ready.plan.is_empty:
            return None
        token = Token.new(self._ids.new())
        intent = Intent(
            id=token.id,
            purpose=Purpose.MERGE,
            secret_hash=token.hash,
            account_id=guest.id,
            address=address,
            data={
                **proof,
                "owner": owner.id,
                "owner_epoch": str(owner.epoch),
                "guest_epoch": str(guest.epoch),
            },
            next=next,
            expires_at=self._clock() + LIFE,
        )
        # Touch: a purge that looked just before decides again.
        await self._store.commit(*used, Touch(guest.id), Add(intent))
        return MergeWaits(cookie=CookieSpec.holding(MERGE_COOKIE, token, LEADS_FOR))

    async def find(
        self, cookies: Mapping[str, str], current: CurrentSession | None
    ) -> WaitingMerge | None:
        """Return which merge waits for this browser, and what it would mean now.

        Args:
            cookies: Of ours, by their name without prefix.
            current: Who this browser is now.
        """
        waits = await self._find(_token(cookies), current)
        if waits is None:
            return None
        ready = await self._merging.prepare(waits.guest, waits.owner)
        return WaitingMerge(plan=ready.plan, next=waits.intent.next)

    async def find_next(self, cookies: Mapping[str, str]) -> str | None:
        """Return where who was asked here wanted to go, though it be too late."""
        token = _token(cookies)
        intent = await self._intents.find_used(token) if token else None
        return intent.next if intent else None

    async def answer(
        self,
        choice: MergeChoice,
        *,
        shown: str,
        current: CurrentSession | None,
        cookies: Mapping[str, str],
    ) -> MergeAnswered | WaitingMerge:
        """Do what the person says, once.

        Args:
            choice: What they say.
            shown: The digest of the plan that they saw.
            current: Who this browser is now.
            cookies: Of ours, by their name without prefix.

        Returns:
            What was done; or what would be done now, where that is another thing than
            they saw: then nothing has happened.

        Raises:
            SignInExpired: When nothing waits here any more.
        """
        token = _token(cookies)
        cleared = (CookieSpec.clear(MERGE_COOKIE),)

        async def attempt() -> MergeAnswered | WaitingMerge:
            here = await self._sessions.refresh(current)
            waits = await self._find(token, here)
            if waits is None:
                wanted = await self._find_answered(token)
                if wanted is None:
                    raise SignInExpired
                return MergeAnswered(choice=choice, signed_in=None, next=wanted)
            ready = None
            if choice is MergeChoice.ALONG:
                ready = await self._merging.prepare(waits.guest, waits.owner)
                if ready.plan.digest != shown:
                    plan, wanted = ready.plan, waits.intent.next
                    return WaitingMerge(plan=plan, next=wanted, has_changed=True)
            done = await self._let_in(waits, here, ready)
            wanted = waits.intent.next
            return MergeAnswered(
                choice=choice, signed_in=done, next=wanted, cookies=cleared
            )

        return await retrying(attempt)

    async def _let_in(
        self, waits: _Waits, here: CurrentSession | None, ready: ReadyMerge | None
    ) -> SignInResult:
        agreed = Agreed(proof=waits.proof, intent=waits.intent)
        also = () if ready else (MergeDeclined(),)
        if isinstance(waits.proof, Confirmation):
            return await self._settling.sign_in_and_link(
                waits.owner,
                agreed,
                waits.proof.linking.provider,
                ready=ready,
                here=None if ready else here,
                also=also,
            )
        if ready is None:
            return await self._settling.sign_in(waits.owner, agreed, here, also=also)
        return await self._settling.merge(ready, agreed)

    async def _find(
        self, token: Token | None, current: CurrentSession | None
    ) -> _Waits | None:
        """Return what waits, if all of it still holds: browser, guest, owner, proof."""
        intent = await self._intents.peek(token, Purpose.MERGE) if token else None
        if intent is None or current is None:
            return None
        guest, data = current.account, intent.data
        is_theirs = (guest.id, str(guest.epoch)) == (
            intent.account_id,
            data["guest_epoch"],
        )
        owner = await find_survivor(self._store, data["owner"] or "")
        if not (is_theirs and guest.is_guest and owner and owner.is_live):
            return None
        if (owner.id, str(owner.epoch)) != (data["owner"], data["owner_epoch"]):
            return None
        proof, shows = await read_proof(self._store, intent)
        if shows != owner.id:
            return None
        return _Waits(intent=intent, guest=guest, owner=owner, proof=proof)

    async def _find_answered(self, token: Token | None) -> str | None:
        """Return where to go on, of an intent that was answered a moment ago."""
        intent = await self._intents.find_used(token) if token else None
        return intent.next if intent and intent.signed_in else None


def _token(cookies: Mapping[str, str]) -> Token | None:
    return Token.parse(cookies.get(MERGE_COOKIE, ""))
