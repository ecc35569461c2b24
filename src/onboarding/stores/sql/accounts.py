"""Accounts, sessions, identities and contacts in SQL."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from onboarding.accounts.model import (
    Account,
    Carrier,
    Contact,
    ContactLevel,
    EmailTrust,
    Ending,
    IdentityLink,
    Kind,
    ProvenAddress,
    Session,
)
from onboarding.stores.sql.executor import Row
from onboarding.stores.sql.reading import Reading
from onboarding.stores.sql.tables import Table
from onboarding.stores.sql.values import from_us, from_us_or_none, to_us, to_us_or_none

KINDS = (Kind.GUEST, Kind.REGISTERED)
"""Kinds by the number that stands for them: a guest is most of what is kept."""

CARRIERS = (Carrier.COOKIE, Carrier.BEARER)
"""Carriers by the number that stands for them."""

ENDINGS: dict[str | None, Ending | None] = {None: None, **{e.value: e for e in Ending}}

TABLES = (
    Table(
        Account,
        "onboarding_accounts",
        "id kind epoch version created_at ending merged_into ref",
        lambda a: (
            a.id,
            KINDS.index(a.kind),
            a.epoch,
            a.version,
            to_us(a.created_at),
            a.ending,
            a.merged_into,
            a.ref,
        ),
    ),
    Table(
        Session,
        "onboarding_sessions",
        "id account_id secret_hash epoch carrier created_at seen_after",
        lambda s: (
            s.id,
            s.account_id,
            s.secret_hash,
            s.epoch,
            CARRIERS.index(s.carrier),
            to_us(s.created_at),
            to_us(s.seen_at) - to_us(s.created_at),
        ),
        guard=("seen_after",),
    ),
    Table(
        IdentityLink,
        "onboarding_identities",
        "issuer subject account_id provider email email_trust name linked_at used_at",
        lambda i: (
            i.issuer,
            i.subject,
            i.account_id,
            i.provider,
            i.email,
            i.email_trust,
            i.name,
            to_us(i.linked_at),
            to_us(i.used_at),
        ),
    ),
    Table(
        Contact,
        "onboarding_contacts",
        "account_id address typed level given_at proven_by proven_at",
        lambda c: (
            c.account_id,
            c.address,
            c.typed,
            c.level,
            to_us(c.given_at),
            c.proven_by,
            to_us_or_none(c.proven_at),
        ),
    ),
    Table(
        ProvenAddress,
        "onboarding_proven_addresses",
        "address account_id",
        lambda p: (p.address, p.account_id),
    ),
)

ACCOUNT = (
    "a.id, a.kind, a.epoch, a.version, a.created_at, a.ending, a.merged_into, a.ref"
)

FIND_SESSION = f"""
SELECT s.secret_hash, s.epoch, s.carrier, s.created_at, s.seen_after, {ACCOUNT}
FROM onboarding_sessions AS s
INNER JOIN onboarding_accounts AS a ON a.id = s.account_id
WHERE s.id = $1
"""

LIST_SESSIONS = """
SELECT id, account_id, secret_hash, epoch, carrier, created_at, seen_after
FROM onboarding_sessions WHERE account_id = $1 ORDER BY created_at, id
"""

FIND_ACCOUNT = f"SELECT {ACCOUNT} FROM onboarding_accounts AS a WHERE a.id = $1"

FIND_ACCOUNT_BY_REF = f"SELECT {ACCOUNT} FROM onboarding_accounts AS a WHERE a.ref = $1"

IDENTITY = """
SELECT issuer, subject, account_id, provider, email, email_trust, name, linked_at,
  used_at
FROM onboarding_identities
"""

FIND_IDENTITY = f"{IDENTITY} WHERE issuer = $1 AND subject = $2"

LIST_IDENTITIES = f"""
{IDENTITY} WHERE account_id = $1 ORDER BY linked_at, issuer, subject
"""

FIND_PROVEN = "SELECT account_id FROM onboarding_proven_addresses WHERE address = $1"

LIST_CONTACTS = """
SELECT account_id, address, typed, level, given_at, proven_by, proven_at
FROM onboarding_contacts WHERE account_id = $1 ORDER BY given_at, address
"""

LIST_LAPSED_GUESTS = f"""
SELECT {ACCOUNT} FROM onboarding_accounts AS a
WHERE a.id > $1 AND a.kind = 0 AND a.ending IS NULL
  AND (
    NOT EXISTS (
      SELECT 1 FROM onboarding_sessions AS used
      WHERE used.account_id = a.id AND (used.seen_after > 0 OR used.created_at >= $2)
    )
    OR NOT EXISTS (
      SELECT 1 FROM onboarding_sessions AS fresh
      WHERE fresh.account_id = a.id AND fresh.created_at + fresh.seen_after >= $3
    )
  )
  AND (
    a.created_at < $3
    OR EXISTS (SELECT 1 FROM onboarding_sessions AS held WHERE held.account_id = a.id)
  )
ORDER BY a.id LIMIT $4
"""


class AccountReading(Reading):
    """Finds accounts, sessions, identities and contacts."""

    async def find_session(self, id: str) -> tuple[Session, Account] | None:
        """Return a session and its account in one read."""
        # Every request asks this, so it is not asked whether a database could hold
        # the text: it has the shape of an id (tokens.Token.parse).
        rows = await self._executor.read(self._texts[FIND_SESSION], (id,))
        if not rows:
            return None
        return _visitor(id, tuple(rows[0]))

    async def list_sessions(self, account_id: str) -> list[Session]:
        """Return the sessions of an account, oldest first."""
        return [_session(row) for row in await self._read(LIST_SESSIONS, account_id)]

    async def find_account(self, id: str) -> Account | None:
        """Return an account, also an ended one."""
        row = await self._first(FIND_ACCOUNT, id)
        return _account(row) if row else None

    async def find_account_by_ref(self, ref: str) -> Account | None:
        """Return the account with the host's own key."""
        row = await self._first(FIND_ACCOUNT_BY_REF, ref)
        return _account(row) if row else None

    async def find_identity(self, issuer: str, subject: str) -> IdentityLink | None:
        """Return the link of an identity."""
        row = await self._first(FIND_IDENTITY, issuer, subject)
        return _identity(row) if row else None

    async def list_identities(self, account_id: str) -> list[IdentityLink]:
        """Return the ways to sign in to an account, oldest first."""
        return [_identity(r) for r in await self._read(LIST_IDENTITIES, account_id)]

    async def find_proven(self, address: str) -> str | None:
        """Return the id of the account that proved a normalised address."""
        row = await self._first(FIND_PROVEN, address)
        return row[0] if row else None

    async def list_contacts(self, account_id: str) -> list[Contact]:
        """Return the addresses of an account, oldest first."""
        return [_contact(r) for r in await self._read(LIST_CONTACTS, account_id)]

    async def list_lapsed_guests(
        self,
        *,
        unseen_before: datetime,
        idle_before: datetime,
        after: str = "",
        limit: int,
    ) -> list[Account]:
        """Return live guests to purge in the order of their ids, behind ``after``.

        A guest without a session has nothing to come back with, and counts from
        when it was made.
        """
        unseen, idle = to_us(unseen_before), to_us(idle_before)
        rows = await self._scan(LIST_LAPSED_GUESTS, after, unseen, idle, limit)
        return [_account(row) for row in rows]


@lru_cache(maxsize=2048)
def _visitor(id: str, row: tuple[Any, ...]) -> tuple[Session, Account]:
    """The nouns of a row that was just read: the same row is the same nouns.

    Whoever is here makes many requests, and making two nouns costs as much as the
    read itself. The row is read every time, so nothing of this is ever stale.
    """
    account = _account(row[5:])
    return _session((id, account.id, *row[:5])), account


def _session(row: Row) -> Session:
    id, account_id, secret_hash, epoch, carrier, began, after = row
    created_at = from_us(began)
    return Session(
        id=id,
        account_id=account_id,
        secret_hash=secret_hash,
        epoch=epoch,
        carrier=CARRIERS[carrier],
        created_at=created_at,
        seen_at=from_us(began + after) if after else created_at,
    )


def _account(row: Row) -> Account:
    id, kind, epoch, version, created_at, ending, merged_into, ref = row
    return Account(
        id=id,
        kind=KINDS[kind],
        epoch=epoch,
        version=version,
        created_at=from_us(created_at),
        ending=ENDINGS[ending],
        merged_into=merged_into,
        ref=ref,
    )


def _identity(row: Row) -> IdentityLink:
    issuer, subject, account_id, provider, email, trust, name, linked, used = row
    return IdentityLink(
        issuer=issuer,
        subject=subject,
        account_id=account_id,
        provider=provider,
        email=email,
        email_trust=EmailTrust(trust),
        name=name,
        linked_at=from_us(linked),
        used_at=from_us(used),
    )


def _contact(row: Row) -> Contact:
    account_id, address, typed, level, given_at, proven_by, proven_at = row
    return Contact(
        account_id=account_id,
        address=address,
        typed=typed,
        level=ContactLevel(level),
        given_at=from_us(given_at),
        proven_by=proven_by,
        proven_at=from_us_or_none(proven_at),
    )
