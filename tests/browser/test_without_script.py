"""The shop where no script runs: nothing is missing."""

from collections.abc import Callable

import pytest

from tests.browser.person import ADDRESS, Person


@pytest.mark.parametrize("language", ["en-GB", "nl-NL"])
def test_the_whole_story(new_person: Callable[..., Person], language: str) -> None:
    """Buying, keeping, being asked and answered: all of it works with plain forms.

    In either language, found by what the forms send and not by what they say.
    """
    sam = new_person(script=False, language=language)
    sam.open("/books/moby-dick")
    sam.click("button[name=book]")
    sam.click("a[href='/checkout']")
    sam.click("main form button")
    sam.sees_faulty_fields(len(ADDRESS))
    sam.fill(**ADDRESS)
    sam.click("main form button")
    sam.is_at("/orders/2041/placed")

    sam.click("form[action$='/sign-in/lamplight'] button")
    sam.continue_as("Mira Jansen")
    sam.is_at("/orders/2041")
    sam.pick_value("score", "9")
    sam.click("button[value=respond]")
    sam.is_at("/welcome/prompt/first-order/thanks?next=%2Forders%2F2041")

    sam.open("/recommendations")
    sam.pick_value("genre", "ghost")
    sam.click("button[value=answer]")
    sam.is_at("/recommendations")

    noor = new_person(script=False, language=language)
    noor.open("/shopkeeper/responses")
    noor.fill(text="Thank you, Mira.")
    noor.click("main form button")
    sam.open("/welcome/account")
    sam.click("a[href*='/thanks']")
    sam.sees("Thank you, Mira.")


def test_another_language_keeps_what_was_typed(
    new_person: Callable[..., Person],
) -> None:
    """At the checkout, a page of the shop's, and on a question, one of ours."""
    sam = new_person(script=False)
    sam.open("/books/walden")
    sam.press("Add to cart")
    sam.follow("Check out")
    sam.fill(name="Sam Bakker", street="Oudegracht 7")
    sam.press("Nederlands")
    sam.sees_heading("Waar mag het heen?")
    sam.sees_field("street", "Oudegracht 7")
    sam.press("English")
    sam.sees_heading("Where may we send it?")
    sam.sees_field("name", "Sam Bakker")
    sam.page.locator("[name=name]").press("Enter")
    sam.sees_faulty_fields(3)

    sam.open("/recommendations")
    sam.pick_value("genre", "ghost")
    sam.press("Nederlands")
    sam.sees_picked_value("genre", "ghost")
