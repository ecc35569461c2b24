"""The whole story, clicked in Chromium, with a close look at every page."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from onboarding.testing import FrozenClock
from tests.browser.person import ADDRESS, Person, on_phone_and_desktop
from tests.shop.crowd import walk
from tests.shop.running import running_demo


@on_phone_and_desktop
def test_from_stranger_to_customer(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """A stranger buys as a guest, keeps it, is asked once, says what it was like."""
    sam = new_person(size=size, theme=theme)
    sam.open("/")
    sam.look("1-shelf")
    sam.follow("Moby-Dick")
    sam.look("2-book")
    sam.press("Add to cart")
    sam.look("3-cart")
    sam.open("/?genre=thought")
    sam.look("1-shelf-genre")
    sam.press("Add Walden")
    sam.follow("Check out")
    sam.look("4-checkout")
    sam.fill(**ADDRESS | {"email": "sam@", "postcode": ""})
    sam.press("Place order: €21.50")
    sam.look("4-checkout-error")
    sam.fill(**ADDRESS)
    sam.press("Place order: €21.50")
    sam.sees_heading("Thank you. Your order is in.")
    sam.look("5-placed")

    sam.press("Keep it with Lamplight ID")
    sam.look("6-provider")
    sam.continue_as("Mira Jansen")
    sam.sees_heading("Order 2041")
    sam.sees("Kept. It is under My data on every device.")
    sam.look("7-order-with-prompt")
    sam.pick("6")
    sam.fill(text="Lovely books, but the parcel arrived with a bent corner.")
    sam.press_here("Send")
    sam.sees("Thank you, that helps")
    sam.look("8-thanks")

    sam.open("/recommendations")
    sam.look("9-ask")
    sam.press("Open my shelf")
    sam.look("9-ask-error")
    sam.pick("Adventure")
    sam.press("Open my shelf")
    sam.sees_heading("Your shelf")
    sam.look("10-recommendations")
    sam.open("/orders")
    sam.look("11-orders")

    noor = new_person(size=size, theme=theme)
    noor.open("/shopkeeper")
    noor.look("12-responses")
    noor.write("textarea", "That should not happen. A fresh copy is on its way.")
    noor.press("Reply")
    noor.sees("Sent. It stands under their data now.")
    noor.follow("Path")
    noor.look("13-funnel-few")
    noor.follow("NPS")
    noor.look("14-nps-few")

    sam.open("/welcome/account")
    sam.look("15-account")
    sam.follow("Read the reply How likely are you to recommend Lamplight to a friend?")
    sam.sees("That should not happen.")
    sam.look("16-reply")
    sam.open("/welcome/account")
    sam.follow("Erase…")
    sam.look("17-erase")
    sam.press("Yes, erase my data")
    sam.open("/orders")
    sam.sees("We know of no order from this browser.")
    sam.look("11-orders-none")


@on_phone_and_desktop
def test_the_other_ways_in(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """Kim's two carts come together; Lou meets the confirm page; pages on the side."""
    kim = new_person(size=size, theme=theme)
    kim.open("/cart")
    kim.look("3-cart-empty")
    kim.open("/books/carmilla")
    kim.press("Add to cart")
    kim.open("/welcome/account")
    kim.look("15-account-guest")
    kim.open("/welcome/sign-in?next=/cart")
    kim.look("18-sign-in")
    kim.press("Go on with Lamplight ID")
    kim.continue_as("Kim de Vries")
    kim.is_at("/cart")
    for title in ("Carmilla", "Walden", "Moby-Dick"):
        kim.sees_button(f"Take out {title}")
    kim.sees("You are signed in, and this came along: Cart.")
    kim.look("3-cart-merged")

    lou = new_person(size=size, theme=theme)
    lou.open("/welcome/account")
    lou.look("15-account-nobody")
    lou.open("/welcome/sign-in")
    lou.press("Go on with Harbour ID")
    lou.press("Cancel")
    lou.look("18-sign-in-stopped")
    lou.press("Go on with Harbour ID")
    lou.continue_as("Lou Martens")
    lou.sees_heading("Is this you?")
    lou.look("19-confirm")
    lou.press("Sign in with Lamplight ID")
    lou.continue_as("Lou Martens")
    lou.sees_heading("Is this you?")
    lou.look("19-confirm-yes")
    lou.press("Yes, add Harbour ID")

    for name, path in {
        "20-help": "/help",
        "21-what-we-ask": "/welcome/what-we-ask",
        "22-not-found": "/nowhere",
        "23-expired": "/welcome/callback/lamplight?code=x&state=y",
    }.items():
        lou.open(path)
        lou.look(name)


@on_phone_and_desktop
def test_the_shopkeepers_drawings(
    chromium: Browser, tmp_path: Path, size: str, theme: str
) -> None:
    """With enough people the path and the score are drawn, and can be read."""
    clock = FrozenClock()
    with running_demo(tmp_path, clock) as demo:
        demo.do(walk(demo.shop, clock, 80))
        noor = Person(chromium, demo, size=size, theme=theme)
        noor.open("/shopkeeper/funnel")
        noor.look("13-funnel")
        noor.open("/shopkeeper/nps")
        noor.look("14-nps")
        noor.leave()
    assert not noor.faults, "\n".join(noor.faults)


@on_phone_and_desktop
def test_a_press_beside_one_question_keeps_the_other(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """What is chosen is answered with it, and the shelf opens."""
    mira = new_person(size=size, theme=theme)
    mira.open("/welcome/sign-in?next=/recommendations")
    mira.press("Go on with Lamplight ID")
    mira.continue_as("Mira Jansen")
    mira.sees("Lamplight ID says: 3 May 1990. Is that right?")
    mira.look("9-ask-said")
    mira.pick("Adventure")
    mira.press("Yes, that’s right 3 May 1990")
    mira.sees_heading("Your shelf")
    mira.open("/welcome/account")
    mira.sees("Lamplight ID said so, and you confirmed it")
    mira.look("15-account-confirmed")
