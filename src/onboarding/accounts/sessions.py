"""Sessions: who carries a token, how one begins, is used, and ends."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from onboarding.accounts import rules
from onboarding.accounts.model import (
    Account,
    CurrentSession,
    Intent,
    NewSession,
    Session,
)
from onboarding.accounts.rules import SessionPolicy
from onboarding.accounts.store import AccountStore
from onboarding.changes import Change, Remove, Replace, Touch, retrying
from onboarding.clock import Clock
from onboarding.errors import FreshSignInRequired
from onboarding.events import SignedOut
from onboarding.frozen import dataclass
from onboarding.log import Recorder
from onboarding.store import try_commit
from onboarding.tokens import Ids, Token, digest, is_digest_of, made_at, read, same

FRESH_BEFORE = "fresh"
"""What an intent notes of a sign-in that was fresh when it was begun."""

MOST_ADMITTED = 2048
"""So many sessions are remembered at most: about 2 MiB."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What follows from a session and its account as they were read.

    Attributes:
        digest: Of the token that opened it.
        found: The very objects that the store gave.
        current: What is told of them.
        same_until: From when on more has to be decided than whether they changed.
    """

    digest: bytes
    found: tuple[Session, Account]
    current: CurrentSession
    same_until: datetime


class SessionService:
    """Knows who carries a session's token.

    Args:
        store: Where sessions are kept.
        clock: The present instant.
        ids: Makes ids.
        policy: How long sessions last.
        is_alone: Whether the store belongs to this process, and so to this object.
    """

    def __init__(
        self,
        store: AccountStore,
        clock: Clock,
        ids: Ids,
        policy: SessionPolicy,
        *,
        is_alone: bool = False,
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._log = Recorder(clock, ids)
        self.policy = policy
        self._known: dict[str, Admitted] = {}
        self._begun: set[str] | None = set() if is_alone else None
        self._since = int(clock().timestamp() * 1000)

    async def find(self, token: str) -> CurrentSession | None:
        """Return who carries a session's token, or None when it grants nothing.

        The store is asked every time. What follows from its answer is remembered
        until that is another one: every request of everybody comes by here.
        """
        id = token[:20]
        known = self._known.get(id)
        if known is None or not is_digest_of(known.digest, token):
            parts = read(token)
            if parts is None:
                return None
            return self._admit(token, await self._store.find_session(parts[0]))
        found = await self._store.find_session(id)
        if found is not known.found:
            return self._admit(token, found)
        now = self._clock()
        return known.current if now < known.same_until else self._alive(found, now)

    def _admit(
        self, token: str, found: tuple[Session, Account] | None
    ) -> CurrentSession | None:
        """Check the secret against what was read, and remember what follows."""
        parts = read(token)
        if not parts or not found or not same(found[0].secret_hash, parts[1]):
            return None
        session, account = found
        if session.app is not None:
            # What an app holds is no cookie: who copied the one has not the other.
            return None
        current = self._alive(found, self._clock())
        if current is None or current.is_unwritten:
            return current
        if len(self._known) >= MOST_ADMITTED:
            self._known.clear()  # whoever is here is known again at the next request
        until = min(
            rules.ends_at(session, account, self.policy), rules.touch_due(session)
        )
        self._known[session.id] = Admitted(digest(token), found, current, until)
        return current

    async def find_of_app(self, token: str) -> CurrentSession | None:
        """Return who carries an app's token; that of a cookie is none of an app's."""
        parts = read(token)
        found = await self._store.find_session(parts[0]) if parts else None
        if not parts or not found or not same(found[0].secret_hash, parts[1]):
            return None
        return self._alive(found, self._clock()) if found[0].app is not None else None

    async def find_live(self, id: str) -> CurrentSession | None:
        """Return a session by its id, while it lives: who asks carries no token."""
        found = await self._store.find_session(id)
        return self._alive(found, self._clock())

    def ends_at(self, current: CurrentSession) -> datetime:
        """Return when a session ends if it is not used before."""
        return rules.ends_at(current.session, current.account, self.policy)

    async def refresh(self, current: CurrentSession | None) -> CurrentSession | None:
        """Read who is here again; None when the session has ended meanwhile."""
        return None if current is None else await self.find_live(current.session.id)

    def _alive(
        self, found: tuple[Session, Account] | None, now: datetime
    ) -> CurrentSession | None:
        if found is None:
            return None
        session, account = found
        if now >= rules.ends_at(session, account, self.policy):
            return None
        return CurrentSession(
            session=session,
            account=account,
            is_unwritten=now >= rules.touch_due(session),
        )

    # ── a fresh sign-in ──────────────────────────────────────────────────────

    def is_fresh(self, current: CurrentSession | None) -> bool:
        """Tell whether who is here may change how they sign in; a guest may not."""
        if current is None:
            return False
        session, account, now = current.session, current.account, self._clock()
        return rules.is_fresh(session, account, self.policy, now)

    def check_fresh(
        self, current: CurrentSession | None, began: Intent | None = None
    ) -> None:
        """Let nobody change how they sign in who did not just do so.

        Args:
            current: Who is here now.
            began: What they began to change it by; their sign-in was fresh then, or is
                now. At a provider, or with a letter, people may take their time.

        Raises:
            FreshSignInRequired: When it was longer ago than ``SessionPolicy.fresh``.
        """
        if self.is_fresh(current):
            return
        was_fresh = began is not None and began.data.get(FRESH_BEFORE) is not None
        if not (
            current and began and was_fresh and began.account_id == current.account.id
        ):
            raise FreshSignInRequired

    def noted(self, current: CurrentSession | None) -> Mapping[str, str | None]:
        """Return what an intent says of whether who begins it had just signed in."""
        return {FRESH_BEFORE: "yes" if self.is_fresh(current) else None}

    # ── its begin, its use, its end ──────────────────────────────────────────

    def begin(
        self,
        account: Account,
        *,
        app: str | None = None,
        signed_in_by: Session | None = None,
    ) -> NewSession:
        """Make a session for an account; the caller adds it to its own commit.

        Args:
            account: Whose.
            app: The ``client_id`` of the app that is to carry it; None for a browser.
            signed_in_by: The session that vouches for this one. A session is as old as
                its sign-in, so this one is as old as that one: nobody becomes freshly
                signed in by handing it on.
        """
        now = self._clock()
        since = signed_in_by.created_at if signed_in_by else now
        token = Token.new(self._ids.new())
        if self._begun is not None:
            self._begun.add(token.id)
        session = Session(
            id=token.id,
            account_id=account.id,
            secret_hash=token.hash,
            epoch=account.epoch,
            created_at=since,
            seen_after=now - since,
            app=app,
        )
        return NewSession(account=account, session=session, token=token)

    async def hand_to_app(self, new: NewSession, app: str) -> NewSession:
        """Let an app carry a session that has just begun, and that nobody carries yet.

        Args:
            new: The session; its token was shown to nobody.
            app: The ``client_id`` of the app.

        Raises:
            Conflict: When it has ended meanwhile.
        """
        carried = replace(new.session, app=app)
        raised = Touch(new.account.id)
        await self._store.commit(raised, Replace(new.session, carried))
        return replace(new, session=carried)

    def is_of_another_process(self, token: str) -> bool:
        """Tell whether a session is younger than this process, and not made by it.

        It can tell of a store of one process alone; one of before a restart is older.
        """
        if self._begun is None or read(token) is None:
            return False
        return token[:20] not in self._begun and made_at(token[:20]) >= self._since

    async def touch(self, session: Session, locale: str | None = None) -> None:
        """Write down that a session was used: the first time, then once a day.

        It raises the account's version: a purge that looked just before decides again.
        A Conflict means that another request did so already, and is no matter.

        Args:
            session: As it was read.
            locale: The language of the request, in which the person is written to
                from now on.
        """
        now = self._clock()
        if now < rules.touch_due(session):
            return
        used = replace(session, seen_after=now - session.created_at)
        raised = await self._raised(session.account_id, locale)
        await try_commit(self._store, raised, Replace(session, used))

    async def _raised(self, account_id: str, locale: str | None) -> Change:
        """Return what raises an account's version, and keeps its language."""
        was = await self._store.find(Account, account_id) if locale else None
        if was is None or not was.is_live or was.locale == locale:
            return Touch(account_id)
        return Replace(was, replace(was, locale=locale, version=was.version + 1))

    async def end(self, current: CurrentSession) -> None:
        """Sign out; ending a session that has ended already is no error."""

        async def attempt() -> None:
            found = await self._store.find_session(current.session.id)
            if found is None:
                return
            entry = self._log.entry(current.account.id, SignedOut())
            await self._store.commit(Remove(found[0]), events=[entry])

        await retrying(attempt)
