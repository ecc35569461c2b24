"""Somebody who has an account buys as a guest, and signs in afterwards."""

from collections.abc import Callable

from tests.shop.running import RunningDemo
from tests.stories.browser import Browser, Page
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


def test_order_and_cart_come_together(browser: Browser) -> None:
    """Kim's cart holds Walden and Moby-Dick; this visit adds an order and two books.

    Walden is in both carts and stays one: nothing is lost, nothing is doubled.
    """
    buy(browser, "Dracula")
    choose(browser, "Walden", "Carmilla")
    guest = account_id(browser)
    sign_in(browser, "Lamplight ID", "Kim de Vries")
    assert account_id(browser) != guest
    assert sorted(titles_in_cart(browser)) == ["Carmilla", "Moby-Dick", "Walden"]
    assert "2 ×" not in browser.page.text
    assert orders(browser) == ["Order 2041"]


def test_signing_in_again_changes_nothing(browser: Browser) -> None:
    """A merge happens once: the second sign-in finds what the first one made."""
    choose(browser, "Walden", "Carmilla")
    sign_in(browser, "Lamplight ID", "Kim de Vries")
    kim = account_id(browser)
    together = titles_in_cart(browser)
    browser.client.cookies.clear()
    sign_in(browser, "Lamplight ID", "Kim de Vries")
    assert account_id(browser) == kim
    assert titles_in_cart(browser) == together


def test_the_larger_number_of_copies_stays(browser: Browser) -> None:
    """Three copies here and one there are three, not four."""
    choose(browser, "Walden", "Walden", "Walden")
    sign_in(browser, "Lamplight ID", "Kim de Vries")
    page = browser.open("/cart")
    assert "3 × €9.00" in page.text


def at_the_till(browser: Browser, *titles: str) -> Page:
    """Choose books, and sign in as Kim from the page of the checkout."""
    choose(browser, *titles)
    browser.follow("Check out")
    browser.press("Have one? Sign in")
    browser.press("Go on with Lamplight ID")
    return continue_as(browser, "Kim de Vries")


def test_who_is_at_the_till_buys_what_they_saw(browser: Browser) -> None:
    """The older cart is set aside, told of, and back after one click."""
    page = at_the_till(browser, "Carmilla")
    assert page.heading == "Where may we send it?"
    assert "What was set aside is under My data." in page.text
    assert titles_in_cart(browser) == ["Carmilla"]
    page = browser.open("/welcome/account")
    assert "2 entries, set aside on 21 November" in page.text
    page = browser.press("Take back Cart")
    assert "Back with you: Cart." in page.text
    assert sorted(titles_in_cart(browser)) == ["Carmilla", "Moby-Dick", "Walden"]
    assert "Set aside for you" not in browser.open("/welcome/account").text


def test_a_shop_that_asks_brings_it_along_on_a_yes(asking: Browser) -> None:
    """The page says what would happen, in words; then it happens."""
    choose(asking, "Walden", "Carmilla")
    page = sign_in(asking, "Lamplight ID", "Kim de Vries")
    assert page.heading == "Welcome back. Shall we put this together?"
    assert "One is on both sides, and becomes one. One comes along." in page.text
    assert page.buttons == ["Bring it along", "Keep it apart"]
    page = asking.press("Bring it along")
    assert sorted(titles_in_cart(asking)) == ["Carmilla", "Moby-Dick", "Walden"]


def test_a_shop_that_asks_keeps_it_apart_on_a_no(asking: Browser) -> None:
    """Kim is in, with Kim's own cart; the guest's order is not among Kim's."""
    buy(asking, "Dracula")
    sign_in(asking, "Lamplight ID", "Kim de Vries")
    asking.press("Keep it apart")
    assert sorted(titles_in_cart(asking)) == ["Moby-Dick", "Walden"]
    assert orders(asking) == []


def test_who_does_not_answer_stays_a_guest(asking: Browser) -> None:
    """With everything, and where they wanted to go."""
    page = at_the_till(asking, "Carmilla")
    assert "2 that your account had are set aside" in page.text
    page = asking.follow("Stay a guest for now")
    assert page.heading == "Where may we send it?"
    assert titles_in_cart(asking) == ["Carmilla"]


def test_a_receipt_says_what_moved(browser: Browser) -> None:
    """My data tells what came together, in words."""
    buy(browser, "Dracula")
    sign_in(browser, "Lamplight ID", "Kim de Vries")
    page = browser.open("/welcome/account")
    assert "another visit of yours joined this account" in page.text
    assert "Orders: one added." in page.text
    assert "What you were asked: " not in page.text
    assert "Where this account is open: " not in page.text


def test_the_old_cookie_is_worthless(browser: Browser) -> None:
    """The guest that was is gone; its cookie opens nothing of Kim's."""
    buy(browser, "Dracula")
    before = browser.cookies["onboarding"]
    sign_in(browser, "Lamplight ID", "Kim de Vries")
    browser.client.cookies.clear()
    browser.client.cookies.set("onboarding", before, domain="127.0.0.1")
    assert orders(browser) == []


def test_an_address_that_is_in_use_here(demo: RunningDemo, browser: Browser) -> None:
    """Lou signed up with Lamplight ID, and now comes with Harbour ID.

    The address alone opens nothing: Lou must sign in the way Lou did before. Then one
    click makes Harbour ID a second way in, and what this visit holds comes along.
    """
    before = count(demo, "onboarding_accounts")
    buy(browser, "Dracula")
    browser.press("Keep it with Harbour ID")
    page = continue_as(browser, "Lou Martens")
    assert page.heading == "Is this you?"
    assert "An account with this email address is already here." in page.text
    assert page.buttons == [
        "Mail a code to l***@example.org",
        "Sign in with Lamplight ID",
        "Sign in with Harbour ID",
    ]
    browser.press("Sign in with Lamplight ID")
    page = continue_as(browser, "Lou Martens")
    assert "Yes, add Harbour ID" in page.buttons
    browser.press("Yes, add Harbour ID")
    assert orders(browser) == ["Order 2041"]
    lou = account_id(browser)
    assert count(demo, "onboarding_accounts") == before + 1

    browser.client.cookies.clear()
    sign_in(browser, "Harbour ID", "Lou Martens")
    assert account_id(browser) == lou


def test_a_stranger_with_a_borrowed_address(browser: Browser) -> None:
    """Who cannot show that the address is theirs stays a guest and learns nothing."""
    buy(browser, "Dracula")
    guest = account_id(browser)
    browser.open("/orders/2041/placed")
    browser.press("Keep it with Harbour ID")
    page = continue_as(browser, "Lou Martens")
    assert "lou@example.org" not in page.text
    browser.follow("Go on without linking")
    assert account_id(browser) == guest
    assert orders(browser) == ["Order 2041"]


def test_an_unverified_address_reveals_nothing(
    new_browser: Callable[[], Browser],
) -> None:
    """Typing somebody's address at checkout neither finds nor tells of an account."""
    known, unknown = new_browser(), new_browser()
    buy(known, "Dracula", email="kim@example.org")
    buy(unknown, "Dracula", email="nobody@example.org")
    said = [b.page.text.replace("2042", "2041") for b in (known, unknown)]
    assert said[0] == said[1]
