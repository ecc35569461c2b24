"""After the first order the shop asks for an opinion, and somebody answers it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from onboarding.testing import FrozenClock
from tests.stories.browser import Browser
from tests.stories.steps import buy, choose, continue_as, sign_in, write_reply

QUESTION = "How likely are you to recommend Lamplight to a friend?"


def test_the_question_comes_after_the_order(browser: Browser) -> None:
    """Not while choosing, not beside another offer, but on the page of the order."""
    choose(browser, "Walden")
    assert QUESTION not in browser.page.text
    buy(browser, "Dracula")
    assert QUESTION not in browser.page.text
    page = browser.open("/orders/2041")
    assert QUESTION in page.text
    assert page.buttons[:3] == ["Send", "Not now", "Don’t ask me this"]
    # What was typed comes along to a sign-in, and into another language.
    assert page.buttons[3:] == ["Sign in", "Nederlands"]


def test_an_opinion_is_answered_by_a_person(
    browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    """The shopkeeper reads it and replies; the customer reads the reply."""
    noor = new_browser()
    buy(browser, "Walden")
    browser.open("/orders/2041")
    browser.fill(score="6", text="Lovely book, but a bent corner.").press("Send")
    assert browser.page.heading == "Thank you, that helps"
    assert "Lovely book, but a bent corner." in browser.page.text
    assert "If somebody replies, you find it under My data." in browser.page.text

    page = noor.open("/shopkeeper")
    assert page.heading == "Responses"
    assert "6 of 10" in page.text
    assert "Lovely book, but a bent corner." in page.text
    write_reply(noor, "That should not happen. We changed our boxes.").press("Reply")
    assert "Sent. It stands under their data now." in noor.page.text
    assert "No open response." in noor.page.text
    noor.follow("Answered (1)")
    assert "Not seen yet." in noor.page.text

    page = browser.open("/welcome/account")
    assert "answered by Noor" in page.text
    link = next(words for words in page.links if words.startswith("Read the reply"))
    page = browser.follow(link)
    assert "That should not happen. We changed our boxes." in page.text
    page = noor.open_until("/shopkeeper/responses?state=answered", "Seen by them.")
    assert "Seen by them." in page.text


def test_a_number_alone_is_a_full_answer(browser: Browser) -> None:
    """So is a line alone; nothing at all says what to do."""
    buy(browser, "Walden")
    browser.open("/orders/2041")
    page = browser.press("Send")
    assert page.status == 422
    assert "Pick a number, or write a line." in page.text
    assert browser.fill(score="9").press("Send").heading == "Thank you, that helps"


@pytest.mark.parametrize("button", ["Not now", "Don’t ask me this"])
def test_no_is_an_answer(clock: FrozenClock, browser: Browser, button: str) -> None:
    """Both lead back to the order, where it is quiet; not now comes back in time."""
    buy(browser, "Walden")
    browser.open("/orders/2041")
    page = browser.press(button)
    assert page.path == "/orders/2041"
    assert QUESTION not in page.text
    clock.advance(timedelta(days=16))
    asked_again = QUESTION in browser.open("/orders/2041").text
    assert asked_again == (button == "Not now")


def test_who_answered_is_not_asked_again(clock: FrozenClock, browser: Browser) -> None:
    """Another order is no reason to ask the same person again."""
    buy(browser, "Walden")
    browser.open("/orders/2041")
    browser.fill(score="10").press("Send")
    clock.advance(timedelta(days=20))
    buy(browser, "Dracula")
    assert QUESTION not in browser.open("/orders/2042").text


def test_an_opinion_comes_along(browser: Browser) -> None:
    """What a guest said is theirs after they sign in to an account they had."""
    buy(browser, "Dracula")
    browser.open("/orders/2041")
    browser.fill(score="8", text="Quick and kind.").press("Send")
    sign_in(browser, "Lamplight ID", "Kim de Vries")
    page = browser.open("/welcome/account")
    assert f"{QUESTION} 8" in page.text
    assert QUESTION not in browser.open("/orders/2041").text


def test_the_reply_reaches_who_signed_in_meanwhile(
    browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    """The shopkeeper answers a guest who has become somebody else's account by then."""
    noor = new_browser()
    buy(browser, "Dracula")
    browser.open("/orders/2041")
    browser.fill(score="3").press("Send")
    noor.open("/shopkeeper/responses")
    sign_in(browser, "Lamplight ID", "Kim de Vries")
    write_reply(noor, "Tell us what went wrong?").press("Reply")
    assert "Sent." in noor.page.text
    assert "answered by Noor" in browser.open("/welcome/account").text


def test_an_empty_reply_says_so(
    browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    """The shopkeeper is told to write a line, and nothing is sent."""
    noor = new_browser()
    buy(browser, "Dracula")
    browser.open("/orders/2041")
    browser.fill(score="3").press("Send")
    noor.open("/shopkeeper/responses")
    page = write_reply(noor, "  ").press("Reply")
    assert page.status == 422
    assert "Write a line before you send it." in page.text
    assert "Open (1)" in page.links


def test_the_offer_to_keep_and_the_question_never_meet(browser: Browser) -> None:
    """A page asks for one thing: the offer stands alone, the question stands alone."""
    buy(browser, "Walden")
    assert "Keep it with Lamplight ID" in browser.page.buttons
    assert "Send" not in browser.page.buttons
    browser.press("Keep it with Lamplight ID")
    page = continue_as(browser, "Mira Jansen")
    assert "Send" in page.buttons
    assert not [words for words in page.buttons if words.startswith("Keep it")]
