"""Letters that nobody asked for: to whom they go, in which language, or not at all.

What is returned is committed beside what the letter tells of: there is no news of what
did not happen, and nothing happens without its news.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from onboarding.accounts.claims import Order
from onboarding.accounts.model import (
    Account,
    Contact,
    ContactLevel,
    IdentityLink,
    ProvenAddress,
)
from onboarding.accounts.ways import Way
from onboarding.changes import Add, Change
from onboarding.clock import Clock
from onboarding.emails import masked, normalise
from onboarding.errors import ConfigError
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
        return await self._write_to_all(account, "way_added", [way])

    async def way_removed(self, account: Account, way: Way) -> Sequence[Change]:
        """Return the letters about a way to sign in that an account loses.

        To every address that is proven before the commit they stand in: the one that
        is taken away, too.
        """
        return await self._write_to_all(account, "way_removed", [way])

    async def ways_joined(self, source: Account, target: Account) -> Sequence[Change]:
        """Return the letters about what leads to an account once two have merged.

        To every address that either had proven, about the ways of the other: whoever
        has those sees from now on what was theirs alone. A guest brings no way along:
        nobody signs in to one.
        """
        if source.is_guest or target.is_guest or not self._writes("way_added"):
            return ()
        return [
            letter
            for told, other in ((source, target), (target, source))
            for letter in await self._write_to_all(
                told, "way_added", await self._ways_of(other)
            )
        ]

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
        return [self._letter(account.id, to, "reply", {}, account.locale)]

    def order(self, order: Order, locale: str) -> Sequence[Change]:
        """Return the letter with the link of an order, to whoever placed it.

        Raises:
            ConfigError: When this application mails nothing.
        """
        if self._letters is None:
            raise ConfigError(
                "this application mails nothing, since mailer=None; hand one in, or "
                "put onboarding.order_link(…) into a mail of your own"
            )
        return self._about(order, "order", locale)

    def order_claimed(self, order: Order, locale: str | None) -> Sequence[Change]:
        """Return the letter that an order stands in an account from now on."""
        if not self._writes("order_claimed"):
            return ()
        return self._about(order, "order_claimed", locale)

    def _about(self, order: Order, kind: str, locale: str | None) -> Sequence[Change]:
        plain = normalise(order.address or "")
        if plain is None:
            return ()
        to = Contact(
            account_id=order.account_id or "",
            address=plain,
            typed=order.address or plain,
            given_at=order.placed_at,
        )
        data = {"order": order.key, "account": order.account_id}
        return [self._letter(order.account_id, to, kind, data, locale)]

    # ── to whom ──────────────────────────────────────────────────────────────

    async def _write_to_all(
        self, account: Account, kind: str, ways: Sequence[Way]
    ) -> Sequence[Change]:
        if not ways or not self._writes(kind):
            return ()
        # Masked: not everybody who reads one address of a person need know another.
        addresses = [masked(one.address) for one in ways]
        data = {
            "provider": _listed(" ", [one.provider for one in ways]),
            "address": _listed(", ", addresses),
        }
        return [
            self._letter(account.id, one, kind, data, account.locale)
            for one in await self._store.list_of(Contact, account.id)
            if one.level is ContactLevel.PROVEN
        ]

    async def _ways_of(self, account: Account) -> list[Way]:
        links = await self._store.list_of(IdentityLink, account.id)
        proven = await self._store.list_of(ProvenAddress, account.id)
        # Two people of one provider are one line: a letter tells no name.
        providers = dict.fromkeys(one.provider for one in links)
        return [
            *(Way(provider=name) for name in providers),
            *(Way(address=one.address) for one in proven),
        ]

    def _writes(self, kind: str) -> bool:
        return self._letters is not None and self._letters.writes(kind)

    async def _is_stopped(self, address: str, kind: str) -> bool:
        return await self._store.find(MailStop, address, kind) is not None

    def _letter(
        self,
        account_id: str | None,
        to: Contact,
        kind: str,
        data: Mapping[str, str | None],
        locale: str | None,
    ) -> Add:
        now = self._clock()
        return Add(
            Letter(
                id=self._ids.new(),
                kind=kind,
                address=to.address,
                typed=to.typed,
                account_id=account_id,
                locale=locale or LOCALES[0],
                data=data,
                due_at=now,
                until=now + WORTH_SENDING,
            )
        )


def _how_sure(contact: Contact) -> tuple[ContactLevel, datetime]:
    """Sort contacts by how sure it is that they are the person's, the surest last."""
    return contact.level, contact.proven_at or contact.given_at


def _listed(between: str, some: Sequence[str | None]) -> str | None:
    return between.join(one for one in some if one) or None
