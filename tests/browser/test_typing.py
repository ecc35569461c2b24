"""Nothing that somebody types is lost before it is sent."""

from collections.abc import Callable

import pytest

from tests.browser.person import ADDRESS, Person

TYPED = {"name": "Sam Bakker", "street": "Oudegracht 7"}


def begin_to_order(person: Person) -> None:
    """Put a book into the cart, and come to the form for the address."""
    person.open("/books/walden")
    person.press("Add to cart")
    person.follow("Check out")


def erase(person: Person) -> None:
    """Have everything erased that the shop knows."""
    person.open("/welcome/account")
    person.follow("Erase…")
    person.press("Yes, erase my data")


@pytest.fixture
def sam(new_person: Callable[..., Person]) -> Person:
    """A guest with a book in the cart, who has typed half of an address."""
    sam = new_person()
    begin_to_order(sam)
    sam.fill(**TYPED)
    return sam


def expect_typed(person: Person, typed: dict[str, str]) -> None:
    """Expect these texts in the fields; waits for each."""
    for name, text in typed.items():
        person.sees_field(name, text)


def test_another_language_keeps_what_was_typed(sam: Person) -> None:
    """There and back again."""
    sam.press("Nederlands")
    sam.sees_heading("Waar mag het heen?")
    expect_typed(sam, TYPED)
    sam.press("English")
    expect_typed(sam, TYPED)


def test_a_sign_in_keeps_what_was_typed(sam: Person) -> None:
    """What somebody typed just now wins over what is known of them."""
    sam.follow("Have one? Sign in")
    sam.press("Go on with Lamplight ID")
    sam.continue_as("Kim de Vries")
    sam.is_at("/checkout")
    expect_typed(sam, TYPED | {"town": ""})


def test_looking_elsewhere_keeps_what_was_typed(sam: Person) -> None:
    """By a link, and by Back."""
    sam.follow("Change the cart")
    sam.follow("Check out")
    expect_typed(sam, TYPED)
    sam.follow("Change the cart")
    sam.go_back()
    expect_typed(sam, TYPED)


def test_back_to_a_refused_form_finds_the_form(sam: Person) -> None:
    """Not the browser's page about sending twice; and in either language."""
    sam.press("Place order: €9.00")
    sam.sees_faulty_fields(3)
    sam.follow("Change the cart")
    sam.go_back()
    sam.sees_heading("Where may we send it?")
    expect_typed(sam, TYPED)
    sam.press("Place order: €9.00")
    sam.press("Nederlands")
    sam.sees_heading("Waar mag het heen?")
    expect_typed(sam, TYPED)


def test_what_was_sent_is_typed_no_more(sam: Person) -> None:
    """The next order begins with what the shop knows, not with an old slip."""
    sam.fill(**ADDRESS | {"street": "Singel 1"})
    sam.press("Place order: €9.00")
    erase(sam)
    begin_to_order(sam)
    expect_typed(sam, {"name": "", "street": ""})


def test_erasing_takes_what_was_typed_along(sam: Person) -> None:
    """Whoever comes to this screen next finds nothing of it."""
    erase(sam)
    begin_to_order(sam)
    expect_typed(sam, {"name": "", "street": ""})


def test_a_question_keeps_what_was_picked(new_person: Callable[..., Person]) -> None:
    """A choice is typed, too; a visitor's as well."""
    lou = new_person()
    lou.open("/recommendations")
    lou.pick_value("genre", "ghost")
    lou.press("Nederlands")
    lou.sees_picked_value("genre", "ghost")


def test_an_opinion_keeps_what_was_written(sam: Person) -> None:
    """However long it is: what does not fit is shown again, not cut off."""
    sam.fill(**ADDRESS)
    sam.press("Place order: €9.00")
    sam.follow("Look at the order")
    sam.pick("6")
    sam.fill(text="Bent corner. " * 200)
    sam.follow("Nederlands")
    sam.sees_field("text", "Bent corner. " * 200)
    sam.press("Versturen")
    sam.sees("Maak het korter: er passen 2.000 tekens.")
    sam.sees_field("text", "Bent corner. " * 200)
