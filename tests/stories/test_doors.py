"""A visitor, somebody with nothing yet, one who may not: three pages, each a door."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.stories.browser import Browser
from tests.stories.steps import buy, choose, continue_as, sign_in


def door(page_link: str) -> str:
    """Return where a sign-in by this link ends."""
    return parse_qs(urlsplit(page_link).query)["next"][0]


def test_a_visitor_is_not_somebody_without_orders(
    new_browser: Callable[..., Browser],
) -> None:
    """What nobody can know yet is not said; only who is signed in has no order."""
    visitor, guest, mira = new_browser(), new_browser(), new_browser()
    choose(guest, "Walden")
    sign_in(mira, "Lamplight ID", "Mira Jansen")
    assert "We know of no order from this browser." in visitor.open("/orders").text
    for person in (guest, mira):
        assert "No order yet." in person.open("/orders").text
    for person in (visitor, guest):
        assert "Bought something elsewhere? Sign in" in person.page.text
        assert door(person.page.links["Sign in"]) == "/orders"
    assert "Sign in" not in mira.page.links


def test_an_order_leads_its_owner_through_the_door(
    new_browser: Callable[..., Browser],
) -> None:
    """In a browser that knows nobody, the link to an order asks who is there."""
    at_home, elsewhere = new_browser(), new_browser()
    buy(at_home, "Walden")
    at_home.press("Keep it with Lamplight ID")
    continue_as(at_home, "Mira Jansen")
    page = elsewhere.open("/orders/2041")
    assert (page.status, page.heading) == (401, "Sign in for this")
    elsewhere.follow("Sign in")
    elsewhere.press("Go on with Lamplight ID")
    page = continue_as(elsewhere, "Mira Jansen")
    assert (page.path, page.heading) == ("/orders/2041", "Order 2041")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/cart", "Chose something elsewhere? Sign in"),
        ("/recommendations", "Told us before? Then you need not again. Sign in"),
    ],
)
def test_what_may_be_known_elsewhere_has_a_door(
    browser: Browser, path: str, words: str
) -> None:
    """The empty cart and the question, for who has not signed in here."""
    assert words in browser.open(path).text
    assert "Sign in" in [*browser.page.links, *browser.page.buttons]


def test_who_has_answered_before_is_not_asked_again(
    new_browser: Callable[..., Browser],
) -> None:
    """From the question through its door to the very page that was asked for."""
    at_home, elsewhere = new_browser(), new_browser()
    sign_in(at_home, "Lamplight ID", "Mira Jansen")
    at_home.open("/recommendations")
    at_home.fill(genre="ghost").press("Open my shelf")
    elsewhere.open("/recommendations?from=window")
    elsewhere.press("Sign in")
    elsewhere.press("Go on with Lamplight ID")
    page = continue_as(elsewhere, "Mira Jansen")
    assert page.path == "/recommendations?from=window"
    assert "Ghosts and wonders stand in front." in page.text
    page = elsewhere.open("/welcome/answers?question=genre")
    assert "Sign in" not in [*page.links, *page.buttons]


@pytest.mark.parametrize("path", ["/", "/help", "/nowhere", "/welcome/account"])
def test_the_header_says_who_is_here(
    new_browser: Callable[..., Browser], path: str
) -> None:
    """On the shop's pages and on ours: a visitor, a guest, or somebody signed in."""
    visitor, guest, mira = new_browser(), new_browser(), new_browser()
    choose(guest, "Walden")
    sign_in(mira, "Lamplight ID", "Mira Jansen")
    said = [who.open(path).text for who in (visitor, guest, mira)]
    for text, words in zip(
        said, ("Visitor Sign in", "Guest Sign in", "Signed in"), strict=True
    ):
        assert words in text
    assert "Sign in" not in mira.page.links
    assert "Sign in" in visitor.page.links


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/cart", []), ("/checkout", ["Have one? Sign in", "Sign in"])],
)
def test_a_page_with_something_else_to_do_offers_to_sign_in_once(
    new_browser: Callable[..., Browser], path: str, expected: list[str]
) -> None:
    """One door, beside the one in the footer: all the ways stand behind it."""
    browser = new_browser()
    choose(browser, "Dracula")
    buttons = browser.open(path).buttons
    offers = [b for b in buttons if "Sign in" in b or b.startswith(("Go on", "Keep"))]
    assert offers == expected


def test_a_door_beside_a_form_leads_back_to_what_was_typed(
    new_browser: Callable[..., Browser],
) -> None:
    """At the checkout: of a guest who turns out to have an account, and an order."""
    at_home, elsewhere = new_browser(), new_browser()
    buy(at_home, "Walden")
    sign_in(at_home, "Lamplight ID", "Mira Jansen")
    choose(elsewhere, "Dracula")
    elsewhere.open("/checkout")
    elsewhere.fill(street="Singel 1").press("Have one? Sign in")
    elsewhere.press("Go on with Lamplight ID")
    page = continue_as(elsewhere, "Mira Jansen")
    assert page.path == "/checkout"
    assert page.forms[0].fields["street"] == ["Singel 1"]
    assert page.forms[0].fields["town"] == [""]
    assert "onboarding-typed" in elsewhere.cookies
    elsewhere.fill(
        email="mira@example.org", name="Mira", postcode="3511 AB", town="Utrecht"
    )
    words = next(one for one in page.buttons if one.startswith("Place order"))
    assert elsewhere.press(words).heading == "Thank you. Your order is in."
    assert "onboarding-typed" not in elsewhere.cookies
