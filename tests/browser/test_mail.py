"""Signing in by mail, and an address put right, clicked in Chromium."""

import re
from collections.abc import Callable

from tests.browser.mailing import read_mail
from tests.browser.person import ADDRESS, Person, on_phone_and_desktop
from tests.shop.running import RunningDemo


def link_in(demo: RunningDemo, beginning: str) -> str:
    """Return the path of a link of ours in the newest letter."""
    text = demo.shop.outbox.sent[0].message.text
    found = re.search(rf"{demo.url}({beginning}\S+)", text)
    assert found
    return found[1]


@on_phone_and_desktop
def test_an_order_is_kept_by_mail(
    new_person: Callable[..., Person], demo: RunningDemo, size: str, theme: str
) -> None:
    """No password: a letter, opened on another device, and its code typed here."""
    sam = new_person(size=size, theme=theme)
    keeper = new_person(size=size, theme=theme)
    sam.open("/")
    sam.press("Add Walden")
    sam.follow("Check out")
    sam.fill(**ADDRESS)
    sam.press("Place order: €9.00")
    sam.open("/welcome/sign-in?next=/orders")
    sam.look("20-sign-in-by-mail")
    sam.fill(email="sam@gmial.com")
    sam.press("Mail me a link and a code")
    sam.sees("Did you mean sam@gmail.com?")
    sam.look("21-prove-meant")
    sam.press("Yes, write to sam@gmail.com")
    sam.sees_heading("Check your mail")
    sam.look("22-prove")
    sam.fill(code="000 00")
    sam.press("Sign in")
    sam.sees("That is not the code. 4 tries left.")
    sam.look("23-prove-error")

    code, link = read_mail(keeper, demo)
    keeper.look("24-mail")
    keeper.open(link)
    keeper.sees_heading("Type this code where you began")
    keeper.sees(code)
    keeper.look("25-prove-elsewhere")
    sam.fill(code=code)
    sam.press("Sign in")
    sam.is_at("/orders")
    sam.sees("Order 2041")

    sam.open("/welcome/account")
    sam.sees("A link and a code to sam@gmail.com")
    sam.look("26-account-by-mail")


@on_phone_and_desktop
def test_a_wrong_address_is_put_right_and_shown_to_be_mine(
    new_person: Callable[..., Person], demo: RunningDemo, size: str, theme: str
) -> None:
    """From my page: the link of the letter needs one click in this browser."""
    sam = new_person(size=size, theme=theme)
    keeper = new_person(size=size, theme=theme)
    long = "a.person.with.rather.a.long.name.and.more@long-example.org"
    sam.open("/")
    sam.press("Add Walden")
    sam.follow("Check out")
    sam.fill(**ADDRESS | {"email": long})
    sam.press("Place order: €9.00")
    sam.open("/welcome/account")
    sam.follow(f"Change {long}")
    sam.look("27-address")
    sam.fill(email="sam@")
    sam.press("Keep this one instead")
    sam.look("28-address-error")
    sam.fill(email="sam@example.org")
    sam.press("Keep this one instead")
    sam.follow("Change sam@example.org")
    sam.press("Mail me a link and a code")
    _, link = read_mail(keeper, demo)
    sam.open(link)
    sam.sees_heading("One more click")
    sam.look("29-prove-link")
    sam.press("Yes, it is mine")
    sam.sees("proven")
    sam.follow("Change sam@example.org")
    sam.press("Take this address away")
    sam.sees_heading("This is your only way back")


@on_phone_and_desktop
def test_an_address_in_use_is_confirmed_by_mail(
    new_person: Callable[..., Person], demo: RunningDemo, size: str, theme: str
) -> None:
    """Lou has forgotten how to sign in, and reads mail; it tells of the new way."""
    lou = new_person(size=size, theme=theme)
    keeper = new_person(size=size, theme=theme)
    lou.open("/welcome/sign-in?next=/orders")
    lou.press("Go on with Harbour ID")
    lou.continue_as("Lou Martens")
    lou.sees_heading("Is this you?")
    lou.look("30-confirm-mail")
    lou.press("Mail a code to l***@example.org")
    lou.sees("If l***@example.org can receive mail")
    lou.look("31-confirm-prove")
    code, link = read_mail(keeper, demo)
    lou.open(link)
    lou.sees_heading("One more click")
    lou.look("32-confirm-link")
    lou.go_back()
    lou.fill(code=code)
    lou.press("It is me: add Harbour ID")
    lou.is_at("/orders")
    keeper.finds("/shopkeeper/mail", "A new way to sign in to Lamplight")
    keeper.sees("Harbour ID")
    keeper.look("33-mail-way-added")


@on_phone_and_desktop
def test_a_reply_is_mailed_until_somebody_wants_no_more(
    new_person: Callable[..., Person], demo: RunningDemo, size: str, theme: str
) -> None:
    """The mail leads to My data, and to a page that stops mails like it."""
    sam = new_person(size=size, theme=theme, language="nl-NL")
    keeper = new_person(size=size, theme=theme)
    sam.open("/books/walden")
    sam.press("In winkelmand")
    sam.follow("Afrekenen")
    sam.fill(**ADDRESS | {"email": f"{'a' * 40}@long-example.org"})
    sam.press("Bestellen: € 9,00")
    sam.open("/orders/2041")
    sam.pick("6")
    sam.press_here("Versturen")
    sam.sees("Dank je wel")
    keeper.open("/shopkeeper")
    keeper.write("textarea", "A fresh copy is on its way.")
    keeper.press("Reply")
    keeper.finds("/shopkeeper/mail", "Lamplight heeft je geantwoord")
    keeper.look("34-mail-reply")
    stop = link_in(demo, "/welcome/unsubscribe/")
    sam.open(stop)
    sam.sees_heading("Geen mail meer over antwoorden?")
    sam.look("35-unsubscribe")
    sam.press("Stop deze mails")
    sam.sees_heading("Geen mail meer over antwoorden")
    sam.look("36-unsubscribed")
    sam.press("Schrijf me weer")
    sam.sees_heading("Geen mail meer over antwoorden?")
