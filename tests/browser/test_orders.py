"""Orders reached from another device, kept, and placed by phone, in Chromium."""

from collections.abc import Callable

from tests.browser.mailing import read_mail
from tests.browser.person import ADDRESS, Person, on_phone_and_desktop
from tests.shop.running import RunningDemo

LONG = {
    "email": "a.person.with.rather.a.long.name.and.more@long-example.org",
    "name": "Wilhelmina " * 18,
}


def order_link(keeper: Person, demo: RunningDemo) -> str:
    """See the mail of an order in the demo; return the path of its link."""
    keeper.finds("/shopkeeper/mail", "Your order at Lamplight")
    text = demo.shop.outbox.sent[0].message.text
    return next(
        line.removeprefix(demo.url)
        for line in text.splitlines()
        if line.startswith(demo.url)
    )


@on_phone_and_desktop
def test_an_order_is_kept_from_another_device(
    new_person: Callable[..., Person], demo: RunningDemo, size: str, theme: str
) -> None:
    """Bought as a guest here, opened by its link there, and kept by signing in."""
    sam = new_person(size=size, theme=theme)
    there = new_person(size=size, theme=theme)
    keeper = new_person(size=size, theme=theme)
    sam.open("/")
    sam.press("Add Walden")
    sam.follow("Check out")
    sam.fill(**ADDRESS | LONG | {"name": LONG["name"][:119]})
    sam.press("Place order: €9.00")
    link = order_link(keeper, demo)
    there.open(link)
    there.is_at("/orders/2041")
    there.sees_heading("Order 2041")
    there.sees("Is this order yours?")
    there.look("40-order-by-link")
    there.open("/welcome/orders")
    there.sees("Open in this browser")
    there.look("41-orders-open")
    there.press("Keep it 2041")
    there.is_at("/orders/2041")
    there.sees("Kept. It stands with your orders.")
    there.open("/orders")
    there.sees("Order 2041")
    sam.open("/orders")
    sam.sees("No order yet.")
    sam.open(link)
    sam.sees_heading("This link opens no order here")
    sam.look("42-order-link-over")


@on_phone_and_desktop
def test_an_order_by_phone_finds_its_owner(
    new_person: Callable[..., Person], demo: RunningDemo, size: str, theme: str
) -> None:
    """Written down by the shopkeeper, and offered to whoever has proven the address."""
    kim = new_person(size=size, theme=theme)
    keeper = new_person(size=size, theme=theme)
    kim.open("/welcome/sign-in?next=/orders")
    kim.press("Go on with Lamplight ID")
    kim.continue_as("Kim de Vries")
    kim.is_at("/orders")
    keeper.open("/shopkeeper/phone")
    keeper.look("43-by-phone")
    keeper.press("Write the order down")
    keeper.sees_faulty_fields(5)
    keeper.look("44-by-phone-error")
    keeper.fill(**ADDRESS | {"email": "kim@example.org"})
    keeper.press("Write the order down")
    keeper.sees("Order 2041 is in.")
    keeper.follow("Read the mail")
    keeper.sees("Your order at Lamplight")
    keeper.look("46-mail-order")
    kim.open("/orders")
    kim.sees("One order was placed elsewhere with your address")
    kim.look("45-orders-elsewhere")
    kim.press("Keep it")
    kim.sees("Order 2041")


@on_phone_and_desktop
def test_an_order_is_found_by_its_number(
    new_person: Callable[..., Person], demo: RunningDemo, size: str, theme: str
) -> None:
    """From a browser that never saw it: number, address, and the code in the mail."""
    sam = new_person(size=size, theme=theme)
    there = new_person(size=size, theme=theme)
    sam.open("/")
    sam.press("Add Walden")
    sam.follow("Check out")
    sam.fill(**ADDRESS)
    sam.press("Place order: €9.00")
    there.open("/welcome/orders")
    there.look("47-orders-find")
    there.press("Mail me a link and a code")
    there.sees_faulty_fields(2)
    there.look("48-orders-find-error")
    there.fill(number="2041", email=ADDRESS["email"])
    there.press("Mail me a link and a code")
    there.sees("If an order with this number was placed with")
    there.look("49-orders-code")
    code, _ = read_mail(sam, demo)
    there.fill(code=code)
    there.press("Open the order")
    there.is_at("/orders/2041")
    there.press("Keep order 2041")
    there.sees("Kept. It stands with your orders.")
