"""A store in this process's memory: for tests, tries and demos; gone at the end.

It keeps the promise of every store, races included: each call gives other tasks a
turn before it returns, so that what was read may be stale by the time of a commit,
as it is with a database.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from onboarding.accounts.model import (
    Account,
    Contact,
    IdentityLink,
    Intent,
    Kind,
    ProvenAddress,
    Receipt,
    Session,
)
from onboarding.attention.model import Attention
from onboarding.changes import Change, Noun
from onboarding.events import Entry
from onboarding.feedback.model import Moment, Response
from onboarding.journey.model import Funnel, FunnelReport
from onboarding.journey.rules import count_funnel
from onboarding.jsonvalue import check_text
from onboarding.profiling.model import Answer
from onboarding.stores.base import Delivery
from onboarding.stores.rows import Rows, key_of, refuse_sql

T = TypeVar("T")
N = TypeVar("N", bound=Noun)


class MemoryStore:
    """Keeps everything in this process's memory.

    Holds no SQL: ``query`` and ``Statement``, and with them ``Resource.table``,
    raise a ``ConfigError``.
    """

    def __init__(self) -> None:
        self.outbox = False
        self._rows = Rows()

    async def open(self) -> None:
        """Do nothing: memory is always open."""

    async def close(self) -> None:
        """Do nothing: what is kept stays until the process ends."""

    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        """Apply every change and append the events, or apply nothing."""
        self._rows.apply(changes, events, outbox=self.outbox)
        await asyncio.sleep(0)

    async def find_session(self, id: str) -> tuple[Session, Account] | None:
        """Return a session and its account in one read."""
        session = self._rows.find(Session, id)
        account = session and self._rows.find(Account, session.account_id)
        return await _later((session, account) if session and account else None)

    async def find_account(self, id: str) -> Account | None:
        """Return an account, also an ended one."""
        return await _later(self._rows.find(Account, id))

    async def find_account_by_ref(self, ref: str) -> Account | None:
        """Return the account with the host's own key."""
        check_text(ref)
        found = self._rows.where(Account, lambda account: account.ref == ref)
        return await _later(found[0] if found else None)

    async def find_identity(self, issuer: str, subject: str) -> IdentityLink | None:
        """Return the link of an identity."""
        return await _later(self._rows.find(IdentityLink, issuer, subject))

    async def list_identities(self, account_id: str) -> list[IdentityLink]:
        """Return the ways to sign in to an account, oldest first."""
        found = self._rows.of(IdentityLink, account_id)
        return await _sorted(found, lambda link: link.linked_at)

    async def find_proven(self, address: str) -> str | None:
        """Return the id of the account that proved a normalised address."""
        proven = await _later(self._rows.find(ProvenAddress, address))
        return proven.account_id if proven else None

    async def list_sessions(self, account_id: str) -> list[Session]:
        """Return the sessions of an account, oldest first."""
        found = self._rows.of(Session, account_id)
        return await _sorted(found, lambda session: session.created_at)

    async def list_contacts(self, account_id: str) -> list[Contact]:
        """Return the addresses of an account, oldest first."""
        found = self._rows.of(Contact, account_id)
        return await _sorted(found, lambda contact: contact.given_at)

    async def find_intent(self, id: str) -> Intent | None:
        """Return an intent that nobody has used yet."""
        return await _later(self._rows.find(Intent, id))

    async def list_receipts(self, target: str) -> list[Receipt]:
        """Return what was merged into an account, oldest first."""
        found = self._rows.where(Receipt, lambda receipt: receipt.target == target)
        return await _sorted(found, lambda receipt: receipt.at)

    async def find_receipt(self, source: str) -> Receipt | None:
        """Return the receipt of the merge of an account."""
        return await _later(self._rows.find(Receipt, source))

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

        def has_lapsed(guest: Account) -> bool:
            if guest.kind is not Kind.GUEST or not guest.is_live or guest.id <= after:
                return False
            sessions = self._rows.of(Session, guest.id)
            if not sessions:
                return guest.created_at < idle_before
            return all(
                one.seen_at <= one.created_at and one.created_at < unseen_before
                for one in sessions
            ) or all(one.seen_at < idle_before for one in sessions)

        guests = self._rows.where(Account, has_lapsed)
        return (await _sorted(guests, lambda guest: guest.id))[:limit]

    async def list_expired_intents(self, before: datetime, limit: int) -> list[Intent]:
        """Return intents whose life is over."""
        found = self._rows.where(Intent, lambda intent: intent.expires_at < before)
        return (await _sorted(found, lambda intent: intent.expires_at))[:limit]

    async def list_entries(self, account_id: str) -> list[Entry]:
        """Return the events of one account, oldest first."""
        found = self._rows.of(Entry, account_id)
        return await _later(sorted(found, key=_by_instant))

    async def list_attention(self, account_id: str) -> list[Attention]:
        """Return the ledger of an account, oldest first."""
        found = self._rows.of(Attention, account_id)
        return await _sorted(found, lambda line: line.at)

    async def list_answers(self, account_id: str) -> list[Answer]:
        """Return the answers of an account, by the name of the question."""
        found = self._rows.of(Answer, account_id)
        return await _sorted(found, lambda answer: answer.question)

    async def list_moments(self, account_id: str, names: Sequence[str]) -> list[Moment]:
        """Return events of these names, oldest first, merged accounts' included."""
        journey = await self.list_journey(account_id)
        return [Moment(name=e.name, at=e.at) for e in journey if e.name in names]

    async def list_responses(self, account_id: str) -> list[Response]:
        """Return the responses of an account, oldest first."""
        found = self._rows.of(Response, account_id)
        return await _sorted(found, lambda response: response.given_at)

    async def list_open_responses(self, *, limit: int) -> list[Response]:
        """Return responses without a reply, of everybody, oldest first."""
        found = self._rows.where(Response, lambda one: one.replied_at is None)
        return (await _sorted(found, lambda response: response.given_at))[:limit]

    async def list_responses_to(
        self, prompt: str, *, since: datetime, until: datetime
    ) -> list[Response]:
        """Return what everybody said to a prompt in [since, until), oldest first."""
        found = self._rows.where(
            Response, lambda one: one.prompt == prompt and since <= one.given_at < until
        )
        return await _sorted(found, lambda response: response.given_at)

    async def find_response(self, account_id: str, id: str) -> Response | None:
        """Return one response."""
        return await _later(self._rows.find(Response, account_id, id))

    async def list_journey(self, account_id: str) -> list[Entry]:
        """Return the events of an account and of those merged into it, oldest first."""
        merged = self._merged_into()
        family = {account_id}
        while more := {id for id, into in merged.items() if into in family} - family:
            family |= more
        found = self._rows.where(Entry, lambda entry: entry.account_id in family)
        return await _later(sorted(found, key=_by_instant))

    def _merged_into(self) -> dict[str, str]:
        accounts = self._rows.where(Account, lambda one: one.merged_into is not None)
        return {one.id: one.merged_into for one in accounts if one.merged_into}

    async def report_funnel(
        self, funnel: Funnel, *, since: datetime, until: datetime
    ) -> FunnelReport:
        """Count who reached which step; the first step lies in [since, until)."""
        entries = self._rows.where(Entry, lambda _: True)
        merged = self._merged_into()
        return await _later(
            count_funnel(entries, merged, funnel, since=since, until=until)
        )

    async def list_deliveries(
        self, *, due_before: datetime, limit: int
    ) -> list[tuple[Delivery, Entry]]:
        """Return what is due, oldest first, with its event."""
        due = self._rows.where(Delivery, lambda one: one.due_at < due_before)
        ordered = await _sorted(due, lambda one: one.due_at)
        found = (
            (one, self._rows.find(Entry, one.account_id, one.event_id))
            for one in ordered[:limit]
        )
        return [(one, entry) for one, entry in found if entry is not None]

    async def query(
        self,
        sql: str,  # noqa: ARG002, the promise has it
        values: tuple[str | int | None, ...] = (),  # noqa: ARG002
    ) -> list[dict[str, object]]:
        """Refuse: there is no SQL here.

        Raises:
            ConfigError: Always.
        """
        refuse_sql()


def _by_instant(entry: Entry) -> tuple[datetime, str]:
    return entry.at, entry.id


async def _later(found: T) -> T:
    """Give what was read when others have had a turn: by then it may be stale."""
    await asyncio.sleep(0)
    return found


async def _sorted(found: list[N], by: Callable[[N], Any]) -> list[N]:
    """Give what was read in order; the key of each settles a tie."""
    return await _later(sorted(found, key=lambda one: (by(one), key_of(one))))
