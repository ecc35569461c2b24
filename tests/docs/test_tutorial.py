"""The tutorial, followed step by step by somebody who types what stands there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from onboarding.testing import Loopback
from tests.docs.pages import Block, Page, imported, source
from tests.docs.serving import served
from tests.stories.browser import Browser

TUTORIAL = Page("docs/tutorial.md")
END = "\nonboarding = Onboarding("


def is_end(block: Block) -> bool:
    """Tell whether a block is the end of the file, which the next end replaces."""
    return END in f"\n{block.text}"


def upto(step: int) -> list[Block]:
    """Return the blocks that stand in shop.py after a step: one end, the last."""
    found: list[Block] = []
    ends: list[Block] = []
    for block in TUTORIAL.python("shop.py"):
        (ends if is_end(block) else found).append(block)
        if len(ends) == step:
            break
    return [*found, ends[-1]]


class Follower:
    """Somebody at a browser, with the shop of a step and the provider running."""

    def __init__(self, browser: Browser, shop: str) -> None:
        self.browser = browser
        self.shop = shop

    def buys(self, title: str) -> None:
        """Put a book into the cart, and buy it."""
        self.browser.open(f"{self.shop}/")
        self.browser.press(f"Add {title}")
        assert f"1 × {title}" in self.browser.page.text
        self.browser.press("Buy")

    def keeps_it(self, name: str) -> None:
        """Sign in from the page of orders."""
        self.browser.open(f"{self.shop}/orders")
        self.browser.press("Keep it with Local ID")
        self.browser.press(next(b for b in self.browser.page.buttons if name in b))


@contextmanager
def following(step: int) -> Iterator[Follower]:
    """Run the files as they stand after a step, on ports that are free."""
    shop, provider = Loopback(), Loopback()
    instead = {"http://127.0.0.1:8000": shop.url}
    issuer = {"http://127.0.0.1:8001": provider.url}
    code = source(upto(step), instead | (issuer if step >= 4 else {}))
    beside = source(TUTORIAL.python("provider.py"), instead | issuer)
    with ExitStack() as stack:
        run = stack.enter_context(imported("shop", code, TUTORIAL))
        theirs = stack.enter_context(imported("provider", beside, TUTORIAL))
        stack.enter_context(served((shop, run.app), (provider, theirs.app)))
        browser = Browser(shop.url)
        stack.callback(browser.close)
        yield Follower(browser, shop.url)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def a_visitor_is_nobody(follower: Follower) -> None:
    """No cookie, and a page that says so."""
    assert "Here now: visitor" in follower.browser.open("/").text
    assert follower.browser.cookies == {}


def a_guest_has_a_cart(follower: Follower) -> None:
    """The first write makes a guest."""
    follower.browser.open("/")
    assert "1 × Emma" in follower.browser.press("Add Emma").text
    assert "Here now: guest" in follower.browser.open("/").text


def a_guest_has_an_order(follower: Follower) -> None:
    """Buying asks nobody anything."""
    follower.buys("Emma")
    assert "Order 1: 1 × Emma" in follower.browser.page.text


def what_was_seen_is_bought(follower: Follower) -> None:
    """A cart that changed behind the page is shown first, and then bought."""
    follower.browser.open("/")
    seen = follower.browser.press("Add Emma")
    follower.browser.open("/")
    follower.browser.press("Add Dracula")
    page = follower.browser.send(seen.forms[-1], seen.forms[-1].fields)
    assert "Your cart has changed." in page.text
    assert "1 × Dracula 1 × Emma" in page.text
    page = follower.browser.press("Buy")
    assert "Order 1: 1 × Dracula, 1 × Emma" in page.text


def an_order_is_kept(follower: Follower) -> None:
    """Signing in keeps it, and brings a second guest's order to the first."""
    follower.buys("Emma")
    follower.keeps_it("Mira")
    assert "Order 1: 1 × Emma" in follower.browser.page.text
    assert "Here now: registered" in follower.browser.open("/").text
    follower.browser.open("/welcome/account")
    follower.browser.press("Sign out")
    assert "Here now: visitor" in follower.browser.open("/").text
    follower.buys("Dracula")
    follower.keeps_it("Mira")
    assert "Order 1: 1 × Emma Order 2: 1 × Dracula" in follower.browser.page.text


def a_question_comes_first(follower: Follower) -> None:
    """It is asked once, and leads to the page that was wanted."""
    asked = follower.browser.open("/next-book")
    assert "What do you like to read?" in asked.text
    assert "We pick your next book by it." in asked.text
    follower.browser.fill(mood="horror").press(asked.buttons[0])
    assert "Your next book: Dracula" in follower.browser.page.text
    assert "Your next book: Dracula" in follower.browser.open("/next-book").text


def a_second_one_comes_where_it_makes_sense(follower: Follower) -> None:
    """It is asked of who reads about monsters; changed and taken back at "My data"."""
    browser = follower.browser
    browser.open("/night")
    for asked, answer in (("mood", "horror"), ("nerve", "anything")):
        assert [asked] == browser.page.forms[-1].fields["question"]
        browser.fill(**{asked: answer}).press(browser.page.buttons[0])
    assert "For tonight: Dracula" in browser.page.text
    for mood, book in (("love", "Middlemarch"), ("horror", "Dracula")):
        browser.open("/welcome/account")
        browser.follow("Change What do you like to read?")
        browser.fill(mood=mood).press("Keep this answer")
        assert f"For tonight: {book}" in browser.open("/night").text
    browser.open("/welcome/account")
    page = browser.follow("Take back What do you like to read?")
    closes = page.text.partition("This closes then: ")[2].partition(".")[0]
    assert {"Your next book", "A book for the night"} == set(closes.split(", "))
    browser.press("Take it back")
    assert "What do you like to read?" in browser.open("/next-book").text


def who_would_rather_not_say_gets_something_mild(follower: Follower) -> None:
    """The feature says what it does without, and opens by a no."""
    browser = follower.browser
    browser.open("/night")
    asked = browser.fill(mood="horror").press(browser.page.buttons[0])
    assert "Then we choose something mild." in asked.text
    assert "For tonight: Middlemarch" in browser.press("I’d rather not say").text


def an_opinion_is_asked(follower: Follower) -> None:
    """After the order was kept, once."""
    follower.buys("Emma")
    follower.keeps_it("Mira")
    follower.browser.open("/orders")
    follower.browser.fill(score="9").press("Send")
    assert "9" in follower.browser.page.text
    assert "Send" not in follower.browser.open("/orders").buttons


def the_path_is_counted(follower: Follower) -> None:
    """Each step with the people who reached it."""
    follower.buys("Emma")
    follower.keeps_it("Tom")
    told = follower.browser.open("/funnel").text
    assert "guest_started: 1 (lost 0) order_placed: 1 (lost 0)" in told
    assert "guest_upgraded: 1 (lost 0)" in told


TRIES: list[Callable[[Follower], None]] = [
    a_visitor_is_nobody,
    a_guest_has_a_cart,
    a_guest_has_an_order,
    an_order_is_kept,
    a_question_comes_first,
    a_second_one_comes_where_it_makes_sense,
    an_opinion_is_asked,
    the_path_is_counted,
]


@pytest.mark.parametrize(
    ("step", "attempt"),
    [
        *((step, attempt) for step, attempt in enumerate(TRIES, start=1)),
        *((len(TRIES), attempt) for attempt in TRIES[:-1]),
        *((step, what_was_seen_is_bought) for step in (3, len(TRIES))),
        (len(TRIES), who_would_rather_not_say_gets_something_mild),
    ],
)
def test_each_step_does_what_it_says(
    step: int, attempt: Callable[[Follower], None]
) -> None:
    """What a step adds works at once, and still at the end."""
    with following(step) as follower:
        attempt(follower)
