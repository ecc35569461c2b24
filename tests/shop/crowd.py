"""Many people at once, for pages that say little about few."""

from datetime import timedelta

from examples.shop.address import Address
from examples.shop.events import AddressGiven, CartFilled, CheckoutOpened, OrderPlaced
from examples.shop.shop import Shop
from onboarding.accounts.model import Account
from onboarding.testing import FrozenClock

TO = Address(
    email="somebody@example.org",
    name="Somebody",
    street="Oudegracht 7",
    postcode="3511 AB",
    town="Utrecht",
)


async def walk(shop: Shop, clock: FrozenClock, many: int) -> None:
    """Let many people fill a cart; every fourth leaves there, half of all buy.

    It takes two minutes from cart to checkout, one from there to the order. Of those
    who buy, two in three give a 10 and one in three a 4.
    """
    for n in range(many):
        account = (await shop.onboarding.guests.start()).account
        await shop.onboarding.record(account, CartFilled(book="walden"))
        clock.advance(timedelta(minutes=2))
        if n % 4 == 0:
            continue
        await shop.onboarding.record(account, CheckoutOpened())
        clock.advance(timedelta(minutes=1))
        if n % 2:
            await _buy(shop, clock, account, score=10 if n % 3 else 4)


async def _buy(shop: Shop, clock: FrozenClock, account: Account, score: int) -> None:
    await shop.onboarding.record(account, AddressGiven())
    shop.till.put(account.id, "walden", clock())
    seen = shop.till.cart(account.id).as_seen
    placed = shop.till.place(account.id, TO, attempt="form", as_seen=seen, at=clock())
    assert placed is not None
    await shop.onboarding.record(
        account, OrderPlaced(order=placed.number, cents=placed.total)
    )
    await shop.onboarding.feedback.respond(
        account, "first-order", score=score, visit="first"
    )
