"""The shop where no script runs: nothing is missing."""

from collections.abc import Callable

import pytest

from tests.browser.person import ADDRESS, Person, on_phone_and_desktop


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
    noor.write("textarea", "Thank you, Mira.")
    noor.click("button[name=reply]")
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
    sam.press_enter("name")
    sam.sees_faulty_fields(3)

    sam.open("/recommendations")
    sam.pick_value("genre", "ghost")
    sam.press("Nederlands")
    sam.sees_picked_value("genre", "ghost")


@on_phone_and_desktop
def test_a_sign_in_keeps_what_was_typed(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """At the checkout, of a guest who is known already; until the order is placed."""
    sam = new_person(script=False, size=size, theme=theme)
    sam.open("/books/walden")
    sam.press("Add to cart")
    sam.follow("Check out")
    sam.fill(name="Sam Bakker", street="Oudegracht 7")
    sam.press("Have one? Sign in")
    sam.press("Go on with Lamplight ID")
    sam.continue_as("Kim de Vries")
    sam.is_at("/checkout")
    sam.sees_field("name", "Sam Bakker")
    sam.open("/checkout")
    sam.sees_field("street", "Oudegracht 7")
    sam.fill(**ADDRESS | {"street": "Singel 1"})
    sam.press_enter("street")
    sam.sees_heading("Thank you. Your order is in.")


@on_phone_and_desktop
def test_a_sign_in_from_a_question_keeps_the_answer(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """A visitor, who has answered nothing yet."""
    lou = new_person(script=False, size=size, theme=theme)
    lou.open("/recommendations")
    lou.pick_value("genre", "ghost")
    lou.press("Sign in")
    lou.press("Go on with Lamplight ID")
    lou.continue_as("Mira Jansen")
    lou.sees_picked_value("genre", "ghost")
    lou.click("button[value=answer]")
    lou.is_at("/recommendations")


def test_an_opinion_outlives_a_sign_in_and_another_language(
    new_person: Callable[..., Person],
) -> None:
    """In our part on a page of the shop's, for a guest who was asked just now."""
    sam = new_person(script=False)
    sam.open("/books/walden")
    sam.press("Add to cart")
    sam.follow("Check out")
    sam.fill(**ADDRESS)
    sam.press("Place order: €9.00")
    sam.follow("Look at the order")
    sam.pick_value("score", "6")
    sam.fill(text="A bent corner.")
    sam.press("Nederlands")
    sam.sees_field("text", "A bent corner.")
    sam.press("Inloggen")
    sam.press("Verder met Lamplight ID")
    sam.continue_as("Mira Jansen")
    sam.sees_picked_value("score", "6")
    sam.sees_field("text", "A bent corner.")
    sam.click("button[value=respond]")
    sam.sees("A bent corner.")


@pytest.mark.parametrize("script", [False, True], ids=["without", "with"])
def test_replies_that_are_not_sent_stay_written(
    new_person: Callable[..., Person], script: bool
) -> None:
    """When another is sent or refused, in another language, and through a sign-in."""
    for name in ("moby-dick", "walden", "dracula"):
        buyer = new_person()
        buyer.open(f"/books/{name}")
        buyer.press("Add to cart")
        buyer.follow("Check out")
        buyer.fill(**ADDRESS)
        buyer.press_enter("town")
        buyer.follow("Look at the order")
        buyer.pick("6")
        buyer.press_here("Send")
        buyer.has_focus_on("Thank you, that helps")
    noor = new_person(script=script)
    noor.open("/shopkeeper/responses")
    noor.write("textarea", "To the first.", 0)
    noor.write("textarea", "Two\nlines & <more>", 2)
    noor.press("Reply", 1)
    noor.sees("Write a line before you send it.")
    noor.sees_faulty_fields(1)
    noor.sees_written("textarea", "To the first.", "", "Two\nlines & <more>")
    noor.write("textarea", "To the second.", 1)
    noor.press("Reply", 1)
    noor.sees("Sent. It stands under their data now.")
    noor.sees_written("textarea", "To the first.", "Two\nlines & <more>")
    noor.press("Nederlands")
    noor.sees_heading("Reacties")
    noor.press("Inloggen")
    noor.press("Verder met Lamplight ID")
    noor.continue_as("Kim de Vries")
    noor.is_at("/shopkeeper/responses")
    noor.sees_written("textarea", "To the first.", "Two\nlines & <more>")


@on_phone_and_desktop
def test_what_a_provider_says_takes_one_press(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """In Dutch, with a genre chosen beside it; the other one says no to it."""
    words = "Lamplight ID zegt: 3 mei 1990. Klopt dat?"
    sam = new_person(size=size, theme=theme, script=False, language="nl-NL")
    sam.open("/welcome/sign-in?next=/recommendations")
    sam.click("form[action$='/sign-in/lamplight'] button")
    sam.continue_as("Mira Jansen")
    sam.sees(words)
    sam.click("button[name=onboarding-refuse]")
    sam.sees("Wanneer ben je jarig?")
    sam.sees_no_button("Ja, dat klopt 3 mei 1990")
    sam.open("/recommendations")
    sam.sees_no_button("Ja, dat klopt 3 mei 1990")
