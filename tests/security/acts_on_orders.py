"""What people do with orders and with letters, and what must hold when it is done."""

import sqlite3
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from onboarding.accounts.claims import Claim
from onboarding.accounts.model import (
    Account,
    ContactLevel,
    CurrentSession,
    Purpose,
)
from onboarding.accounts.resources import Resource
from onboarding.changes import Statement, retrying
from onboarding.errors import SignInExpired
from onboarding.guests.proofs import PROOF_COOKIE
from tests.security.acts import Act, Shop, answering, giving_contact, nobody, purging

CLAIM = Claim(
    key="number", contact="email", at="placed_at", parts={"sale_lines": "number"}
)
SALES = Resource.table("sales", owner="account_id", claim=CLAIM)
SALE_LINES = Resource.table("sale_lines", owner="account_id")

ADDRESS = "vera@example.org"


def make_sales(path: Path) -> None:
    """Make the tables of orders that can be claimed."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE sales (number INTEGER PRIMARY KEY, account_id TEXT, "
            "email TEXT, placed_at TEXT NOT NULL)"
        )
        connection.execute(
            "CREATE TABLE sale_lines (number INTEGER, account_id TEXT, book TEXT)"
        )
    connection.close()


async def sell(shop: Shop, number: int, owner: str) -> None:
    """Write an order with two lines, unless it is there: as a host that repeats."""
    line, at = "INSERT INTO sale_lines VALUES ($1, $2, $3)", shop.core.clock()

    async def attempt() -> None:
        if await owners(shop, number):
            return
        await shop.core.store.commit(
            Statement(
                "INSERT INTO sales VALUES ($1, $2, $3, $4)",
                (number, owner, ADDRESS, at.isoformat()),
            ),
            Statement(line, (number, owner, "emma")),
            Statement(line, (number, owner, "walden")),
        )

    await retrying(attempt)


async def owners(shop: Shop, number: int) -> list[object]:
    """Return who owns an order, and each of its lines."""
    return [
        row["account_id"]
        for table in ("sales", "sale_lines")
        for row in await shop.core.store.query(
            f"SELECT account_id FROM {table} WHERE number = $1", (number,)
        )
    ]


async def told(shop: Shop, name: str) -> int:
    """Return how often the log tells of something."""
    rows = await shop.core.store.query(
        "SELECT id FROM onboarding_events WHERE name = $1", (name,)
    )
    return len(rows)


# ── claims ───────────────────────────────────────────────────────────────────


async def a_sale_to_somebody_else(shop: Shop) -> None:
    """Be in, while a guest elsewhere has an order with the same address."""
    await shop.sign_in()
    shop.advance(timedelta(minutes=1))
    guest = (await shop.core.guests.start()).account
    await sell(shop, 1, guest.id)
    await sell(shop, 2, (await shop.core.guests.start()).account.id)


async def claiming_by_link(shop: Shop) -> None:
    """Open the link that was mailed, and take the order over."""
    (owner, *_) = await owners(shop, 1)
    account = await shop.core.store.find(Account, str(owner))
    link = shop.core.orders.links.make(1, account.id).rpartition("/")[2]
    grant = await shop.core.orders.open(link)
    await shop.core.orders.claim("1", shop.here.account, [grant])


async def one_claim(shop: Shop) -> None:
    """That order is theirs, lines and all, and no other; it is told of once."""
    me = shop.here.account.id
    assert [me] * 3 == await owners(shop, 1)
    assert me not in await owners(shop, 2)
    assert 1 == await told(shop, "order_claimed")


async def claiming_by_address(shop: Shop) -> None:
    """Take over what was placed with the proven address."""
    await shop.core.orders.claim_by_address(shop.here.account)


async def two_claims(shop: Shop) -> None:
    """Both orders are theirs, each told of once."""
    for number in (1, 2):
        assert [shop.here.account.id] * 3 == await owners(shop, number)
    assert 2 == await told(shop, "order_claimed")


async def ordering_by_phone(shop: Shop) -> None:
    """Register an order that came by phone, and write it."""
    placed = await shop.core.orders.register(7, email=ADDRESS)
    await sell(shop, 7, placed.account.id)


async def one_guest_by_phone(shop: Shop) -> None:
    """There is one guest, who has the order and an address that grants nothing."""
    account = await shop.alone()
    assert [account.id] * 3 == await owners(shop, 7)
    (contact,) = await shop.core.accounts.list_contacts(account)
    assert ContactLevel.ASSERTED is contact.level
    assert (1, 1) == (
        await told(shop, "guest_started"),
        await told(shop, "contact_given"),
    )


# ── letters ──────────────────────────────────────────────────────────────────


async def asking(shop: Shop, address: str = ADDRESS) -> None:
    """Ask for a letter."""
    cookie = await shop.core.proofs.ask(
        Purpose.MAIL_SIGN_IN, address, current=await here(shop), locale="en"
    )
    shop.cookies = {cookie.name: cookie.value}


async def here(shop: Shop) -> CurrentSession | None:
    """Return who is here still."""
    return await shop.core.sessions.refresh(shop.me)


async def a_letter(shop: Shop) -> None:
    """Be a guest with an order, who asked for a letter."""
    await shop.guest()
    await asking(shop)


async def bringing_back(shop: Shop, address: str = ADDRESS) -> None:
    """Type the code; where that was used up, ask for another letter."""
    try:
        await _finish(shop)
    except SignInExpired:
        await asking(shop, address)
        await _finish(shop)


async def _finish(shop: Shop) -> None:
    asked = shop.cookies[PROOF_COOKIE].partition(".")[0]
    result = await shop.core.proofs.finish(
        code=shop.core.proofs.secrets(asked).code,
        current=await here(shop),
        cookies=shop.cookies,
    )
    new = result.signed_in.new_session
    shop.me = await shop.core.sessions.find(new.token.reveal())


async def one_proof(shop: Shop) -> None:
    """The guest is somebody who proved the address, once, and has the order."""
    account = await shop.alone()
    assert account.id == shop.here.account.id
    assert not account.is_guest
    (contact,) = await shop.core.accounts.list_contacts(account)
    assert ContactLevel.PROVEN is contact.level
    assert (1, 1) == (
        await told(shop, "contact_proven"),
        await told(shop, "guest_upgraded"),
    )


OTHER = "vera@work.example"


async def a_letter_to_another_address(shop: Shop) -> None:
    """Be in, and have asked for a letter to a second address."""
    await shop.guest()
    await shop.sign_in()
    await asking(shop, OTHER)


async def bringing_the_other_back(shop: Shop) -> None:
    """Type its code; whoever lost their session in between signs in before."""
    if await here(shop) is None:
        shop.me = None
        with suppress(SignInExpired):
            await shop.sign_in()
    await bringing_back(shop, OTHER)


async def two_proofs(shop: Shop) -> None:
    """Both addresses are proven, and each is told of once."""
    account = await shop.alone()
    contacts = await shop.core.accounts.list_contacts(account)
    assert {ADDRESS, OTHER} == {one.address for one in contacts}
    assert all(one.level is ContactLevel.PROVEN for one in contacts)
    assert 2 == await told(shop, "contact_proven")


# ── coming together, and lapsing ─────────────────────────────────────────────


async def two_baskets(shop: Shop) -> None:
    """Have an account with an order, and be a guest with another one elsewhere."""
    await shop.sign_in()
    await sell(shop, 1, shop.here.account.id)
    shop.me = None
    await shop.guest()
    await sell(shop, 2, shop.here.account.id)
    await giving_contact(shop)
    await answering(shop)


async def all_in_one(shop: Shop) -> None:
    """Everything is one account's, and one receipt says what came."""
    account = await shop.alone()
    assert account.id == shop.here.account.id
    for number in (1, 2):
        assert [account.id] * 3 == await owners(shop, number)
    (receipt,) = await shop.core.accounts.list_receipts(account)
    brought = {"sales": "added:1", "sale_lines": "added:2", "answers": "added:2"}
    assert brought.items() <= receipt.moved.items()
    assert 1 == await told(shop, "account_merged")


async def late_orders(shop: Shop) -> None:
    """Have come together, when an order is written under the guest of before."""
    await two_baskets(shop)
    guest = shop.here.account.id
    await shop.sign_in()
    await sell(shop, 3, guest)
    await shop.core.guests.start()
    shop.advance(timedelta(days=2))


async def each_where_it_belongs(shop: Shop) -> None:
    """The late order came to its owner, and who left nothing is gone."""
    account = await shop.alone()
    for number in (1, 2, 3):
        assert [account.id] * 3 == await owners(shop, number)
    assert 1 == await told(shop, "account_expired")


ACTS_ON_ORDERS = {
    "claim by link": Act(a_sale_to_somebody_else, claiming_by_link, one_claim),
    "claim by address": Act(a_sale_to_somebody_else, claiming_by_address, two_claims),
    "order by phone": Act(
        nobody, ordering_by_phone, one_guest_by_phone, is_whole=False
    ),
    "come in by mail": Act(a_letter, bringing_back, one_proof),
    "prove by mail": Act(
        a_letter_to_another_address, bringing_the_other_back, two_proofs
    ),
    "merge with orders": Act(two_baskets, Shop.sign_in, all_in_one),
    "purge with late rows": Act(
        late_orders, purging, each_where_it_belongs, is_whole=False
    ),
}
