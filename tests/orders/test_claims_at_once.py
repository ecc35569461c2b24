"""An order that several want at the same moment: one gets it, whole."""

import asyncio
from copy import copy

import pytest

from onboarding.errors import OrderLinkOver
from tests.orders.conftest import Shop
from tests.world import identity

pytestmark = pytest.mark.anyio

Values = tuple[str | int | None, ...]


async def test_a_claim_in_another_tab_meanwhile_is_no_refusal(shop: Shop) -> None:
    """Whoever was slower with the same claim has the order as well."""
    guest, kim = await shop.guest(), await shop.person()
    await shop.place(2041, guest)
    grant = await shop.orders.open(shop.token(2041, guest))
    quick, slow = shop.orders, copy(shop.orders)
    tabs = iter([quick])

    async def query(sql: str, values: Values = ()) -> list[dict[str, object]]:
        found = await shop.world.store.query(sql, values)
        for other in tabs:
            await other.claim("2041", kim, [grant])
        return found

    slow._query = query
    assert "2041" == (await slow.claim("2041", kim, [grant])).key
    assert [kim.id] * 3 == await shop.owners(2041)
    assert 1 == (await shop.world.names(kim.id)).count("order_claimed")


async def test_of_many_who_claim_at_once_one_gets_it(shop: Shop) -> None:
    """Whoever is slower reads that the link is over."""
    guest = await shop.guest()
    await shop.place(2041, guest)
    grant = await shop.orders.open(shop.token(2041, guest))
    people = [await shop.person(f"p{n}") for n in range(8)]
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
        kim, lou = await shop.person(), await shop.person("lou")
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
