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
