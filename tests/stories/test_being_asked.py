"""The shop asks one question when it needs the answer, and says why."""

from datetime import timedelta

from onboarding.testing import FrozenClock
from tests.shop.running import RunningDemo
from tests.stories.browser import Browser
from tests.stories.steps import buy, choose, count, sign_in


def test_one_question_then_the_very_page(browser: Browser) -> None:
    """Opening the shelf asks what is missing, says why, and then opens that shelf."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    page = browser.open("/recommendations?from=window")
    assert page.heading == "One question, then it opens"
    assert "What do you like to read?" in page.text
    assert (
        "Why we ask. We sort your shelf by it, and use it for nothing else."
        in page.text
    )
    browser.fill(genre="ghost")
    page = browser.press("Open my shelf")
    assert page.path == "/recommendations?from=window"
    assert page.heading == "Your shelf"
    assert "Ghosts and wonders stand in front." in page.text
    shelf = [words for words in page.buttons if words.startswith("Add ")]
    assert shelf[0] == "Add Frankenstein"


def test_an_open_shelf_never_closes_again(browser: Browser) -> None:
    """What was said once is not asked again, in this browser or another."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    browser.open("/recommendations")
    browser.fill(genre="thought").press("Open my shelf")
    assert browser.open("/recommendations").heading == "Your shelf"
    browser.client.cookies.clear()
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    assert browser.open("/recommendations").heading == "Your shelf"


def test_a_visitor_may_answer_too(demo: RunningDemo, browser: Browser) -> None:
    """Nobody signs in to get a shelf: the answer makes a guest, the question none."""
    before = count(demo, "onboarding_accounts")
    browser.open("/recommendations")
    assert count(demo, "onboarding_accounts") == before
    page = browser.fill(genre="novel").press("Open my shelf")
    assert page.heading == "Your shelf"
    assert count(demo, "onboarding_accounts") == before + 1


def test_what_a_guest_said_comes_along(browser: Browser) -> None:
    """The answer of a guest stays after keeping the account."""
    choose(browser, "Walden")
    browser.open("/recommendations")
    browser.fill(genre="adventure").press("Open my shelf")
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    page = browser.open("/recommendations")
    assert "Adventure stands in front." in page.text


def test_not_now_leads_back(browser: Browser) -> None:
    """Saying not now is no answer: the shop goes on, and the question may come back."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    browser.open("/recommendations")
    page = browser.press("Not now")
    assert page.status == 200
    assert page.path == "/"
    page = browser.open("/recommendations")
    assert page.heading == "One question, then it opens"


def test_rather_not_say_is_respected(browser: Browser) -> None:
    """The shelf opens all the same, unsorted, and the question is not asked again."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    page = browser.open("/recommendations")
    assert "Your shelf opens then, unsorted." in page.text
    page = browser.press("I’d rather not say")
    assert page.heading == "Your shelf"
    page = browser.open("/recommendations")
    assert page.heading == "Your shelf"
    assert "All books, as they stand in the shop." in page.text


def test_no_answer_says_what_to_do(browser: Browser) -> None:
    """Pressing the button without a choice is no dead end."""
    browser.open("/recommendations")
    page = browser.press("Open my shelf")
    assert page.status == 422
    assert page.title.startswith("Error:")
    assert browser.fill(genre="novel").press("Open my shelf").heading == "Your shelf"


def test_a_made_up_answer_is_refused(browser: Browser) -> None:
    """A genre that the shop does not have is not stored."""
    browser.open("/recommendations")
    page = browser.fill(genre="cookery").press("Open my shelf")
    assert page.status == 422
    assert browser.open("/recommendations").heading != "Your shelf"


def test_an_answer_can_be_changed(browser: Browser) -> None:
    """My data shows what was said, when and what for, and changes it."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    browser.open("/recommendations")
    browser.fill(genre="ghost").press("Open my shelf")
    page = browser.open("/welcome/account")
    assert "What do you like to read? Ghosts and wonders" in page.text
    assert "You told us on 21 November." in page.text


def test_a_birthday_is_never_in_the_way(clock: FrozenClock, browser: Browser) -> None:
    """The shelf opens without it; who told it finds a few lines on the day."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    browser.open("/recommendations")
    browser.fill(genre="ghost").press("Open my shelf")
    assert browser.page.heading == "Your shelf"
    browser.open("/welcome/answers?question=birthday&next=/recommendations")
    browser.fill(birthday="1990-11-23").press("Keep this answer")
    assert "Happy birthday" not in browser.open("/recommendations").text
    clock.advance(timedelta(days=2))
    assert "Happy birthday" in browser.open("/recommendations").text


def test_a_form_to_a_closed_shelf_is_not_lost_in_silence(browser: Browser) -> None:
    """Buying needs no answer: the cart is open to whoever was asked and went away."""
    browser.open("/recommendations")
    buy(browser, "Walden")
    assert browser.page.heading == "Thank you. Your order is in."


def test_what_the_provider_knows_takes_one_press(browser: Browser) -> None:
    """Shown beside the question, it counts for nothing until Mira says yes."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    page = browser.open("/recommendations")
    assert "Lamplight ID says: 3 May 1990. Is that right?" in page.text
    assert "3 May 1990" not in known(browser)
    browser.open("/recommendations")
    browser.fill(genre="ghost")
    page = browser.press("Yes, that’s right 3 May 1990")
    assert page.heading == "Your shelf"  # the genre was not lost by the press
    assert "When is your birthday? 3 May 1990" in known(browser)
    assert "Lamplight ID said so, and you confirmed it on 21 November." in known(
        browser
    )


def test_what_the_provider_has_wrong_is_asked_once(browser: Browser) -> None:
    """After a no the question stays, and the value never comes back."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    browser.open("/recommendations")
    page = browser.press("No 3 May 1990")
    assert "When is your birthday?" in page.text
    assert "Is that right?" not in page.text
    browser.client.cookies.clear()
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    assert "Is that right?" not in browser.open("/recommendations").text


def known(browser: Browser) -> str:
    """Return what My data says is known."""
    text = browser.open("/welcome/account").text
    return text[text.index("What we know") : text.index("Ways to sign in")].partition(
        "What others say about you"
    )[0]
