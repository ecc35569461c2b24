"""The shop with the keyboard alone: every stop is seen, in the order of reading."""

from collections.abc import Callable

import pytest

from tests.browser.person import ADDRESS, Person

PAGES = [
    "/",
    "/books/walden",
    "/cart",
    "/help",
    "/welcome/what-we-ask",
    "/welcome/sign-in",
    "/welcome/account",
    "/recommendations",
    "/shopkeeper/funnel",
    "/nowhere",
]


def test_buying_without_a_mouse(new_person: Callable[..., Person]) -> None:
    """From the shelf to the order and the offer to keep it, by Tab and typing."""
    sam = new_person()
    sam.open("/?genre=adventure")
    sam.tab_to("Add Moby-Dick")
    sam.enter()
    sam.is_at("/cart?added=moby-dick")
    sam.tab_to("Check out")
    sam.enter()
    sam.is_at("/checkout")
    for name in ADDRESS:
        sam.tab_to_field(name)
        sam.type(ADDRESS[name] if name != "postcode" else "")
    sam.tab_to("Place order: €12.50")
    sam.enter()
    # The summary of faults has the focus; its link leads to the field.
    sam.sees("One thing needs another look")
    sam.tab_to("Postcode: fill it in, so that the parcel finds you")
    sam.key("Enter")
    sam.tab_to_field("postcode", already=True)
    sam.type(ADDRESS["postcode"])
    sam.enter()
    sam.is_at("/orders/2041/placed")
    sam.tab_to("Keep it with Lamplight ID")
    sam.enter()
    sam.sees_heading("Who is there?")
    sam.tab_to("Continue as Mira Jansen")
    sam.enter()
    sam.is_at("/orders/2041")


def test_scoring_without_a_mouse(new_person: Callable[..., Person]) -> None:
    """Arrows move over the numbers, nothing sends itself, the answer gets focus."""
    sam = new_person(size="phone")
    sam.open("/books/walden")
    sam.press("Add to cart")
    sam.follow("Check out")
    sam.fill(**ADDRESS)
    sam.press("Place order: €9.00")
    sam.follow("Look at the order")
    sam.tab_to_field("score")
    sam.key("Space")
    for _ in range(9):
        sam.key("ArrowRight")
    sam.sees_picked("9")
    sam.is_at("/orders/2041")
    sam.tab_to("Send")
    sam.key("Enter")
    sam.has_focus_on("Thank you, that helps")


@pytest.mark.parametrize("path", PAGES)
def test_every_stop_is_seen(new_person: Callable[..., Person], path: str) -> None:
    """Tab goes through the page as one reads it, with a ring at every stop."""
    sam = new_person(size="phone")
    sam.open(path)
    sam.check_order()
