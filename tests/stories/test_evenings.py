"""The evenings in the shop: one of two answers, an evening, a yes, and an age."""

from onboarding.testing import FrozenClock
from tests.stories.browser import Browser
from tests.stories.steps import sign_in

HOME = {
    "home.street": "Oude Delft 1",
    "home.town": "Delft",
    "home.country": "NL",
}


def test_one_of_two_ways_is_enough(browser: Browser) -> None:
    """A number is asked, an address may be given instead; each card asks one thing."""
    page = browser.open("/circle")
    assert page.path.startswith("/welcome/ask/circle?")
    assert "What is your phone number?" in page.text
    page = browser.follow("Rather: Where may a card come?")
    assert "Street and number" in page.text
    page = browser.fill(**HOME).press("Go on")
    assert "Which evening suits you?" in page.text
    page = browser.fill(evening="tuesday").press("Go on")
    assert "2 of 3" in page.text
    page = browser.fill(may_write="true").press("Go on")
    assert page.path == "/circle"
    assert "Tuesday, with tea. A card comes first." in page.text


def test_the_soup_is_asked_of_who_comes_on_thursday(browser: Browser) -> None:
    """A question that hangs on an answer follows it, and is counted."""
    browser.open("/circle")
    browser.fill(phone="06 12345678").press("Go on")
    page = browser.fill(evening="thursday").press("Go on")
    assert "Which soup may we make?" in page.text
    assert "2 of 4" in page.text
    browser.fill(soup="pea").press("Go on")
    page = browser.fill(may_write="true").press("Go on")
    assert "Thursday, with soup: Pea, without ham. We ring you first." in page.text
    known = browser.open("/welcome/account").text
    assert "What is your phone number? +31 6 12345678" in known


def test_without_a_yes_nobody_is_rung(browser: Browser) -> None:
    """A card sent without the tick is no answer; taking it back closes the circle."""
    browser.open("/circle")
    browser.fill(phone="06 12345678").press("Go on")
    browser.fill(evening="tuesday").press("Go on")
    assert browser.press("Go on").status == 422
    browser.fill(may_write="true").press("Go on")
    browser.open("/welcome/account")
    browser.follow("Take back Inviting you to the reading circle")
    page = browser.press("Take it back")
    assert "this is closed now: The reading circle." in page.text
    assert "+31 6 12345678" not in page.text


def test_the_wine_is_for_adults(clock: FrozenClock, browser: Browser) -> None:
    """Who is too young reads why, corrects what was wrong, and is let in."""
    browser.open("/wine")
    young = clock().date().replace(year=clock().year - 17)
    browser.fill(birthday=young.isoformat()).press("Go on")
    page = browser.open("/wine")
    assert "An answer of yours closes it." in page.text
    assert "18" in page.text
    browser.open("/welcome/answers?question=birthday&next=/wine")
    page = browser.fill(birthday="1990-05-03").press("Keep this answer")
    assert page.heading == "Wine and ghost stories"
    assert "You are old enough for the wine." in page.text


def test_a_press_on_what_the_provider_says_opens_it(browser: Browser) -> None:
    """Mira types nothing: her birthday is shown to her, and she says yes."""
    sign_in(browser, "Lamplight ID", "Mira Jansen")
    page = browser.open("/wine")
    assert "Lamplight ID says: 3 May 1990. Is that right?" in page.text
    page = browser.press("Yes, that’s right 3 May 1990")
    assert page.heading == "Wine and ghost stories"


def test_a_birthday_to_come_has_a_sentence_of_its_own(browser: Browser) -> None:
    """So has a day that no calendar has, and what was typed stays."""
    browser.open("/wine")
    for day, problem in (
        ("2999-01-01", "Write a day that has passed."),
        ("2001-02-30", "There is no such day in the calendar"),
    ):
        page = browser.fill(birthday=day).press("Go on")
        assert page.status == 422
        assert problem in page.text
        assert [day] in [form.fields.get("birthday") for form in page.forms]
