"""Features with needs of several kinds, at a phone and a desk, without a pointer."""

from collections.abc import Callable

from tests.browser.person import Person, on_phone_and_desktop


@on_phone_and_desktop
def test_one_of_several_step_by_step(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """In Dutch: one card a page, another way beside it, the meter, and a yes."""
    sam = new_person(size=size, theme=theme, language="nl-NL")
    sam.open("/")
    sam.follow("De leeskring")
    sam.sees("Een van deze is genoeg.")
    sam.look("evenings-one-of")
    sam.follow("Liever: Waar mag een kaart heen?")
    sam.sees("Liever: Wat is je telefoonnummer?")
    sam.look("evenings-address")
    sam.press("Verder")
    sam.sees_faulty_fields(3)
    sam.look("evenings-address-faulty")
    sam.write("[name='home.street']", "Oude Delft 1")
    sam.write("[name='home.town']", "Delft")
    sam.choose("home.country", "Nederland")
    sam.press("Verder")
    sam.pick_value("evening", "tuesday")
    sam.press("Verder")
    sam.sees("2 van 3 bekend")
    sam.look("evenings-consent")
    sam.press("Verder")
    sam.sees_faulty_fields(1)
    sam.pick_value("may_write", "true")
    sam.press("Verder")
    sam.is_at("/circle")
    sam.sees("Vooraf komt er een kaart.")
    sam.look("evenings-circle")
    sam.open("/welcome/account")
    sam.sees("Oude Delft 1, Delft, Nederland")
    sam.look("evenings-data")


@on_phone_and_desktop
def test_an_answer_that_closes_can_be_corrected(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """Who is too young reads the rule, and which answer it hangs on."""
    sam = new_person(size=size, theme=theme)
    sam.open("/wine")
    sam.look("evenings-wine")
    sam.fill(birthday="2020-01-01")
    sam.press("Go on")
    sam.sees_heading("Wine and ghost stories stays closed for now")
    sam.look("evenings-too-young")
    sam.click("main a[href*='question=birthday']")
    sam.fill(birthday="1990-05-03")
    sam.press("Keep this answer")
    sam.sees_heading("Wine and ghost stories")
    sam.look("evenings-old-enough")


def test_by_keyboard_alone(new_person: Callable[..., Person]) -> None:
    """From the shop's first page into the circle: Tab, Space, arrows and Enter."""
    sam = new_person()
    sam.open("/")
    sam.tab_to("The reading circle")
    sam.enter()
    sam.tab_to_field("phone")
    sam.type("06 12345678")
    sam.enter()
    sam.sees("Which evening suits you?")
    sam.tab_to_field("evening")
    sam.key("ArrowDown")
    sam.key("ArrowUp")
    sam.tab_to("Go on")
    sam.enter()
    sam.sees("The circle may ring me")
    sam.tab_to_field("may_write")
    sam.key("Space")
    sam.tab_to("Go on")
    sam.enter()
    sam.is_at("/circle")


def test_without_script(new_person: Callable[..., Person]) -> None:
    """Plain forms: what was typed stays when the language changes on the way."""
    sam = new_person(script=False, size="phone")
    sam.open("/circle")
    sam.follow("Rather: Where may a card come?")
    sam.write("[name='home.street']", "Oude Delft 1")
    sam.press("Nederlands")
    sam.sees_field("home.street", "Oude Delft 1")
    sam.write("[name='home.town']", "Delft")
    sam.choose("home.country", "Nederland")
    sam.press("Verder")
    sam.sees("Welke avond past je?")


def test_a_sign_in_keeps_the_way_that_was_chosen(
    new_person: Callable[..., Person],
) -> None:
    """And every part of what was typed there, with a script and without one."""
    for script in (True, False):
        sam = new_person(script=script, size="phone")
        sam.open("/circle")
        sam.follow("Rather: Where may a card come?")
        sam.write("[name='home.street']", "Oude Delft 1")
        sam.choose("home.country", "Netherlands")
        sam.press("Sign in")
        sam.press("Go on with Lamplight ID")
        sam.continue_as("Tom Okafor")
        sam.sees_field("home.street", "Oude Delft 1")
        sam.sees_field("home.country", "NL")
