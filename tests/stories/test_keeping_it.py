"""After the order, one click keeps it: the guest becomes registered, on the same id."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from onboarding.testing import FrozenClock
from tests.shop.running import RunningDemo
from tests.stories.browser import Browser
from tests.stories.steps import (
    account_id,
    buy,
    choose,
    continue_as,
    count,
    orders,
    sign_in,
    titles_in_cart,
)


@pytest.mark.parametrize("person", ["Mira Jansen", "Tom Okafor", "Robin Meer"])
def test_keeping_an_order(demo: RunningDemo, browser: Browser, person: str) -> None:
    """With a verified address, an unverified one or none: same account, same order."""
    buy(browser, "Moby-Dick")
    guest = account_id(browser)
    before = count(demo, "onboarding_accounts")
    browser.open("/orders/2041/placed")
    browser.press("Keep it with Lamplight ID")
    page = continue_as(browser, person)
    assert (page.path, page.heading) == ("/orders/2041", "Order 2041")
    assert account_id(browser) == guest
    assert orders(browser) == ["Order 2041"]
    assert count(demo, "onboarding_accounts") == before


def test_what_was_kept_is_there_on_another_device(
    new_browser: Callable[[], Browser],
) -> None:
    """Signing in elsewhere finds the order and the cart."""
    here, there = new_browser(), new_browser()
    buy(here, "Moby-Dick")
    browser = here
    browser.press("Keep it with Lamplight ID")
    continue_as(browser, "Mira Jansen")
    choose(here, "Walden")
    sign_in(there, "Lamplight ID", "Mira Jansen")
    assert orders(there) == ["Order 2041"]
    assert titles_in_cart(there) == ["Walden"]


def test_the_offer_is_made_to_guests_only(browser: Browser) -> None:
    """Who is registered already reads thank you, and nothing is offered."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    page = buy(browser, "Walden")
    assert page.heading == "Thank you. Your order is in."
    assert not [words for words in page.buttons if words.startswith("Keep it")]


def test_the_cookie_is_another_one_afterwards(browser: Browser) -> None:
    """Whoever saw the guest's cookie cannot come along into the account."""
    buy(browser, "Walden")
    before = browser.cookies["onboarding"]
    browser.press("Keep it with Lamplight ID")
    continue_as(browser, "Mira Jansen")
    assert browser.cookies["onboarding"] != before
    browser.client.cookies.set("onboarding", before, domain="127.0.0.1")
    assert orders(browser) == []


def test_changing_ones_mind_at_the_provider(browser: Browser) -> None:
    """Cancel leads back to the ways; the order is untouched."""
    buy(browser, "Walden")
    browser.press("Keep it with Lamplight ID")
    page = browser.press("Cancel")
    assert "You stopped at Lamplight ID. Nothing changed." in page.text
    assert orders(browser) == ["Order 2041"]


def test_two_tabs_both_come_to_a_good_end(browser: Browser) -> None:
    """Two sign-ins begun side by side finish in any order."""
    buy(browser, "Walden")
    placed = browser.page
    browser.press("Keep it with Lamplight ID")
    first_tab = browser.page
    browser.page = placed
    browser.press("Keep it with Lamplight ID")
    assert continue_as(browser, "Mira Jansen").heading == "Order 2041"
    browser.page = first_tab
    assert continue_as(browser, "Mira Jansen").heading == "Order 2041"
    assert orders(browser) == ["Order 2041"]


def test_the_answer_that_got_lost(browser: Browser) -> None:
    """The power fails just as the account is kept: signing in again finds everything.

    The old cookie is worthless by then, and the new one never arrived.
    """
    buy(browser, "Walden")
    kept = browser.cookies["onboarding"]
    browser.press("Keep it with Lamplight ID")
    continue_as(browser, "Mira Jansen")
    browser.client.cookies.clear()
    browser.client.cookies.set("onboarding", kept, domain="127.0.0.1")
    assert orders(browser) == []
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    assert orders(browser) == ["Order 2041"]


def test_the_back_button_after_signing_in(browser: Browser) -> None:
    """The address that came back from the provider works once; later it leads on."""
    buy(browser, "Walden")
    browser.press("Keep it with Lamplight ID")
    continue_as(browser, "Mira Jansen")
    (callback,) = [a for a in browser.answers if "/callback/" in str(a.url)]
    browser.open(str(callback.url))
    assert browser.page.status < 500
    assert orders(browser) == ["Order 2041"]


def test_a_slow_sign_in_starts_afresh(clock: FrozenClock, browser: Browser) -> None:
    """After a quarter of an hour at the provider nothing is lost, and it says so."""
    buy(browser, "Walden")
    browser.press("Keep it with Lamplight ID")
    clock.advance(timedelta(minutes=15))
    page = continue_as(browser, "Mira Jansen")
    assert page.heading == "This sign-in has had its time"
    assert "Nothing is lost." in page.text
    assert orders(browser) == ["Order 2041"]


def test_signing_out_leaves_a_visitor(browser: Browser) -> None:
    """Afterwards this browser knows nobody, and the account is still there."""
    buy(browser, "Walden")
    browser.press("Keep it with Lamplight ID")
    continue_as(browser, "Mira Jansen")
    browser.open("/welcome/account")
    browser.press("Sign out")
    assert orders(browser) == []
    assert "onboarding" not in browser.cookies
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    assert orders(browser) == ["Order 2041"]
