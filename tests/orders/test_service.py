"""Order links and claims, on both databases: what opens an order, and who gets it."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from onboarding import Account, ClaimPolicy, ConfigError
from onboarding.accounts.live import find_survivor
from onboarding.changes import Statement
from onboarding.errors import AccountEnded, InvalidAnswer, OrderLinkOver
from onboarding.events import Entry
from onboarding.types import Contact, ContactLevel, OrderGrant
from tests.orders.conftest import Shop
from tests.world import identity

pytestmark = pytest.mark.anyio


async def person(shop: Shop, name: str = "kim") -> Account:
    """Sign somebody in, who thereby proves an address."""
    return (await shop.world.person(name, f"{name}@example.org")).account


# ── links ────────────────────────────────────────────────────────────────────


async def test_a_link_opens_its_order_and_no_other(shop: Shop) -> None:
    """Read only, for a while, and as often as it is opened."""
    guest = await shop.guest()
    await shop.place(2041, guest)
    await shop.place(2042, guest)
    for _ in range(2):
        grant = await shop.orders.open(shop.token(2041, guest))
        assert ("2041", guest.id) == (grant.order, grant.account_id)
        assert shop.world.now + timedelta(hours=1) == grant.until
    assert await shop.orders.may_see(2041, None, [grant])
    assert not await shop.orders.may_see(2042, None, [grant])
    assert [guest.id] * 3 == await shop.owners(2041)


async def test_a_grant_ends(shop: Shop) -> None:
    """So does the link itself, and a grant never outlives its link."""
    guest = await shop.guest()
    await shop.place(2041, guest)
    token = shop.token(2041, guest)
    shop.world.clock.advance(timedelta(days=90) - timedelta(minutes=1))
    grant = await shop.orders.open(token)
    assert shop.world.now + timedelta(minutes=1) == grant.until
    cookie = shop.orders.links.keep([grant])
    assert [grant] == shop.orders.links.grants_in(cookie)
    shop.world.clock.advance(timedelta(minutes=1))
    assert not shop.orders.links.grants_in(cookie)
    with pytest.raises(OrderLinkOver):
        await shop.orders.open(token)


@pytest.mark.parametrize("end", ["", "x", "null", "W10.x", "é", "\ud800", "a" * 9000])
async def test_what_is_no_link_opens_nothing(shop: Shop, end: str) -> None:
    """The same answer as for a link that is over."""
    with pytest.raises(OrderLinkOver):
        await shop.orders.open(end)
    assert not shop.orders.links.grants_in(end)


async def test_every_changed_byte_closes_a_link(shop: Shop) -> None:
    """Its signature covers all of it."""
    guest = await shop.guest()
    await shop.place(2041, guest)
    token = shop.token(2041, guest)
    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        forged = token[:place] + other + token[place + 1 :]
        try:
            opened = await shop.orders.open(forged)
        except OrderLinkOver:
            continue
        # The last letter of base64 has spare bits: the same bytes, the same link.
        assert place == len(token) - 1
        assert "2041" == opened.order


async def test_a_grant_is_no_link_and_a_link_no_grant(shop: Shop) -> None:
    """A value signed for one purpose is worth nothing for the other."""
    guest = await shop.guest()
    await shop.place(2041, guest)
    token = shop.token(2041, guest)
    grant = await shop.orders.open(token)
    with pytest.raises(OrderLinkOver):
        await shop.orders.open(shop.orders.links.keep([grant]))
    assert not shop.orders.links.grants_in(token)


async def test_a_link_follows_a_merge(shop: Shop) -> None:
    """The mail of a guest opens the order still, once it is in their account."""
    guest = await shop.world.guest()
    await shop.place(2041, guest.account)
    token = shop.token(2041, guest.account)
    kim = await person(shop)
    await shop.world.accounts.sign_in(identity("kim", "kim@example.org"), guest)
    assert [kim.id] * 3 == await shop.owners(2041)
    grant = await shop.orders.open(token)
    assert await shop.orders.may_see(2041, None, [grant])


async def test_a_link_ends_once_somebody_else_has_the_order(shop: Shop) -> None:
    """And with it every grant that it gave: possession does not outlive ownership."""
    guest = await shop.guest()
    await shop.place(2041, guest)
    token = shop.token(2041, guest)
    grant = await shop.orders.open(token)
    await shop.orders.claim("2041", await person(shop), [grant])
    assert not await shop.orders.may_see(2041, None, [grant])
    assert not await shop.orders.may_see(2041, guest, [grant])
    with pytest.raises(OrderLinkOver):
        await shop.orders.open(token)


async def test_a_link_ends_with_an_erasure(shop: Shop) -> None:
    """Whoever had their data erased is looked up by nothing."""
    guest = await shop.guest()
    kept = replace(guest, id=guest.id)
    await shop.place(2041, kept)
    token = shop.token(2041, guest)
    grant = await shop.orders.open(token)
    await shop.world.data.erase(guest.id)
    await shop.place(2041, guest)  # as a host that keeps what law demands
    assert not await shop.orders.may_see(2041, None, [grant])
    with pytest.raises(OrderLinkOver):
        await shop.orders.open(token)


@pytest.mark.parametrize("order", [None, True, "", 4.5, object()])
async def test_what_is_no_key_is_refused(shop: Shop, order: object) -> None:
    """With the line to write."""
    with pytest.raises(ConfigError, match=r"order\.number"):
        shop.orders.links.make(order, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["٢٠٤١", "2041x", "", "-1", "1" * 400, "2041 "])
async def test_a_number_is_one_or_finds_nothing(shop: Shop, key: str) -> None:
    """No text of a visitor's makes a database refuse a statement."""
    await shop.place(2041, None)
    grant = OrderGrant(order=key, account_id=None, until=shop.world.now)
    assert await shop.orders.find_granted(key, [grant]) is None


# ── taking over ──────────────────────────────────────────────────────────────


async def test_exactly_the_claimed_order_changes_owner(shop: Shop) -> None:
    """With its lines; the guest keeps everything else, and stays who they are."""
    guest = await shop.guest()
    for number in (2041, 2042):
        await shop.place(number, guest)
    kim = await person(shop)
    grant = await shop.orders.open(shop.token(2041, guest))
    await shop.orders.claim("2041", kim, [grant])
    assert [kim.id] * 3 == await shop.owners(2041)
    assert [guest.id] * 3 == await shop.owners(2042)
    assert (await shop.world.account(guest.id)).is_live
    log = await shop.world.store.list_of(Entry, kim.id)
    claimed = [entry for entry in log if entry.name == "order_claimed"]
    assert [("2041", "link")] == [(one.about, one.data["by"]) for one in claimed]


async def test_a_claim_once_more_is_no_error(shop: Shop) -> None:
    """It leads to the same order, and is told once."""
    guest, kim = await shop.guest(), await person(shop)
    await shop.place(2041, guest)
    grant = await shop.orders.open(shop.token(2041, guest))
    first = await shop.orders.claim("2041", kim, [grant])
    again = await shop.orders.claim("2041", kim, [])
    assert first.key == again.key
    assert 1 == (await shop.world.names(kim.id)).count("order_claimed")


async def test_an_order_of_nobodys_can_be_claimed(shop: Shop) -> None:
    """Such as one that stood in the shop before anybody knew this library."""
    kim = await person(shop)
    await shop.place(2041, None)
    grant = await shop.orders.open(shop.token(2041, None))
    await shop.orders.claim("2041", kim, [grant])
    assert [kim.id] * 3 == await shop.owners(2041)


async def test_nothing_is_claimed_without_a_grant(shop: Shop) -> None:
    """Neither its number, nor that it is free, gives anybody an order."""
    guest, kim = await shop.guest(), await person(shop)
    await shop.place(2041, guest)
    await shop.place(2042, guest)
    other = await shop.orders.open(shop.token(2042, guest))
    for grants in ([], [other]):
        with pytest.raises(OrderLinkOver):
            await shop.orders.claim("2041", kim, grants)
    assert [guest.id] * 3 == await shop.owners(2041)


async def test_an_order_of_somebody_registered_is_taken(shop: Shop) -> None:
    """A mail that is passed on shows the order, and gives it to nobody."""
    kim, lou = await person(shop), await person(shop, "lou")
    await shop.place(2041, kim)
    grant = await shop.orders.open(shop.token(2041, kim))
    assert await shop.orders.may_see(2041, lou, [grant])
    with pytest.raises(OrderLinkOver):
        await shop.orders.claim("2041", lou, [grant])
    assert [kim.id] * 3 == await shop.owners(2041)


async def test_an_account_that_ended_claims_nothing(shop: Shop) -> None:
    """A late request gets a typed answer, and the order stays."""
    guest, kim = await shop.guest(), await person(shop)
    await shop.place(2041, guest)
    grant = await shop.orders.open(shop.token(2041, guest))
    await shop.world.data.erase(kim.id)
    with pytest.raises(AccountEnded):
        await shop.orders.claim("2041", kim, [grant])
    assert [guest.id] * 3 == await shop.owners(2041)


async def test_of_many_who_claim_at_once_one_gets_it(shop: Shop) -> None:
    """Whoever is slower reads that the link is over."""
    guest = await shop.guest()
    await shop.place(2041, guest)
    grant = await shop.orders.open(shop.token(2041, guest))
    people = [await person(shop, f"p{n}") for n in range(8)]
    outcomes = await asyncio.gather(
        *(shop.orders.claim("2041", one, [grant]) for one in people),
        return_exceptions=True,
    )
    refused = [one for one in outcomes if isinstance(one, OrderLinkOver)]
    assert 7 == len(refused)
    (owner,) = {*await shop.owners(2041)}
    told = [await shop.world.names(one.id) for one in people]
    winners = [
        one.id
        for one, names in zip(people, told, strict=True)
        if "order_claimed" in names
    ]
    assert [owner] == winners


async def test_a_merge_and_a_claim_at_once_leave_one_owner(shop: Shop) -> None:
    """Either has the order, and the other learns of it."""
    for turn in range(6):
        guest = await shop.world.guest()
        number = 3000 + turn
        await shop.place(number, guest.account)
        kim, lou = await person(shop), await person(shop, "lou")
        grant = await shop.orders.open(shop.token(number, guest.account))
        merged, claimed = await asyncio.gather(
            shop.world.accounts.sign_in(identity("kim", "kim@example.org"), guest),
            shop.orders.claim(str(number), lou, [grant]),
            return_exceptions=True,
        )
        assert not isinstance(merged, BaseException)
        is_claimed = not isinstance(claimed, BaseException)
        assert is_claimed or isinstance(claimed, OrderLinkOver)
        assert [lou.id if is_claimed else kim.id] * 3 == await shop.owners(number)


# ── by an address alone ──────────────────────────────────────────────────────


def keys(orders: Iterable[object]) -> list[object]:
    """Return the numbers of orders."""
    return [getattr(one, "key", None) for one in orders]


async def test_a_proven_address_finds_later_orders_of_guests(shop: Shop) -> None:
    """However it was written; the latest first, and nobody's beside them."""
    kim, guest = await person(shop), await shop.guest()
    day = timedelta(days=1)
    now = shop.world.now
    await shop.place(1, guest, at=now - day)
    await shop.place(2, guest, at=now + day)
    await shop.place(3, None, "KIM@Example.org", at=now + 2 * day)
    await shop.place(4, guest, "lou@example.org", at=now + day)
    await shop.place(5, guest, None, at=now + day)
    await shop.place(6, guest, at=now + 91 * day)
    await shop.place(7, await person(shop, "lou"), at=now + day)
    assert ["3", "2"] == keys(await shop.orders.list_claimable(kim))
    assert ["3", "2"] == keys(await shop.orders.claim_by_address(kim))
    assert [kim.id] * 3 == await shop.owners(2)
    assert [guest.id] * 3 == await shop.owners(1)
    assert not await shop.orders.claim_by_address(kim)


async def test_an_asserted_address_finds_nothing(shop: Shop) -> None:
    """Whoever types an address learns nothing and gets nothing by it (I6)."""
    guest, other = await shop.guest(), await shop.guest()
    await shop.world.guests.give_contact(other, "kim@example.org")
    lou = await person(shop, "lou")
    await shop.world.guests.give_contact(lou, "kim@example.org")
    await shop.place(2041, guest, at=shop.world.now + timedelta(days=1))
    for here in (None, other, lou):
        assert not await shop.orders.list_claimable(here)
    assert not await shop.orders.claim_by_address(lou)
    assert [guest.id] * 3 == await shop.owners(2041)


async def test_older_orders_want_the_host_to_opt_in(shop: Shop) -> None:
    """A mailbox changes hands, and with it would the orders of whoever had it."""
    guest = await shop.guest()
    await shop.place(2041, guest)
    shop.world.clock.advance(timedelta(days=400))
    kim = await person(shop)
    assert not await shop.orders.list_claimable(kim)
    shop.orders.policy = ClaimPolicy(older=True)
    assert ["2041"] == keys(await shop.orders.list_claimable(kim))


# ── without a browser ────────────────────────────────────────────────────────


async def test_an_order_by_phone_makes_a_guest_with_a_link(shop: Shop) -> None:
    """The address is asserted; the link shows the order, and gives it to its owner."""
    placed = await shop.orders.register(2041, email=" Kim@Example.org ")
    await shop.place(2041, placed.account)
    (contact,) = await shop.world.store.list_of(Contact, placed.account.id)
    assert ("kim@example.org", ContactLevel.ASSERTED) == (
        contact.address,
        contact.level,
    )
    kim = await person(shop)
    grant = await shop.orders.open(placed.link.rpartition("/")[2])
    await shop.orders.claim("2041", kim, [grant])
    assert [kim.id] * 3 == await shop.owners(2041)
    with pytest.raises(OrderLinkOver):  # it was for one time
        await shop.orders.open(placed.link.rpartition("/")[2])


async def test_the_same_order_again_is_the_same_guest(shop: Shop) -> None:
    """Also ten at once: a marketplace repeats what it is not sure of."""
    placed = await asyncio.gather(
        *(shop.orders.register("2041", email="kim@example.org") for _ in range(10))
    )
    assert 1 == len({one.account.id for one in placed})
    (account,) = {one.account.id for one in placed}
    names = await shop.world.names(account)
    assert ["guest_started", "contact_given"] == names
    other = await shop.orders.register(2042, email="kim@example.org")
    assert account != other.account.id


async def test_a_registered_order_follows_a_merge_and_ends_with_erasure(
    shop: Shop,
) -> None:
    """What it has become is what a repeated call gets."""
    first = await shop.orders.register(2041, email="kim@example.org")
    kim = await person(shop)
    await shop.world.merging.merge(first.account.id, kim.id)
    again = await shop.orders.register(2041, email="kim@example.org")
    assert kim.id == again.account.id
    await shop.world.data.erase(kim.id)
    with pytest.raises(AccountEnded):
        await shop.orders.register(2041, email="kim@example.org")


async def test_an_order_by_phone_wants_an_address(shop: Shop) -> None:
    """Nothing is stored otherwise."""
    with pytest.raises(InvalidAnswer):
        await shop.orders.register(2041, email="kim at example")
    rows = await shop.world.store.query("SELECT COUNT(*) AS n FROM orders")
    assert 0 == rows[0]["n"]
    assert await find_survivor(shop.world.store, "0" * 20) is None


async def test_an_order_keeps_its_guest(shop: Shop) -> None:
    """A guest by phone has no session, and is not swept away with what they bought."""
    placed = await shop.orders.register(2041, email="kim@example.org")
    await shop.place(2041, placed.account)
    shop.world.clock.advance(timedelta(days=400))
    await shop.world.guests.purge()
    assert (await shop.world.account(placed.account.id)).is_live
    await shop.world.store.commit(Statement("DELETE FROM orders"))
