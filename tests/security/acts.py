"""What people do in the shop, one by one, and what must hold when it is done."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from onboarding import Park, Resource
from onboarding.accounts.asking import MergeAnswered, MergeChoice
from onboarding.accounts.model import (
    Account,
    ContactLevel,
    CurrentSession,
    Ending,
    Identity,
)
from onboarding.accounts.outcome import MergeWaits, MustConfirm, SignInResult
from onboarding.app import Onboarding
from onboarding.changes import Statement
from onboarding.errors import AccountEnded
from onboarding.jsonvalue import JsonValue
from onboarding.testing import FakeAuthenticator
from tests.security.faulty import Faulty
from tests.security.town import ORDERS
from tests.web.site import OrderPlaced
from tests.world import identity

SITE = "https://shop.example"
VERA = identity("vera", "vera@example.org", provider="lamp")
TWIN = identity(
    "twin", "vera@example.org", provider="other", issuer="https://other.example"
)


@dataclass
class Shop:
    """A shop over a database that may fail, and who is in it."""

    core: Onboarding[Any]
    store: Faulty
    advance: Callable[[timedelta], None]
    nonce: str = ""
    me: CurrentSession | None = None
    jar: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    device: FakeAuthenticator = field(default_factory=lambda: FakeAuthenticator(SITE))
    restart: Callable[[], Awaitable[None]] = field(init=False)

    @property
    def here(self) -> CurrentSession:
        """Who is here, who must be somebody."""
        assert self.me is not None
        return self.me

    async def guest(self) -> None:
        """Come as a guest with an order."""
        welcome = await self.core.guests.start()
        self.me = await self.core.sessions.find(welcome.token.reveal())
        await self.buy()

    async def buy(self) -> None:
        """Place an order, in the host's table and in the log."""
        sql = f"INSERT INTO orders VALUES ('1', '{self.here.account.id}')"
        await self.core.store.commit(Statement(sql))
        await self.core.record(self.here.account, OrderPlaced(order="1"))

    async def sign_in(self, who: Identity = VERA) -> None:
        """Sign in from this browser."""
        outcome = await self.core.accounts.sign_in(who, self.me)
        assert isinstance(outcome, SignInResult)
        self.me = await self.core.sessions.find(outcome.new_session.token.reveal())

    async def alone(self) -> Account:
        """Return the one living account, to which the order and the way in belong."""
        rows = await self.core.store.query(
            "SELECT id FROM onboarding_accounts WHERE ending IS NULL"
        )
        assert 1 == len(rows)
        account = await self.core.accounts.find(str(rows[0]["id"]))
        assert account is not None
        orders = await self.core.store.query("SELECT account_id FROM orders")
        assert all(row["account_id"] == account.id for row in orders)
        return account


Step = Callable[[Shop], Awaitable[None]]


@dataclass(frozen=True)
class Act:
    """Something people do: what comes before, the deed, and what must hold after it.

    Attributes:
        is_whole: Whether all that it writes is one commit, beside what counts tries.
    """

    before: Step
    deed: Step
    after: Step
    is_whole: bool = True
    merge: Literal["tell", "ask"] = "tell"
    orders: Resource = ORDERS


# ── a guest ──────────────────────────────────────────────────────────────────


async def a_nonce(shop: Shop) -> None:
    """Open a page."""
    shop.nonce = shop.core.guests.new_nonce()


async def becoming(shop: Shop) -> None:
    """Write for the first time, from one page."""
    if shop.me is None:
        new = await shop.core.guests.start(shop.nonce)
        shop.me = await shop.core.sessions.find(new.token.reveal())


async def one_guest(shop: Shop) -> None:
    """There is one guest, who is here."""
    assert (await shop.alone()).id == shop.here.account.id


async def giving_contact(shop: Shop) -> None:
    """Type an address."""
    await shop.core.guests.give_contact(shop.here.account, "vera@example.org")


async def one_contact(shop: Shop) -> None:
    """It is kept once, unproven."""
    account = await shop.alone()
    (contact,) = await shop.core.accounts.list_contacts(account)
    assert ContactLevel.ASSERTED is contact.level


# ── signing in ───────────────────────────────────────────────────────────────


async def nobody(shop: Shop) -> None:
    """Be a visitor."""


async def somebody_with_a_guest(shop: Shop) -> None:
    """Have an account, and be a guest with an order in another browser."""
    await shop.sign_in()
    shop.me = None
    await shop.guest()


async def one_way_in(shop: Shop) -> None:
    """One account has the identity, its address, and whatever the guest had."""
    account = await shop.alone()
    assert not account.is_guest
    (link,) = await shop.core.accounts.list_identities(account)
    assert "vera" == link.subject
    (contact,) = await shop.core.accounts.list_contacts(account)
    assert ContactLevel.PROVEN is contact.level
    assert account.id == shop.here.account.id


async def one_upgrade(shop: Shop) -> None:
    """The account is the guest's own, and its log tells of one upgrade."""
    await one_way_in(shop)
    told = await shop.core.journey.timeline(shop.here.account.id)
    assert 1 == [entry.name for entry in told].count("guest_upgraded")


async def one_merge(shop: Shop) -> None:
    """The guest came to the account once, order and log and all."""
    await one_way_in(shop)
    (receipt,) = await shop.core.accounts.list_receipts(shop.here.account)
    assert {"orders": "added:1"} == receipt.moved
    names = [e.name for e in await shop.core.journey.timeline(shop.here.account.id)]
    assert (1, 1) == (names.count("account_merged"), names.count("order_placed"))


async def asked(shop: Shop, choice: MergeChoice) -> None:
    """Sign in where a merge is asked, and say something; or be in already."""
    outcome = await shop.core.accounts.sign_in(VERA, shop.me)
    if isinstance(outcome, MergeWaits):
        assert shop.core.asking is not None
        jar = {outcome.cookie.name: outcome.cookie.value}
        waits = await shop.core.asking.find(jar, shop.me)
        assert waits is not None
        answered = await shop.core.asking.answer(
            choice, shown=waits.plan.digest, current=shop.me, cookies=jar
        )
        assert isinstance(answered, MergeAnswered)
        assert answered.signed_in is not None
        outcome = answered.signed_in
    assert isinstance(outcome, SignInResult)
    shop.me = await shop.core.sessions.find(outcome.new_session.token.reveal())


async def agreeing(shop: Shop) -> None:
    """Say yes."""
    await asked(shop, MergeChoice.ALONG)


async def refusing(shop: Shop) -> None:
    """Say no."""
    await asked(shop, MergeChoice.APART)


async def two_apart(shop: Shop) -> None:
    """Vera is in, without the order, which its guest still has."""
    assert not shop.here.account.is_guest
    assert [] == await shop.core.accounts.list_receipts(shop.here.account)
    ((row),) = await shop.core.store.query("SELECT account_id FROM orders")
    guest = await shop.core.accounts.find(str(row["account_id"]))
    assert guest is not None
    assert guest.is_live
    assert guest.is_guest
    sessions = await shop.core.store.query("SELECT account_id FROM onboarding_sessions")
    assert guest.id not in [row["account_id"] for row in sessions]


async def something_aside(shop: Shop) -> None:
    """Be in, with an order that waits."""
    await somebody_with_a_guest(shop)
    await shop.sign_in()


async def taking_back(shop: Shop) -> None:
    """Take all of it back."""
    for one in await shop.core.parked.list_parked(shop.here.account):
        await shop.core.parked.take_back(shop.here.account, one.key)


async def one_order_back(shop: Shop) -> None:
    """It belongs to Vera, nothing waits any more, and the log tells of it once."""
    account = await shop.alone()
    assert 1 == len(await shop.core.store.query("SELECT account_id FROM orders"))
    assert [] == await shop.core.parked.list_parked(account)
    names = [e.name for e in await shop.core.journey.timeline(account.id)]
    assert 1 == names.count("taken_back")


async def waiting(shop: Shop) -> None:
    """Be in, while another identity with the same address waits."""
    await shop.guest()
    await shop.sign_in()
    assert isinstance(await shop.core.accounts.sign_in(TWIN, None), MustConfirm)


async def linking(shop: Shop) -> None:
    """Say yes to it; whoever lost their session in between signs in before."""
    if await shop.core.sessions.refresh(shop.here) is None:
        shop.me = None
        await shop.sign_in()
    outcome = await shop.core.accounts.link(TWIN, shop.me)
    shop.me = await shop.core.sessions.find(outcome.new_session.token.reveal())


async def two_ways_in(shop: Shop) -> None:
    """Both identities lead to the one account."""
    account = await shop.alone()
    links = await shop.core.accounts.list_identities(account)
    assert {"vera", "twin"} == {link.subject for link in links}
    assert account.id == shop.here.account.id


async def linked(shop: Shop) -> None:
    """Be in, with two ways to sign in."""
    await waiting(shop)
    await linking(shop)


async def unlinking(shop: Shop) -> None:
    """Take the second one away again."""
    account = shop.here.account
    await shop.core.accounts.unlink(account, TWIN.issuer, TWIN.subject, keep=shop.me)


async def one_way_left(shop: Shop) -> None:
    """The first one, told of once; who took the other away is still in."""
    await one_way_in(shop)
    assert await shop.core.sessions.refresh(shop.here) is not None
    told = await shop.core.journey.timeline(shop.here.account.id)
    assert 1 == [one.name for one in told].count("identity_unlinked")


# ── telling ──────────────────────────────────────────────────────────────────


async def answering(shop: Shop) -> None:
    """Answer two questions."""
    said: dict[str, JsonValue] = {"genre": "novel", "mood": 3}
    submitted = await shop.core.profiling.submit(shop.here.account, said)
    assert {"genre", "mood"} == set(submitted.saved)


async def two_answers(shop: Shop) -> None:
    """Both are kept, and told of once."""
    account = await shop.alone()
    answers = await shop.core.profiling.answers(account)
    assert {"genre", "mood"} == {answer.question for answer in answers}
    names = [e.name for e in await shop.core.journey.timeline(account.id)]
    assert 2 == names.count("question_answered")


async def responding(shop: Shop) -> None:
    """Give an opinion."""
    await shop.core.feedback.respond(
        shop.here.account, "first-order", score=9, text="fine", visit="today"
    )


async def one_response(shop: Shop) -> None:
    """It is kept once, and told of once."""
    account = await shop.alone()
    (response,) = await shop.core.feedback.responses(account)
    assert (9, "fine") == (response.score, response.text)
    names = [e.name for e in await shop.core.journey.timeline(account.id)]
    assert 1 == names.count("prompt_answered")


# ── leaving ──────────────────────────────────────────────────────────────────


async def everything(shop: Shop) -> None:
    """Have something in every room."""
    await shop.guest()
    await giving_contact(shop)
    await answering(shop)
    await responding(shop)
    await shop.sign_in()


async def erasing(shop: Shop) -> None:
    """Erase it all; it may be gone already."""
    with suppress(AccountEnded):
        await shop.core.data.erase(shop.here.account.id)


async def nothing_left(shop: Shop) -> None:
    """No row but the tombstone and the log, which names nobody."""
    ended = await shop.core.store.find(Account, shop.here.account.id)
    assert ended is not None
    assert Ending.ERASED is ended.ending
    for table in (
        *("sessions", "identities", "contacts", "proven_addresses", "intents"),
        *("answers", "attention", "responses"),
    ):
        rows = await shop.core.store.query(f"SELECT * FROM onboarding_{table}")
        assert [] == rows, table
    assert [] == await shop.core.store.query("SELECT * FROM orders")
    names = [e.name for e in await shop.core.journey.timeline(ended.id)]
    assert 1 == names.count("account_erased")


async def orphans(shop: Shop) -> None:
    """Leave two guests behind who never come back, one of them with an order."""
    await shop.guest()
    await shop.core.guests.start()
    shop.advance(timedelta(days=2))


async def purging(shop: Shop) -> None:
    """Purge."""
    await shop.core.guests.purge()


async def the_buyer_left(shop: Shop) -> None:
    """The guest with the order stays, the other one is gone, and is told of once."""
    assert (await shop.alone()).id == shop.here.account.id
    rows = await shop.core.store.query(
        "SELECT name FROM onboarding_events WHERE name = 'account_expired'"
    )
    assert 1 == len(rows)


ACTS = {
    "ensure_account": Act(a_nonce, becoming, one_guest),
    "give_contact": Act(Shop.guest, giving_contact, one_contact),
    "register": Act(nobody, Shop.sign_in, one_way_in),
    "upgrade": Act(Shop.guest, Shop.sign_in, one_upgrade),
    "merge": Act(somebody_with_a_guest, Shop.sign_in, one_merge),
    # What waits for an answer keeps the guest from being purged: a commit of its own.
    "merge, asked": Act(
        somebody_with_a_guest, agreeing, one_merge, merge="ask", is_whole=False
    ),
    "kept apart": Act(
        somebody_with_a_guest, refusing, two_apart, merge="ask", is_whole=False
    ),
    "take back": Act(
        something_aside,
        taking_back,
        one_order_back,
        orders=Resource.table("orders", owner="account_id", merge=Park()),
    ),
    "link": Act(waiting, linking, two_ways_in),
    "unlink": Act(linked, unlinking, one_way_left),
    "answers": Act(Shop.guest, answering, two_answers),
    "respond": Act(Shop.guest, responding, one_response),
    "erase": Act(everything, erasing, nothing_left),
    "purge": Act(orphans, purging, the_buyer_left, is_whole=False),
}
