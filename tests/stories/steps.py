"""What people do again and again in the stories."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.shop.running import RunningDemo
from tests.stories.browser import Browser, Page

ADDRESS = {
    "email": "sam@example.org",
    "name": "Sam Bakker",
    "street": "Oudegracht 7",
    "postcode": "3511 AB",
    "town": "Utrecht",
}


def choose(browser: Browser, *titles: str) -> Page:
    """Put books into the cart, each from the shelf."""
    for title in titles:
        browser.open("/")
        browser.press(f"Add {title}")
    return browser.page


def buy(browser: Browser, *titles: str, **address: str) -> Page:
    """Put books into the cart and order them; ends on the page that says thank you."""
    choose(browser, *titles)
    browser.follow("Check out")
    button = next(b for b in browser.page.buttons if b.startswith("Place order"))
    return browser.fill(**ADDRESS | address).press(button)


def sign_in(browser: Browser, provider: str, person: str) -> Page:
    """Sign in from the page that lists the ways; ends where the person wanted to go."""
    browser.open("/welcome/sign-in")
    browser.press(f"Go on with {provider}")
    return continue_as(browser, person)


def continue_as(browser: Browser, person: str) -> Page:
    """Pick a person on the page of an identity provider."""
    button = next(b for b in browser.page.buttons if f"Continue as {person}" in b)
    return browser.press(button)


def give_opinion(browser: Browser, score: str = "6") -> None:
    """Buy something, and say how it was."""
    number = buy(browser, "Walden").path.split("/")[2]
    browser.open(f"/orders/{number}")
    browser.fill(score=score).press("Send")


def waiting(keeper: Browser) -> list[str]:
    """Return the ids of the responses that a reply can be written to, in order."""
    form = next(form for form in keeper.page.forms if "/responses" in form.action)
    return [button.value for button in form.buttons if button.name == "reply"]


def write_reply(keeper: Browser, text: str, response: str = "") -> Browser:
    """Write a reply, to the first of those who wait if to nobody else."""
    return keeper.fill(**{f"text-{response or waiting(keeper)[0]}": text})


def written(keeper: Browser) -> dict[str, str]:
    """Return what stands in the fields for replies, by the id of the response."""
    [form] = [form for form in keeper.page.forms if "/responses" in form.action]
    return {id: form.fields[f"text-{id}"][0] for id in waiting(keeper)}


def titles_in_cart(browser: Browser) -> list[str]:
    """Open the cart and read what is in it."""
    page = browser.open("/cart")
    out = "Take out "
    return [words.removeprefix(out) for words in page.buttons if words.startswith(out)]


def orders(browser: Browser) -> list[str]:
    """Open the orders and read their numbers."""
    page = browser.open("/orders")
    return [words for words in page.links if words.startswith("Order ")]


def account_id(browser: Browser) -> str:
    """Read the id of the account from what can be taken along."""
    browser.open("/welcome/account")
    browser.press("Take along (JSON)")
    exported = browser.answers[-1].json()
    return str(exported["account"]["id"])


def count(demo: RunningDemo, table: str) -> int:
    """Count the rows of a table."""
    with closing(sqlite3.connect(database(demo))) as db:
        return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def database(demo: RunningDemo) -> Path:
    """The file that everything is in."""
    return demo.folder / "shop.db"
