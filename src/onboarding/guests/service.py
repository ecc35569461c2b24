"""Guests: made at the first write, reachable if they like, purged if they leave."""

from collections.abc import AsyncIterator
from datetime import timedelta

from onboarding.accounts.belongings import Belongings
from onboarding.accounts.given import id_of
from onboarding.accounts.live import find_live
from onboarding.accounts.model import Account, Contact, NewSession
from onboarding.accounts.sessions import SessionService
from onboarding.changes import Add, Touch, retrying
from onboarding.clock import Clock
from onboarding.emails import check_address
from onboarding.errors import Conflict
from onboarding.events import ContactGiven, GuestStarted
from onboarding.events.entry import EPOCH
from onboarding.guests.model import GuestPolicy, Purged
from onboarding.guests.purging import Purging
from onboarding.guests.store import GuestStore
from onboarding.instants import is_recent
from onboarding.log import Recorder
from onboarding.store import try_commit
from onboarding.tokens import Ids, Keys, derived_id
from onboarding.visible import trim


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
        self.policy = policy
        self._purging = Purging(
            store,
            clock,
            ids,
            belongings=belongings,
            policy=policy,
            session_life=sessions.policy.guest_life,
        )

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
                is_fresh = is_recent(at, self.policy.converge, now)
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

    async def start_for_app(self, app: str) -> NewSession:
        """Make a guest of an app.

        Args:
            app: The ``client_id`` of the app, which carries the session's token.
        """
        return await self._start(self._ids.new(), app)

    async def _start(self, account_id: str, app: str | None = None) -> NewSession:
        account = Account(id=account_id, created_at=self._clock())
        new = self._sessions.begin(account, app=app)
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
        if await try_commit(self._store, Touch(account_id), Add(new.session)):
            return new
        # The guest has ended meanwhile, and whoever is here has not.
        return await self._start(self._ids.new())

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

        Rows that were written under an account after it was merged, by whoever knew
        it from before, come to its survivor; under an erased one, they are erased;
        under a lapsed guest, they go unless a purge keeps such rows. What an erasure
        had to leave goes once its retention period is over.

        Args:
            batch: How many to read at once; all of them are looked at.

        Returns:
            What was done.
        """
        return await _last(self._purging.run(batch=batch))

    def purge_in_batches(self, *, batch: int = 500) -> AsyncIterator[Purged]:
        """Do what ``purge`` does; yield what was done so far, after each batch.

        Whoever asks for no further one has it stopped there; the next purge goes on.
        """
        return self._purging.run(batch=batch)

    def plan_purge(self, *, batch: int = 500) -> AsyncIterator[Purged]:
        """Yield what a purge would do, and why it would keep the rest; write nothing.

        The last one tells all of it.
        """
        return self._purging.plan(batch=batch)


async def _last(told: AsyncIterator[Purged]) -> Purged:
    purged = Purged()
    async for purged in told:  # noqa: B007, the last one is what counts
        pass
    return purged
