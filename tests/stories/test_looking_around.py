"""Somebody opens the shop and looks around. Nothing is kept about them."""

from collections.abc import Callable, Iterator

import pytest

from tests.shop.running import RunningDemo, running_demo
from tests.stories.browser import Browser
from tests.stories.steps import count


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """One demo for all who only look around."""
    with running_demo(tmp_path_factory.mktemp("shop")) as demo:
        yield demo


EVERYWHERE = [
    "/",
    "/?genre=adventure",
    "/books/moby-dick",
    "/cart",
    "/orders",
    "/help",
    "/welcome/what-we-ask",
    "/recommendations",
    "/welcome/sign-in",
    "/welcome/account",
    "/nowhere",
]


def test_a_visitor_leaves_no_trace(demo: RunningDemo, browser: Browser) -> None:
    """On no page is there a cookie or a record of somebody who only looks."""
    before = count(demo, "onboarding_accounts")
    for path in EVERYWHERE:
        browser.open(path)
    assert not any("set-cookie" in answer.headers for answer in browser.answers)
    assert browser.cookies == {}
    assert count(demo, "onboarding_accounts") == before


def test_the_shelf_says_that_no_account_is_needed(browser: Browser) -> None:
    """The first sentence takes the worry away, and every book can be bought at once."""
    page = browser.open("/")
    assert page.heading == "Old books, good company"
    assert "You need no account to buy one." in page.text
    assert len([words for words in page.buttons if words.startswith("Add ")]) >= 30


def test_the_shelf_is_one_light_page(browser: Browser) -> None:
    """Every book has its cover drawn, and all of it weighs less than a photograph."""
    browser.open("/")
    html = browser.answers[-1].text
    assert html.count('<li class="shop-book"><svg class="shop-cover"') >= 30
    assert len(html) < 52_000


def test_the_shelf_can_be_looked_at_by_genre(browser: Browser) -> None:
    """A genre shows its own books; one that nobody knows says so and leads back."""
    browser.open("/")
    page = browser.follow("Adventure")
    assert "Moby-Dick" in page.links
    assert "Dracula" not in page.links
    page = browser.open("/?genre=cookery")
    assert "Nothing here yet." in page.text
    assert browser.follow("All books").path == "/"


def test_a_book_has_its_own_page(browser: Browser) -> None:
    """Two sentences, a price, and one thing to do."""
    browser.open("/")
    page = browser.follow("Moby-Dick")
    assert page.heading == "Moby-Dick"
    assert "A whaling ship, a captain with a grudge" in page.text
    assert "€12.50" in page.text
    assert page.buttons == ["Add to cart"]


@pytest.mark.parametrize("path", ["/books/no-such-book", "/nowhere"])
def test_an_address_that_is_not_there_has_a_way_on(browser: Browser, path: str) -> None:
    """It is a page of the shop, says that nothing is lost, and leads home."""
    page = browser.open(path)
    assert page.status == 404
    assert page.heading == "This page is not on our shelves"
    assert browser.follow("Lamplight").path == "/"


def test_the_shop_speaks_dutch(browser: Browser) -> None:
    """The switch in the footer is a link, and the choice stays."""
    browser.open("/books/moby-dick")
    page = browser.follow("Nederlands")
    assert (page.lang, page.heading) == ("nl", "Moby-Dick")
    assert "Een walvisvaarder, een kapitein met een wrok" in page.text
    assert "€ 12,50" in page.text.replace("\xa0", " ")
    assert browser.open("/").heading == "Oude boeken, goed gezelschap"
    assert browser.open("/welcome/account").lang == "nl"


def test_a_browser_that_prefers_dutch_gets_dutch(
    new_browser: Callable[..., Browser],
) -> None:
    """Nobody has to say it twice: the browser said it already."""
    page = new_browser("nl-BE,nl;q=0.9,en;q=0.5").open("/")
    assert page.heading == "Oude boeken, goed gezelschap"
    assert "Accept-Language" in page.headers["vary"]


def test_a_static_file_that_is_not_there(browser: Browser) -> None:
    """Nobody reads the page of a missing style sheet, so there is none."""
    assert browser.open("/static/none.css").status == 404
