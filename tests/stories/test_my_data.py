"""What is known about somebody is theirs: to see, to take along, to have erased."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from onboarding.testing import FrozenClock
from tests.shop.running import RunningDemo
from tests.stories.browser import Browser
from tests.stories.steps import (
    ADDRESS,
    account_id,
    buy,
    choose,
    continue_as,
    count,
    database,
    orders,
    sign_in,
    titles_in_cart,
)


def walk(browser: Browser) -> None:
    """Buy, keep it, answer the question, give an opinion, fill a cart again."""
    buy(browser, "Dracula")
    browser.press("Keep it with Lamplight ID")
    continue_as(browser, "Mira Jansen")
    browser.fill(score="9", text="Quick and kind.").press("Send")
    browser.open("/recommendations")
    browser.fill(genre="ghost").press("Open my shelf")
    choose(browser, "Walden")


def test_a_visitor_reads_that_nothing_is_known(browser: Browser) -> None:
    """There is nothing to see, and that is said kindly."""
    page = browser.open("/welcome/account")
    assert "We know nothing about you. That is fine." in page.text


def test_everything_is_there_with_its_source(browser: Browser) -> None:
    """What was told, where from and what for; ways to sign in; addresses; things."""
    walk(browser)
    page = browser.open("/welcome/account")
    assert page.heading == "My data"
    for known in (
        "What do you like to read? Ghosts and wonders",
        "You told us on 21 November. We sort your shelf by it",
        "Lamplight ID",
        "As Mira Jansen. Last used on 21 November.",
        "sam@example.org You typed it on 21 November.",
        "mira@example.org Confirmed by Lamplight ID on 21 November.",
        "Orders",
        "Cart",
        "How likely are you to recommend Lamplight to a friend? 9",
    ):
        assert known in page.text


def test_it_can_be_taken_along(browser: Browser) -> None:
    """One JSON file holds the account, what hangs on it, and what happened."""
    walk(browser)
    browser.open("/welcome/account")
    browser.press("Take along (JSON)")
    answer = browser.answers[-1]
    assert answer.headers["content-type"].startswith("application/json")
    assert "attachment" in answer.headers["content-disposition"]
    taken = answer.json()
    assert taken["orders"][0]["street"] == "Oudegracht 7"
    assert taken["order_lines"][0]["title"] == "Dracula"
    assert taken["cart_lines"][0]["book"] == "walden"
    assert taken["answers"][0]["value"] == "ghost"
    assert taken["responses"][0]["text"] == "Quick and kind."
    assert "order_placed" in [event["name"] for event in taken["events"]]


def test_it_can_be_erased_orders_included(
    demo: RunningDemo, clock: FrozenClock, browser: Browser
) -> None:
    """After one page that says what goes, nothing that tells who it was is left.

    Orders stay without it, for as long as tax law wants; the page names the day.
    """
    before = count(demo, "orders"), count(demo, "cart_lines")
    walk(browser)
    browser.open("/welcome/account")
    page = browser.follow("Erase…")
    assert page.heading == "Erase everything?"
    assert "This cannot be undone." in page.text
    assert page.text.count("Tax law keeps orders for ten years.") == 2
    end = clock() + timedelta(days=3653)
    day = f"{end.day} {end:%B} {end.year}"
    assert page.text.count(f"Until {day} at the latest.") == 2
    browser.press("Yes, erase my data")
    assert orders(browser) == []
    assert titles_in_cart(browser) == []
    assert (count(demo, "orders"), count(demo, "cart_lines")) == (
        before[0] + 1,
        before[1],
    )
    with closing(sqlite3.connect(database(demo))) as db:
        everything = "\n".join(db.iterdump())
    for personal in (
        *ADDRESS.values(),
        "mira@example.org",
        "Mira Jansen",
        "Quick and kind.",
    ):
        assert personal not in everything

    clock.set(end + timedelta(days=1))
    assert demo.do(demo.shop.onboarding.guests.purge()).expired == 2
    assert count(demo, "orders") == count(demo, "order_lines") == before[0]


def test_changing_ones_mind_keeps_everything(browser: Browser) -> None:
    """The page before erasing has a way back that does nothing."""
    walk(browser)
    browser.open("/welcome/account")
    browser.follow("Erase…")
    browser.follow("Keep my data")
    assert orders(browser) == ["Order 2041"]


def test_who_comes_back_after_erasing_is_new(browser: Browser) -> None:
    """The same person at the provider starts with nothing, under another id."""
    walk(browser)
    before = account_id(browser)
    browser.open("/welcome/account/erase")
    browser.press("Yes, erase my data")
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    assert orders(browser) == []
    assert account_id(browser) != before


def test_an_answer_can_be_taken_back(browser: Browser) -> None:
    """As the shop promises where it asks; its shelf then asks again."""
    walk(browser)
    browser.open("/welcome/account")
    page = browser.follow("Take back What do you like to read?")
    assert "This closes then: Recommendations." in page.text
    page = browser.press("Take it back")
    assert page.path == "/welcome/account"
    assert "this is closed now: Recommendations." in page.text
    assert "Ghosts and wonders" not in page.text
    page = browser.open("/recommendations")
    assert page.path.startswith("/welcome/ask/recommendations?")


def test_an_answer_can_be_unsaid(browser: Browser) -> None:
    """Whoever would rather not say is asked no more, and can tell after all."""
    walk(browser)
    browser.open("/welcome/account")
    page = browser.follow("Change What do you like to read?")
    assert "we forget this answer and won’t ask again" in page.text
    page = browser.press("I’d rather not say")
    assert "Ghosts and wonders" not in page.text
    assert browser.open("/recommendations").heading == "Your shelf"
    browser.open("/welcome/account")
    page = browser.follow("Tell after all What do you like to read?")
    assert "Take this answer back" not in page.text


def test_what_is_counted_can_be_looked_at(browser: Browser) -> None:
    """Each line leads to the page where the shop shows it."""
    walk(browser)
    for line, heading in (
        ("Look at it Orders", "Your orders"),
        ("Look at it Books ordered", "Your orders"),
        ("Look at it Cart", "Your cart"),
    ):
        browser.open("/welcome/account")
        assert browser.follow(line).heading == heading
    page = browser.open("/welcome/account")
    assert page.links["Take along What happened here"].endswith("#leave")
