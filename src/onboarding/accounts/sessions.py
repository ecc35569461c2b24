"""Sessions: who carries a token, how one begins, is used, and ends."""

from dataclasses import replace

from onboarding.accounts import rules
from onboarding.accounts.model import Account, CurrentSession, NewSession, Session
from onboarding.accounts.rules import SessionPolicy
from onboarding.accounts.store import AccountStore
from onboarding.changes import Remove, Replace, Touch, retrying
from onboarding.clock import Clock
from onboarding.errors import Conflict
from onboarding.events import SignedOut
from onboarding.log import Recorder
from onboarding.tokens import Ids, Token, read, same


class SessionService:
    """Knows who carries a session's token.

    Args:
        store: Where sessions are kept.
        clock: The present instant.
        ids: Makes ids.
        policy: How long sessions last.
    """

    def __init__(
        self, store: AccountStore, clock: Clock, ids: Ids, policy: SessionPolicy
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._log = Recorder(clock, ids)
        self.policy = policy

    async def find(self, token: str) -> CurrentSession | None:
        """Return who carries a session's token, or None when it grants nothing."""
        parts = read(token)
        if parts is None:
            return None
        found = await self._store.find_session(parts[0])
        if found is None or not same(found[0].secret_hash, parts[1]):
            return None
        return self._alive(found)

    async def refresh(self, current: CurrentSession | None) -> CurrentSession | None:
        """Read who is here again; None when the session has ended meanwhile."""
        if current is None:
            return None
        found = await self._store.find_session(current.session.id)
        return None if found is None else self._alive(found)

    def _alive(self, found: tuple[Session, Account]) -> CurrentSession | None:
        session, account = found
        if not rules.is_alive(session, account, self._clock(), self.policy):
            return None
        return CurrentSession(session=session, account=account)

    def begin(self, account: Account) -> NewSession:
        """Make a session for an account; the caller adds it to its own commit."""
        token = Token.new(self._ids.new())
        session = Session(
            id=token.id,
            account_id=account.id,
            secret_hash=token.hash,
            epoch=account.epoch,
            created_at=self._clock(),
        )
        return NewSession(account=account, session=session, token=token)

    def is_unwritten(self, session: Session) -> bool:
        """Tell whether this use of a session is still to be written down."""
        return rules.needs_touch(session, self._clock())

    async def touch(self, session: Session) -> None:
        """Write down that a session was used: the first time, then once a day.

        It raises the account's version: a purge that looked just before decides again.
        A Conflict means that another request did so already, and is no matter.
        """
        now = self._clock()
        if not rules.needs_touch(session, now):
            return
        try:
            await self._store.commit(
                Touch(session.account_id),
                Replace(session, replace(session, seen_after=now - session.created_at)),
            )
        except Conflict:
            return

    async def end(self, current: CurrentSession) -> None:
        """Sign out; ending a session that has ended already is no error."""

        async def attempt() -> None:
            found = await self._store.find_session(current.session.id)
            if found is None:
                return
            entry = self._log.entry(current.account.id, SignedOut())
            await self._store.commit(Remove(found[0]), events=[entry])

        await retrying(attempt)
