"""What the person saw is what happens: a button that says €9.00 orders for €9.00."""

from collections.abc import Callable

import pytest

from tests.shop.running import RunningDemo
from tests.stories.browser import Browser, Page
from tests.stories.steps import ADDRESS, choose, count, sign_in, titles_in_cart

CHANGED = "Your cart has changed since you last saw it. It comes to {} now"


def another_book(browser: Browser) -> None:
    """In another tab, one more book."""
    choose(browser, "Dracula")


def a_sign_in(browser: Browser) -> None:
    """In another tab, Kim browses on and signs in, in whose cart two books lie."""
    choose(browser, "Dracula")
    sign_in(browser, "Lamplight ID", "Kim de Vries")


def one_for_another(browser: Browser) -> None:
    """In another tab, another book for the same money."""
    browser.open("/cart")
    browser.press("Take out Walden")
    choose(browser, "The King in Yellow")


def at_checkout(browser: Browser, title: str) -> Page:
    """Put a book into the cart, and look at the form that orders it."""
    choose(browser, title)
    return browser.follow("Check out")


@pytest.mark.parametrize(
    ("change", "sum_"),
    [(another_book, "€19.50"), (a_sign_in, "€32.00"), (one_for_another, "€9.00")],
    ids=["another tab", "a sign-in that merged", "the same sum"],
)
def test_another_cart_is_shown_before_it_is_ordered(
    demo: RunningDemo,
    browser: Browser,
    change: Callable[[Browser], None],
    sum_: str,
) -> None:
    """The page says so, with the new sum on its button and all that was typed."""
    seen = at_checkout(browser, "Walden").forms[0]
    assert seen.buttons[0].words == "Place order: €9.00"
    change(browser)
    titles = titles_in_cart(browser)

    page = browser.send(seen, seen.fields | {n: [t] for n, t in ADDRESS.items()})
    assert page.status == 409
    assert CHANGED.format(sum_) in page.text
    assert page.forms[0].fields["street"] == [ADDRESS["street"]]
    assert count(demo, "orders") == 0
    dutch = browser.press("Nederlands")
    assert dutch.heading == "Waar mag het heen?"
    assert dutch.forms[0].fields["street"] == [ADDRESS["street"]]
    assert count(demo, "orders") == 0
    browser.press("English")

    page = browser.press(f"Place order: {sum_}")
    assert page.heading == "Thank you. Your order is in."
    for title in titles:
        assert title in page.text
    assert sum_ in page.text


def test_a_faulty_form_says_both(browser: Browser) -> None:
    """What is missing, and that the cart is another one."""
    seen = at_checkout(browser, "Walden").forms[0]
    another_book(browser)
    page = browser.send(seen, seen.fields)
    assert CHANGED.format("€19.50") in page.text
    assert "5 things need another look" in page.text


def test_the_same_form_twice_is_still_one_order(
    demo: RunningDemo, browser: Browser
) -> None:
    """The cart is empty by then; that is no change that anybody must look at."""
    seen = at_checkout(browser, "Walden").forms[0]
    fields = seen.fields | {n: [t] for n, t in ADDRESS.items()}
    first, second = browser.send(seen, fields), browser.send(seen, fields)
    assert first.heading == "Thank you. Your order is in."
    assert "it was not placed twice" in second.text
    assert count(demo, "orders") == 1
