"""An order is kept with a passkey, and its owner comes back with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from examples.shop.demo import BY_NAME
from tests.browser.person import ADDRESS, Person, on_phone_and_desktop
from tests.shop.running import RunningDemo, running_demo


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[RunningDemo]:
    """The demo at a name, where there are passkeys."""
    with running_demo(tmp_path, host=BY_NAME) as demo:
        yield demo


NewPerson = Callable[..., Person]


def buy(person: Person) -> None:
    """Buy a book as a guest, up to the page that says thank you."""
    person.open("/books/moby-dick")
    person.click("button[name=book]")
    person.click("a[href='/checkout']")
    person.fill(**ADDRESS)
    person.click("main form button")


@on_phone_and_desktop
def test_an_order_is_kept_and_found_again(
    new_person: NewPerson, size: str, theme: str
) -> None:
    """After the order, with one press; and on another device, with one press."""
    sam = new_person(size=size, theme=theme)
    sam.take_device()
    buy(sam)
    sam.sees_button("Keep it with a passkey")
    sam.look("passkeys-1-offer")
    sam.press("Keep it with a passkey")
    sam.is_at("/orders/2041")
    sam.open("/welcome/account")
    sam.sees("Passkey “sam@example.org”")
    sam.sees("On all your devices.")
    sam.look("passkeys-2-my-data")

    elsewhere = new_person(size=size, theme=theme)
    elsewhere.take_device()
    elsewhere.open("/welcome/sign-in?next=/orders")
    elsewhere.sees_button("Sign in with a passkey")
    elsewhere.look("passkeys-3-sign-in")
    elsewhere.take_passkeys_of(sam)
    elsewhere.press("Sign in with a passkey")
    elsewhere.is_at("/orders")
    elsewhere.sees("2041")


def test_the_browser_offers_it_where_an_address_is_typed(
    new_person: NewPerson,
) -> None:
    """Conditional mediation: who picks what is filled in is in, without a button."""
    sam = new_person()
    sam.take_device()
    buy(sam)
    sam.press("Keep it with a passkey")
    sam.is_at("/orders/2041")

    elsewhere = new_person()
    elsewhere.take_device()
    elsewhere.take_passkeys_of(sam)
    elsewhere.open("/welcome/sign-in?next=/orders")
    elsewhere.is_at("/orders")
    elsewhere.sees("2041")


def test_what_a_guest_did_comes_along(new_person: NewPerson) -> None:
    """Who has a passkey here buys as a guest again, and signs in afterwards."""
    sam = new_person()
    sam.take_device()
    buy(sam)
    sam.press("Keep it with a passkey")
    sam.is_at("/orders/2041")
    sam.open("/welcome/account")
    sam.press("Sign out")

    buy(sam)
    sam.open("/welcome/sign-in?next=/orders")
    sam.is_at("/orders")
    sam.sees("2041")
    sam.sees("2042")


def test_what_goes_wrong_is_said_beside_the_button(new_person: NewPerson) -> None:
    """In Dutch: who is not recognised, has one already, or has none any more."""
    sam = new_person(size="phone", language="nl-NL")
    sam.take_device()
    buy(sam)
    sam.look_away()
    sam.press_here("Bewaren met een passkey")
    sam.sees("Je stopte, of het duurde te lang. Er is niets veranderd.")
    sam.look("passkeys-4-stopped")
    sam.look_at_it()
    sam.press("Bewaren met een passkey")
    sam.is_at("/orders/2041")

    sam.open("/welcome/account")
    sam.press_here("Een passkey toevoegen")
    sam.sees("Dit apparaat heeft al een passkey voor je account.")
    sam.look("passkeys-5-known")

    sam.click("a[href$='/account/erase']")
    sam.click("main form button")
    sam.open("/welcome/sign-in")
    sam.sees("We kennen deze passkey niet")
    sam.look("passkeys-6-unknown")


def test_without_script_the_other_ways_stay(new_person: NewPerson) -> None:
    """A sentence says why there is no button."""
    sam = new_person(script=False)
    buy(sam)
    sam.sees("A passkey needs JavaScript in your browser.")
    sam.sees_no_button("Keep it with a passkey")
    sam.press("Keep it with Lamplight ID")
    sam.continue_as("Mira Jansen")
    sam.is_at("/orders/2041")
