"""Guests who never come back, and those whom a mishap lost, are not kept for ever."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onboarding.testing import FrozenClock
from tests.shop.running import RunningDemo
from tests.stories.browser import Browser
from tests.stories.steps import buy, choose, count, titles_in_cart


def test_the_shop_breaks_after_the_first_write(
    demo: RunningDemo, clock: FrozenClock, browser: Browser
) -> None:
    """A bug of the shop gives a 500 without a cookie; that guest is purged next day."""
    shop = demo.shop

    async def broken(request: Request) -> Response:
        await shop.onboarding.ensure_account(request)
        raise RuntimeError("a bug of the shop's own")

    demo.demo.shop.router.routes.insert(0, Route("/broken", broken, methods=["POST"]))
    before = count(demo, "onboarding_accounts")
    answer = browser.client.post(f"{demo.url}/broken")
    assert answer.status_code == 500
    assert "set-cookie" not in answer.headers
    assert count(demo, "onboarding_accounts") == before + 1

    clock.advance(timedelta(hours=23))
    assert demo.do(shop.onboarding.guests.purge()).gone == 0
    clock.advance(timedelta(hours=2))
    assert demo.do(shop.onboarding.guests.purge()).gone == 1


def test_a_guest_who_bought_something_is_not_purged(
    demo: RunningDemo, clock: FrozenClock, browser: Browser
) -> None:
    """Carts lapse with their guests; what somebody bought does not.

    After a year unseen they are erased, and the order stays without who it was.
    """
    buy(browser, "Dracula")
    clock.advance(timedelta(days=40))
    purged = demo.do(demo.shop.onboarding.guests.purge())
    assert (purged.gone, sum(purged.kept.values())) == (0, 1)
    clock.advance(timedelta(days=330))
    purged = demo.do(demo.shop.onboarding.guests.purge())
    assert (purged.gone, purged.erased) == (0, 1)
    assert count(demo, "orders") == 1
    assert count(demo, "orders WHERE street IS NOT NULL OR email IS NOT NULL") == 0


def test_a_cart_lapses_with_its_guest(
    demo: RunningDemo, clock: FrozenClock, browser: Browser
) -> None:
    """After a month unseen the guest and the cart are gone, and the browser is told."""
    before = count(demo, "cart_lines")
    choose(browser, "Dracula")
    browser.open("/cart")
    clock.advance(timedelta(days=31))
    assert demo.do(demo.shop.onboarding.guests.purge()).gone == 1
    assert count(demo, "cart_lines") == before
    assert titles_in_cart(browser) == []
    assert "onboarding" not in browser.cookies
