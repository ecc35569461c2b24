"""What accounts and guests ask beyond a key or an account, in SQL."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from onboarding.accounts.model import Account, ContactLevel, Intent, Receipt, Session
from onboarding.stores.sql.executor import Executor, Row
from onboarding.stores.sql.journey import FAMILY
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import ACCOUNTS, INTENTS, RECEIPTS, SESSIONS
from onboarding.stores.sql.values import to_us

FIND_SESSION = f"""
SELECT s.account_id, s.seen_after, a.version,
  {SESSIONS.listed("s")}, {ACCOUNTS.listed("a")}
FROM onboarding_sessions AS s
INNER JOIN onboarding_accounts AS a ON a.id = s.account_id
WHERE s.id = $1
"""

FIND_MARK = """
SELECT s.account_id, s.seen_after, a.version
FROM onboarding_sessions AS s
INNER JOIN onboarding_accounts AS a ON a.id = s.account_id
WHERE s.id = $1 AND s.epoch = a.epoch AND a.ending IS NULL
"""
"""What tells that a session and its account are as they were read last.

A session changes in its last use alone, and every change of an account raises its
version. What ends a session is asked of the database each time nevertheless.
"""

FIND_ACCOUNT_BY_REF = f"""
SELECT {ACCOUNTS.listed("a")} FROM onboarding_accounts AS a WHERE a.ref = $1
"""

LIST_RECEIPTS = f"""
SELECT {RECEIPTS.listed("r")} FROM onboarding_receipts AS r
WHERE r.target = $1 ORDER BY r.at, r.source
"""

LIST_MERGED = f"""{FAMILY}
SELECT f.member FROM family AS f WHERE f.member <> $1 ORDER BY f.member
"""

LIST_PARKED = """
WITH RECURSIVE family (member, ending) AS (
  SELECT CAST($1 AS TEXT), CAST(NULL AS TEXT)
  UNION
  SELECT a.id, a.ending FROM onboarding_accounts AS a
  INNER JOIN family AS f ON a.merged_into = f.member
)
SELECT f.member FROM family AS f WHERE f.ending = 'parked' ORDER BY f.member
"""

LIST_TOMBSTONES = f"""
SELECT {ACCOUNTS.listed("a")} FROM onboarding_accounts AS a
WHERE a.ending IS NOT NULL AND a.id > $1 ORDER BY a.id LIMIT $2
"""

LIST_LIVE = f"""
SELECT {ACCOUNTS.listed("a")} FROM onboarding_accounts AS a
WHERE a.ending IS NULL AND a.id > $1 ORDER BY a.id LIMIT $2
"""

COUNT_TYPED = """
SELECT COUNT(*) FROM onboarding_contacts AS c
INNER JOIN onboarding_accounts AS a ON a.id = c.account_id
WHERE c.address = $1 AND c.level < $2 AND a.ending IS NULL
"""

LIST_EXPIRED_INTENTS = f"""
SELECT {INTENTS.listed("i")} FROM onboarding_intents AS i
WHERE i.expires_at < $1 ORDER BY i.expires_at, i.id LIMIT $2
"""

LAST_SEEN = """COALESCE((
    SELECT MAX(seen.created_at + seen.seen_after) FROM onboarding_sessions AS seen
    WHERE seen.account_id = a.id
  ), a.created_at)"""

LIST_LAPSED_GUESTS = f"""
SELECT {ACCOUNTS.listed("a")} FROM onboarding_accounts AS a
WHERE a.id > $1 AND a.kind = 0 AND a.ending IS NULL
  AND CASE WHEN EXISTS (
    SELECT 1 FROM onboarding_contacts AS given WHERE given.account_id = a.id
  ) THEN {LAST_SEEN} < $4
  ELSE {LAST_SEEN} < $3 OR (
    EXISTS (SELECT 1 FROM onboarding_sessions AS held WHERE held.account_id = a.id)
    AND NOT EXISTS (
      SELECT 1 FROM onboarding_sessions AS used
      WHERE used.account_id = a.id AND (used.seen_after > 0 OR used.created_at >= $2)
    )
  ) END
ORDER BY a.id LIMIT $5
"""


MOST_MARKED = 2048
"""So many sessions are remembered at most: about 2 MiB."""


class Marked(NamedTuple):
    """A session and its account as they were read, and the mark of that moment."""

    mark: Row
    found: tuple[Session, Account]


class AccountReading(Reading):
    """Finds sessions with their accounts, refs, receipts, and what is over."""

    def __init__(self, executor: Executor, prefix: str):
        super().__init__(executor, prefix)
        self._known: dict[str, Marked] = {}

    async def find_session(self, id: str) -> tuple[Session, Account] | None:
        """Return a session and its account; the same objects while both are the same.

        The database is read every time, so that a session which is revocable is so at
        once. Whoever is here makes many requests, though, and three columns cost half
        of what fourteen cost, before two nouns are made of these.
        """
        # Every request asks this, so it is not asked whether a database could hold
        # the text: it has the shape of an id (tokens.read).
        known = self._known.get(id)
        if known is not None:
            sql, executor = self._texts[FIND_MARK], self._executor
            marks = executor.read_now(sql, (id,))
            if marks is None:
                marks = await executor.read(sql, (id,))
            if marks and tuple(marks[0]) == known.mark:
                return known.found
            self._known.pop(id, None)
        rows = await self._executor.read(self._texts[FIND_SESSION], (id,))
        return self._remember(id, tuple(rows[0])) if rows else None

    def _remember(self, id: str, row: Row) -> tuple[Session, Account]:
        """Make the nouns of a row, which begins with its mark."""
        mark, row = row[:3], row[3:]
        width = len(SESSIONS.fields)
        found = SESSIONS.read(row[:width]), ACCOUNTS.read(row[width:])
        if len(self._known) >= MOST_MARKED:
            self._known.clear()  # whoever is here is known again at the next request
        self._known[id] = Marked(mark, found)
        return found

    async def find_account_by_ref(self, ref: str) -> Account | None:
        """Return the account with the host's own key."""
        rows = await self._read(FIND_ACCOUNT_BY_REF, ref)
        return ACCOUNTS.read(rows[0]) if rows else None

    async def list_receipts(self, target: str) -> list[Receipt]:
        """Return what was merged into an account, oldest first."""
        return [RECEIPTS.read(row) for row in await self._read(LIST_RECEIPTS, target)]

    async def list_merged(self, account_id: str) -> list[str]:
        """Return the ids that were merged into an account, also by way of others."""
        return [id for (id,) in await self._read(LIST_MERGED, account_id)]

    async def list_parked(self, account_id: str) -> list[str]:
        """Return the ids under which rows wait for an account."""
        return [id for (id,) in await self._read(LIST_PARKED, account_id)]

    async def list_tombstones(self, *, after: str = "", limit: int) -> list[Account]:
        """Return accounts that have ended, however, behind ``after``, by id."""
        return await self._page(
            lambda since: self._scan(LIST_TOMBSTONES, since, limit), after
        )

    async def list_live(self, *, after: str = "", limit: int) -> list[Account]:
        """Return accounts that have not ended, behind ``after``, by id."""
        return await self._page(
            lambda since: self._scan(LIST_LIVE, since, limit), after
        )

    async def count_typed(self, address: str) -> int:
        """Return how many live accounts typed an address that they have not proven."""
        rows = await self._scan(COUNT_TYPED, address, ContactLevel.PROVEN.value)
        return int(rows[0][0] or 0)

    async def list_expired_intents(self, before: datetime, limit: int) -> list[Intent]:
        """Return intents whose life is over."""
        rows = await self._upkeep(LIST_EXPIRED_INTENTS, to_us(before), limit)
        return self._readable(INTENTS, rows)

    async def list_lapsed_guests(
        self,
        *,
        unseen_before: datetime,
        idle_before: datetime,
        contact_before: datetime,
        after: str = "",
        limit: int,
    ) -> list[Account]:
        """Return live guests to purge in the order of their ids, behind ``after``.

        A guest without a session has nothing to come back with, and counts from
        when it was made.
        """
        ages = [to_us(at) for at in (unseen_before, idle_before, contact_before)]
        return await self._page(
            lambda since: self._upkeep(LIST_LAPSED_GUESTS, since, *ages, limit), after
        )

    async def _page(
        self, ask: Callable[[str], Awaitable[Sequence[Row]]], after: str
    ) -> list[Account]:
        """Return the next accounts that can be read, by id; none at the end."""
        while rows := await ask(after):
            if found := self._readable(ACCOUNTS, rows):
                return found
            after = ACCOUNTS.key_of(rows[-1])[0]
        return []
