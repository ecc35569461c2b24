"""A stranger buys two books, and nobody asks who they are."""

from collections.abc import Callable
from http.cookiejar import Cookie, CookieJar

import httpx2
import pytest

from tests.shop.running import RunningDemo
from tests.stories.browser import Browser
from tests.stories.steps import ADDRESS, buy, choose, count, orders, titles_in_cart


def test_the_first_book_makes_a_guest(demo: RunningDemo, browser: Browser) -> None:
    """One record and one cookie come into being with the first book, and no earlier."""
    before = count(demo, "onboarding_accounts")
    page = choose(browser, "Moby-Dick")
    assert (page.path, page.heading) == ("/cart?added=moby-dick", "Your cart")
    assert "Added: Moby-Dick." in page.text
    assert "Your cart stays in this browser for 30 days." in page.text
    assert list(browser.cookies) == ["onboarding"]
    choose(browser, "Walden")
    assert count(demo, "onboarding_accounts") == before + 1


def test_the_cookie_is_out_of_reach(browser: Browser) -> None:
    """No script can read it, and no other site can send it along with a form."""
    choose(browser, "Moby-Dick")
    (line,) = [
        a.headers["set-cookie"] for a in browser.answers if "set-cookie" in a.headers
    ]
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Path=/" in line


def test_a_cart_can_be_changed(browser: Browser) -> None:
    """A book that was put in can be taken out again."""
    choose(browser, "Moby-Dick", "Walden")
    page = browser.press("Take out Moby-Dick")
    assert "Taken out: Moby-Dick." in page.text
    assert titles_in_cart(browser) == ["Walden"]
    browser.press("Take out Walden")
    assert "Your cart is empty. The shelf is not." in browser.page.text


def test_a_browser_without_cookies_is_told_why_its_cart_stays_empty(
    browser: Browser,
) -> None:
    """Nothing could be kept, and the page says what to allow; a link says nothing."""
    browser.client.cookies.jar = _Blocked()
    page = choose(browser, "Moby-Dick")
    assert "Moby-Dick is not in your cart: your browser keeps no cookies" in page.text
    shared = httpx2.get(page.url, headers={"sec-fetch-site": "none"})
    assert "keeps no cookies" not in shared.text


class _Blocked(CookieJar):
    """The cookies of a browser in which somebody blocked them all."""

    def set_cookie(self, cookie: Cookie) -> None:
        """Keep nothing."""


def test_two_clicks_at_once_make_one_guest(demo: RunningDemo, browser: Browser) -> None:
    """Two books put in from the same page before any answer came share one cart."""
    before = count(demo, "onboarding_accounts")
    browser.open("/")
    shelf = browser.page
    form = next(form for form in shelf.forms if form.action.endswith("/cart"))
    browser.send(form, form.fields | {"book": ["walden"]})
    browser.client.cookies.clear()  # as if the second request had left already
    browser.send(form, form.fields | {"book": ["dracula"]})
    assert count(demo, "onboarding_accounts") == before + 1
    assert sorted(titles_in_cart(browser)) == ["Dracula", "Walden"]


def test_an_order_takes_one_page(browser: Browser) -> None:
    """No account, no password: an address, a button, and the order is in."""
    page = buy(browser, "Moby-Dick", "Walden")
    assert page.path == "/orders/2041/placed"
    assert page.heading == "Thank you. Your order is in."
    assert "Order 2041" in page.text
    assert "€21.50" in page.text
    assert "For Sam Bakker, Oudegracht 7, 3511 AB Utrecht." in page.text
    page = browser.follow("Look at the order")
    assert (page.path, page.heading) == ("/orders/2041", "Order 2041")
    assert titles_in_cart(browser) == []


def test_the_shop_claims_no_mail(browser: Browser) -> None:
    """Nothing is mailed and nothing is charged, and no page says otherwise."""
    choose(browser, "Walden")
    page = browser.follow("Check out")
    assert "nothing is charged and nothing is sent" in page.text
    buy(browser, "Walden")
    assert "mail" not in browser.page.text.replace("email", "")


def test_what_was_typed_stays_typed(demo: RunningDemo, browser: Browser) -> None:
    """A form with faults says what to do, keeps every line, and changes nothing."""
    choose(browser, "Moby-Dick")
    browser.follow("Check out")
    browser.fill(**ADDRESS | {"email": "sam@", "postcode": " "})
    page = browser.press("Place order: €12.50")
    assert (page.status, page.title) == (422, "Error: Check out · Lamplight")
    assert "Two things need another look" in page.text
    assert "Add the part after @, as in name@example.org" in page.text
    assert "Fill in your postcode" in page.text
    typed = page.forms[0].fields
    assert (typed["email"], typed["street"]) == (["sam@"], ["Oudegracht 7"])
    assert count(demo, "orders") == 0
    assert titles_in_cart(browser) == ["Moby-Dick"]
    browser.open("/welcome/account")
    assert "sam@" not in browser.page.text


def test_the_form_sent_twice_is_one_order(demo: RunningDemo, browser: Browser) -> None:
    """A second press, or a reload, leads to the order that there is."""
    choose(browser, "Moby-Dick")
    form = browser.follow("Check out").forms[0]
    sent = form.fields | {name: [line] for name, line in ADDRESS.items()}
    assert browser.send(form, sent).path == "/orders/2041/placed"
    page = browser.send(form, sent)
    assert page.path == "/orders/2041?again=1"
    assert "We already have this order; it was not placed twice." in page.text
    assert count(demo, "orders") == 1


def test_back_and_again_is_one_order(demo: RunningDemo, browser: Browser) -> None:
    """Going back after an order and sending the old form buys nothing new.

    Not even when another book went into the cart meanwhile: that one stays there.
    """
    choose(browser, "Moby-Dick")
    form = browser.follow("Check out").forms[0]
    sent = form.fields | {name: [line] for name, line in ADDRESS.items()}
    browser.send(form, sent)
    choose(browser, "Walden")
    assert browser.send(form, sent).path == "/orders/2041?again=1"
    assert titles_in_cart(browser) == ["Walden"]
    assert count(demo, "orders") == 1


def test_with_nothing_to_buy_there_is_no_checkout(browser: Browser) -> None:
    """A visitor, and whoever has an empty cart, is led to the cart."""
    assert browser.open("/checkout").path == "/cart"
    choose(browser, "Walden")
    browser.press("Take out Walden")
    assert browser.open("/checkout").path == "/cart"


def test_an_order_is_nobody_elses_business(new_browser: Callable[[], Browser]) -> None:
    """Another guest reads "not found", and a visitor "sign in", be there one or not."""
    mine, other, visitor = new_browser(), new_browser(), new_browser()
    buy(mine, "Walden")
    choose(other, "Walden")
    for curious, status in ((other, 404), (visitor, 401)):
        there, never = curious.open("/orders/2041"), curious.open("/orders/9999")
        assert there.status == never.status == status
        assert there.heading == never.heading
        assert curious.open("/orders/2041/placed").status == status
        assert orders(curious) == []
    assert orders(mine) == ["Order 2041"]


def test_the_second_order_needs_no_typing(browser: Browser) -> None:
    """Whoever comes back in the same browser finds the address filled in."""
    buy(browser, "Walden")
    choose(browser, "Dracula")
    page = browser.follow("Check out")
    typed = page.forms[0].fields
    assert {name: typed[name][0] for name in ADDRESS} == ADDRESS


@pytest.mark.parametrize(
    "book", ["", "no-such-book", "'; DROP TABLE orders; --", "x" * 9999]
)
def test_a_book_that_is_not_there_makes_no_guest(
    demo: RunningDemo, browser: Browser, book: str
) -> None:
    """Putting nonsense into the cart is a page with a way on, and leaves no record."""
    before = count(demo, "onboarding_accounts")
    browser.open("/")
    form = next(form for form in browser.page.forms if form.action.endswith("/cart"))
    page = browser.send(form, form.fields | {"book": [book]})
    assert page.status == 404
    assert browser.cookies == {}
    assert count(demo, "onboarding_accounts") == before


def test_a_number_that_no_order_can_have_is_not_found(browser: Browser) -> None:
    """However long it is, and in whatever digits it is written."""
    buy(browser, "Walden")
    for number in ("9" * 30, "9" * 400, "9" * 5000, "-1", "+2041", "٢٠٤١", "2041.0"):
        for page in ("", "/placed"):
            assert browser.open(f"/orders/{number}{page}").status == 404
    assert browser.open("/orders/2041").status == 200


def test_every_line_that_is_too_long_is_named(browser: Browser) -> None:
    """The summary says which, and all that was typed stands there still."""
    choose(browser, "Walden")
    browser.follow("Check out")
    long = dict.fromkeys(ADDRESS, "x" * 121)
    page = browser.fill(**long).press("Place order: €9.00")
    assert page.status == 422
    for line in (
        "Email address: make it shorter",
        "Name: make it shorter, so that it fits on a label",
        "Street and number: make them shorter, so that they fit on a label",
        "Postcode: make it shorter, so that it fits on a label",
        "Town: make it shorter, so that it fits on a label",
    ):
        assert line in page.links
    assert page.forms[0].fields["name"] == ["x" * 121]
