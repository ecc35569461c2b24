"""Orders that are looked at, and that change owner: those, and nothing beside them."""

from collections.abc import Iterable
from dataclasses import replace

from onboarding.accounts.claims import Order, OrderResource
from onboarding.accounts.given import id_of
from onboarding.accounts.live import check_live, find_live, find_survivor
from onboarding.accounts.model import Account, Contact, ContactLevel, Ending
from onboarding.accounts.resources import Query
from onboarding.changes import Add, Change, Touch, retrying
from onboarding.clock import Clock
from onboarding.emails import check_address, normalise
from onboarding.errors import ConfigError, OrderLinkOver
from onboarding.events import ContactGiven, Event, GuestStarted, OrderClaimed
from onboarding.log import Recorder
from onboarding.mail.writing import LetterWriter
from onboarding.orders.links import OrderLinks, checked_key
from onboarding.orders.model import ClaimedBy, ClaimPolicy, OrderGrant, RegisteredOrder
from onboarding.orders.rules import OrderStanding, is_within_claim, stand
from onboarding.store import NounStore
from onboarding.tokens import Ids, Keys, derived_id
from onboarding.visible import trim


class OrderService:
    """Leads people to the orders that they placed as guests, on whatever device.

    Args:
        store: Where accounts are kept.
        clock: The present instant.
        ids: Makes ids.
        keys: Sign links and grants.
        orders: The host's orders.
        query: Runs the host's reads.
        policy: How long links work, and what may be claimed.
        letters: Writes to whoever placed an order.
        url: The address of our pages, which links begin with.

    Attributes:
        links: Makes and reads order links, and the grants that they give.
        policy: How long links work, and what may be claimed.
    """

    def __init__(
        self,
        store: NounStore,
        clock: Clock,
        ids: Ids,
        *,
        keys: Keys,
        orders: OrderResource,
        query: Query,
        policy: ClaimPolicy,
        letters: LetterWriter,
        url: str,
    ):
        self._store = store
        self._clock = clock
        self._log = Recorder(clock, ids)
        self.links = OrderLinks(clock, keys, policy, url)
        self._orders = orders
        self._query = query
        self.policy = policy
        self._letters = letters

    @property
    def page(self) -> str | None:
        """The path of the host's page of one order, with ``{key}`` in it."""
        return self._orders.order_page

    # ── links, and what they open ────────────────────────────────────────────

    async def open(self, token: str) -> OrderGrant:
        """Return what the end of an order link grants; opening uses nothing up.

        Raises:
            OrderLinkOver: When it is over, forged, or the order has another owner by
                now: the same answer for each.
        """
        link = self.links.read(token)
        if link is None or await self.find_granted(link.order, [link]) is None:
            raise OrderLinkOver
        until = min(link.until, self._clock() + self.policy.grant)
        return replace(link, until=until)

    async def mail_link(self, order: str | int, locale: str) -> None:
        """Write a letter with the link of an order; see ``Onboarding``.

        Raises:
            ConfigError: When there is no such order, or nothing sends mail.
        """
        key = checked_key(order)
        found = await self._orders.find_order(self._query, key)
        if found is None:
            raise ConfigError(
                "there is no such order in the table; write it, then mail its link"
            )
        await self._store.commit(*self._letters.order(found, locale))

    async def match(self, key: str, address: str) -> str | None:
        """Return the key of an order that was placed with an address, or None."""
        order = await self._orders.find_order(self._query, key.strip().lstrip("#"))
        typed = normalise(order.address or "") if order else None
        is_so = order is not None and typed is not None and typed == normalise(address)
        return order.key if order and is_so else None

    async def grant(self, key: str) -> OrderGrant:
        """Return what lets a browser look at an order, once its address is proven.

        Raises:
            OrderLinkOver: When there is no such order any more.
        """
        order = await self._orders.find_order(self._query, key)
        if order is None:
            raise OrderLinkOver
        until = self._clock() + self.policy.grant
        return OrderGrant(order=order.key, account_id=order.account_id, until=until)

    async def find_granted(
        self, key: str, grants: Iterable[OrderGrant]
    ) -> Order | None:
        """Return an order that one of some grants opens, or None."""
        held = [one for one in grants if one.order == key]
        order = await self._orders.find_order(self._query, key) if held else None
        return order if order and await self._is_opened(order, held) else None

    async def _is_opened(self, order: Order, grants: Iterable[OrderGrant]) -> bool:
        """Tell whether one of some grants opens an order, as it was read."""
        owner = await self._owner(order.account_id)
        if owner is not None and owner.ending is Ending.ERASED:
            return False
        now = self._clock()
        for one in grants:
            if one.order != order.key or now >= one.until:
                continue
            was = await self._owner(one.account_id)
            if (was and was.id) == (owner and owner.id):
                return True
        return False

    async def _owner(self, account_id: str | None) -> Account | None:
        """Return what an account has become; None for nobody."""
        if account_id is None:
            return None
        return await find_survivor(self._store, account_id)

    async def may_see(
        self, key: str | int, here: Account | None, grants: Iterable[OrderGrant]
    ) -> bool:
        """Tell whether an order is of who is here, or was opened by its link."""
        key = checked_key(key)
        if await self.find_granted(key, grants) is not None:
            return True
        order = await self._orders.find_order(self._query, key)
        return order is not None and await self._stand(order, here) is OrderStanding.OWN

    async def _stand(self, order: Order, here: Account | None) -> OrderStanding:
        return stand(order, await self._owner(order.account_id), here)

    # ── taking over ──────────────────────────────────────────────────────────

    async def claim(
        self, key: str, account: Account, grants: Iterable[OrderGrant]
    ) -> Order:
        """Give an order that a link opened to an account; once more is no error.

        Exactly this order changes owner, and nothing else of the guest's who placed it.

        Raises:
            OrderLinkOver: When no grant opens it any more, or somebody has it.
            AccountEnded: When the account has ended meanwhile.
        """
        held = list(grants)

        async def attempt() -> Order:
            here = await find_live(self._store, id_of(account))
            # Read once: whoever claims it in another tab meanwhile makes the commit
            # fail, and then it is their own.
            order = await self._orders.find_order(self._query, key)
            if order is None:
                raise OrderLinkOver
            standing = await self._stand(order, here)
            if standing is OrderStanding.OWN:
                return order
            is_free = standing is OrderStanding.FREE
            if not is_free or not await self._is_opened(order, held):
                raise OrderLinkOver
            await self._attach([order], here, ClaimedBy.LINK)
            return order

        return await retrying(attempt)

    async def list_claimable(self, account: Account | None) -> list[Order]:
        """Return the orders that an address which somebody has proven may take over.

        Those placed by guests with this address, after it was proven and within the
        window of the policy; the latest first.
        """
        if account is None or account.is_guest:
            return []
        found: dict[str, Order] = {}
        for contact in await self._store.list_of(Contact, account.id):
            if contact.level is ContactLevel.PROVEN:
                found |= {o.key: o for o in await self._placed_with(contact, account)}
        return sorted(found.values(), key=lambda one: one.placed_at, reverse=True)

    async def _placed_with(self, contact: Contact, account: Account) -> list[Order]:
        written = {contact.address, contact.typed.strip().lower()}
        listed = await self._orders.list_orders(self._query, sorted(written))
        proven_at = contact.proven_at or contact.given_at
        return [
            order
            for order in listed
            if normalise(order.address or "") == contact.address
            and is_within_claim(order, proven_at, self.policy)
            and await self._stand(order, account) is OrderStanding.FREE
        ]

    async def claim_by_address(self, account: Account) -> list[Order]:
        """Give an account all that ``list_claimable`` finds, in one commit.

        Raises:
            AccountEnded: When the account has ended meanwhile.
        """

        async def attempt() -> list[Order]:
            here = await find_live(self._store, id_of(account))
            orders = await self.list_claimable(here)
            if orders:
                await self._attach(orders, here, ClaimedBy.ADDRESS)
            return orders

        return await retrying(attempt)

    async def _attach(
        self, orders: list[Order], target: Account, by: ClaimedBy
    ) -> None:
        """Commit the change of owner.

        The guest is touched, too: a merge that was planned just now is planned again,
        and either the merge or the claim has the order, never both.
        """
        changes: list[Change] = [Touch(target.id)]
        locales = dict[str | None, str | None]()
        for owner_id in sorted({o.account_id for o in orders if o.account_id}):
            owner = await self._store.find(Account, owner_id)
            locales[owner_id] = owner.locale if owner else None
            if owner is not None and owner.is_live:
                changes.append(Touch(owner_id))
        events: list[Event] = []
        for order in orders:
            plan = await self._orders.attach(self._query, order, target.id)
            locale = locales.get(order.account_id) or target.locale
            changes += [*plan.changes, *self._letters.order_claimed(order, locale)]
            events.append(OrderClaimed(order=order.key, by=by.value))
        entries = [self._log.entry(target.id, event) for event in events]
        await self._store.commit(*changes, events=entries)

    # ── orders without a browser ─────────────────────────────────────────────

    async def register(self, order: str | int, *, email: str) -> RegisteredOrder:
        """Make a guest for an order that came without a browser, and its link.

        By phone, at a till, from a marketplace or a shopping agent. Write the row of
        the order with the account's id. The same order again gives the same guest.

        Args:
            order: Its key.
            email: Where whoever placed it is reached; it grants nothing.

        Raises:
            InvalidAnswer: When that is no e-mail address; nothing is stored.
            AccountEnded: When that guest has lapsed or was erased since.
            ConfigError: When this is no key of an order.
        """
        key, plain = checked_key(order), check_address(email)
        account_id = derived_id(f"order {key}")

        async def attempt() -> Account:
            known = await find_survivor(self._store, account_id)
            if known is not None:
                return check_live(known, account_id)
            now = self._clock()
            account = Account(id=account_id, created_at=now)
            contact = Contact(
                account_id=account_id,
                address=plain,
                typed=trim(email),
                given_at=now,
            )
            events = (GuestStarted(), ContactGiven())
            entries = [self._log.entry(account_id, event) for event in events]
            await self._store.commit(Add(account), Add(contact), events=entries)
            return account

        account = await retrying(attempt)
        return RegisteredOrder(account=account, link=self.links.make(key, account_id))
