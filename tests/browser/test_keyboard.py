"""The shop with the keyboard alone: every stop is seen, in the order of reading."""

from collections.abc import Callable

import pytest

from tests.browser.person import ADDRESS, Person

PAGES = [
    "/",
    "/books/walden",
    "/cart",
    "/help",
    "/what-we-ask",
    "/welcome/sign-in",
    "/welcome/account",
    "/recommendations",
    "/shopkeeper/funnel",
    "/nowhere",
]


def test_buying_without_a_mouse(new_person: Callable[..., Person]) -> None:
    """From the shelf to the order and the offer to keep it, by Tab and typing."""
    sam = new_person()
    press, kind = sam.page.keyboard.press, sam.page.keyboard.type
    sam.open("/?genre=adventure")
    sam.tab_to("Add Moby-Dick")
    press("Enter")
    sam.page.wait_for_url("**/cart?added=moby-dick")
    sam.tab_to("Check out")
    press("Enter")
    sam.page.wait_for_url("**/checkout")
    for name in ADDRESS:
        sam.tab_to_field(name)
        kind(ADDRESS[name] if name != "postcode" else "")
    sam.tab_to("Place order: €12.50")
    press("Enter")
    # The summary of faults has the focus; its link leads to the field.
    sam.page.get_by_text("One thing needs another look").wait_for()
    sam.tab_to("Postcode: fill it in, so that the parcel finds you")
    press("Enter")
    sam.tab_to_field("postcode", already=True)
    kind(ADDRESS["postcode"])
    press("Enter")
    sam.page.wait_for_url("**/placed")
    sam.tab_to("Keep it with Lamplight ID")
    press("Enter")
    sam.page.wait_for_url("**/authorize*")
    sam.tab_to("Continue as Mira Jansen")
    press("Enter")
    sam.page.wait_for_url("**/orders/2041")


def test_scoring_without_a_mouse(new_person: Callable[..., Person]) -> None:
    """Arrows move over the numbers, nothing sends itself, the answer gets focus."""
    sam = new_person(size="phone")
    sam.open("/books/walden")
    sam.press("Add to cart")
    sam.follow("Check out")
    sam.fill(**ADDRESS)
    sam.press("Place order: €9.00")
    sam.follow("Look at the order")
    press = sam.page.keyboard.press
    sam.tab_to_field("score")
    press("Space")
    for _ in range(9):
        press("ArrowRight")
    assert sam.page.get_by_role("radio", name="9").is_checked()
    assert sam.path == "/orders/2041"
    sam.tab_to("Send")
    press("Enter")
    thanks = sam.page.get_by_role("heading", name="Thank you, that helps")
    thanks.wait_for()
    assert thanks.evaluate("e => e === document.activeElement")


@pytest.mark.parametrize("path", PAGES)
def test_every_stop_is_seen(new_person: Callable[..., Person], path: str) -> None:
    """Tab goes through the page as one reads it, with a ring at every stop."""
    sam = new_person(size="phone")
    sam.open(path)
    sam.check_order()
