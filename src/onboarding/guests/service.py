"""Guests: made at the first write, reachable if they like, purged if they leave."""

from dataclasses import replace
from datetime import timedelta

from onboarding.accounts.belongings import Belongings, changes_of
from onboarding.accounts.given import id_of
from onboarding.accounts.late import LateRows
from onboarding.accounts.live import find_live
from onboarding.accounts.model import Account, Contact, Ending, Intent, NewSession
from onboarding.accounts.sessions import SessionService
from onboarding.changes import Add, Replace, Touch, retrying
from onboarding.clock import Clock
from onboarding.emails import normalise
from onboarding.errors import Conflict, InvalidAnswer
from onboarding.events import EPOCH, AccountExpired, ContactGiven, GuestStarted
from onboarding.guests.model import GuestPolicy, Purged
from onboarding.guests.store import GuestStore
from onboarding.instants import is_recent
from onboarding.log import Recorder
from onboarding.tokens import Ids, Keys, derived_id
from onboarding.visible import trim


def check_address(address: str) -> str:
    """Return an address that somebody typed, as it is compared.

    Raises:
        InvalidAnswer: When it is not an e-mail address.
    """
    plain = normalise(address)
    if plain is None:
        raise InvalidAnswer("email", "answer.not_an_email")
    return plain


class GuestService:
    """Makes guests, keeps their contact, and purges the ones nobody came back to.

    Args:
        store: Where guests are kept.
        clock: The present instant.
        ids: Makes ids.
        keys: Signs the nonces of our pages.
        sessions: Begins sessions.
        belongings: Everything that hangs on an account, asked before a purge.
        policy: How long a guest is kept.
    """

    def __init__(
        self,
        store: GuestStore,
        clock: Clock,
        ids: Ids,
        *,
        keys: Keys,
        sessions: SessionService,
        belongings: Belongings,
        policy: GuestPolicy,
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._log = Recorder(clock, ids)
        self._signer = keys.signer("visitor")
        self._sessions = sessions
        self._belongings = belongings
        self._late = LateRows(store, belongings)
        self._policy = policy

    # ── the first write ──────────────────────────────────────────────────────

    def new_nonce(self) -> str:
        """Return a nonce for one page of one visitor; never for a cacheable page."""
        return self._signer.sign([self._ids.new(), self._now_us()])

    def _now_us(self) -> int:
        return (self._clock() - EPOCH) // timedelta(microseconds=1)

    def _read_nonce(self, nonce: str | None) -> str | None:
        """Return the account id that a fresh nonce leads to."""
        match self._signer.unsign(nonce) if nonce else None:
            case [str(visitor), int(issued)]:
                now, at = self._clock(), EPOCH + timedelta(microseconds=issued)
                is_fresh = is_recent(at, self._policy.converge, now)
                return derived_id(visitor) if is_fresh else None
        return None

    async def start(self, nonce: str | None = None) -> NewSession:
        """Make a guest: the first write of a stranger.

        Args:
            nonce: What ``new_nonce`` gave to the page that this write comes
                from. Parallel first writes with one nonce become one guest;
                without a nonce each makes its own. The caller must have seen that
                the request comes from our own site: a planted nonce would hand
                the visitor somebody else's cart.
        """
        meant = self._read_nonce(nonce)
        if meant is None:
            return await self._start(self._ids.new())
        try:
            return await self._start(meant)
        except Conflict:
            return await self._join(meant)

    async def _start(self, account_id: str) -> NewSession:
        account = Account(id=account_id, created_at=self._clock())
        new = self._sessions.begin(account)
        await self._store.commit(
            Add(account),
            Add(new.session),
            events=[self._log.entry(account_id, GuestStarted())],
        )
        return new

    async def _join(self, account_id: str) -> NewSession:
        """Give a second session to the guest whom a parallel write just made."""
        account = await self._store.find(Account, account_id)
        if account is None or not account.is_live or not account.is_guest:
            return await self._start(self._ids.new())
        new = self._sessions.begin(account)
        try:
            await self._store.commit(Touch(account_id), Add(new.session))
        except Conflict:  # the guest has ended meanwhile, and whoever is here has not
            return await self._start(self._ids.new())
        return new

    # ── contact ──────────────────────────────────────────────────────────────

    async def give_contact(self, account: Account, address: str) -> Contact:
        """Keep an address that somebody typed. It grants nothing and finds nobody.

        The answer is the same whether or not an account here has it.

        Raises:
            InvalidAnswer: When it is not an e-mail address; nothing is stored.
            AccountEnded: When the account has ended meanwhile.
        """
        plain = check_address(address)

        async def attempt() -> Contact:
            await find_live(self._store, id_of(account))
            known = await self._store.list_of(Contact, account.id)
            earlier = next((c for c in known if c.address == plain), None)
            if earlier is not None:
                return earlier
            contact = Contact(
                account_id=account.id,
                address=plain,
                typed=trim(address),
                given_at=self._clock(),
            )
            entry = self._log.entry(account.id, ContactGiven())
            # Add, not Put: a sign-in may have proven the same address meanwhile.
            await self._store.commit(Touch(account.id), Add(contact), events=[entry])
            return contact

        return await retrying(attempt)

    # ── purge ────────────────────────────────────────────────────────────────

    async def purge(self, *, batch: int = 500) -> Purged:
        """End guests whom nobody came back to, unless something of theirs is kept.

        Each goes in a commit of its own whose guard is the guest's version: one
        who signs in at that very moment stays, and so does one who has begun to.
        Rows that were written under an account after it was merged, by whoever knew
        it from before, come to its survivor; under an erased one, they are erased.

        Args:
            batch: How many to read at once; all of them are looked at.
        """
        # First, so that what comes to a guest is theirs when they are looked at.
        settled = await self._late.settle(batch=batch)
        now, gone, kept = self._clock(), list[str](), list[str]()
        after = ""
        # By id and onwards: those who are kept would else be all that is ever read.
        while lapsed := await self._store.list_lapsed_guests(
            unseen_before=now - self._policy.orphaned_after,
            idle_before=now - self._policy.idle,
            after=after,
            limit=batch,
        ):
            for guest in lapsed:
                (gone if await self._purge_one(guest) else kept).append(guest.id)
            after = lapsed[-1].id
        return Purged(gone=tuple(gone), kept=tuple(kept), settled=tuple(settled))

    async def _purge_one(self, guest: Account) -> bool:
        # Whoever is at a provider now comes back to what they left here.
        begun = await self._store.list_of(Intent, guest.id)
        now = self._clock()
        if any(not one.is_used and now < one.expires_at for one in begun):
            return False
        parked = await self._store.list_parked(guest.id)
        plans = await self._belongings.plan_purge(guest.id, parked)
        if plans is None:
            return False
        expired = replace(
            guest, ending=Ending.EXPIRED, ref=None, version=guest.version + 1
        )
        try:
            await self._store.commit(
                Replace(guest, expired),
                *changes_of(plans),
                events=[self._log.entry(guest.id, AccountExpired())],
            )
        except Conflict:
            return False
        return True
