"""Letters that nobody asked for: to whom they go, in which language, or not at all.

What is returned is committed beside what the letter tells of: there is no news of what
did not happen, and nothing happens without its news.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from onboarding.accounts.model import Account, Contact, ContactLevel
from onboarding.accounts.ways import Way
from onboarding.changes import Add, Change
from onboarding.clock import Clock
from onboarding.emails import masked
from onboarding.locales import LOCALES
from onboarding.mail.model import Letter, Letters, MailStop
from onboarding.store import NounStore
from onboarding.tokens import Ids

WORTH_SENDING = timedelta(days=3)
"""How long a mail server may be out of reach before such a letter is given up."""


class LetterWriter:
    """Writes letters, of the kinds that this application writes.

    Args:
        store: Where contacts are kept.
        clock: The present instant.
        ids: Makes ids.
        letters: Which kinds are written; None where this application mails nothing.

    Attributes:
        wake: Says that a letter was committed, so that it is sent at once.
    """

    def __init__(
        self, store: NounStore, clock: Clock, ids: Ids, letters: Letters | None
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._letters = letters
        self.wake: Callable[[], object] = lambda: None

    # ── what is told ─────────────────────────────────────────────────────────

    async def way_added(self, account: Account, way: Way) -> Sequence[Change]:
        """Return the letters about a way to sign in that an account gains.

        To every address that is proven before the commit they stand in.
        """
        return await self._write_to_all(account, "way_added", way)

    async def way_removed(self, account: Account, way: Way) -> Sequence[Change]:
        """Return the letters about a way to sign in that an account loses.

        To every address that is proven before the commit they stand in: the one that
        is taken away, too.
        """
        return await self._write_to_all(account, "way_removed", way)

    async def reply(self, account_id: str) -> Sequence[Change]:
        """Return the letter that there is a reply to what somebody said.

        To the address that they proved last, or else gave last; to none that wants no
        more of these.
        """
        account = await self._store.find(Account, account_id)
        if account is None or not self._writes("reply"):
            return ()
        known = await self._store.list_of(Contact, account_id)
        to = max(known, key=_how_sure, default=None)
        if to is None or await self._is_stopped(to.address, "reply"):
            return ()
        return [self._letter(account, to, "reply", {})]

    # ── to whom ──────────────────────────────────────────────────────────────

    async def _write_to_all(
        self, account: Account, kind: str, way: Way
    ) -> Sequence[Change]:
        if not self._writes(kind):
            return ()
        # Masked: not everybody who reads one address of a person need know another.
        data = {"provider": way.provider, "address": masked(way.address)}
        return [
            self._letter(account, one, kind, data)
            for one in await self._store.list_of(Contact, account.id)
            if one.level is ContactLevel.PROVEN
        ]

    def _writes(self, kind: str) -> bool:
        return self._letters is not None and self._letters.writes(kind)

    async def _is_stopped(self, address: str, kind: str) -> bool:
        return await self._store.find(MailStop, address, kind) is not None

    def _letter(
        self, account: Account, to: Contact, kind: str, data: Mapping[str, str | None]
    ) -> Add:
        now = self._clock()
        return Add(
            Letter(
                id=self._ids.new(),
                kind=kind,
                address=to.address,
                typed=to.typed,
                account_id=account.id,
                locale=account.locale or LOCALES[0],
                data=data,
                due_at=now,
                until=now + WORTH_SENDING,
            )
        )


def _how_sure(contact: Contact) -> tuple[ContactLevel, datetime]:
    """Sort contacts by how sure it is that they are the person's, the surest last."""
    return contact.level, contact.proven_at or contact.given_at
